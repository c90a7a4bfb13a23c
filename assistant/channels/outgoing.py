"""Mail out: by SMTP where a server is set, else written to the outbox folder, where a person can look at it."""

import hashlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from assistant.channels.signed import Sign, signer_for
from assistant.domain.errors import LetterNotTaken, LetterUnconfirmed, OperatorMustAct
from assistant.domain.mail import Queued
from assistant.domain.ports import Post
from assistant.settings import RelaySettings, Settings

_TIMEOUT_SECONDS = 30
_AS_SENT = policy.SMTP.clone(cte_type="7bit")  # nothing on the way has a reason to change it, and break its signature
_LASTING = range(500, 600)


def post_for(settings: Settings, sender: str) -> Post:
    sign = signer_for(settings.letters.dkim, sender)
    if settings.smtp_host:
        _require_authority(settings.letters.relay)
        return SmtpPost(settings.smtp_host, settings.smtp_relay_port, sender, sign, settings.letters.relay)
    return FolderPost(settings.data / "outbox", sender, sign)


def _require_authority(relay: RelaySettings) -> None:
    """Raises OperatorMustAct where the file that is to vouch for the server can't be read: said at the start."""
    try:
        _context(relay)
    except OSError as error:
        raise OperatorMustAct(
            f"BACKHAUL_SMTP_AUTHORITY {relay.authority} can't be read: {error}. Nothing was started."
        ) from error


def _context(relay: RelaySettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(relay.authority) if relay.authority else None)


def bytes_of(queued: Queued, sender: str) -> bytes:
    """The letter as it leaves, with the headers that keep machines from answering it (RFC 3834) and that keep its
    thread together. Raises ValueError where it can't be written as a mail."""
    letter = queued.letter
    mail = EmailMessage(policy=_AS_SENT)
    mail["Message-ID"] = queued.internet_id
    mail["Date"] = format_datetime(queued.queued_at)
    mail["From"] = sender
    mail["To"] = letter.to
    if letter.reply_to:
        mail["Reply-To"] = letter.reply_to
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Auto-Submitted"] = "auto-replied" if letter.in_reply_to else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Loop"] = sender
    mail.set_content(letter.text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
        mail.set_boundary(f"=_{hashlib.sha256(queued.internet_id.encode()).hexdigest()[:32]}")  # sent again is the same
    return _threading(queued) + mail.as_bytes()


def _threading(queued: Queued) -> bytes:
    """Written by hand: the email package encodes a long Message-ID as if it were words, and no thread is found."""
    letter = queued.letter
    told = tuple(reference for reference in letter.references or (letter.in_reply_to,) if reference)
    lines = []
    if letter.in_reply_to and letter.in_reply_to.isascii():
        lines.append(f"In-Reply-To: {letter.in_reply_to}\r\n")
    if ids := [reference for reference in told if reference.isascii() and not re.search(r"\s", reference)]:
        lines.append("References: " + "\r\n ".join(ids) + "\r\n")
    return "".join(lines).encode()


def _require_yes(told: tuple[int, bytes]) -> None:
    """Before the next command: a server that said no and is given DATA all the same may wait for a letter."""
    if not 200 <= told[0] < 400:
        raise smtplib.SMTPResponseException(*told)


@dataclass(frozen=True, slots=True)
class FolderPost:
    folder: Path
    sender: str
    sign: Sign

    def send(self, mail: Queued) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            raw = self.sign(bytes_of(mail, self.sender))
            (self.folder / f"{int(mail.id):06d}-{mail.letter.kind}.eml").write_bytes(raw)
        except (OSError, ValueError) as error:
            raise OperatorMustAct(f"The letter could not be written to {self.folder}: {error}. It is kept.") from error


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """Raises LetterNotTaken where the server certainly has not taken it, LetterUnconfirmed where it may have."""

    host: str
    port: int
    sender: str
    sign: Sign
    relay: RelaySettings

    def send(self, mail: Queued) -> None:
        try:
            raw = self.sign(bytes_of(mail, self.sender))
        except ValueError as error:
            raise LetterNotTaken(
                f"The letter can't be written as a mail: {error}. It is kept.", lasting=True
            ) from error
        try:
            with self._connected() as server:
                self._hand_over(server, mail, raw)
        except smtplib.SMTPResponseException as error:
            raise self._refused(error) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise LetterNotTaken(f"{self.host}:{self.port} did not take the letter: {error}. It is kept.") from error

    def _connected(self) -> smtplib.SMTP:
        """A server that can't prove who it is is given neither the password nor the letter. What fails up to here is
        no letter's fault, so it never counts as lasting."""
        server: smtplib.SMTP | None = None
        ours = self.sender.rpartition("@")[2]  # for EHLO; else the DNS would be asked, for as long as it takes
        try:
            if self.relay.security == "tls":
                context = _context(self.relay)
                server = smtplib.SMTP_SSL(self.host, self.port, ours, timeout=_TIMEOUT_SECONDS, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, ours, timeout=_TIMEOUT_SECONDS)
            if self.relay.security == "starttls":
                server.starttls(context=_context(self.relay))
            if self.relay.user:
                server.login(self.relay.user, self.relay.password)
        except BaseException as error:
            if server is not None:
                server.close()
            if isinstance(error, smtplib.SMTPResponseException):
                raise self._refused(error, lasting=False) from error
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, mail: Queued, raw: bytes) -> None:
        """Up to the final dot nothing has been taken (RFC 5321, 4.1.1.4); from there on only the answer tells."""
        server.ehlo_or_helo_if_needed()
        bounces_to = mail.letter.reply_to or self.sender
        _require_yes(server.mail(bounces_to))
        _require_yes(server.rcpt(mail.letter.to))
        _require_yes(server.docmd("DATA"))
        server.send(re.sub(rb"(?m)^\.", b"..", raw) + (b"" if raw.endswith(b"\r\n") else b"\r\n"))
        server.send(b".\r\n")
        try:
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise LetterUnconfirmed(
                f"{self.host}:{self.port} was given the letter and did not say whether it took it: {error}."
            ) from error
        if code != 250:
            raise smtplib.SMTPResponseException(code, answer)

    def _refused(self, error: smtplib.SMTPResponseException, *, lasting: bool | None = None) -> LetterNotTaken:
        answer = error.smtp_error
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        told = (
            f"{self.host}:{self.port} refused the letter: {error.smtp_code} {' '.join(said.split())[:300]}. It is kept."
        )
        return LetterNotTaken(told, lasting=error.smtp_code in _LASTING if lasting is None else lasting)
