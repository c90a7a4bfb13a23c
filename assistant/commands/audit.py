"""`backhaul audit`: verify the log, sign its head, tell a case's story, export it for auditors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from assistant.domain.ports import Unit

HEAD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def _unit() -> Iterator["Unit"]:
    from assistant import bootstrap
    from assistant.domain.person import program
    from assistant.settings import from_environment

    store = bootstrap.store(from_environment())
    try:
        with store.unit(program("audit")) as unit:
            yield unit
    finally:
        store.close()


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option("--against", type=HEAD_FILE, help="A head kept elsewhere (see `backhaul audit head`).")
@click.option(
    "--key", "keys", multiple=True, help="A public key that may have signed heads; this installation's by default."
)
def audit_verify(against: Path | None, keys: tuple[str, ...]) -> None:
    """Check every chain, head and kept document; names the first broken row and exits 1 where one is found."""
    from assistant import bootstrap
    from assistant.domain.audit import head_from_text
    from assistant.domain.worklist import Broken
    from assistant.settings import from_environment

    settings = from_environment()
    if not keys and settings.audit_key.exists():
        keys = (bootstrap.signer(settings).key,)
    head = head_from_text(against.read_text()) if against is not None else None
    with _unit() as unit:
        result = unit.audit.verify(frozenset(keys), head)
    if isinstance(result, Broken):
        place = f"Row {result.sequence} of {result.stream}" if result.sequence else result.stream
        raise click.ClickException(f"{place} {result.fault}.")
    click.echo(f"{result.rows} rows in {result.streams} streams verify.")
    if head is not None:
        click.echo(f"Nothing that head {head.number} of {head.at} stands for is missing or changed.")
    elif result.heads and not keys:
        click.echo("Its heads were checked by the keys they name: there is no key here to trust.")


@audit.command("head")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file as well.")
def audit_head(out: Path | None) -> None:
    """Sign where the log stands now and print that head: one line, to be kept where this machine can't change it."""
    from assistant import bootstrap
    from assistant.domain.audit import head_as_text
    from assistant.settings import from_environment

    signer = bootstrap.signer(from_environment())
    with _unit() as unit:
        line = head_as_text(unit.audit.seal(signer))
    if out is not None:
        out.write_text(line + "\n")
    click.echo(line)


@audit.command("key")
def audit_key() -> None:
    """Print the public key that heads are signed with; the private one never leaves its file."""
    from assistant import bootstrap
    from assistant.settings import from_environment

    click.echo(bootstrap.signer(from_environment()).key)


@audit.command("story")
@click.argument("case_id")
def audit_story(case_id: str) -> None:
    """Tell everything that happened to CASE_ID and its messages, oldest first."""
    from assistant.steps.story import story

    with _unit() as unit:
        steps = story(unit, case_id)
    for step in steps:
        row = step.row
        change = " -> ".join(part for part in (row.before, row.after) if part)
        parts = (change, row.why, f"policy {row.policy_version}" if row.policy_version else "")
        click.echo("  ".join(part for part in (f"{row.at:%Y-%m-%d %H:%M:%S}", row.who, row.what, *parts) if part))
        for each in step.changes:
            click.echo(f"{'':21}{each.field}: {each.before or 'nothing'} -> {each.after or 'nothing'}")


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="jsonl", show_default=True)
@click.option("--stream", default="", help="One stream only: a case or message id, people, tools, heads ...")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Standard output by default.")
def audit_export(form: str, stream: str, out: TextIO) -> None:
    """Write the log for auditors: who, what, before, after, why, policy version, evidence, and the hashes."""
    from assistant.steps.export import as_csv, as_json_lines

    with _unit() as unit:
        write = as_csv if form == "csv" else as_json_lines
        count = write(unit.audit.all_rows(stream), out)
    click.echo(f"{count} rows written.", err=True)
