"""What an audit row tells, in the words an auditor asks in: who, what, before, after, why, by which policy, on what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.domain.worklist import AuditRow

# Under which names the rows keep it; the first that is there counts.
_BEFORE = ("before",)
_AFTER = ("after", "verdict", "outcome", "state")
_WHY = ("why", "reason", "note", "cause", "message")
_POLICY = ("policy", "policy_version")
_EVIDENCE = ("sha256", "reading_sha256", "draft_sha256", "arguments_sha256", "digest", "digests", "call", "root")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row. ``evidence`` is what can be held against it: hashes and digests by name; ``more`` is all the rest."""

    stream: str
    sequence: int
    at: datetime
    who: str
    what: str
    before: str = ""
    after: str = ""
    why: str = ""
    policy_version: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def told(row: AuditRow) -> Told:
    left = dict(row.details)

    def first(names: tuple[str, ...]) -> str:
        for name in names:
            if name in left and left[name] not in (None, "", [], {}):
                return _words(left.pop(name))
        return ""

    evidence = {name: left.pop(name) for name in _EVIDENCE if left.get(name)}
    return Told(
        stream=row.stream,
        sequence=row.sequence,
        at=row.at,
        who=row.actor,
        what=row.event,
        before=first(_BEFORE),
        after=first(_AFTER),
        why=first(_WHY),
        policy_version=first(_POLICY),
        evidence=evidence,
        more={name: value for name, value in left.items() if value not in (None, "", [], {})},
    )


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_words(each) for each in value)
    return str(value)
