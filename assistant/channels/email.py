"""Email in: a listener that records a mail durably before it says yes."""

from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from assistant.domain.message import Arrival, Message
from assistant.domain.person import program
from assistant.domain.ports import Store

ACTOR = program("email")
_HEADER_BYTES = 256_000


def record(store: Store, arrival: Arrival) -> tuple[Message, bool]:
    """Keep a mail; answers the message and whether it is new. Reads no more than its headers."""
    internet_id, sender, subject = _headline(arrival.raw)
    with store.unit(ACTOR) as unit:
        return unit.messages.record(arrival, internet_id, sender, subject)


class Listener:
    """SMTP on loopback. ``size_bytes`` bounds a mail; a larger one is refused with 552 before it is read whole."""

    def __init__(self, store: Store, port: int, size_bytes: int, host: str = "127.0.0.1") -> None:
        self._controller = Controller(
            _Handler(store), hostname=host, port=port, data_size_limit=size_bytes, ident="Backhaul"
        )

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


class _Handler:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        arrival = Arrival(
            channel="email",
            raw=raw,
            envelope_from=envelope.mail_from or "",
            envelope_to=tuple(envelope.rcpt_tos),
        )
        try:
            message, _ = record(self._store, arrival)
        except Exception:  # noqa: BLE001 - the sender's server keeps the mail and comes again
            return "451 4.3.0 Not recorded; please try again later"
        return f"250 2.0.0 Recorded as {message.id}"


def _headline(raw: bytes) -> tuple[str, str, str]:
    """Message-ID, sender's address and subject, '' where they can't be read; the whole mail is read later."""
    head = raw[:_HEADER_BYTES].split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0] + b"\n\n"
    values = []
    for name in ("message-id", "from", "subject"):
        try:
            header = message_from_bytes(head, policy=policy.default)[name]
            if name == "from":
                addresses = getattr(header, "addresses", ())
                values.append(addresses[0].addr_spec.lower() if addresses else "")
            else:
                values.append(" ".join(str(header or "").split()))
        except Exception:  # noqa: BLE001 - headers of strangers make the email package raise all sorts of things
            values.append("")
    return values[0], values[1], values[2]
