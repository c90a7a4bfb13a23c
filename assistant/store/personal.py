"""Which columns of the store hold something personal, and what becomes of each when its time is over.

Every column is named here; a test holds the tables to it, so that a new column is thought about when it is added.
ERASED: the retention run empties it. STAFF: who of our own people did what; it stays, because that is what the log is
for. FREE_TEXT: written by our people, who are told to name no customer's person in it. NONE: nothing personal.
"""

from collections.abc import Mapping
from enum import StrEnum


class Personal(StrEnum):
    NONE = "none"
    ERASED = "erased"
    STAFF = "staff"
    FREE_TEXT = "free_text"


N, E, S, F = Personal.NONE, Personal.ERASED, Personal.STAFF, Personal.FREE_TEXT
PERSONAL: Mapping[str, Mapping[str, Personal]] = {
    "blobs": {"sha256": N, "bytes": E},
    "messages": {
        **dict.fromkeys(("id", "channel", "sha256", "size", "received_at", "state", "attempt", "case_id"), N),
        **dict.fromkeys(("internet_id", "sender", "subject", "envelope_from", "reason"), E),
        "erased_at": N,
    },
    "readings": {"message_id": N, "body": E},
    "cases": {
        **dict.fromkeys(("number", "id", "kind", "state", "customer_id", "message_id", "revision"), N),
        **dict.fromkeys(("opened_at", "changed_at", "erased_at"), N),
        **dict.fromkeys(("party_name", "party_address", "subject"), E),
    },
    "revisions": {"case_id": N, "number": N, "draft": E, "by_kind": N, "by_id": S, "at": N, "why": F},
    "decisions": {
        **dict.fromkeys(("case_id", "number", "revision", "verdict", "at", "policy_version", "digests"), N),
        **dict.fromkeys(("step", "lines"), N),
        **dict.fromkeys(("by", "stands_in_for"), S),
        "reason": F,
    },
    "judgements": dict.fromkeys(("case_id", "number", "revision", "policy_version", "at", "body"), N),
    "policies": {
        **dict.fromkeys(("version", "digest", "effective_from", "owner", "files", "state", "at"), N),
        **dict.fromkeys(("proposed_by", "decided_by"), S),
        **dict.fromkeys(("why", "reason"), F),
    },
    "absences": {
        **dict.fromkeys(("id", "first", "last", "limit_minor"), N),
        **dict.fromkeys(("person", "stand_in", "made_by"), S),
        "note": F,
    },
    "credit_holds": dict.fromkeys(("case_id", "order_no", "sku", "amount"), N),
    "serial_holds": dict.fromkeys(("order_no", "sku", "serial", "case_id"), N),
    "holds": dict.fromkeys(("case_id", "order_no", "sku", "quantity"), N),
    "postings": dict.fromkeys(
        ("key", "case_id", "revision", "place", "tool", "arguments", "state", "document_no", "note"), N
    ),
    "outbox": {
        **dict.fromkeys(("id", "key", "case_id", "state", "internet_id", "queued_at", "attempts"), N),
        **dict.fromkeys(("kind", "next_try_at"), N),
        **dict.fromkeys(("letter", "note", "recipient"), E),
    },
    "inquiries": {
        **dict.fromkeys(("id", "kind", "message_id", "case_id", "opened_at"), N),
        **dict.fromkeys(("text", "draft"), E),
        "closed_by": S,
    },
    "troubles": {
        **dict.fromkeys(("id", "subject", "raised_at"), N),
        **dict.fromkeys(("cause", "kept", "next_step"), E),
        "resolved_by": S,
    },
    "people": {"id": S, "name": S, "roles": N, "password_hash": S, "ended_at": N},
    "sessions": {
        **dict.fromkeys(("token_hash", "way", "started_at", "seen_at", "ends_at", "ended"), N),
        "person_id": S,
        "address": E,
    },
    "brakes": dict.fromkeys(("name_hash", "failures", "failed_at", "held_until"), N),
    "api_keys": {
        **dict.fromkeys(("id", "name", "scopes", "secret_hash", "made_at", "ends_at", "ended_at", "used_on"), N),
        "person_id": S,
    },
    "links": {"kind": N, "value": S, "person_id": S, "proof": N, "proven_at": N},
    "link_codes": {"code_hash": N, "kind": N, "value": S, "person_id": S, "ends_at": N},
    "slack_deliveries": {
        **dict.fromkeys(("id", "kind", "team", "place", "received_at", "state", "held_until", "attempts", "note"), N),
        "account": S,
        "body": E,  # when it is worked
    },
    "slack_conversations": {
        **dict.fromkeys(("id", "team", "channel", "thread", "case_id", "mails", "drafted", "begun_at"), N),
        "person_id": S,
    },
    "slack_turns": {"conversation": N, "ts": N, "person_id": S, "text": E},
    "slack_mails": dict.fromkeys(("message_id", "conversation", "number"), N),
    "slack_posts": {
        **dict.fromkeys(("key", "kind", "team", "channel", "thread", "subject", "ts", "shown", "state"), N),
        **dict.fromkeys(("held_until", "attempts", "note", "wanted_at"), N),
        "text": E,  # when it stands in Slack
    },
    "slack_installations": dict.fromkeys(("team", "bot_user_id", "sealed", "installed_at"), N),
    "slack_states": dict.fromkeys(("state_hash", "ends_at"), N),
    "receipts": {**dict.fromkeys(("key", "request_sha256", "subject", "made_at"), N), "person_id": S},
    "events": dict.fromkeys(("number", "id", "type", "at", "case_id", "data"), N),
    "webhooks": {**dict.fromkeys(("id", "url", "types", "secret", "made_at", "ended_at"), N), "made_by": S},
    "deliveries": dict.fromkeys(
        ("id", "webhook_id", "event_number", "state", "attempts", "tries", "due_at", "note"), N
    ),
    "edi_interchanges": dict.fromkeys(("message_id", "partner_id", "control"), N),
    "edi_transactions": dict.fromkeys(
        ("partner_id", "interchange", "group_control", "control", "kind", "reference", "message_id", "answered"), N
    ),
    "edi_outgoing": {
        **dict.fromkeys(("id", "partner_id", "kind", "control", "key", "message_id", "case_id"), N),
        **dict.fromkeys(("made_at", "fetched_at"), N),
        "body": F,
    },
    "audit": {
        **dict.fromkeys(("stream", "sequence", "at", "event", "previous", "hash"), N),
        "actor": S,
        "details": F,
    },
    "audit_heads": dict.fromkeys(("stream", "sequence", "hash"), N),
}
