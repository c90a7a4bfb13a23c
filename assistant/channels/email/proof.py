"""What shows a mailbox's server who we are."""

import imaplib
from dataclasses import dataclass, field
from typing import Protocol


class Refused(Exception):
    """The server, or the provider of tokens, did not take the name and the proof that we gave."""


class Proof(Protocol):
    def __call__(self, client: imaplib.IMAP4) -> None:
        """Sign in. Raises Refused; whatever else it raises means that the connection is lost."""
        ...


@dataclass(frozen=True)
class Password:
    """Signs in by a password: SASL PLAIN where the server has it (any alphabet), else LOGIN."""

    user: str
    password: str = field(repr=False)

    def __call__(self, client: imaplib.IMAP4) -> None:
        try:
            if "AUTH=PLAIN" in client.capabilities:
                client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{self.password}".encode())
            else:
                client.login(_quoted(self.user), self.password)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
            raise Refused(f"the password was not taken: {error}") from error


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
