"""What somebody with the database in hand can do to the audit log, and that each of it is found and named.

The triggers are taken away for each attack and put back after it, as an attacker with file access would. Attacks
can recompute every hash; the signing key and the head kept elsewhere they do not have, unless a test says so.
One long file, because it is one list of attacks over one log.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from assistant.domain.audit import HEADS, Head, head_as_text, head_from_text
from assistant.domain.errors import OperatorMustAct
from assistant.domain.identity import ApiKey, KeyScope, Link, Session
from assistant.domain.lifecycle import CaseEvent
from assistant.domain.person import Person, Role, program
from assistant.domain.posting import PlannedCall
from assistant.domain.worklist import Broken, Verified
from assistant.store.audit_rows import GENESIS, canonical, root_over, row_hash
from assistant.store.signing import FileKey, is_signed, key_at
from assistant.store.sql import SqlStore
from tests.contract.test_store import INTAKE, decision, open_case, record

Attack = Callable[[Connection], object]


@pytest.fixture
def key(tmp_path: Path) -> FileKey:
    return key_at(tmp_path / "keys" / "audit.pem")


def write(store: SqlStore, *streams: str, rows: int = 2) -> None:
    with store.unit(INTAKE) as unit:
        for stream in streams:
            for n in range(rows):
                unit.audit.append(stream, "counted", {"n": n})


@pytest.fixture
def head(store: SqlStore, key: FileKey) -> Head:
    """s and t of four rows, a case, a person and a planned write: two heads over them, and two rows more in t."""
    write(store, "s", "t")
    with store.unit(INTAKE) as unit:
        unit.messages.keep_reading(record(unit, b"one").id, b"{}")
    case = open_case(store, b"one")
    with store.unit(INTAKE) as unit:
        person = Person(id="rita@house.example", name="Rita", roles=frozenset({Role.RETURNS_APPROVER}))
        unit.people.add(person, "hash")
        unit.people.add(replace(person, id="paul@house.example"), "hash")
        now = datetime(2026, 3, 2, tzinfo=UTC)
        scopes = frozenset({KeyScope.CASES_READ})
        for key_id in ("k1", "k2"):
            made = ApiKey(
                id=key_id, name="p", person_id=person.id, scopes=scopes, secret_hash="00", made_at=now, ends_at=now
            )
            unit.keys.add(made)
        unit.keys.end("k2")
        unit.links.add(Link(kind="slack", value="T1/U1", person_id=person.id, proof="code", proven_at=now))
        unit.sessions.start(
            Session(
                token_hash="a" * 64,
                person_id=person.id,
                way="oidc",
                address="",
                started_at=now,
                seen_at=now,
                ends_at=now,
            )
        )
        unit.people.end("paul@house.example", "left")
        unit.cases.move(case.id, CaseEvent.SUBMIT, 1)
        unit.cases.decide(decision(case))
        unit.postings.plan(case.id, 1, [PlannedCall(key="k-1", tool="authorise_return", arguments={"n": 1})])
        unit.audit.seal(key)
    write(store, "s", "t")
    with store.unit(INTAKE) as unit:
        sealed = unit.audit.seal(key)
    write(store, "t")
    return sealed


@contextmanager
def unguarded(store: SqlStore) -> Iterator[Connection]:
    """A connection for whom no trigger stands; all stand again afterwards."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            tables = ("audit", "audit_heads")
            for table in tables:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield connection
            for table in tables:
                names = connection.execute(
                    text(f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal")
                ).scalars()
                for name in names.all():
                    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
            return
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in found:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in found:
            connection.exec_driver_sql(sql)


def verify(store: SqlStore, trusted: str = "", against: Head | None = None) -> Verified | Broken:
    with store.unit(INTAKE) as unit:
        return unit.audit.verify(frozenset({trusted} if trusted else ()), against)


def run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def rechained(
    connection: Connection, stream: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> None:
    """The stream after ``change``, numbered and hashed anew from its first row, its end moved: the chain is whole."""
    found = connection.execute(text("SELECT * FROM audit WHERE stream = :s ORDER BY sequence"), {"s": stream})
    rows = change([dict(row._mapping) for row in found])
    connection.execute(text("DELETE FROM audit WHERE stream = :s"), {"s": stream})
    connection.execute(text("DELETE FROM audit_heads WHERE stream = :s"), {"s": stream})
    previous = GENESIS
    for number, row in enumerate(rows, start=1):
        body = row["stream"], number, row["at"], row["actor"], row["event"], row["details"], previous
        row |= {"sequence": number, "previous": previous, "hash": row_hash(*body)}
        previous = row["hash"]
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(text(f"INSERT INTO audit ({names}) VALUES ({values})"), row)
    if rows:
        moved = {"s": rows[0]["stream"], "n": len(rows), "h": previous}
        connection.execute(text("INSERT INTO audit_heads (stream, sequence, hash) VALUES (:s, :n, :h)"), moved)


def without(index: int) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda rows: [row for place, row in enumerate(rows) if place != index]


def cut(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[:-1]


def altered(index: int, **values: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda rows: [row | values if place == index else row for place, row in enumerate(rows)]


def test_an_honest_log_verifies_with_and_without_what_was_kept_elsewhere(
    store: SqlStore, key: FileKey, head: Head
) -> None:
    honest = verify(store, key.key, head_from_text(head_as_text(head)))
    assert isinstance(honest, Verified)
    assert (honest.heads, head.number) == (2, 2)
    assert head.rows == honest.rows - 2 - 2  # two rows since, and the two heads
    with store.unit(INTAKE) as unit:
        newer = unit.audit.seal(key)
        assert newer.number == 3
        assert unit.audit.seal(key) == newer  # nothing new, no new head
    assert isinstance(verify(store, key.key, head), Verified)


def setting(column: str, value: str) -> Attack:
    return lambda c: run(c, f"UPDATE audit SET {column} = {value} WHERE stream = 's' AND sequence = 2")


IN_THE_OPEN: dict[str, tuple[Attack, str, int, str]] = {
    **{
        f"changed {column} to {value[:9]}": (setting(column, value), "s", 2, fault)
        for column, value, fault in (
            ("at", "'2020-01-01T00:00:00.000000Z'", "was changed"),
            ("actor", "'person:x'", "was changed"),
            ("event", "'nothing'", "was changed"),
            ("details", "'{\"n\":9}'", "was changed"),
            ("details", "details || ' '", "was changed"),
            ("previous", f"'{GENESIS}'", "was changed"),
            ("hash", f"'{GENESIS}'", "was changed"),
            ("hash", "upper(hash)", "was changed"),
            ("sequence", "9", "is missing"),
        )
    },
    "changed stream": (lambda c: run(c, "UPDATE audit SET stream = 'z' WHERE stream = 's' AND sequence = 2"),
                       "s", 2, "is missing"),
    "first removed": (lambda c: run(c, "DELETE FROM audit WHERE stream = 's' AND sequence = 1"), "s", 1, "is missing"),
    "middle removed": (lambda c: run(c, "DELETE FROM audit WHERE stream = 's' AND sequence = 3"), "s", 3, "is missing"),
    "newest removed": (lambda c: run(c, "DELETE FROM audit WHERE stream = 't' AND sequence = 6"), "t", 6, "at the end"),
    "newest removed, its end moved": (
        lambda c: rechained(c, "s", cut), "s", 4, "is missing at the end: a head stands for 4 rows"),
    "a stream removed": (lambda c: run(c, "DELETE FROM audit WHERE stream = 's'"), "s", 1, "all that followed"),
    "a stream removed with its end": (lambda c: rechained(c, "s", lambda _: []), "s", 1, "all that followed"),
    "everything removed": (lambda c: run(c, "DELETE FROM audit"), "BH-1001", 1, "all that followed"),
    "swapped": (lambda c: run(c, *(f"UPDATE audit SET sequence = {to} WHERE stream = 's' AND sequence = {of}"
                                   for of, to in ((2, 22), (3, 2), (22, 3)))), "s", 2, "was changed"),
    "swapped contents": (
        lambda c: run(c, "UPDATE audit SET details = '{\"n\":1}' WHERE stream = 's' AND sequence = 1"),
        "s", 1, "was changed"),
    "moved to another stream": (
        lambda c: run(c, "UPDATE audit SET stream = 't', sequence = 7 WHERE stream = 's' AND sequence = 4"),
        "s", 4, "at the end"),
    "copied to a stream of its own": (
        lambda c: run(c, "INSERT INTO audit SELECT 'z', sequence, at, actor, event, details, previous, hash FROM audit"
                         " WHERE stream = 's' AND sequence = 1"), "z", 1, "was changed"),
    "appended by hand": (
        lambda c: run(c, "INSERT INTO audit SELECT stream, sequence + 1, at, actor, event, details, hash, hash"
                         " FROM audit WHERE stream = 's' AND sequence = 4"), "s", 5, "was changed"),
    "appended by hand, hashed right": (lambda c: appended(c, "s"), "s", 5, "not written by a unit"),
    "an end put back": (lambda c: run(c, "UPDATE audit_heads SET sequence = 3 WHERE stream = 's'"),
                        "s", 4, "not written by a unit"),
    "an end put forward": (lambda c: run(c, "UPDATE audit_heads SET sequence = 9 WHERE stream = 's'"),
                           "s", 5, "at the end"),
    "an end removed": (lambda c: run(c, "DELETE FROM audit_heads WHERE stream = 's'"), "s", 1, "unit of work"),
    "an end of another hash": (lambda c: run(c, f"UPDATE audit_heads SET hash = '{GENESIS}' WHERE stream = 't'"),
                               "t", 6, "was replaced"),
    "an end for no stream": (lambda c: run(c, "INSERT INTO audit_heads VALUES ('z', 1, 'x')"), "z", 1, "is missing"),
}  # fmt: skip

REHASHED: dict[str, tuple[Attack, str, int, str]] = {
    "changed": (lambda c: rechained(c, "s", altered(1, details='{"n":9}')), "s", 4, "hashed anew"),
    "another actor": (lambda c: rechained(c, "s", altered(0, actor="person:x")), "s", 4, "hashed anew"),
    "another time": (lambda c: rechained(c, "s", altered(3, at="2020-01-01T00:00:00.000000Z")), "s", 4, "hashed anew"),
    "middle removed": (lambda c: rechained(c, "s", without(1)), "s", 4, "at the end"),
    "middle removed, another added": (
        lambda c: rechained(c, "s", lambda rows: [*without(1)(rows), rows[0]]), "s", 4, "hashed anew"),
    "slipped in": (lambda c: rechained(c, "s", lambda rows: [rows[0], *rows]), "s", 4, "hashed anew"),
    "reordered": (lambda c: rechained(c, "s", lambda rows: rows[::-1]), "s", 4, "hashed anew"),
    "renamed": (lambda c: rechained(c, "s", lambda rows: [row | {"stream": "z"} for row in rows]), "s", 1, "missing"),
    "two streams for one another": (lambda c: exchanged(c, "s", "t"), "s", 4, "hashed anew"),
    "a head changed": (lambda c: rechained(c, HEADS, altered(1, details="{}")), HEADS, 2, "is no head"),
    "a head slipped in": (lambda c: rechained(c, HEADS, lambda rows: [rows[0], *rows]), HEADS, 2, "says it is head 1"),
    "a head removed": (lambda c: rechained(c, HEADS, without(0)), HEADS, 1, "says it is head 2"),
    "a head that forgets a stream": (lambda c: reheaded(c, None), HEADS, 2, "does not follow"),
    "a head signed anew by another key": (lambda c: reheaded(c, another_key()), HEADS, 2, "not trusted"),
    "a row that is no row of ours": (
        lambda c: rechained(c, "people", altered(0, details="[]")), "people", 7, "hashed anew"),
}  # fmt: skip

BEHIND_ITS_BACK: dict[str, tuple[Attack, str, str]] = {
    "a mail": (lambda c: run(c, "UPDATE blobs SET bytes = '\\x00'" if on_postgres(c) else
                             "UPDATE blobs SET bytes = x'00'"), "m-", "bytes were changed"),
    "a mail removed": (lambda c: run(c, *removing_mail(c)), "m-", "mail"),
    "a reading": (lambda c: run(c, "UPDATE readings SET body = '\\x00'" if on_postgres(c) else
                                "UPDATE readings SET body = x'00'"), "m-", "another reading"),
    "a draft": (lambda c: run(c, "UPDATE revisions SET draft = replace(draft, '4.50', '9.50')"), "BH-", "draft"),
    "a draft removed": (lambda c: run(c, "DELETE FROM revisions"), "BH-", "not kept any more"),
    "a revision slipped in": (lambda c: run(c, "INSERT INTO revisions SELECT case_id, 2, draft, by_kind, by_id, at, why"
                                               " FROM revisions"), "BH-", "no row speaks of"),
    "a decision's digests": (lambda c: run(c, "UPDATE decisions SET digests = '[\"d9\"]'"), "BH-", "no row tells"),
    "a decision turned round": (lambda c: run(c, "UPDATE decisions SET verdict = 'rejected'"), "BH-", "no row tells"),
    "a decision by another": (lambda c: run(c, "UPDATE decisions SET by = 'm@x.example'"), "BH-", "no row tells"),
    "a decision removed": (lambda c: run(c, "DELETE FROM decisions"), "BH-", "not kept as it was made"),
    "a case's state": (lambda c: run(c, "UPDATE cases SET state = 'approved'"), "BH-", "and it is approved"),
    "a planned write": (lambda c: run(c, "UPDATE postings SET arguments = '{\"n\": 2}'"), "BH-", "another write"),
    "a write slipped in": (lambda c: run(c, "INSERT INTO postings SELECT 'k-2', case_id, revision, 1, tool, arguments,"
                                            " state, document_no, note FROM postings"), "BH-", "no row speaks of"),
    "roles": (lambda c: run(c, "UPDATE people SET roles = 'admin returns_approver'"), "people", "other roles"),
    "a password": (lambda c: run(c, "UPDATE people SET password_hash = 'mine'"), "people", "another password"),
    "somebody who left put back": (lambda c: run(c, "UPDATE people SET ended_at = ''"), "people", "whether paul"),
    "somebody put out": (lambda c: run(c, "UPDATE people SET ended_at = 'x'"), "people", "whether rita"),
    "a person slipped in": (lambda c: run(c, "INSERT INTO people SELECT 'm@x.example', name, roles, password_hash,"
                                             " ended_at FROM people WHERE ended_at = ''"), "people", "whom no row"),
    "a person removed": (lambda c: run(c, "DELETE FROM people WHERE ended_at <> ''"), "people", "not kept any more"),
    "a key slipped in": (lambda c: run(c, "UPDATE api_keys SET id = 'k3'"
                                          " WHERE id = 'k1'"), "people", "no row speaks of"),
    "a key's scopes": (lambda c: run(c, "UPDATE api_keys SET scopes = 'all'"), "people", "another one"),
    "a key's end": (lambda c: run(c, "UPDATE api_keys SET ends_at = '2099'"), "people", "another one"),
    "a key's secret": (lambda c: run(c, "UPDATE api_keys SET secret_hash = '11'"), "people", "another one"),
    "an ended key put back": (lambda c: run(c, "UPDATE api_keys SET ended_at = ''"), "people", "stands again"),
    "an account of another's": (lambda c: run(c, "UPDATE links SET person_id = 'paul@house.example'"),
                                "people", "no row speaks of"),
    "an account slipped in": (lambda c: run(c, "UPDATE links SET value = 'T1/U9'"), "people", "no row speaks of"),
    "a session slipped in": (lambda c: run(c, "UPDATE sessions SET token_hash = 'b'"), "sign-in", "no row speaks of"),
}  # fmt: skip


def on_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def removing_mail(connection: Connection) -> tuple[str, ...]:
    if on_postgres(connection):
        return ("ALTER TABLE messages DROP CONSTRAINT fk_messages_sha256", "DELETE FROM blobs")
    return (
        "INSERT INTO blobs VALUES ('x', x'00')",
        "UPDATE messages SET sha256 = 'x'",
        "DELETE FROM blobs WHERE sha256 <> 'x'",
    )


def appended(connection: Connection, stream: str) -> None:
    last = connection.execute(
        text("SELECT * FROM audit WHERE stream = :s ORDER BY sequence DESC LIMIT 1"), {"s": stream}
    ).one()
    body = stream, last.sequence + 1, last.at, last.actor, "forged", last.details, last.hash
    row = dict(zip("abcdefg", body, strict=True)) | {"h": row_hash(*body)}
    connection.execute(text("INSERT INTO audit VALUES (:a, :b, :c, :d, :e, :f, :g, :h)"), row)


def exchanged(connection: Connection, one: str, other: str) -> None:
    query = text("SELECT * FROM audit WHERE stream = :s ORDER BY sequence")
    rows = {s: [dict(r._mapping) for r in connection.execute(query, {"s": s})] for s in (one, other)}
    rechained(connection, one, lambda _: [row | {"stream": one} for row in rows[other]])
    rechained(connection, other, lambda _: [row | {"stream": other} for row in rows[one]])


def another_key() -> FileKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return FileKey(Ed25519PrivateKey.generate())


def reheaded(connection: Connection, signer: FileKey | None) -> None:
    """The second head no longer stands for s; with a signer it is right in itself."""

    def forgetful(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first, told = json.loads(rows[0]["details"]), json.loads(rows[1]["details"])
        del told["moved"]["s"]
        if signer is not None:
            told |= {"root": root_over(first["root"], told["moved"]), "key": signer.key}
            forged = Head(**{name: told[name] for name in Head.__annotations__})
            told["signature"] = signer.sign(forged.signed_bytes())
        return [rows[0], rows[1] | {"details": canonical(told)}]

    rechained(connection, HEADS, forgetful)


@pytest.mark.parametrize("attack", [*IN_THE_OPEN.items(), *REHASHED.items()], ids=lambda item: item[0])
def test_what_was_done_to_the_rows_is_found_and_named(
    store: SqlStore, key: FileKey, head: Head, attack: tuple[str, tuple[Attack, str, int, str]]
) -> None:
    done, stream, sequence, fault = attack[1]
    with unguarded(store) as connection:
        done(connection)
    broken = verify(store, key.key)
    assert isinstance(broken, Broken)
    assert (broken.stream, broken.sequence) == (stream, sequence)
    assert fault in broken.fault


@pytest.mark.parametrize("attack", BEHIND_ITS_BACK.items(), ids=lambda item: item[0])
def test_what_was_changed_behind_the_logs_back_is_found_and_named(
    store: SqlStore, key: FileKey, head: Head, attack: tuple[str, tuple[Attack, str, str]]
) -> None:
    done, stream, fault = attack[1]
    with unguarded(store) as connection:
        done(connection)
    broken = verify(store, key.key)
    assert isinstance(broken, Broken)
    assert broken.stream.startswith(stream)
    assert fault in broken.fault


def test_the_newest_rows_removed_with_their_heads_show_against_a_head_kept_elsewhere(
    store: SqlStore, key: FileKey, head: Head
) -> None:
    """A log put back to an earlier copy is whole in itself."""
    with unguarded(store) as connection:
        rechained(connection, HEADS, cut)
        for _ in range(2):
            rechained(connection, "s", cut)
    assert isinstance(verify(store, key.key), Verified)
    broken = verify(store, key.key, head)
    assert isinstance(broken, Broken)
    assert (broken.stream, broken.sequence) == (HEADS, 2)
    assert f"the log had {head.rows} rows" in broken.fault


def test_a_log_rewritten_by_who_holds_the_key_shows_against_a_head_kept_elsewhere(
    store: SqlStore, key: FileKey, head: Head
) -> None:
    with unguarded(store) as connection:
        reheaded(connection, key)
        rechained(connection, "s", cut)
        rechained(connection, "s", cut)
    assert isinstance(verify(store, key.key), Verified)
    broken = verify(store, key.key, head)
    assert isinstance(broken, Broken)
    assert (broken.stream, broken.sequence) == (HEADS, 2)
    assert "was rewritten" in broken.fault


def test_a_head_file_that_was_changed_or_is_another_ones_is_said(store: SqlStore, key: FileKey, head: Head) -> None:
    for forged, fault in (
        (replace(head, rows=1), "not signed by the key it names"),
        (replace(head, signature="00"), "not signed by the key it names"),
        (replace(head, key="zz"), "not signed by the key it names"),
    ):
        broken = verify(store, key.key, forged)
        assert isinstance(broken, Broken)
        assert fault in broken.fault
    stranger = another_key()
    foreign = replace(head, key=stranger.key)
    foreign = replace(foreign, signature=stranger.sign(foreign.signed_bytes()))
    broken = verify(store, key.key, foreign)
    assert isinstance(broken, Broken)
    assert "not trusted" in broken.fault
    for nonsense in ("", "[]", "{}", json.dumps({**json.loads(head_as_text(head)), "rows": "9"}), "null"):
        with pytest.raises(OperatorMustAct, match="no head"):
            head_from_text(nonsense)


@pytest.mark.parametrize("table", ["audit", "audit_heads"])
def test_a_table_or_a_trigger_taken_away_is_named(store: SqlStore, key: FileKey, head: Head, table: str) -> None:
    postgres = store.engine.dialect.name == "postgresql"
    with store.engine.begin() as connection:
        if postgres:
            name = "audit_append_only" if table == "audit" else "audit_heads_forward_only"
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER {name}")  # a session may now switch it off
        else:
            name = "audit_no_delete" if table == "audit" else "audit_heads_no_delete"
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    broken = verify(store, key.key)
    assert isinstance(broken, Broken)
    assert name in broken.fault
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {table}")
    assert verify(store, key.key) == Broken("(database)", 0, f"has no table {table} any more")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_heads WHERE stream = 's'",
        "UPDATE audit_heads SET sequence = 1 WHERE stream = 's'",
        "UPDATE audit_heads SET stream = 'z' WHERE stream = 's'",
        "UPDATE audit_heads SET hash = 'x' WHERE stream = 's'",
        "REPLACE",
        "TRUNCATE audit_heads",
        "REPLICA",
    ],
)
def test_the_database_refuses_to_move_an_end_but_forward(store: SqlStore, head: Head, change: str) -> None:
    postgres = store.engine.dialect.name == "postgresql"
    if change in {"TRUNCATE audit_heads", "REPLICA"} and not postgres:
        pytest.skip("PostgreSQL's alone")
    if change == "REPLACE":
        change = (
            "INSERT INTO audit_heads VALUES ('s', 1, 'x') ON CONFLICT (stream) DO UPDATE SET sequence = 1"
            if postgres
            else "INSERT OR REPLACE INTO audit_heads VALUES ('s', 1, 'x')"
        )
    with store.engine.connect() as connection:
        if change == "REPLICA":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            change = "DELETE FROM audit"
        with pytest.raises(DBAPIError, match="append-only"):
            connection.exec_driver_sql(change)


def test_a_key_file_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "audit.pem"
    first, again = key_at(path), key_at(path)
    assert first.key == again.key
    assert path.stat().st_mode & 0o777 == 0o600
    signature = first.sign(b"words")
    assert is_signed(b"words", signature, first.key)
    assert not is_signed(b"other words", signature, first.key)
    path.write_text("no key")
    with pytest.raises(OperatorMustAct, match="no private key"):
        key_at(path)


def test_heads_of_many_streams_name_only_what_moved(store: SqlStore, key: FileKey, head: Head) -> None:
    with store.unit(program("audit")) as unit:
        rows = unit.audit.rows(HEADS)
    assert set(rows[1].details["moved"]) == {"s", "t"}
