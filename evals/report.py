"""Results as one page: figures, curves, figures by trait, and each miss beside its source.

`python -m evals.report RESULTS.jsonl... --out REPORT.html`. The page needs nothing beside it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import jinja2

from evals.calibration import accuracy, calibration_error, curve, interval, right_at
from evals.fields import FIELDS, FieldDecision
from evals.run import Result, figures, kept
from extractors.mail.reader import read_message

_FEWEST_OF_A_TRAIT = 2
_LONGEST_SOURCE = 6_000  # characters of a mail shown beside a miss


@dataclass(frozen=True, slots=True)
class Miss:
    """A request whose draft needs an edit or has wrong findings, and what it was drafted from."""

    name: str
    said: tuple[str, ...]
    source: str
    drafted: str
    label: str


@dataclass(frozen=True, slots=True)
class FieldFigures:
    name: str
    count: int
    right: float
    error: float


def page(title: str, results: Sequence[Result]) -> str:
    """The report as HTML."""
    decided = [each for result in results for each in result.fields]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("evals", "pages"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html").render(
        title=title,
        count=len(results),
        figures=figures(result.grade for result in results),
        ungrounded=sum(result.ungrounded for result in results),
        calls=_median([result.draft["drafter"]["calls"] for result in results]),
        tokens_in=_median([result.draft["drafter"]["tokens_in"] for result in results]),
        tokens_out=_median([result.draft["drafter"]["tokens_out"] for result in results]),
        seconds=_median([result.seconds for result in results]),
        decided=len(decided),
        error=interval(decided, calibration_error) if decided else None,
        surest=interval(decided, lambda some: right_at(some, 0.8)) if decided else None,
        covered=points(curve(decided)) if decided else "",
        reliability=points(_reliability(decided)) if decided else "",
        fields=[_of_field(name, decided) for name in FIELDS],
        traits=_by_trait(results),
        misses=[_miss(result) for result in results if result.grade.misses],
    )


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Pairs of shares as the points of an SVG line in a square of 200, upwards."""
    return " ".join(f"{200 * x:.1f},{200 - 200 * y:.1f}" for x, y in pairs)


def _reliability(decided: Sequence[FieldDecision], bins: int = 10) -> list[tuple[float, float]]:
    ordered = sorted(decided, key=lambda each: each.confidence)
    parts = [ordered[i * len(ordered) // bins : (i + 1) * len(ordered) // bins] for i in range(bins)]
    return [(sum(each.confidence for each in part) / len(part), accuracy(part)) for part in parts if part]


def _of_field(name: str, decided: Sequence[FieldDecision]) -> FieldFigures:
    own = [each for each in decided if each.field == name]
    return FieldFigures(name, len(own), accuracy(own), calibration_error(own) if own else 0.0)


def _by_trait(results: Sequence[Result]) -> list[tuple[str, int, Mapping[str, float]]]:
    traits: dict[str, list[Result]] = {}
    for result in results:
        for trait in dict.fromkeys(result.traits):
            traits.setdefault(trait, []).append(result)
    rows = [(trait, len(some), figures(each.grade for each in some)) for trait, some in sorted(traits.items())]
    return [row for row in rows if row[1] >= _FEWEST_OF_A_TRAIT]


def _miss(result: Result) -> Miss:
    folder = Path(result.folder)
    mail = read_message((folder / "message.eml").read_bytes())
    texts = [f"— {document.path} —\n{document.text}" for document in mail.documents]
    source = "\n\n".join([f"{mail.sender_name} <{mail.sender_address}>\n{mail.subject}", *texts])
    gold = json.loads((folder / "gold.json").read_text())
    return Miss(
        name=result.name,
        said=result.grade.misses,
        source=source[:_LONGEST_SOURCE],
        drafted=_lines(result.draft),
        label=_lines(gold),
    )


def _lines(draft: Mapping[str, Any]) -> str:
    head = f"{draft['intent']}  {draft['customer_id'] or '-'}  {', '.join(draft['order_nos']) or 'no order'}"
    return "\n".join([head, *(_line(line) for line in draft["lines"])])


def _line(line: Mapping[str, Any]) -> str:
    reasons = line["reason_code"] if isinstance(line["reason_code"], str) else " or ".join(line["reason_code"])
    marks = [line["lot"] and f"lot {line['lot']}", line["serials"] and f"serials {', '.join(line['serials'])}"]
    return "  ".join([f"{line['quantity'] or '?'} x {line['sku']}", reasons, *filter(None, marks)])


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


@click.command()
@click.argument("kept_at", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--title", default="Drafts against labelled requests", show_default=True)
def main(kept_at: tuple[Path, ...], out: Path, title: str) -> None:
    results = [result for path in kept_at for result in kept(path)]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(title, results))
    click.echo(f"{len(results)} requests are reported in {out}.")


if __name__ == "__main__":
    main()
