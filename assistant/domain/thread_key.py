"""The mark that a case's letters carry, so that an answer finds its case though the mail program lost its headers.

``BH-1001#k7f3q2m9x4a5b6c7`` in the subject and the text, ``returns+bh-1001.k7f3q2m9x4a5b6c7@…`` as the address to
answer to. The second part is an HMAC (RFC 2104, SHA-256, 80 bits of it) of the first under a key of this installation:
who was never written to can't make one.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_BYTES = 10
_LONGEST = 20_000  # characters looked through for marks
_MARK = re.compile(r"(?<![\w-])(BH-\d{1,12})(?:\s?#\s?|\.)([a-z2-7]{16})(?![\w-])", re.IGNORECASE)

_IN_BRACKETS = re.compile(r"\s*\[(?:RMA )?(BH-\d{1,12})\s?#\s?([a-z2-7]{16})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marks:
    """``genuine`` are the cases whose marks are ours; ``forged`` those that carry a token we did not make."""

    genuine: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadKey:
    secret: bytes = field(repr=False)

    def token(self, case_id: str) -> str:
        made = hmac.new(self.secret, b"thread " + case_id.upper().encode(), hashlib.sha256).digest()
        return base64.b32encode(made[:_BYTES]).decode().lower()

    def mark(self, case_id: str) -> str:
        return f"{case_id}#{self.token(case_id)}"

    def address(self, case_id: str, intake_address: str) -> str:
        """The intake address with the case's token behind a plus (RFC 5233)."""
        local, _, domain = intake_address.rpartition("@")
        return f"{local}+{case_id.lower()}.{self.token(case_id)}@{domain}"

    def without_marks(self, text: str) -> str:
        """A subject as it was before it went to and fro. Another house's mark stays: it finds its thread by it."""
        return _IN_BRACKETS.sub(lambda found: "" if self._is_ours(found[1], found[2]) else found[0], text[:_LONGEST])

    def _is_ours(self, case_id: str, token: str) -> bool:
        return hmac.compare_digest(self.token(case_id).encode(), token.lower().encode())

    def marks_in(self, texts: Iterable[str]) -> Marks:
        """Every mark in these texts, once each, in the order they stand."""
        genuine: dict[str, None] = {}
        forged: dict[str, None] = {}
        for text in texts:
            for found in _MARK.finditer(text[:_LONGEST]):
                case_id = found[1].upper()
                (genuine if self._is_ours(case_id, found[2]) else forged)[case_id] = None
        return Marks(tuple(genuine), tuple(forged))
