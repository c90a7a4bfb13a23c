"""What audit rows say of documents, drafts, postings and roles, against what is kept of them.

The log proves itself; this proves the rest by it: a mail, a reading, a draft or a planned write changed behind the
log's back no longer has the hash that its row names. What was erased under the retention policy is said by a row too.
"""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from assistant.domain.lifecycle import CaseEvent, CaseState
from assistant.domain.worklist import Broken
from assistant.store.audit_rows import key_digest, person_digest
from assistant.store.tables import (
    api_keys,
    blobs,
    cases,
    decisions,
    links,
    messages,
    people,
    postings,
    readings,
    revisions,
    sessions,
)

_BATCH_ROWS = 200
_Decided = tuple[Any, ...]  # case, revision, verdict, by whom, policy version, digests
_Where = tuple[str, int]  # stream and sequence of the row that says so


class Evidence:
    """Fed with every row in order, then asked what differs."""

    def __init__(self) -> None:
        self._mails: dict[str, tuple[str, _Where]] = {}
        self._readings: dict[str, tuple[str, _Where]] = {}
        self._drafts: dict[tuple[str, int], tuple[str, _Where]] = {}
        self._arguments: dict[str, tuple[str, _Where]] = {}
        self._people: dict[str, tuple[str, _Where]] = {}
        self._left: dict[str, _Where] = {}
        self._keys: dict[str, tuple[str, _Where]] = {}
        self._ended_keys: set[str] = set()
        self._sessions: set[str] = set()
        self._states: dict[str, tuple[str, _Where]] = {}
        self._decisions: Counter[_Decided] = Counter()
        self._decided: dict[_Decided, _Where] = {}
        self._made: dict[str, list[tuple[Mapping[str, Any], _Where]]] = {}  # by case, in the order they were made
        self._links: dict[tuple[str, str], tuple[str, _Where]] = {}
        self._unread: Broken | None = None

    def see(self, row: Row[Any]) -> None:
        if row.event not in _TELLING and row.event not in _MOVING:
            return
        try:
            self._note(row, json.loads(row.details))
        except (ValueError, KeyError, TypeError):
            self._unread = self._unread or Broken(row.stream, row.sequence, f"is no {row.event} as we write it")

    def _note(self, row: Row[Any], told: Mapping[str, Any]) -> None:
        where = row.stream, row.sequence
        if row.event in _MOVING:
            self._states[row.stream] = told.get("after", CaseState.DRAFT.value), where
        match row.event:
            case "decision.made":
                made = (row.stream, told["revision"], told["verdict"], told["by"], told["policy"], *told["digests"])
                self._decisions[made] += 1
                self._made.setdefault(row.stream, []).append((told, where))
                self._decided[made] = where
            case name if name not in _TELLING:
                pass
            case "message.recorded":
                self._mails[row.stream] = told["sha256"], where
            case "message.read":
                self._readings[row.stream] = told["reading_sha256"], where
            case "message.erased":
                self._mails.pop(row.stream, None)
                self._readings.pop(row.stream, None)
            case "case.opened":
                self._drafts[row.stream, 1] = told["draft_sha256"], where
            case "case.revised":
                self._drafts[row.stream, told["revision"]] = told["draft_sha256"], where
            case "case.erased":
                for number, digest in told["drafts_after"].items():
                    self._drafts[row.stream, int(number)] = digest, where
            case "posting.planned":
                self._arguments[told["key"]] = told["arguments_sha256"], where
            case "key.made":
                self._keys[told["key"]] = told["sha256"], where
            case "key.ended":
                self._ended_keys.add(told["key"])
            case "session.started":
                self._sessions.add(told["session"])
            case "link.proven":
                self._links[told["kind"], told["account"]] = told["person"], where
            case "link.ended":
                self._links.pop((told["kind"], told["account"]), None)
            case "person.ended":
                self._left[told["person"]] = where
                self._ended_keys.update(told["keys"])
                for each in told["links"]:
                    self._links.pop((each["kind"], each["account"]), None)
            case _:
                self._people[told["person"]] = told["sha256"], where
                self._left.pop(told["person"], None)

    def differing(self, connection: Connection) -> Broken | None:
        return (
            self._unread
            or self._mail(connection)
            or self._reading(connection)
            or self._draft(connection)
            or self._decision(connection)
            or self._state(connection)
            or self._posting(connection)
            or self._person(connection)
            or self._key(connection)
            or self._link(connection)
            or self._session(connection)
        )

    def _mail(self, connection: Connection) -> Broken | None:
        wanted = select(messages.c.id, blobs.c.bytes).join(blobs, blobs.c.sha256 == messages.c.sha256)
        for row in _batches(connection, wanted):
            told = self._mails.pop(row.id, None)
            if told is not None and told[0] != hashlib.sha256(row.bytes).hexdigest():
                return Broken(*told[1], "names another mail than the one that is kept: its bytes were changed")
        return _left(self._mails, "names a mail that is not kept any more")

    def _reading(self, connection: Connection) -> Broken | None:
        for row in _batches(connection, select(readings)):
            told = self._readings.get(row.message_id)
            if told is None:
                continue
            try:
                read = hashlib.sha256(zlib.decompress(row.body)).hexdigest()
            except zlib.error:
                read = ""
            if told[0] != read:
                return Broken(*told[1], "names another reading than the one that is kept")
        return None

    def _draft(self, connection: Connection) -> Broken | None:
        wanted = select(revisions.c.case_id, revisions.c.number, revisions.c.draft)
        for row in _batches(connection, wanted):
            told = self._drafts.pop((row.case_id, row.number), None)
            if told is None:
                return Broken(row.case_id, 0, f"has a revision {row.number} that no row speaks of")
            if told[0] != hashlib.sha256(row.draft.encode()).hexdigest():
                return Broken(*told[1], f"names another draft than revision {row.number} as it is kept")
        return _left(self._drafts, "names a draft that is not kept any more")

    def _decision(self, connection: Connection) -> Broken | None:
        left = Counter(self._decisions)
        for row in _batches(connection, select(decisions)):
            made = (row.case_id, row.revision, row.verdict, row.by, row.policy_version, *json.loads(row.digests))
            if not left[made]:
                return Broken(
                    row.case_id, 0, f"has a decision of {row.by} on revision {row.revision} that no row tells"
                )
            left[made] -= 1
        for made in +left:
            return Broken(*self._decided[made], "tells of a decision that is not kept as it was made")
        return self._decided_otherwise(connection)

    def _decided_otherwise(self, connection: Connection) -> Broken | None:
        """The step, lines, stand-in or reason of a decision; rows from before there were any do not say."""
        for row in _batches(connection, select(decisions).order_by(decisions.c.case_id, decisions.c.number)):
            told, (stream, sequence) = self._made[row.case_id][row.number - 1]
            kept = {"step": row.step, "stands_in_for": row.stands_in_for, "reason": row.reason}
            differ = [name for name, value in kept.items() if told.get(name, value) != value]
            if differ or told.get("lines", json.loads(row.lines)) != json.loads(row.lines):
                what = differ[0] if differ else "line"
                return Broken(stream, sequence, f"tells of another {what} than decision {row.number} has")
        return None

    def _state(self, connection: Connection) -> Broken | None:
        for row in _batches(connection, select(cases.c.id, cases.c.state)):
            told = self._states.get(row.id)
            if told is None:
                return Broken(row.id, 0, "is a case that no row speaks of")
            if told[0] != row.state:
                return Broken(*told[1], f"left the case {told[0]}, and it is {row.state}")
        return None

    def _posting(self, connection: Connection) -> Broken | None:
        for row in connection.execute(select(postings.c.key, postings.c.case_id, postings.c.arguments)):
            told = self._arguments.get(row.key)
            if told is None:
                return Broken(row.case_id, 0, f"has a posting {row.key} that no row speaks of")
            if told[0] != hashlib.sha256(row.arguments.encode()).hexdigest():
                return Broken(*told[1], "names another write than the one that is kept")
        return None

    def _person(self, connection: Connection) -> Broken | None:
        for row in _batches(connection, select(people)):
            told = self._people.pop(row.id, None)
            if told is None:
                return Broken("people", 0, f"has {row.id}, whom no row speaks of")
            if told[0] != person_digest(dict(row._mapping)):
                return Broken(*told[1], f"gave {row.id} other roles, or another password, than are kept")
            if (row.ended_at == "") == (row.id in self._left):
                where = self._left.get(row.id, told[1])
                return Broken(*where, f"tells otherwise than is kept whether {row.id} left")
        return _left(self._people, "names a person who is not kept any more")

    def _key(self, connection: Connection) -> Broken | None:
        for row in _batches(connection, select(api_keys)):
            told = self._keys.get(row.id)
            if told is None:
                return Broken("people", 0, f"has a key {row.id} that no row speaks of")
            if told[0] != key_digest(dict(row._mapping)):
                return Broken(*told[1], f"made the key {row.id} another one than is kept")
            if row.ended_at == "" and row.id in self._ended_keys:
                return Broken(*told[1], f"speaks of the key {row.id}, which was ended and stands again")
        return None

    def _link(self, connection: Connection) -> Broken | None:
        for row in _batches(connection, select(links)):
            told = self._links.get((row.kind, row.value))
            if told is None or told[0] != row.person_id:
                return Broken("people", 0, f"has a {row.kind} account of {row.person_id} that no row speaks of")
        return None

    def _session(self, connection: Connection) -> Broken | None:
        for row in _batches(connection, select(sessions.c.token_hash, sessions.c.person_id)):
            if row.token_hash[:12] not in self._sessions:
                return Broken("sign-in", 0, f"has a session of {row.person_id} that no row speaks of")
        return None


# What sets a case's state, and says which.
_MOVING = frozenset({"case.opened", "case.revised", *(f"case.{event.value}" for event in CaseEvent)})
_TELLING = frozenset(
    {
        "message.recorded",
        "message.read",
        "message.erased",
        "case.opened",
        "case.revised",
        "case.erased",
        "decision.made",
        "posting.planned",
        "person.added",
        "person.changed",
        "person.ended",
        "key.made",
        "key.ended",
        "session.started",
        "link.proven",
        "link.ended",
    }
)


def _batches(connection: Connection, wanted: Select[Any]) -> Iterator[Row[Any]]:
    with connection.execute(wanted.execution_options(yield_per=_BATCH_ROWS)) as result:
        yield from result


def _left(expected: Mapping[Any, tuple[str, _Where]], fault: str) -> Broken | None:
    for _, where in expected.values():
        return Broken(*where, fault)
    return None
