"""The case store's tables. Times are ISO 8601 text in UTC and decimals are text, so that both databases agree."""

from sqlalchemy import (
    BigInteger,
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
    Column("envelope_from", Words, nullable=False, server_default=""),
    Column("erased_at", String(40), nullable=False, server_default=""),
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
    Column("erased_at", String(40), nullable=False, server_default=""),
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
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, in the order they were made
    Column("revision", Integer, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("by", String(320), nullable=False),
    Column("at", String(40), nullable=False),
    Column("policy_version", String(80), nullable=False),
    Column("digests", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("step", String(80), nullable=False),
    Column("stands_in_for", String(320), nullable=False),
    Column("lines", Text, nullable=False),
)
judgements = Table(  # what the policy said of a revision, with the facts it was judged by
    "judgements",
    metadata,
    Column("case_id", String(20), ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("policy_version", String(80), nullable=False),
    Column("at", String(40), nullable=False, index=True),
    Column("body", Text, nullable=False),
)
policies = Table(  # each version once, as its files' text; a version's text never changes
    "policies",
    metadata,
    Column("version", String(80), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("effective_from", String(10), nullable=False),
    Column("owner", Words, nullable=False),
    Column("files", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("proposed_by", String(320), nullable=False),
    Column("why", Words, nullable=False),
    Column("decided_by", String(320), nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", String(40), nullable=False),
)
absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", String(320), nullable=False, index=True),
    Column("first", String(10), nullable=False),
    Column("last", String(10), nullable=False),
    Column("stand_in", String(320), nullable=False),
    Column("limit_minor", BigInteger),
    Column("note", Words, nullable=False),
    Column("made_by", String(320), nullable=False),
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
credit_holds = Table(  # money that an approved case credits, until the ERP knows of it
    "credit_holds",
    metadata,
    Column("case_id", String(20), ForeignKey("cases.id"), primary_key=True),
    Column("order_no", String(200), primary_key=True),
    Column("sku", String(200), primary_key=True),
    Column("amount", String(40), nullable=False),
    Index("ix_credit_holds_line", "order_no", "sku"),
)
serial_holds = Table(  # serials that an approved case takes or took back: each comes back once
    "serial_holds",
    metadata,
    Column("order_no", String(200), primary_key=True),
    Column("sku", String(200), primary_key=True),
    Column("serial", String(200), primary_key=True),
    Column("case_id", String(20), ForeignKey("cases.id"), nullable=False, index=True),
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
    Column("kind", String(20), nullable=False, server_default=""),
    Column("recipient", Words, nullable=False, server_default="", index=True),
    Column("next_try_at", String(40), nullable=False, server_default=""),
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
    Column("draft", Text, nullable=False, server_default=""),  # of a request that waits to become its own case
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
    Column("ended_at", String(40), nullable=False, server_default=""),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(320), nullable=False, index=True),
    Column("way", String(20), nullable=False),
    Column("address", String(80), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("ends_at", String(40), nullable=False, index=True),
    Column("ended", Words, nullable=False),  # '' while it stands, then why it ended
)
brakes = Table(  # failures of signing in, by the hash of whom they count
    "brakes",
    metadata,
    Column("name_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", String(40), nullable=False, index=True),
    Column("held_until", String(40), nullable=False),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", Words, nullable=False),
    Column("person_id", String(320), ForeignKey("people.id"), nullable=False, index=True),
    Column("scopes", Text, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("ends_at", String(40), nullable=False),
    Column("ended_at", String(40), nullable=False),
    Column("used_on", String(10), nullable=False),
)
links = Table(
    "links",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("value", String(500), primary_key=True),
    Column("person_id", String(320), ForeignKey("people.id"), nullable=False, index=True),
    Column("proof", String(80), nullable=False),
    Column("proven_at", String(40), nullable=False),
)
link_codes = Table(
    "link_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("value", String(500), nullable=False),
    Column("person_id", String(320), ForeignKey("people.id"), nullable=False),
    Column("ends_at", String(40), nullable=False),
    UniqueConstraint("person_id", "kind"),
)
slack_deliveries = Table(  # what Slack handed over: its body until it is worked, its id for good
    "slack_deliveries",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("team", String(40), nullable=False),
    Column("account", String(80), nullable=False, index=True),
    Column("place", String(200), nullable=False, index=True),
    Column("body", Words, nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("held_until", String(40), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("note", Words, nullable=False),
    Index("ix_slack_deliveries_state", "state", "received_at"),
)
slack_conversations = Table(
    "slack_conversations",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("team", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("thread", String(40), nullable=False),
    Column("person_id", String(320), nullable=False),
    Column("case_id", String(20), index=True),
    Column("mails", Integer, nullable=False),
    Column("drafted", Integer, nullable=False),
    Column("begun_at", String(40), nullable=False),
)
slack_turns = Table(
    "slack_turns",
    metadata,
    Column("conversation", String(200), ForeignKey("slack_conversations.id"), primary_key=True),
    Column("ts", String(40), primary_key=True),
    Column("person_id", String(320), nullable=False),
    Column("text", Words, nullable=False),
)
slack_mails = Table(  # the mails that were made of a conversation, each of all that was said so far
    "slack_mails",
    metadata,
    Column("message_id", String(40), ForeignKey("messages.id"), primary_key=True),
    Column("conversation", String(200), ForeignKey("slack_conversations.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
)
slack_posts = Table(  # our own messages in Slack, and what each shows
    "slack_posts",
    metadata,
    Column("key", String(320), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("team", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("thread", String(40), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("text", Words, nullable=False),
    Column("ts", String(40), nullable=False),
    Column("shown", String(80), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("held_until", String(40), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("note", Words, nullable=False),
    Column("wanted_at", String(40), nullable=False),
)
slack_installations = Table(
    "slack_installations",
    metadata,
    Column("team", String(80), primary_key=True),
    Column("bot_user_id", String(40), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("installed_at", String(40), nullable=False),
)
slack_states = Table(
    "slack_states",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("ends_at", String(40), nullable=False),
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
