"""SMTP (RFC 5321) and LMTP (RFC 2033) in: a mail is recorded durably before the sender's server is told yes.

What is recorded is what came, under a Return-Path of the envelope's sender, as the last server on the way adds it. No
Received is added: its time would make a mail that is handed over twice two mails. From a server that is none of our
relays a line is added which says that nothing was found out about the sender, so that a verdict that the sender wrote
is not taken for ours (RFC 8601, 5).
"""

import asyncio
import re
import ssl
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from assistant.channels.email.doors import Doors
from assistant.channels.email.recording import record
from assistant.domain.message import Arrival
from assistant.domain.ports import Store
from assistant.mail_settings import Listening
from assistant.trust.results import own_id

_LONGEST_LINE = 2**21  # RFC 5321 asks for 1,000 at least; programs write longer ones, and a mail is no worse for it
_BUSY = b"421 4.3.2 Too many connections; please try again later\r\n"


class Listeners:
    """SMTP, and LMTP where it is set. ``size_bytes`` bounds a mail: a larger one is refused with 552, and not kept."""

    def __init__(self, store: Store, settings: Listening, smtp_port: int, size_bytes: int, own_domain: str) -> None:
        handler = _Handler(store, Doors(settings), own_domain)
        common = {"hostname": settings.host, "data_size_limit": size_bytes, "ident": "Backhaul"}
        common |= {"enable_SMTPUTF8": True, "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
        context = _context(settings)
        self._controllers = [
            _Controller(
                handler, _Smtp, port=smtp_port, tls_context=context, require_starttls=settings.require_tls, **common
            )
        ]
        if settings.lmtp_port:
            self._controllers.append(_Controller(handler, _Lmtp, port=settings.lmtp_port, **common))

    def start(self) -> None:
        for controller in self._controllers:
            controller.start()

    def stop(self) -> None:
        for controller in self._controllers:
            controller.stop()


class _Counted(SMTP):
    """A connection that counts, and is refused where there are too many."""

    line_length_limit = _LONGEST_LINE
    event_handler: "_Handler"
    _peer: str | None = None
    _refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._peer is None:  # a second time after STARTTLS
            peer = str((transport.get_extra_info("peername") or ("",))[0])
            if not self.event_handler.doors.enter(peer):
                self._refused = True
                cast(asyncio.Transport, transport).write(_BUSY)
                transport.close()
                return
            self._peer = peer
        super().connection_made(transport)

    def eof_received(self) -> bool | None:
        return None if self._refused else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        if self._refused:
            return
        if self._peer is not None:
            self.event_handler.doors.leave(self._peer)
            self._peer = None
        super().connection_lost(error)


class _Smtp(_Counted):
    for_each_recipient = False


class _Lmtp(LMTP, _Counted):
    for_each_recipient = True


class _Controller(Controller):
    def __init__(self, handler: "_Handler", kind: type[_Smtp] | type[_Lmtp], **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._kind = kind

    def factory(self) -> SMTP:
        return self._kind(self.handler, **self.SMTP_kwargs)


class _Handler:
    """What aiosmtpd calls; each method answers the reply to be given."""

    def __init__(self, store: Store, doors: Doors, own_domain: str) -> None:
        self.doors = doors
        self._store = store
        self._unchecked = f"Authentication-Results: {own_id(own_domain)}; none\r\n".encode()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if line.strip() != "250-AUTH"]  # nobody signs in here

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        if not self.doors.may_mail(_peer(session)):
            return "450 4.7.1 Too many mails in a minute; please try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if not self.doors.is_for_us(address):
            return "550 5.7.1 No mail is taken for that address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: _Smtp | _Lmtp, session: Session, envelope: Envelope
    ) -> str:
        arrival = Arrival(
            channel="email",
            raw=self._head(session, envelope) + (envelope.original_content or b""),
            envelope_from=envelope.mail_from or "",
            envelope_to=tuple(envelope.rcpt_tos),
        )
        try:
            message, _ = await asyncio.to_thread(record, self._store, arrival)
        except Exception:  # noqa: BLE001 - the sender's server keeps the mail and comes again
            reply = "451 4.3.0 Not recorded; please try again later"
        else:
            reply = f"250 2.0.0 Recorded as {message.id}"
        return "\r\n".join([reply] * (len(envelope.rcpt_tos) if server.for_each_recipient else 1))

    def _head(self, session: Session, envelope: Envelope) -> bytes:
        sender = re.sub(r"[\s<>\x00-\x1f]", "", envelope.mail_from or "").encode("utf-8", "surrogateescape")
        return b"Return-Path: <" + sender + b">\r\n" + (b"" if self.doors.relays(_peer(session)) else self._unchecked)


def _peer(session: Session) -> str:
    return str((session.peer or ("",))[0])


def _context(settings: Listening) -> ssl.SSLContext | None:
    if settings.certificate is None or settings.private_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.certificate, settings.private_key)
    return context
