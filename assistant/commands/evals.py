"""`backhaul evals`: what people decided, as labelled requests."""

from pathlib import Path

import click

from assistant.commands.opened import opened


@click.group()
def evals() -> None:
    """Labelled requests from decided cases."""


@evals.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write every approved case into FOLDER as its mail and a label with what people corrected.

    Look through them before they are graded on or learned from: a label is what was decided, not what was said.
    """
    from assistant.steps.label import labelled, write

    count = corrected = 0
    with opened() as (_, store):
        for found in labelled(store):
            write(found, folder)
            count += 1
            corrected += bool(found.gold["corrections"])
    click.echo(f"{count} labelled requests are in {folder}; people corrected {corrected} of them.")
