"""Whether the facts a labelled request names stand in the text that was read: `python -m evals.facts FOLDER...`.

Facts are what the sender wrote down: identifiers, lots, serials. Order numbers and SKUs are counted apart: a label may
have them from the ERP (an order found by its PO, an item by its description).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from evals.graders import spelled
from extractors.mail.reader import read_message
from extractors.message import Message


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a label: its request, kind and text, and the place it was read at ('' where it was not)."""

    request: str
    kind: str
    text: str
    place: str

    @property
    def must_stand(self) -> bool:
        """An order or SKU may be the clerk's conclusion; the others are the sender's own writing."""
        return self.kind in {"customer_po", "invoice_no", "tracking_no", "customer_ref", "lot", "serial"}


def facts_of(folder: Path) -> Iterator[Fact]:
    """The facts of the labelled request in a folder."""
    gold = json.loads((folder / "gold.json").read_text())
    mail = read_message((folder / "message.eml").read_bytes())
    seen: set[tuple[str, str]] = set()
    for kind, text in _told(gold):
        if text and (kind, text) not in seen:
            seen.add((kind, text))
            yield Fact(folder.name, kind, text, _place(mail, text))


def _told(gold: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from gold["identifiers"].items()
    yield from (("order_no", number) for number in gold["order_nos"])
    for line in gold["lines"]:
        yield "sku", line["sku"]
        yield "lot", line["lot"]
        yield from (("serial", serial) for serial in line["serials"])


def _place(mail: Message, text: str) -> str:
    wanted = spelled(text)
    for document in mail.documents:
        for block in document.blocks:
            if not block.hidden and wanted in spelled(block.text):
                page = f", page {block.at.page}" if block.at.page is not None else ""
                return f"{document.path}{page}, {block.at.source}"
    return ""


def folders_in(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(gold.parent for gold in path.rglob("gold.json"))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(paths: tuple[Path, ...]) -> None:
    facts = [fact for folder in folders_in(paths) for fact in facts_of(folder)]
    written = [fact for fact in facts if fact.must_stand]
    for fact in written:
        if not fact.place:
            click.echo(f"{fact.request}  {fact.kind} {fact.text} was not read")
    derived = [fact for fact in facts if not fact.must_stand]
    found = sum(bool(fact.place) for fact in written)
    click.echo(f"{found} of {len(written)} written facts stand in what was read")
    click.echo(
        f"{sum(bool(f.place) for f in derived)} of {len(derived)} order numbers and SKUs stand there as labelled"
    )


if __name__ == "__main__":
    main()
