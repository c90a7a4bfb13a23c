"""How rows and heads of the audit log are hashed. SHA-256 over canonical JSON; changing this breaks every log."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64


def canonical(value: object) -> str:
    """JSON with sorted keys, no white space and ASCII only: the same bytes for the same value, storable anywhere."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def row_hash(stream: str, sequence: int, at: str, actor: str, event: str, details: str, previous: str) -> str:
    return hashlib.sha256(canonical([stream, sequence, at, actor, event, details, previous]).encode()).hexdigest()


def root_over(before: str, moved: Mapping[str, Any]) -> str:
    """The root of a head: the root before it, and where each stream that moved since stands now."""
    return hashlib.sha256(canonical([before, moved]).encode()).hexdigest()


def person_digest(row: Mapping[str, Any]) -> str:
    """What the log holds of a person's secrets: nothing but this."""
    return hashlib.sha256(canonical([row["roles"], row["password_hash"]]).encode()).hexdigest()


def key_digest(row: Mapping[str, Any]) -> str:
    """Hashes all that makes a key of the API what it is."""
    names = ("id", "person_id", "scopes", "secret_hash", "made_at", "ends_at")
    return hashlib.sha256(canonical([row[name] for name in names]).encode()).hexdigest()
