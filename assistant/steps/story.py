"""A case's whole story: what happened to it and to its messages, in order, with what each edit changed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from assistant.domain.draft import Draft
from assistant.domain.ports import Unit
from assistant.domain.story import Told, told

_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_NO_VALUES = {"evidence", "confidence", "drafter", "findings", "questions"}
_MOST_CHANGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value of the draft that an edit changed; '' where there was, or is, none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    row: Told
    changes: tuple[Change, ...] = ()


def story(unit: Unit, case_id: str) -> tuple[Step, ...]:
    """Raises NotFound. Rows of the case and of every message that belongs to it, oldest first."""
    case = unit.cases.get(case_id)
    streams = dict.fromkeys((case.message_id, *(m.id for m in unit.messages.of_case(case_id)), case.id))
    rows = [told(row) for stream in streams for row in unit.audit.rows(stream)]
    drafts = {revision.number: revision.draft for revision in unit.cases.revisions(case_id)}
    steps = []
    for row in sorted(rows, key=lambda r: (r.at, r.stream, r.sequence)):
        number = row.more.get("revision") if row.what == "case.revised" else None
        changed = isinstance(number, int) and {number, number - 1} <= drafts.keys()
        steps.append(
            Step(row=_named(row), changes=changes(drafts[number - 1], drafts[number]) if changed and number else ())
        )
    return tuple(steps)


def changes(before: Draft, after: Draft) -> tuple[Change, ...]:
    was, now = dict(_flat(before)), dict(_flat(after))
    names = [name for name in {**was, **now} if was.get(name, "") != now.get(name, "")]
    return tuple(Change(field=n, before=was.get(n, ""), after=now.get(n, "")) for n in names[:_MOST_CHANGES])


def _named(row: Told) -> Told:
    return replace(row, who=row.who.partition(":")[2] or row.who)


def _flat(draft: Draft) -> Iterator[tuple[str, str]]:
    yield from _leaves("", json.loads(_DRAFT.dump_json(draft)))


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _NO_VALUES:
                yield from _leaves(f"{name} {key}".strip().replace("_", " "), each)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for place, each in enumerate(value, start=1):
            yield from _leaves(f"{name.removesuffix('s')} {place}", each)
    elif value not in (None, "", []):
        yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
