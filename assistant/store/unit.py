"""One transaction under one actor."""

from sqlalchemy import Connection

from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.store.absences import SqlAbsences
from assistant.store.audit import SqlAudit
from assistant.store.cases import SqlCases
from assistant.store.edi import SqlEdi
from assistant.store.events import SqlEvents
from assistant.store.judgements import SqlJudgements
from assistant.store.keys import SqlKeys
from assistant.store.links import SqlLinks
from assistant.store.messages import SqlMessages
from assistant.store.outbox import SqlOutbox
from assistant.store.people import SqlPeople
from assistant.store.policies import SqlPolicies
from assistant.store.postings import SqlPostings
from assistant.store.receipts import SqlReceipts
from assistant.store.retention import SqlRetention
from assistant.store.sessions import SqlBrakes, SqlSessions
from assistant.store.slack import SqlSlack
from assistant.store.webhooks import SqlWebhooks
from assistant.store.worklist import SqlWorklist


class SqlUnit:
    """Implements assistant.domain.ports.Unit."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock, mail_domain: str) -> None:
        self.audit = SqlAudit(connection, actor, clock)
        self.messages = SqlMessages(connection, self.audit, clock)
        self.events = SqlEvents(connection, clock)
        self.cases = SqlCases(connection, self.audit, actor, clock, self.events)
        self.judgements = SqlJudgements(connection, self.audit, clock)
        self.policies = SqlPolicies(connection, self.audit, actor, clock)
        self.absences = SqlAbsences(connection, self.audit, actor)
        self.postings = SqlPostings(connection, self.audit, self.events)
        self.outbox = SqlOutbox(connection, self.audit, clock, mail_domain)
        self.worklist = SqlWorklist(connection, self.audit, actor, clock)
        self.sessions = SqlSessions(connection, self.audit, clock)
        self.brakes = SqlBrakes(connection, self.audit, clock)
        self.keys = SqlKeys(connection, self.audit, clock)
        self.links = SqlLinks(connection, self.audit, clock)
        self.people = SqlPeople(connection, self.audit, clock, self.sessions, self.links)
        self.slack = SqlSlack(connection, self.audit, clock)
        self.webhooks = SqlWebhooks(connection, self.audit, clock)
        self.edi = SqlEdi(connection, self.audit, clock)
        self.receipts = SqlReceipts(connection, clock)
        self.retention = SqlRetention(connection, self.audit, clock)
