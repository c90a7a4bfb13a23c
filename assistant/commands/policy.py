"""`backhaul policy`: check the tables, explain a case by them, try a change on past cases, propose and approve it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.signed_in import as_person, from_stdin, opened_today, signed_in

if TYPE_CHECKING:
    from assistant.domain.person import Actor
    from assistant.steps.policy_change import Rulemaking
    from assistant.store.sql import SqlStore

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def policy() -> None:
    """The returns policy: decision tables, their versions, and what they say of a case."""


@policy.command("check")
@click.argument("folder", type=FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Check the policy in FOLDER (the shipped one without it); names file, row and cell of every fault."""
    from assistant.judging.book import Book, read_book
    from assistant.judging.shelf import shipped_files

    read = read_book(_files(folder) if folder is not None else shipped_files())
    if not isinstance(read, Book):
        for fault in read:
            click.echo(str(fault), err=True)
        raise click.ClickException(f"{len(read)} faults. This policy can't be used.")
    rows = sum(len(table.rules) for table in read.tables.values())
    click.echo(
        f"{read.version} of {read.owner}, in force from {read.effective_from}: {len(read.tables)} tables, {rows} rows, "
        f"no fault. Digest {read.digest[:12]}."
    )


@policy.command("list")
def list_versions() -> None:
    """The versions there are, and which one is in force today."""
    with opened_today() as (store, today), store.unit(_console()) as unit:
        now = unit.policies.in_force(today)
        for each in unit.policies.list():
            held = "in force" if now is not None and each.version == now.version else each.state
            decided = f", decided by {each.decided_by}" if each.decided_by else ""
            click.echo(
                f"{each.version}\t{held}\tfrom {each.effective_from}\t{each.digest[:12]}\t"
                f"proposed by {each.proposed_by}{decided}\t{each.reason or each.why}"
            )


@policy.command("show")
@click.argument("version")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def show(version: str, folder: Path) -> None:
    """Write the files of VERSION into FOLDER, to read them or to start a change from them."""
    with opened_today() as (store, _), store.unit(_console()) as unit:
        files = unit.policies.get(version).files
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / Path(name).name).write_text(text)
    click.echo(f"{len(files)} files of {version} are in {folder}.")


@policy.command("explain")
@click.argument("case_id", metavar="CASE")
def explain(case_id: str) -> None:
    """The rows that matched CASE, line by line, in words, under the policy it was judged by."""
    from assistant.judging.shelf import Shelf
    from assistant.judging.words import explained

    with opened_today() as (store, _), store.unit(_console()) as unit:
        case = unit.cases.get(case_id.strip().upper())
        said = unit.judgements.latest(case.id, case.revision.number)
        if said is None:
            raise click.ClickException(f"No policy has judged {case.id} at revision {case.revision.number} yet.")
        book = Shelf().book(unit.policies.get(said.policy_version))
    click.echo(f"{case.id}, revision {case.revision.number}, {case.state.value.replace('_', ' ')}")
    for line in explained(said, book):
        click.echo(line)


@policy.command("simulate")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Cases judged since this day.")
@click.option("--policy", "folder", type=FOLDER, help="A draft's folder; the policy in force without it.")
def simulate(since: object, folder: Path | None) -> None:
    """Judge past cases again, by the facts kept with them, and print what would change. Changes nothing."""
    from assistant.judging.book import book_of
    from assistant.judging.shelf import Shelf
    from assistant.steps.simulate import changes, judged_again

    assert isinstance(since, datetime)  # noqa: S101 - what click makes of it
    changed = 0
    with opened_today() as (store, today), store.unit(_console()) as unit:
        book = book_of(_files(folder)) if folder is not None else Shelf().in_force(unit, today)
        past = unit.judgements.since(since.date())
    for case_id, said in past:
        found = changes(said, judged_again(said, book))
        changed += bool(found)
        for change in found:
            where = f"{case_id} line {change.line}" if change.line else case_id
            click.echo(f"{where}: {change.what}: {change.before} -> {change.after}")
    click.echo(f"{len(past)} cases judged again under {book.version}; {changed} would change.")


@policy.command("propose")
@click.argument("folder", type=FOLDER)
@as_person
@from_stdin
def propose(folder: Path, address: str, password_stdin: bool) -> None:
    """Put the policy in FOLDER before somebody else, who approves it. It has to have a version of its own."""
    from assistant.judging.book import book_of
    from assistant.judging.shelf import as_version

    book = book_of(_files(folder))
    with signed_in(address, password_stdin=password_stdin) as (store, person):
        made = _rulemaking(store).propose(person, as_version(book, "proposed", person.id))
    click.echo(f"{made.version} is proposed. Digest {made.digest[:12]}: who approves it names that.")


@policy.command("approve")
@click.argument("version")
@click.option("--digest", required=True, help="Of the text that you read: the first 12 characters or more.")
@as_person
@from_stdin
def approve(version: str, digest: str, address: str, password_stdin: bool) -> None:
    """Let a proposed VERSION come into force on its day."""
    with signed_in(address, password_stdin=password_stdin) as (store, person):
        made = _rulemaking(store).approve(person, version, digest)
    click.echo(f"{made.version} comes into force on {made.effective_from}. Open cases are judged anew by it.")


@policy.command("reject")
@click.argument("version")
@click.option("--reason", required=True)
@as_person
@from_stdin
def reject(version: str, reason: str, address: str, password_stdin: bool) -> None:
    """Turn a proposed VERSION down, for good."""
    with signed_in(address, password_stdin=password_stdin) as (store, person):
        made = _rulemaking(store).reject(person, version, reason)
    click.echo(f"{made.version} is rejected.")


def _files(folder: Path) -> Mapping[str, str]:
    try:
        return {path.name: path.read_text() for path in sorted(folder.glob("*.json"))}
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{folder} can't be read: {error}") from error


def _rulemaking(store: "SqlStore") -> "Rulemaking":
    from assistant import bootstrap
    from assistant.settings import from_environment
    from assistant.steps.policy_change import Rulemaking

    return Rulemaking(store, bootstrap.SystemClock(from_environment().today))


def _console() -> "Actor":
    from assistant.domain.person import program

    return program("console")
