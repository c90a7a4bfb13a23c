"""Mail out: by SMTP where a server is set, else written to the outbox folder, where a person can look at it."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from assistant.domain.errors import OperatorMustAct
from assistant.domain.mail import Queued
from assistant.domain.ports import Post
from assistant.settings import Settings

_TIMEOUT_SECONDS = 30


def post_for(settings: Settings, sender: str) -> Post:
    if settings.smtp_host:
        return SmtpPost(settings.smtp_host, settings.smtp_relay_port, sender)
    return FolderPost(settings.data / "outbox", sender)


def mail_of(queued: Queued, sender: str) -> EmailMessage:
    """The letter with the headers that keep machines from answering it (RFC 3834)."""
    letter = queued.letter
    mail = EmailMessage()
    mail["Message-ID"] = queued.internet_id
    mail["Date"] = format_datetime(queued.queued_at)
    mail["From"] = sender
    mail["To"] = letter.to
    mail["Subject"] = " ".join(letter.subject.split())
    if letter.in_reply_to:
        mail["In-Reply-To"] = letter.in_reply_to
        mail["References"] = letter.in_reply_to
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(letter.text)
    return mail


@dataclass(frozen=True, slots=True)
class FolderPost:
    folder: Path
    sender: str

    def send(self, mail: Queued) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{int(mail.id):06d}-{mail.letter.kind}.eml").write_bytes(
                mail_of(mail, self.sender).as_bytes()
            )
        except OSError as error:
            raise OperatorMustAct(f"The letter could not be written to {self.folder}: {error}. It is kept.") from error


@dataclass(frozen=True, slots=True)
class SmtpPost:
    host: str
    port: int
    sender: str

    def send(self, mail: Queued) -> None:
        try:
            with smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS) as server:
                server.send_message(mail_of(mail, self.sender))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise OperatorMustAct(f"{self.host}:{self.port} did not take the letter: {error}. It is kept.") from error
