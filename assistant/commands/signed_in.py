"""The store opened for a command, and who gives it: whoever changes the rules signs in, on this machine as anywhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant.domain.person import Person
    from assistant.store.sql import SqlStore

as_person = click.option("--as", "address", required=True, help="Who you are; your password is asked for.")
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@contextmanager
def opened_today() -> "Iterator[tuple[SqlStore, date]]":
    """The store with the shipped policy in it, and today."""
    from assistant import bootstrap
    from assistant.judging.shelf import adopt, shipped_files
    from assistant.settings import from_environment

    settings = from_environment()
    store = bootstrap.store(settings)
    try:
        adopt(store, shipped_files())
        yield store, bootstrap.SystemClock(settings.today).today()
    finally:
        store.close()


@contextmanager
def signed_in(address: str, *, password_stdin: bool) -> "Iterator[tuple[SqlStore, Person]]":
    """Whoever changes the rules shows who they are, on this machine as anywhere."""
    from assistant import bootstrap
    from assistant.settings import from_environment

    given = sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt("Password", hide_input=True)
    with opened_today() as (store, _):
        person = bootstrap.doorman_for(from_environment(), store, bootstrap.SystemClock()).sign_in(address, given)
        if person is None:
            raise click.ClickException("That address and password do not go together. Nothing was changed.")
        yield store, person
