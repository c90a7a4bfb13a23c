"""Databases and schemas of PostgreSQL for tests: a schema takes a second to make, and a fiftieth of it to empty."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url, text

from assistant.store.connection import engine_for

_SHAPE = """
SELECT (SELECT count(*) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = n.oid AND attnum > 0),
       (SELECT string_agg(relname || relkind::text, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = n.oid),
       (SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE connamespace = n.oid),
       (SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname, tgrelid)
        FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = n.oid AND NOT tgisinternal)
FROM pg_namespace n WHERE nspname = :name
"""

# What may only be added to is guarded by triggers that stand always.
_EMPTY = """
DO $$
DECLARE t record;
BEGIN
  SET LOCAL lock_timeout = '10s';
  ALTER TABLE audit DISABLE TRIGGER USER;
  ALTER TABLE audit_heads DISABLE TRIGGER USER;
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT relname FROM pg_class
           WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', t.relname);
  END LOOP;
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', t.relname);
  END LOOP;
  FOR t IN SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
           WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled = 'D' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', t.relname, t.tgname);
  END LOOP;
END $$
"""


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The URL of a database beside the server's own: what is locked in it nobody else waits for."""
    name = f"t_{uuid.uuid4().hex}"
    engine = engine_for(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@dataclass(frozen=True)
class Schema:
    """A schema of its own in the server's database; an answer need not wait for the disk."""

    server: str
    name: str

    @property
    def url(self) -> str:
        options = f"-csearch_path%3D{self.name}%20-csynchronous_commit%3Doff"
        return f"{self.server}{'&' if '?' in self.server else '?'}options={options}"

    def shape(self) -> str:
        """Tables, columns, constraints and triggers."""
        engine = engine_for(self.server)
        with engine.begin() as connection:
            found = connection.execute(text(_SHAPE), {"name": self.name}).one()
        engine.dispose()
        return str(found)

    def empty(self) -> None:
        engine = engine_for(self.url)
        with engine.begin() as connection:
            connection.execute(text(_EMPTY))
        engine.dispose()

    def drop(self) -> None:
        engine = engine_for(self.server)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {self.name} CASCADE"))
        engine.dispose()


def new_schema(server: str) -> Schema:
    made = Schema(server, f"t_{uuid.uuid4().hex}")
    engine = engine_for(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {made.name}"))
    engine.dispose()
    return made
