"""What was read, as JSON and back: how documents leave the process that read them.

The round trip is exact, and what does not fit the types is refused, so bytes from a process that read strangers' files
may be given to ``from_json``. Their size is the caller's to bound.
"""

import json
from functools import cache
from typing import Any

from extractors.document import Document
from extractors.message import Message

# The quick encoder writes a number that is none (NaN, infinity) as null where only numbers stand.
_NO_NUMBERS = (b"[null", b",null", b'"confidence":null')


def to_json(message: Message) -> bytes:
    """One object; fields as in ``Message``, spans and boxes as lists, times in ISO 8601."""
    return _encoded(message)


def from_json(data: bytes) -> Message:
    """Raises ValueError for bytes that are no message of this version."""
    return _decoded(data, Message)  # type: ignore[no-any-return] # the decoder answers the type it is given


def documents_to_json(documents: tuple[Document, ...]) -> bytes:
    """A list of objects; see ``to_json``."""
    return _encoded(documents)


def documents_from_json(data: bytes) -> tuple[Document, ...]:
    """Raises ValueError for bytes that are no documents of this version."""
    return _decoded(data, tuple[Document, ...])  # type: ignore[no-any-return] # as above


def _encoded(value: object) -> bytes:
    import msgspec

    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a character (a lone surrogate) is no UTF-8; Python's own JSON escapes it
        return _slowly_encoded(value)
    return _slowly_encoded(value) if any(mark in data for mark in _NO_NUMBERS) else data


def _slowly_encoded(value: object) -> bytes:
    import msgspec

    return json.dumps(msgspec.to_builtins(value)).encode()


def _decoded(data: bytes, kind: Any) -> Any:
    import msgspec

    try:
        return _decoder(kind).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass  # written by the slow encoder, or not by us
    try:
        return msgspec.convert(json.loads(data), kind)
    except (RecursionError, msgspec.ValidationError) as problem:
        raise ValueError(f"not what a reader writes: {problem}") from problem


@cache
def _decoder(kind: Any) -> Any:
    import msgspec

    return msgspec.json.Decoder(kind)
