"""`backhaul people`: who signs in, with which roles, and which accounts elsewhere are theirs."""

import sys
from collections.abc import Iterable

import click

from assistant.commands.opened import at_console, opened

ROLES = ("agent", "returns_approver", "finance_approver", "warehouse", "buyer", "auditor", "admin")
_roles = click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated."
)
_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def people() -> None:
    """Who signs in."""


@people.command("add")
@click.argument("address")
@click.option("--name", required=True)
@_roles
@_from_stdin
@click.option("--no-password", is_flag=True, help="They sign in with the company's provider only.")
def add(address: str, name: str, roles: tuple[str, ...], password_stdin: bool, no_password: bool) -> None:
    """Add a person by their email ADDRESS; roles whose duties exclude each other are refused."""
    from assistant.domain.errors import NotAllowedNow
    from assistant.domain.person import Person, Role, require_duties_go_together
    from assistant.steps.sign_in import hashed, require_good_password

    held = frozenset(Role(role) for role in roles)
    require_duties_go_together(held)
    person = Person(id=_address(address), name=name, roles=held)
    password = "" if no_password else _password(from_stdin=password_stdin)
    if password:
        require_good_password(password, person.id)
    with opened() as (_, store), store.unit(at_console()) as unit:
        if unit.people.get(person.id) is not None:
            raise NotAllowedNow(f"{person.id} is there already; see `backhaul people roles`. Nothing was changed.")
        unit.people.add(person, hashed(password) if password else "")
    click.echo(f"{person.id} can sign in as {_named(held)}.")


@people.command("list")
@click.option("--all", "with_ended", is_flag=True, help="Those who left, too.")
def list_people(with_ended: bool) -> None:
    """List people, their roles, linked accounts and sessions."""
    with opened() as (_, store), store.unit(at_console()) as unit:
        for person in unit.people.list(with_ended=with_ended):
            linked = ", ".join(f"{link.kind} {link.value}" for link in unit.links.of(person.id))
            sessions = len(unit.sessions.of(person.id))
            left = f"left {person.ended_at:%Y-%m-%d}" if person.ended_at else f"{sessions} sessions"
            click.echo("\t".join((person.id, person.name, _named(person.roles), left, linked)).rstrip())


@people.command("roles")
@click.argument("address")
@_roles
def give_roles(address: str, roles: tuple[str, ...]) -> None:
    """Give a person exactly these roles, from now on."""
    from assistant.domain.person import Role

    with opened() as (_, store), store.unit(at_console()) as unit:
        person = unit.people.give_roles(_address(address), frozenset(Role(role) for role in roles))
    click.echo(f"{person.id} is {_named(person.roles)}.")


@people.command("password")
@click.argument("address")
@_from_stdin
def set_password(address: str, password_stdin: bool) -> None:
    """Set a new password; the person's sessions end."""
    from assistant.steps.sign_in import hashed, require_good_password

    password = _password(from_stdin=password_stdin)
    require_good_password(password, _address(address))
    with opened() as (_, store), store.unit(at_console()) as unit:
        unit.people.set_password(_address(address), hashed(password))
    click.echo("The password is set; every session of theirs ended.")


@people.command("end")
@click.argument("address")
@click.option("--why", required=True, help="It stands in the audit log.")
def end(address: str, why: str) -> None:
    """End a person's access: sessions, keys and linked accounts. What they did stays theirs."""
    with opened() as (_, store), store.unit(at_console()) as unit:
        unit.people.end(_address(address), why)
    click.echo(f"{_address(address)} can't sign in any more.")


@people.command("sign-out")
@click.argument("address")
def sign_out(address: str) -> None:
    """End every session of a person."""
    with opened() as (_, store), store.unit(at_console()) as unit:
        count = unit.sessions.end_all(_address(address), "ended at the console")
    click.echo(f"{count} sessions ended.")


@people.command("unlink")
@click.argument("kind", type=click.Choice(["slack", "email", "oidc"]))
@click.argument("account")
def unlink(kind: str, account: str) -> None:
    """Take an account elsewhere away from the person it was linked to."""
    with opened() as (_, store), store.unit(at_console()) as unit:
        unit.links.end("slack" if kind == "slack" else "email" if kind == "email" else "oidc", account)
    click.echo(f"The {kind} account {account} is nobody's now.")


def _address(text: str) -> str:
    from assistant.domain.errors import ReviewerMustAct

    address = text.strip().lower()
    if address.count("@") != 1 or any(sign.isspace() for sign in address) or len(address) > 320:
        raise ReviewerMustAct(f"{text!r} is no email address. Nothing was changed.")
    return address


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _named(roles: Iterable[str]) -> str:
    return ", ".join(sorted(role.replace("_", " ") for role in roles))
