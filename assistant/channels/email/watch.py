"""Reads one folder of a mailbox for ever: take what is new, wait for more, come back when the server was away."""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event

from assistant.channels.email.connection import LOST, Folder, opened
from assistant.channels.email.proof import Proof, Refused
from assistant.channels.email.recording import ACTOR, record
from assistant.domain.errors import OperatorMustAct
from assistant.domain.message import Arrival
from assistant.domain.ports import Store
from assistant.mail_settings import Mailbox

_log = logging.getLogger("backhaul.mailbox")
_AT_ONCE = 20  # mails recorded before they are marked; after a crash so many come again, and are known by their bytes
_FIRST_SECONDS, _LONGEST_SECONDS = 1.0, 300.0
_REFUSED_SECONDS = 60.0  # providers lock accounts out that try too often
_QUIET_TRIES = 3


@dataclass
class Watch:
    """One folder. ``run`` returns when ``stopped`` is set; nothing that happens to the server ends it."""

    store: Store
    mailbox: Mailbox
    folder: str
    proof: Proof
    size_bytes: int
    stopped: Event
    _left: set[tuple[str, str]] = field(default_factory=set)
    _failures: int = 0  # in a row
    _works: bool = False

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                self._follow()
            except Refused as error:
                self._failed(f"{self.mailbox.host} did not let {self.mailbox.user} in: {error}", quiet_tries=1)
                self._pause(_REFUSED_SECONDS if self._failures > 1 else _FIRST_SECONDS)
            except OperatorMustAct as error:
                self._failed(str(error), quiet_tries=0)
                self._pause(_REFUSED_SECONDS)
            except LOST as error:
                self._failed(f"{self.mailbox.host} can't be read: {error}", quiet_tries=_QUIET_TRIES)
                self._pause(_FIRST_SECONDS)
            except Exception:  # noqa: BLE001 - the store may be away; what was not recorded is still in the mailbox
                _log.exception("mail of %s could not be recorded; it is tried again", self.mailbox.name)
                self._works = False
                self._failures += 1
                self._pause(_FIRST_SECONDS)

    def _follow(self) -> None:
        """One connection's life."""
        folder = opened(self.mailbox, self.folder, self.proof)
        try:
            while not self.stopped.is_set():
                self.take(folder)
                self._well()
                folder.wait(
                    self.mailbox.idle_seconds if folder.idles else self.mailbox.poll_seconds, self.stopped.is_set
                )
        finally:
            folder.close()

    def take(self, folder: Folder) -> None:
        """Record what is new, and mark each mail only after its record is committed."""
        fresh = [uid for uid in folder.fresh() if (folder.validity, uid) not in self._left]
        for start in range(0, len(fresh), _AT_ONCE):
            if self.stopped.is_set():
                return
            folder.mark(self._recorded(folder, fresh[start : start + _AT_ONCE]))

    def _recorded(self, folder: Folder, uids: Sequence[str]) -> list[str]:
        sizes, recorded = folder.sizes(uids), []
        for uid in uids:
            size = sizes.get(uid)
            if size is not None and size > self.size_bytes:
                self._leave(folder, uid, size)
            elif size is not None and (raw := folder.raw(uid)) is not None:
                record(self.store, Arrival(channel="email", raw=raw))
                recorded.append(uid)
        return recorded

    def _leave(self, folder: Folder, uid: str, size: int) -> None:
        self._left.add((folder.validity, uid))
        self._raise(
            f"{self._subject}/{uid}",
            f"A mail of {size:,} bytes is larger than the {self.size_bytes:,} that are taken.",
            f"It stays in {self.folder} of {self.mailbox.name}; nothing of it was recorded.",
            "Ask its sender for a smaller one, or allow more by BACKHAUL_MESSAGE_BYTES and start anew.",
        )

    @property
    def _subject(self) -> str:
        return f"mailbox:{self.mailbox.name}/{self.folder}"

    def _failed(self, cause: str, quiet_tries: int) -> None:
        _log.warning("mailbox %s: %s", self.mailbox.name, cause)
        self._works = False
        self._failures += 1
        if self._failures == quiet_tries + 1:
            self._raise(
                self._subject,
                cause,
                "Mail that comes in meanwhile waits in the mailbox.",
                "Mend the account or the settings; it is tried again every few minutes until it works.",
            )

    def _raise(self, subject: str, cause: str, kept: str, next_step: str) -> None:
        try:
            with self.store.unit(ACTOR) as unit:
                unit.worklist.raise_trouble(subject, cause, kept, next_step)
        except Exception:  # noqa: BLE001 - the store is away, and that is logged at least
            _log.exception("what happened to %s could not be kept", subject)

    def _well(self) -> None:
        """It works: whatever was said about this folder before is over."""
        if not self._works:
            with self.store.unit(ACTOR) as unit:
                unit.worklist.resolve_trouble(self._subject)
        self._works, self._failures = True, 0

    def _pause(self, least_seconds: float) -> None:
        """Longer from one failure to the next, and not in step with others."""
        seconds = min(_LONGEST_SECONDS, max(least_seconds, _FIRST_SECONDS * 2.0 ** min(self._failures - 1, 10)))
        self.stopped.wait(seconds * random.uniform(0.75, 1.25))  # noqa: S311 - spreads tries, keeps no secret
