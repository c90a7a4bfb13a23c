"""Slots: one for each living worker. A slot's number names its engine; who finds it free may take up its work.

On SQLite a slot is a locked file in the data folder, on PostgreSQL an advisory lock, so that workers of several
machines never share one. The kernel, or the server, lets go of it however the process ends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from assistant.store.connection import engine_for

WORKERS, MAILBOXES = 8_700_002, 8_700_003  # what is numbered: the first key of PostgreSQL's locks


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot that this process holds until ``release``."""

    number: int
    release: Callable[[], None]


class Slots(Protocol):
    def hold(self, number: int) -> Slot | None:
        """The slot, or None where a living process holds it."""
        ...

    def close(self) -> None: ...


def slots_for(url: str, folder: Path, lock: int = WORKERS) -> Slots:
    return SqlSlots(url, lock) if url.startswith("postgres") else FileSlots(folder)


class FileSlots:
    """Locked files in a folder that all workers of this database see."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def hold(self, number: int) -> Slot | None:
        import fcntl

        file = (self._folder / f"slot-{number}").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        return Slot(number, file.close)

    def close(self) -> None:
        pass


class SqlSlots:
    """Advisory locks of PostgreSQL, each held by a connection of its own."""

    def __init__(self, url: str, lock: int = WORKERS) -> None:
        self._lock = lock
        self._engine = engine_for(url).execution_options(isolation_level="AUTOCOMMIT")

    def hold(self, number: int) -> Slot | None:
        connection = self._engine.connect()
        names = {"lock": self._lock, "number": number}
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:lock, :number)"), names).scalar()
        if not taken:
            connection.close()
            return None

        def release() -> None:
            try:
                connection.execute(text("SELECT pg_advisory_unlock(:lock, :number)"), names)
            except SQLAlchemyError:
                connection.invalidate()  # the server forgets the lock with the connection
            connection.close()

        return Slot(number, release)

    def close(self) -> None:
        self._engine.dispose()
