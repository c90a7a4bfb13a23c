"""`backhaul edi`: X12 interchanges in files, in and out."""

from pathlib import Path

import click

from assistant.commands.opened import at_console, opened


@click.group()
def edi() -> None:
    """EDI with trading partners, in X12."""


@edi.command("receive")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def receive(paths: tuple[Path, ...]) -> None:
    """Take the interchanges in PATHS (files, or folders of them): kept, acknowledged, each 180 a request."""
    from assistant import bootstrap
    from assistant.edi.x12 import NoInterchange, is_x12

    with opened() as (settings, store):
        desk = bootstrap.edi_desk(settings, store)
        for path in paths:
            files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
            for file in files:
                raw = file.read_bytes()
                if path.is_dir() and not is_x12(raw):
                    continue
                try:
                    taken = desk.receive(raw)
                except NoInterchange as error:
                    raise click.ClickException(f"{file}: {error}") from error
                told = ", ".join(f"{each.kind} no. {each.control}" for each in taken.answers) or "nothing"
                outcome = taken.outcome.replace("_", " ")
                click.echo(f"{file}: {outcome}, {len(taken.requests)} requests; out: {told}")


@edi.command("fetch")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def fetch(folder: Path) -> None:
    """Write what goes to partners, and was not fetched yet, into FOLDER: one file an interchange."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with opened() as (_, store):
        while True:
            with store.unit(at_console()) as unit:
                found = unit.edi.outgoing(unfetched=True)
            if not found:
                break
            for each in found:
                safe = "".join(c if c.isalnum() else "-" for c in each.partner_id)
                file = folder / f"{safe}-{each.control:09d}-{each.kind}.edi"
                part = file.with_suffix(".part")
                part.write_text(each.body)
                part.replace(file)  # whoever watches the folder never sees half of one
                with store.unit(at_console()) as unit:
                    unit.edi.fetched(each.id)
                count += 1
    click.echo(f"{count} written to {folder}.")
