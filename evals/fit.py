"""Fit the drafter's confidence on labelled requests: `python -m evals.fit FOLDER... --today DATE`.

Signs of every drafted value are weighed by a logistic regression with a ridge (Newton's method), field by field. Fit
on requests that the rules were not written for: on others every value looks surer than it is. Such values, once kept
(`--keep FILE`), are fitted again from the file (`--seen FILE`) when the rules were changed in view of the requests.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np

import assistant.drafting
from assistant.drafting.confidence import FIELDS, Sure
from assistant.drafting.offline import OfflineDrafter
from assistant.drafting.show import as_json
from evals.fields import decisions
from evals.labelled import Labelled, labelled_in
from evals.relayed import replayed

_RIDGE = 1.5
_ROUNDS = 30
_FEWEST = 4  # values that have a sign, before it gets a weight

Seen = tuple[frozenset[str], bool]
# A request's draft as it is printed, made with that confidence; None where there is none.
Drafted = Callable[[Labelled, Sure], Any]


def seen_in(requests: Iterable[Labelled], drafted: Drafted) -> dict[str, list[Seen]]:
    """By field: the signs of each value drafted, and whether it was right."""
    found: dict[str, list[Seen]] = {name: [] for name in FIELDS}
    for labelled in requests:
        told: list[tuple[str, frozenset[str]]] = []

        def told_apart(name: str, signs: frozenset[str], told: list[tuple[str, frozenset[str]]] = told) -> float:
            """Stands in for a confidence: which of the values told so far this one is."""
            told.append((name, signs))
            return float(len(told) - 1)

        draft = drafted(labelled, told_apart)
        for each in decisions(draft, labelled.gold) if draft is not None else ():
            if each.field in draft["lines"][each.line]["confidence"]:
                name, signs = told[int(each.confidence)]
                found[name].append((signs, each.right))
    return found


def by_rules(today: date) -> Drafted:
    def drafted(labelled: Labelled, sure: Sure) -> Any:
        return as_json(OfflineDrafter(labelled.erp, sure).draft(labelled.request_on(today)), labelled.name)

    return drafted


def by_model(cassettes: Path) -> Drafted:
    """A model's kept answers; none where its values were dropped for the rules' draft."""

    def drafted(labelled: Labelled, sure: Sure) -> Any:
        done = replayed(labelled, cassettes, sure)
        return done.draft if done is not None and done.draft["drafter"]["name"] == "model" else None

    return drafted


def weights(seen: Sequence[Seen]) -> dict[str, float]:
    """A weight for each sign that is common enough, and the field's own under ''."""
    counts: dict[str, int] = {}
    for signs, _ in seen:
        for sign in signs:
            counts[sign] = counts.get(sign, 0) + 1
    names = sorted(sign for sign, count in counts.items() if _FEWEST <= count <= len(seen) - _FEWEST)
    seen = [*seen, (frozenset(), True), (frozenset(), False)]  # nothing is certain because no fault was met yet
    rows: Any = np.array([[1.0, *(float(name in signs) for name in names)] for signs, _ in seen])
    right: Any = np.array([float(each) for _, each in seen])
    ridge = np.diag([0.01, *[_RIDGE] * len(names)])
    weight = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(-rows @ weight))
        slope = rows.T @ (right - share) - ridge @ weight
        bend = rows.T @ (rows * (share * (1 - share))[:, None]) + ridge
        weight = weight + np.linalg.solve(bend, slope)
    return {name: round(float(value), 3) for name, value in zip(["", *names], weight, strict=True)}


def kept(path: Path) -> dict[str, list[Seen]]:
    """Values of a file: rows of field, signs, whether right, and how many such."""
    found: dict[str, list[Seen]] = {name: [] for name in FIELDS}
    for name, signs, right, count in json.loads(path.read_text()):
        found[name] += [(frozenset(signs), right)] * count
    return found


def keep(found: Mapping[str, Sequence[Seen]], path: Path) -> None:
    counts = Counter((name, tuple(sorted(signs)), right) for name, seen in found.items() for signs, right in seen)
    rows = [json.dumps([name, signs, right, count]) for (name, signs, right), count in sorted(counts.items())]
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n")


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--seen", "seen_at", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep", "keep_at", type=click.Path(dir_okay=False, path_type=Path), help="keep the folders' values")
@click.option(
    "--replay", type=click.Path(exists=True, file_okay=False, path_type=Path), help="fit a model's, from these"
)
def main(
    folders: tuple[Path, ...], today: Any, seen_at: tuple[Path, ...], keep_at: Path | None, replay: Path | None
) -> None:
    found = seen_in(labelled_in(folders), by_rules(today.date()) if replay is None else by_model(replay))
    if keep_at is not None:
        keep(found, keep_at)
    for path in seen_at:
        for name, values in kept(path).items():
            found[name] += values
    fitted = {name: weights(seen) for name, seen in found.items() if len(seen) >= 2 * _FEWEST}
    file = "confidence.json" if replay is None else "confidence_model.json"
    path = Path(assistant.drafting.__path__[0]) / file
    path.write_text(json.dumps(fitted, indent=1) + "\n")
    for name, seen in found.items():
        click.echo(f"{name:12} {len(seen)} values, {sum(right for _, right in seen)} right")


if __name__ == "__main__":
    main()
