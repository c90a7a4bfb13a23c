"""A version of the policy: tables, calendar and head, read from files and checked whole before it counts."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import zen

from assistant.domain.errors import OperatorMustAct, OurFault
from assistant.domain.policy import LineFacts, LineJudgement, Row
from assistant.domain.working_time import WorkingTime
from assistant.judging.answers import Answers, judged
from assistant.judging.schema import FACTS, FAULT, MOST, TABLES
from assistant.judging.table import Fault, Table, read_table

HEAD, CALENDAR = "policy.json", "calendar.json"
_KEY = "policy"
_HEAD_FIELDS = {"version", "owner", "effective_from", "why"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    version: str
    owner: str
    effective_from: date
    why: str


class Book:
    """Implements assistant.domain.policy.Policy."""

    def __init__(
        self, head: Head, working_time: WorkingTime, tables: Sequence[Table], files: Mapping[str, str]
    ) -> None:
        self.head = head
        self.files = dict(files)
        self.tables = {table.shape.name: table for table in tables}
        self._working_time = working_time
        self._digest = digest_of(files)
        graph = _graph(tables)
        zen.ZenEngine().create_decision(json.dumps(graph)).validate()
        # what a static loader holds is compiled once; a decision made of text is compiled at every evaluation
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": {_KEY: graph}}})

    @property
    def version(self) -> str:
        return self.head.version

    @property
    def owner(self) -> str:
        return self.head.owner

    @property
    def effective_from(self) -> date:
        return self.head.effective_from

    @property
    def digest(self) -> str:
        return self._digest

    @property
    def working_time(self) -> WorkingTime:
        return self._working_time

    def judge_line(self, facts: LineFacts) -> LineJudgement:
        """One evaluation of one graph; what comes back malformed counts as refused."""
        asked = asdict(facts)
        _require_fit(asked)
        answered = self._engine.evaluate(_KEY, asked)["result"]
        answers = Answers(self.tables, answered if isinstance(answered, dict) else {})
        return judged(facts, answers)

    def row(self, row: Row) -> tuple[Row, Mapping[str, str]]:
        """A matched row as it stands here, with the cells that ask for something."""
        table = self.tables[row.table]
        return table.rows[row.id], table.conditions(row.id)


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over the files' names and texts."""
    canonical = json.dumps(dict(files), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_book(files: Mapping[str, str]) -> Book | list[Fault]:
    """The policy these files hold, or everything that is wrong with them."""
    faults: list[Fault] = []
    head = _head(files.get(HEAD, ""), faults)
    working_time = _calendar(files.get(CALENDAR, ""), faults)
    tables: list[Table] = []
    for shape in TABLES:
        name = f"{shape.name}.json"
        if name not in files:
            faults.append(Fault(name, "", "", "is missing: a policy has all of its tables"))
            continue
        read = read_table(name, files[name])
        if isinstance(read, Table):
            tables.append(read)
        else:
            faults += read
    known = {HEAD, CALENDAR, *(f"{shape.name}.json" for shape in TABLES)}
    faults += [Fault(name, "", "", "is no file of a policy") for name in sorted(set(files) - known)]
    if faults or head is None or working_time is None:
        return faults
    return Book(head, working_time, tables, files)


def book_of(files: Mapping[str, str]) -> Book:
    """Raises OperatorMustAct with every fault."""
    read = read_book(files)
    if isinstance(read, Book):
        return read
    told = "\n".join(f"  {fault}" for fault in read)
    raise OperatorMustAct(f"This policy can't be used:\n{told}\nNothing was changed.")


def _graph(tables: Sequence[Table]) -> dict[str, Any]:
    """Input -> whose fault -> every other table -> output: one evaluation a line."""
    others = [table.shape.name for table in tables if table.shape.name != FAULT]
    edges = [("in", FAULT), (FAULT, "out"), *((FAULT, name) for name in others), *((name, "out") for name in others)]
    ends = [("in", "inputNode"), ("out", "outputNode")]
    return {
        "nodes": [
            *({"id": key, "name": key, "type": kind, "position": {"x": 0, "y": 0}} for key, kind in ends),
            *(table.node() for table in tables),
        ],
        "edges": [{"id": f"{a}>{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in edges],
    }


def _require_fit(asked: Mapping[str, object]) -> None:
    """zen would not say so: a fact of another type simply matches nothing."""
    right = {"text": str, "whole": int, "flag": bool}
    for name, value in asked.items():
        field = FACTS[name]
        if type(value) is not right[field.kind]:
            raise OurFault(f"The fact {name} is {type(value).__name__}, declared as {field.kind}; nothing was judged.")
        if isinstance(value, str) and field.words is not None and value not in field.words:
            raise OurFault(f"The fact {name} is {value!r}, which is none of its words; nothing was judged.")
        if isinstance(value, int) and abs(value) > MOST:
            raise OurFault(f"The fact {name} is {value}, too large to be judged exactly; nothing was judged.")


def _head(text: str, faults: list[Fault]) -> Head | None:
    try:
        data = json.loads(text or "null")
        if set(data) != _HEAD_FIELDS or not all(isinstance(v, str) and v.strip() for v in data.values()):
            raise ValueError(f"it holds exactly {', '.join(sorted(_HEAD_FIELDS))}, each a text")
        return Head(**{**data, "effective_from": date.fromisoformat(data["effective_from"])})
    except (ValueError, TypeError) as error:
        faults.append(Fault(HEAD, "", "", f"does not fit: {error}"))
        return None


def _calendar(text: str, faults: list[Fault]) -> WorkingTime | None:
    try:
        data = json.loads(text or "null")
        return WorkingTime(
            zone=ZoneInfo(data["zone"]).key,
            weekdays=frozenset(_weekday(day) for day in data["weekdays"]),
            opens=time.fromisoformat(data["opens"]),
            closes=time.fromisoformat(data["closes"]),
            holidays=frozenset(date.fromisoformat(day) for day in data["holidays"]),
            remind_after_hours=_hours(data["remind_after_hours"]),
            escalate_after_hours=_hours(data["escalate_after_hours"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        faults.append(Fault(CALENDAR, "", "", f"does not fit: {type(error).__name__}: {error}"))
        return None


def _hours(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 10_000:
        raise ValueError(f"{given!r} are no working hours")
    return given


def _weekday(name: str) -> int:
    return ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday").index(name.lower())
