"""Mail in: SMTP and LMTP listeners, IMAP mailboxes. Each records a mail durably before it says yes, and no more."""

from assistant.channels.email.recording import record

__all__ = ["record"]
