"""What the groups of the command work with: the store, and who is at the console."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.domain.person import Actor
    from assistant.settings import Settings
    from assistant.store.sql import SqlStore


@contextmanager
def opened() -> "Iterator[tuple[Settings, SqlStore]]":
    from assistant import bootstrap
    from assistant.settings import from_environment

    settings = from_environment()
    store = bootstrap.store(settings)
    try:
        yield settings, store
    finally:
        store.close()


def at_console() -> "Actor":
    """Whoever may run the command on this machine, by their name there."""
    from assistant.domain.person import program

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return program(f"console/{name}")
