"""A received message, as recorded before it was acknowledged."""

from dataclasses import dataclass
from datetime import datetime

from assistant.domain.lifecycle import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a channel hands over. ``raw`` is kept byte for byte."""

    channel: str
    raw: bytes
    envelope_from: str = ""
    envelope_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """``id`` is derived from the bytes, so the same bytes are the same message. ``attempt`` counts runs from 1.

    ``internet_id`` is the Message-ID header; '' where there is none. ``reason`` says why it stands where it does.
    """

    id: str
    channel: str
    sha256: str
    size: int
    received_at: datetime
    state: MessageState
    attempt: int = 1
    reason: str = ""
    internet_id: str = ""
    sender: str = ""
    subject: str = ""
    case_id: str | None = None
