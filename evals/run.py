"""Grade the drafter on folders of labelled requests: `python -m evals.run FOLDER --erp ERP.json --today DATE`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from assistant import bootstrap
from assistant.drafting.show import as_json
from assistant.settings import model_from
from assistant.steps.read import read
from evals.graders import Grade, f1, grade


def graded(folder: Path, erp_path: Path, today: date) -> Iterator[Grade]:
    """Each folder with a message.eml and a gold.json, in order."""
    import json
    import os

    from tools.adapters.file_erp import FileErp

    drafter = bootstrap.drafter(FileErp(bootstrap.erp_file(erp_path)), model_from(os.environ))
    for gold_path in sorted(folder.glob("*/gold.json")):
        _, request = read((gold_path.parent / "message.eml").read_bytes(), today)
        drafted: dict[str, Any] = as_json(drafter.draft(request), str(gold_path.parent))
        yield grade(drafted, json.loads(gold_path.read_text()))


def figures(grades: list[Grade]) -> dict[str, float]:
    """Shares from 0 to 1 over the requests, and over the lines."""
    count = len(grades) or 1
    drafted = sum(g.lines_drafted for g in grades) or 1
    gold = sum(g.lines_gold for g in grades) or 1
    return {
        "zero_edit": sum(g.zero_edit for g in grades) / count,
        "intent": sum(g.intent for g in grades) / count,
        "customer": sum(g.customer for g in grades) / count,
        "orders": sum(g.orders for g in grades) / count,
        "line_precision": sum(g.lines_matched for g in grades) / drafted,
        "line_recall": sum(g.lines_matched for g in grades) / gold,
        "lines_whole": sum(g.lines_whole for g in grades) / gold,
        "resolution": sum(g.resolution for g in grades) / count,
        "findings_f1": f1(grades),
    }


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--erp", "erp_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), required=True)
def main(folder: Path, erp_path: Path, today: Any) -> None:
    grades = list(graded(folder, erp_path, today.date()))
    for mark in grades:
        click.echo(f"{mark.id}  {'ok' if mark.zero_edit else '--'}  {'; '.join(mark.misses)}")
    click.echo()
    for name, value in figures(grades).items():
        click.echo(f"{name:16} {value:.3f}")


if __name__ == "__main__":
    main()
