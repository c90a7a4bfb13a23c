"""`backhaul key`: keys of the REST API."""

import click

from assistant.commands.opened import at_console, opened

SCOPES = (
    "messages.write", "messages.read", "cases.read", "tools.read", "events.read", "events.write", "webhooks.write",
    "edi.write", "edi.read", "exports.read",
)  # fmt: skip


@click.group()
def key() -> None:
    """Keys of the REST API."""


@key.command("make")
@click.argument("name")
@click.option("--person", required=True, help="Whose key it is; it ends when they leave.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="May be repeated.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True)
def make(name: str, person: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a key and print it: once, for it is kept as a hash only."""
    from assistant.bootstrap import SystemClock
    from assistant.domain.identity import KeyScope
    from assistant.steps.keys import Keys

    with opened() as (_, store):
        made = [KeyScope(scope) for scope in scopes]
        stored, words = Keys(store, SystemClock()).make(name, person.strip().lower(), made, days, at_console())
    click.echo(words)
    click.echo(f"{stored.name}: until {stored.ends_at:%Y-%m-%d}, for {', '.join(sorted(stored.scopes))}.", err=True)


@key.command("list")
def list_keys() -> None:
    """List keys: id, name, whose, scopes, until when, last used."""
    from assistant.bootstrap import SystemClock

    now = SystemClock().now()
    with opened() as (_, store), store.unit(at_console()) as unit:
        for each in unit.keys.list():
            state = "ended" if each.ended_at else "over" if each.ends_at <= now else f"until {each.ends_at:%Y-%m-%d}"
            used = f"used {each.used_on}" if each.used_on else "never used"
            click.echo("\t".join((each.id, each.name, each.person_id, " ".join(sorted(each.scopes)), state, used)))


@key.command("end")
@click.argument("key_id")
def end(key_id: str) -> None:
    """End a key, at once."""
    with opened() as (_, store), store.unit(at_console()) as unit:
        unit.keys.end(key_id)
    click.echo(f"The key {key_id} is ended.")
