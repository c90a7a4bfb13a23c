"""Draft labelled requests and grade the drafts: `python -m evals.run FOLDER... --today DATE [--keep RESULTS]`."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import click

from assistant import bootstrap
from assistant.domain.draft import Draft
from assistant.domain.request import Drafter, Request
from assistant.drafting.show import as_json
from assistant.settings import model_from
from evals.fields import FieldDecision, decisions
from evals.graders import Grade, f1, grade
from evals.grounds import ungrounded
from evals.labelled import Labelled, labelled_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One labelled request, drafted and graded. ``seconds``: reading and drafting; ``ungrounded``: values that nothing
    proves."""

    name: str
    folder: str
    traits: tuple[str, ...]
    grade: Grade
    fields: tuple[FieldDecision, ...]
    ungrounded: int
    seconds: float
    draft: Mapping[str, Any]


def results(requests: Iterable[Labelled], today: date) -> Iterator[Result]:
    """Each request drafted by the drafter that the environment configures."""
    drafters: dict[Path, Drafter] = {}
    for labelled in requests:
        if labelled.erp_path not in drafters:
            drafters[labelled.erp_path] = bootstrap.drafter(labelled.erp, model_from(os.environ))
        started = time.perf_counter()
        request = labelled.request_on(today)
        draft = drafters[labelled.erp_path].draft(request)
        seconds = time.perf_counter() - started
        yield graded(labelled, request, draft, seconds)


def graded(labelled: Labelled, request: Request, draft: Draft, seconds: float) -> Result:
    drafted = as_json(draft, str(labelled.folder))
    return Result(
        name=labelled.name,
        folder=str(labelled.folder),
        traits=labelled.traits(),
        grade=grade(drafted, labelled.gold),
        fields=tuple(decisions(drafted, labelled.gold)),
        ungrounded=len(ungrounded(draft, request, labelled.erp)),
        seconds=round(seconds, 3),
        draft=drafted,
    )


def figures(graded: Iterable[Grade]) -> dict[str, float]:
    """Shares from 0 to 1 over the requests, and over the lines."""
    grades = list(graded)
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


def keep(found: Iterable[Result], path: Path) -> None:
    """One JSON object a line, for reports and comparisons."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asdict(result)) + "\n" for result in found))


def kept(path: Path) -> list[Result]:
    return [_result(json.loads(line)) for line in path.read_text().splitlines()]


def _result(data: dict[str, Any]) -> Result:
    data["grade"]["misses"] = tuple(data["grade"]["misses"])
    known = {field.name for field in fields(Result)}
    rest = {name: value for name, value in data.items() if name in known}
    rest["traits"] = tuple(data["traits"])
    rest["grade"] = Grade(**data["grade"])
    rest["fields"] = tuple(FieldDecision(**each) for each in data["fields"])
    return Result(**rest)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--erp", "erp_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="master data")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), required=True, help="the day the requests are read on")
@click.option("--keep", "keep_at", type=click.Path(dir_okay=False, path_type=Path), help="write results there as JSON")
@click.option("--quiet", is_flag=True, help="figures only")
def main(folders: tuple[Path, ...], erp_path: Path | None, today: Any, keep_at: Path | None, quiet: bool) -> None:
    requests = list(labelled_in(folders, erp_path))
    found: list[Result] = []
    with click.progressbar(results(requests, today.date()), length=len(requests), label="Drafting") as drafting:
        found.extend(drafting)
    for result in found if not quiet else ():
        mark = result.grade
        click.echo(f"{result.name}  {'ok' if mark.zero_edit else '--'}  {'; '.join(mark.misses)}")
    click.echo()
    for name, value in figures(result.grade for result in found).items():
        click.echo(f"{name:16} {value:.3f}")
    click.echo(f"{'ungrounded':16} {sum(result.ungrounded for result in found)}")
    if keep_at is not None:
        keep(found, keep_at)


if __name__ == "__main__":
    main()
