"""How the service and a process that reads for it talk: frames of a mark, a length and that many bytes."""

import struct
from dataclasses import asdict, dataclass, fields
from typing import IO, Any

READY = b"H"
BEGUN = b"B"  # depth and path of a unit
ENDED = b"E"  # depth of a unit
DONE = b"R"  # the result
RAISED = b"X"  # the name of what a reader raised
LARGE = b"L"  # the result was larger than what may be sent

_HEAD = struct.Struct(">cQ")
DEPTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to read: a mail where ``path`` is ''. ``given_up`` holds units by path as (failure kind, message).

    Where ``only`` is given, every unit not in it is given up as ``rest`` says, for want of time.
    """

    path: str = ""
    declared_type: str = ""
    size: int
    given_up: dict[str, tuple[str, str]]
    only: tuple[str, ...] | None = None
    rest: tuple[str, str] = ("too_large", "")

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def job_of(plain: dict[str, Any]) -> Job:
    return Job(**{field.name: plain[field.name] for field in fields(Job)})


def put(stream: IO[bytes], mark: bytes, data: bytes = b"") -> None:
    stream.write(_HEAD.pack(mark, len(data)))
    stream.write(data)
    stream.flush()


def take(stream: IO[bytes], most: int) -> tuple[bytes, bytes] | None:
    """(mark, data) of the next frame; None at the stream's end. Raises ValueError for one larger than ``most``."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    mark, size = _HEAD.unpack(head)
    if size > most:
        raise ValueError(f"{size} bytes where {most} may be sent")
    data = stream.read(size)
    return (mark, data) if len(data) == size else None
