"""The case store on SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.cases import SqlCases
from assistant.store.connection import engine_for
from assistant.store.messages import SqlMessages
from assistant.store.outbox import SqlOutbox
from assistant.store.people import SqlPeople
from assistant.store.postings import SqlPostings
from assistant.store.worklist import SqlWorklist


class SqlUnit:
    """One transaction under one actor; implements assistant.domain.ports.Unit."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock, mail_domain: str) -> None:
        self.audit = SqlAudit(connection, actor, clock)
        self.messages = SqlMessages(connection, self.audit, clock)
        self.cases = SqlCases(connection, self.audit, actor, clock)
        self.postings = SqlPostings(connection, self.audit)
        self.outbox = SqlOutbox(connection, self.audit, clock, mail_domain)
        self.worklist = SqlWorklist(connection, self.audit, actor, clock)
        self.people = SqlPeople(connection, self.audit)


class SqlStore:
    """Implements assistant.domain.ports.Store. ``mail_domain`` ends the Message-IDs of what we send."""

    def __init__(self, url: str, clock: Clock, mail_domain: str = "backhaul.invalid") -> None:
        self.engine = engine_for(url)
        self._clock = clock
        self._mail_domain = mail_domain

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[SqlUnit]:
        with self.engine.begin() as connection:
            yield SqlUnit(connection, actor, self._clock, self._mail_domain)

    def close(self) -> None:
        self.engine.dispose()
