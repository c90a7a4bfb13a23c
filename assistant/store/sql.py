"""The case store on SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from assistant.domain.errors import ChangedMeanwhile
from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.store.connection import DEADLOCK, engine_for
from assistant.store.unit import SqlUnit


class SqlStore:
    """Implements assistant.domain.ports.Store. ``mail_domain`` ends the Message-IDs of what we send."""

    def __init__(self, url: str, clock: Clock, mail_domain: str = "backhaul.invalid") -> None:
        self.engine = engine_for(url)
        self._clock = clock
        self._mail_domain = mail_domain

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[SqlUnit]:
        try:
            with self.engine.begin() as connection:
                yield SqlUnit(connection, actor, self._clock, self._mail_domain)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == DEADLOCK:
                raise ChangedMeanwhile(
                    "Somebody else changed the same records; nothing was changed. Try again."
                ) from error
            raise

    def close(self) -> None:
        self.engine.dispose()
