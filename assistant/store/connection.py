"""One engine a database, SQLite and PostgreSQL made to behave alike: a unit is a writer from its first statement."""

import sqlite3
from enum import IntEnum
from typing import Any

import stamina
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text

_BUSY_SECONDS = 30
DEADLOCK = "40P01"  # PostgreSQL's SQLSTATE


class Turn(IntEnum):
    """What PostgreSQL's units wait for each other over: the first key of an advisory lock's name."""

    AUDIT = 1
    ORDER = 2
    MESSAGE = 3
    LETTER = 4
    INQUIRY = 5
    TROUBLE = 6
    PERSON = 7
    POSTING = 8
    POLICY = 9
    SLACK = 10
    RECEIPT = 20
    EVENT = 21
    INTERCHANGE = 22


def engine_for(url: str) -> Engine:
    """``sqlite:///path`` (WAL, waits 30 s for another writer) or ``postgresql+psycopg://…``."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def has_table(url: str, table: str, postgres_schema: str) -> bool:
    """Whether another program's table is there: SQLite has no schemas, PostgreSQL keeps it in one."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            return inspect(connection).has_table(table, postgres_schema if is_postgres(connection) else None)
    finally:
        engine.dispose()


def wait_turn(connection: Connection, turn: Turn, name: str) -> None:
    """Be the only unit that works on this name until the unit ends. What was committed before is seen afterwards."""
    if is_postgres(connection):  # SQLite's unit is the only writer already
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, :turn))")
        connection.execute(lock, {"name": name, "turn": int(turn)})


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # else sqlite3 would begin late, as a reader
    _switch_to_wal(connection)
    connection.execute("PRAGMA foreign_keys=ON")


def _is_locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


@stamina.retry(on=_is_locked, attempts=None, timeout=_BUSY_SECONDS, wait_initial=0.01, wait_max=0.5, wait_jitter=0.05)
def _switch_to_wal(connection: Any) -> None:
    """A new file is switched by its first comer; SQLite's own busy timeout does not cover that."""
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
