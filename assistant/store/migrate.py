"""Bring a database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from assistant.store.connection import engine_for, is_postgres

_LOCK = 8_700_001


def migrate(url: str, to: str = "head") -> None:
    """Apply what is missing. Two starters at once wait for each other; running it again changes nothing."""
    engine = engine_for(url)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if is_postgres(connection):
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        engine.dispose()
