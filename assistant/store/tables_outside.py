"""Tables of what we exchange with other programs: requests named by a key, events, webhooks, trading partners."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from assistant.store.tables import Words, metadata

receipts = Table(
    "receipts",
    metadata,
    Column("person_id", String(320), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("made_at", String(40), nullable=False),
)
events = Table(
    "events",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False),
    Column("type", String(80), nullable=False, index=True),
    Column("at", String(40), nullable=False, index=True),
    Column("case_id", String(20), nullable=False, index=True),
    Column("data", Text, nullable=False),
    UniqueConstraint("id"),
)
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("url", Text, nullable=False),
    Column("types", Text, nullable=False),  # names with spaces between; '' for all
    Column("secret", Text, nullable=False),  # sealed
    Column("made_by", String(320), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("ended_at", String(40), nullable=False),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("webhook_id", String(40), ForeignKey("webhooks.id"), nullable=False),
    Column("event_number", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("events.number"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),  # since it was last queued
    Column("tries", Integer, nullable=False),  # in all: each names a run of the workflow
    Column("due_at", String(40), nullable=False),
    Column("note", Words, nullable=False),
    UniqueConstraint("webhook_id", "event_number"),
    Index("ix_deliveries_due", "state", "due_at"),
)
edi_interchanges = Table(  # each is kept, byte for byte, as a message; this says whose it is
    "edi_interchanges",
    metadata,
    Column("message_id", String(40), ForeignKey("messages.id"), primary_key=True),
    Column("partner_id", String(40), nullable=False),
    Column("control", String(20), nullable=False),
    Index("ix_edi_interchanges_control", "partner_id", "control"),
)
edi_transactions = Table(
    "edi_transactions",
    metadata,
    Column("partner_id", String(40), primary_key=True),
    Column("interchange", String(20), primary_key=True),
    Column("group_control", String(20), primary_key=True),
    Column("control", String(20), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("reference", Words, nullable=False),
    Column("message_id", String(40), ForeignKey("messages.id"), nullable=False, index=True),
    Column("answered", String(80), nullable=False),  # the case's state and revision that the partner was told of
)
edi_outgoing = Table(
    "edi_outgoing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("partner_id", String(40), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("control", Integer, nullable=False),
    Column("body", Words, nullable=False),
    Column("key", String(200), nullable=False),
    Column("message_id", String(40), nullable=False, index=True),
    Column("case_id", String(20), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("fetched_at", String(40), nullable=False),
    UniqueConstraint("key"),
    UniqueConstraint("partner_id", "control"),
)
