"""Heads of the audit log: one signature over where every stream stood, small enough to keep somewhere else."""

import json
from dataclasses import asdict, dataclass
from typing import Protocol

from assistant.domain.errors import OperatorMustAct

HEADS = "heads"  # the stream that the heads themselves are rows of


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the log was at one moment.

    ``number`` is its row in the stream of heads; ``root`` hashes the root before it and every stream that moved since,
    so that one line stands for all rows before it. ``key`` is the signer's public key, in hexadecimal.
    """

    number: int
    at: str
    root: str
    streams: int
    rows: int
    key: str
    signature: str

    def signed_bytes(self) -> bytes:
        told = ["backhaul audit head", self.number, self.at, self.root, self.streams, self.rows, self.key]
        return json.dumps(told, separators=(",", ":")).encode()


class Signer(Protocol):
    """Holds a private key. ``key`` is its public half, in hexadecimal."""

    @property
    def key(self) -> str: ...
    def sign(self, message: bytes) -> str: ...


def head_as_text(head: Head) -> str:
    return json.dumps(asdict(head))


def head_from_text(text: str) -> Head:
    """Raises OperatorMustAct where it is no head that we wrote."""
    try:
        told = json.loads(text)
        head = Head(**told)
        fits = all(isinstance(getattr(head, name), kind) for name, kind in Head.__annotations__.items())
    except (ValueError, TypeError) as error:
        raise OperatorMustAct(f"This is no head of an audit log: {error}. Nothing was checked.") from error
    if not fits:
        raise OperatorMustAct("This is no head of an audit log: a value is of another kind. Nothing was checked.")
    return head
