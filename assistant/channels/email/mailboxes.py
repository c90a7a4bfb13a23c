"""The mailboxes that this process reads: each by one process only, whichever comes first; the others wait."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

from assistant.channels.email.oauth import Bearer, Tokens
from assistant.channels.email.proof import Password, Proof
from assistant.channels.email.watch import Watch
from assistant.domain.ports import Store
from assistant.mail_settings import Mailbox
from assistant.settings import Settings
from assistant.store.slots import MAILBOXES, Slots, slots_for

_log = logging.getLogger("backhaul.mailbox")
_TAKE_OVER_SECONDS = 5.0
_JOIN_SECONDS = 15.0


def mailboxes_for(store: Store, settings: Settings) -> "Mailboxes":
    slots = slots_for(settings.database_url, settings.data / "slots" / "mailboxes", MAILBOXES)
    return Mailboxes(store, settings.mailboxes, slots, settings.data, settings.message_bytes)


def proof_of(mailbox: Mailbox, data: Path) -> Proof:
    """How we sign in there; ``data`` is the folder that renewed refresh tokens are kept in."""
    if mailbox.oauth is None:
        return Password(mailbox.user, mailbox.password)
    return Bearer(mailbox.user, Tokens(mailbox.oauth, data / "mailboxes" / f"{number_of(mailbox)}.json"))


def number_of(mailbox: Mailbox) -> int:
    """The same account has the same number in every process, whatever it is called there."""
    name = f"{mailbox.host.lower()}:{mailbox.port}/{mailbox.user}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") >> 1


class Mailboxes:
    """Threads, one for each folder. ``stop`` waits until what is being recorded is recorded."""

    def __init__(self, store: Store, mailboxes: Sequence[Mailbox], slots: Slots, data: Path, size_bytes: int) -> None:
        self._store, self._slots, self._data, self._size_bytes = store, slots, data, size_bytes
        self._stopped = Event()
        self._threads = [
            Thread(target=self._mind, args=(mailbox,), name=f"mailbox-{mailbox.name}", daemon=True)
            for mailbox in mailboxes
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        self._slots.close()

    def _mind(self, mailbox: Mailbox) -> None:
        held = None
        while held is None:
            try:
                held = self._slots.hold(number_of(mailbox))
            except Exception:  # noqa: BLE001 - the database may be away for a while
                _log.exception("whether somebody reads %s can't be told; it is asked again", mailbox.name)
            if held is None and self._stopped.wait(_TAKE_OVER_SECONDS):
                return
        try:
            self._read(mailbox)
        finally:
            held.release()

    def _read(self, mailbox: Mailbox) -> None:
        proof = proof_of(mailbox, self._data)
        watches = [
            Watch(self._store, mailbox, folder, proof, self._size_bytes, self._stopped) for folder in mailbox.folders
        ]
        threads = [Thread(target=watch.run, name=f"folder-{watch.folder}", daemon=True) for watch in watches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
