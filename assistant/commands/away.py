"""`backhaul away`: who is away from when to when, and who stands in for them."""

from datetime import datetime

import click

from assistant.commands.signed_in import as_person, from_stdin, opened_today, signed_in

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def away() -> None:
    """Who is away, and who stands in."""


@away.command("add")
@click.option("--from", "first", type=DAY, required=True, help="The first day away.")
@click.option("--to", "last", type=DAY, required=True, help="The last day away.")
@click.option("--stand-in", default="", help="Who decides for you on those days.")
@click.option("--limit", type=click.IntRange(0), help="Cases up to this many whole units of currency only.")
@click.option("--person", default="", help="Somebody else who is away; for administrators.")
@as_person
@from_stdin
def add(
    first: datetime,
    last: datetime,
    stand_in: str,
    limit: int | None,
    person: str,
    address: str,
    password_stdin: bool,
) -> None:
    """Say that you are away."""
    from assistant import bootstrap
    from assistant.domain.absence import Absence
    from assistant.settings import from_environment
    from assistant.steps.away import Desks

    with signed_in(address, password_stdin=password_stdin) as (store, who):
        wanted = Absence(
            id=0,
            person=person.strip().lower() or who.id,
            first=first.date(),
            last=last.date(),
            stand_in=stand_in.strip().lower(),
            limit_minor=None if limit is None else limit * 100,
        )
        made = Desks(store, bootstrap.SystemClock(from_environment().today)).away(who, wanted)
    click.echo(f"{made.id}: {made.person} is away from {made.first} to {made.last}.")


@away.command("end")
@click.argument("number", type=int)
@as_person
@from_stdin
def end(number: int, address: str, password_stdin: bool) -> None:
    """End the absence NUMBER today."""
    from assistant import bootstrap
    from assistant.settings import from_environment
    from assistant.steps.away import Desks

    with signed_in(address, password_stdin=password_stdin) as (store, who):
        Desks(store, bootstrap.SystemClock(from_environment().today)).back(who, number)
    click.echo(f"Absence {number} is over.")


@away.command("list")
def list_absences() -> None:
    """Who is away today."""
    from assistant.domain.person import program

    with opened_today() as (store, today), store.unit(program("console")) as unit:
        for absence in unit.absences.on(today):
            stand_in = f"{absence.stand_in} stands in" if absence.stand_in else "nobody stands in"
            click.echo(f"{absence.id}\t{absence.person}\t{absence.first} to {absence.last}\t{stand_in}")
