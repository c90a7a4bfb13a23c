"""A mail as a value: who, when, about what, and what was read of it."""

from dataclasses import dataclass
from datetime import datetime

from extractors.document import Document, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a mail says. Header texts are decoded and on one line; '' or () or None where there is none.

    ``sent_at`` is aware and in UTC. ``authentication_results`` is the topmost such header: the one our own mail server
    wrote. ``documents`` holds the body first (path ``body``), then the attachments in order; ``failures`` are those of
    the message itself, a document's own stand on the document.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender_name: str = ""
    sender_address: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    authentication_results: str = ""
    auto_submitted: str = ""
    precedence: str = ""
    list_id: str = ""
    list_unsubscribe: str = ""
    return_path: str = ""
    content_type: str = ""
    report_type: str = ""
    x_auto_response_suppress: str = ""
    x_autoreply: str = ""
    x_failed_recipients: str = ""
    x_loop: str = ""
    feedback_id: str = ""
    documents: tuple[Document, ...] = ()
    failures: tuple[Failure, ...] = ()
