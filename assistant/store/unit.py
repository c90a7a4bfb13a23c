"""One transaction under one actor."""

from sqlalchemy import Connection

from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.cases import SqlCases
from assistant.store.messages import SqlMessages
from assistant.store.outbox import SqlOutbox
from assistant.store.people import SqlPeople
from assistant.store.postings import SqlPostings
from assistant.store.worklist import SqlWorklist


class SqlUnit:
    """Implements assistant.domain.ports.Unit."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock, mail_domain: str) -> None:
        self.audit = SqlAudit(connection, actor, clock)
        self.messages = SqlMessages(connection, self.audit, clock)
        self.cases = SqlCases(connection, self.audit, actor, clock)
        self.postings = SqlPostings(connection, self.audit)
        self.outbox = SqlOutbox(connection, self.audit, clock, mail_domain)
        self.worklist = SqlWorklist(connection, self.audit, actor, clock)
        self.people = SqlPeople(connection, self.audit)
