"""The case store's tables. Times are ISO 8601 text in UTC and decimals are text, so that both databases agree."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Words(TypeDecorator[str]):
    """Text that came from outside, in a form any database takes: no NUL, no lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 # SQLAlchemy's signature
        return None if value is None else storable(value)


def storable(value: str) -> str:
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

_IS_OPEN = text("closed_by = ''")
_IS_UNRESOLVED = text("resolved_by = ''")

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)
messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", String(40), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("reason", Words, nullable=False),
    Column("internet_id", Words, nullable=False, index=True),
    Column("sender", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("case_id", String(20), index=True),
)
readings = Table(  # what was read of a message, compressed: a draft's places count in exactly that text
    "readings",
    metadata,
    Column("message_id", String(40), ForeignKey("messages.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
cases = Table(
    "cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(20), unique=True),  # NULL only inside the transaction that opens the case
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("party_name", Words, nullable=False),
    Column("party_address", Words, nullable=False),
    Column("customer_id", Text),
    Column("message_id", String(40), ForeignKey("messages.id"), nullable=False, unique=True),
    Column("subject", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
)
revisions = Table(
    "revisions",
    metadata,
    Column("case_id", String(20), ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("draft", Text, nullable=False),
    Column("by_kind", String(20), nullable=False),
    Column("by_id", String(320), nullable=False),
    Column("at", String(40), nullable=False),
    Column("why", Words, nullable=False),
)
decisions = Table(
    "decisions",
    metadata,
    Column("case_id", String(20), ForeignKey("cases.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("verdict", String(20), nullable=False),
    Column("by", String(320), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("policy_version", String(80), nullable=False),
    Column("digests", Text, nullable=False),
    Column("reason", Words, nullable=False),
)
holds = Table(
    "holds",
    metadata,
    Column("case_id", String(20), ForeignKey("cases.id"), primary_key=True),
    Column("order_no", String(200), primary_key=True),
    Column("sku", String(200), primary_key=True),
    Column("quantity", String(40), nullable=False),
    Index("ix_holds_line", "order_no", "sku"),
)
postings = Table(
    "postings",
    metadata,
    Column("key", String(320), primary_key=True),
    Column("case_id", String(20), ForeignKey("cases.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("tool", String(80), nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("document_no", Words, nullable=False),
    Column("note", Words, nullable=False),
)
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(320), nullable=False),
    Column("letter", Text, nullable=False),
    Column("case_id", String(20), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("internet_id", String(320), nullable=False, index=True),
    Column("queued_at", String(40), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("note", Words, nullable=False),
    UniqueConstraint("key"),
)
inquiries = Table(
    "inquiries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("message_id", String(40), nullable=False),
    Column("case_id", String(20)),
    Column("text", Words, nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("closed_by", String(320), nullable=False),
    Index("uq_inquiries_open", "message_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
)
troubles = Table(
    "troubles",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subject", String(200), nullable=False, index=True),
    Column("cause", Words, nullable=False),
    Column("kept", Words, nullable=False),
    Column("next_step", Words, nullable=False),
    Column("raised_at", String(40), nullable=False),
    Column("resolved_by", String(320), nullable=False),
    Index("uq_troubles_open", "subject", unique=True, sqlite_where=_IS_UNRESOLVED, postgresql_where=_IS_UNRESOLVED),
)
people = Table(
    "people",
    metadata,
    Column("id", String(320), primary_key=True),
    Column("name", Words, nullable=False),
    Column("roles", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
)
audit = Table(
    "audit",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("actor", String(340), nullable=False),
    Column("event", String(80), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
audit_heads = Table(  # each stream's last row, so that one taken from the end is missed too
    "audit_heads",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
