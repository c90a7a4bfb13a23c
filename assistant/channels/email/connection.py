"""One IMAP connection on one folder: what is new in it, its bytes, and the mark that it was recorded (RFC 9051)."""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import cast

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from assistant.channels.email.proof import Proof
from assistant.domain.errors import OperatorMustAct
from assistant.mail_settings import Mailbox

# What a connection that broke, or a server that said no, raises.
LOST = (imaplib.IMAP4.error, ImapToolsError, OSError)
_TIMEOUT_SECONDS = 60.0
_GOODBYE_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)")


class Folder:
    """A folder, selected. Every method may raise what LOST names; the connection is of no use afterwards.

    Which mails are new is asked of the server each time, by what marks the recorded ones. Nothing is remembered by
    UID from one connection to the next, so a folder that was made anew (another UIDVALIDITY) is simply read again.
    """

    def __init__(self, box: BaseMailBox, mailbox: Mailbox, name: str) -> None:
        self._box = box
        self._mailbox = mailbox
        self._name = name
        self.validity = ""
        told = box.client.capability()[1][-1] or b""  # more is offered to who is signed in than was before
        self._can = frozenset(told.decode("ascii", "replace").upper().split())
        self._select()

    def fresh(self) -> tuple[str, ...]:
        """The UIDs of mails that nobody recorded yet, oldest first."""
        self._box.client.untagged_responses.clear()  # what was told before: see wait
        mark = "" if self._mailbox.after == "move" else f" UNKEYWORD {self._mailbox.done}"
        return tuple(self._box.uids(f"UNDELETED{mark}", charset=None))

    def sizes(self, uids: Sequence[str]) -> dict[str, int]:
        """Bytes by UID, without those that are gone meanwhile."""
        _, told = self._uid("FETCH", ",".join(uids), "(UID RFC822.SIZE)")
        found = [match.groups() for line in told if isinstance(line, bytes) for match in _SIZE.finditer(line)]
        return {(a or d).decode(): int(b or c) for a, b, c, d in found}

    def raw(self, uid: str) -> bytes | None:
        """The mail byte for byte, its flags left as they are; None where it is gone."""
        _, told = self._uid("FETCH", uid, "(BODY.PEEK[])")
        return next((bytes(part[1]) for part in told if isinstance(part, tuple)), None)

    def mark(self, uids: Sequence[str]) -> None:
        """Say on the server that these are recorded: move them away, or flag them."""
        if not uids:
            return
        which = ",".join(uids)
        if self._mailbox.after == "flag":
            self._uid("STORE", which, "+FLAGS.SILENT", f"({self._mailbox.done})")
            return
        target = encode_folder(self._mailbox.done).decode("ascii")
        if "MOVE" in self._can:
            self._uid("MOVE", which, target)
            return
        self._uid("COPY", which, target)
        self._uid("STORE", which, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._can:  # a plain EXPUNGE would take away what others marked as well
            self._uid("EXPUNGE", which)

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Until something is new, or that time is over; by IDLE (RFC 2177) where the server has it."""
        if self._box.client.response("EXISTS")[1] != [None]:
            return  # told beside an earlier answer, and not to be told again
        end = time.monotonic() + seconds
        if "IDLE" not in self._can:
            while time.monotonic() < end and not stopped():
                time.sleep(min(_LOOK_SECONDS, seconds))
            self._select()
            return
        self._box.idle.start()  # type: ignore[no-untyped-call] # imap-tools gives it no types
        news = self._told_at_once()
        while not news and time.monotonic() < end and not stopped():
            looked_at = time.monotonic()
            told = self._box.idle.poll(_LOOK_SECONDS)
            news = any(b" EXISTS" in line or b"BYE" in line for line in told)
            if not told and time.monotonic() - looked_at < _LOOK_SECONDS / 2:
                break  # something was there to be read, and it was the end: what follows will say so
        self._box.idle.stop()  # type: ignore[no-untyped-call] # nor this
        if not news:
            self._select()

    def _told_at_once(self) -> bool:
        """Whether news came in one piece with the answer to IDLE: imaplib has read them, and the socket is silent."""
        client = self._box.client
        seconds = client.sock.gettimeout()
        client.sock.settimeout(0)
        try:
            while b" EXISTS" not in client._get_line():  # as imap-tools reads it
                pass
        except (imaplib.IMAP4.abort, OSError):
            return False  # nothing more is there, or the end: the next command will say so
        finally:
            client.sock.settimeout(seconds)
        return True

    def _select(self) -> None:
        """Open the folder, also when it is open already: it may be removed and made anew under our hands, and a server
        that tells nobody so also answers STATUS for it from what it had open (RFC 9051, 6.3.11, warns of asking)."""
        self._box.folder.set(self._name)
        self.validity = (self._box.client.response("UIDVALIDITY")[1][-1] or b"").decode("ascii", "replace")
        self._require_marks(self._name)

    @property
    def idles(self) -> bool:
        return "IDLE" in self._can

    def close(self) -> None:
        with suppress(*LOST):
            self._box.client.sock.settimeout(_GOODBYE_SECONDS)
            self._box.client.logout()
        with suppress(OSError):
            self._box.client.shutdown()  # a server that does not say goodbye leaves the socket to us

    def _require_marks(self, name: str) -> None:
        """Raises OperatorMustAct where what is recorded could not be told from what is new."""
        done = self._mailbox.done
        if self._mailbox.after == "move":
            if not self._box.folder.exists(done):
                self._box.folder.create(done)
            return
        kept = (self._box.client.response("PERMANENTFLAGS")[1] or [None])[-1] or b""
        words = kept.decode("ascii", "replace").lower().strip("()").split()
        if "\\*" not in words and done.lower() not in words:
            raise OperatorMustAct(f'{name} keeps no keyword {done}: set after = "move" for this mailbox.')

    def _uid(self, command: str, *words: str) -> tuple[str, list[bytes | tuple[bytes, bytes]]]:
        status, told = self._box.client.uid(command, *words)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {told[-1]!r}")
        return status, cast(list[bytes | tuple[bytes, bytes]], told)


def opened(mailbox: Mailbox, folder: str, proof: Proof) -> Folder:
    """Connect, sign in, select. Raises Refused, OperatorMustAct, or what LOST names."""
    box = _connected(mailbox)
    try:
        box.client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        proof(box.client)
        return Folder(box, mailbox, folder)
    except BaseException:
        with suppress(*LOST):
            box.client.shutdown()
        raise


def folders_of(mailbox: Mailbox, proof: Proof) -> Iterator[tuple[str, int]]:
    """(folder, mails that are new in it) for each folder that is to be read."""
    for name in mailbox.folders:
        folder = opened(mailbox, name, proof)
        yield name, len(folder.fresh())
        folder.close()


def _connected(mailbox: Mailbox) -> BaseMailBox:
    if mailbox.transport == "none":
        return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=_TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=str(mailbox.authority) if mailbox.authority else None)
    kind = MailBox if mailbox.transport == "ssl" else MailBoxStartTls
    return kind(mailbox.host, mailbox.port, timeout=_TIMEOUT_SECONDS, ssl_context=context)
