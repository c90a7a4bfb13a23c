"""Two drafters, or two versions of a prompt, on the same requests: `python -m evals.compare ONE.jsonl OTHER.jsonl`.

Differences are paired request by request; the interval is that of a bootstrap over the requests, and the count of
requests that only one of them got right says the same plainly (the numbers McNemar's test looks at).
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from evals.calibration import Interval
from evals.run import Result, figures, kept

Pair = tuple[Result, Result]


@dataclass(frozen=True, slots=True)
class Difference:
    """The other's figure less the first one's."""

    name: str
    first: float
    other: float
    apart: Interval


def pairs_of(first: Sequence[Result], other: Sequence[Result]) -> list[Pair]:
    """Requests that both drafted, in order."""
    by_name = {result.name: result for result in other}
    return [(result, by_name[result.name]) for result in first if result.name in by_name]


def differences(pairs: Sequence[Pair], resamples: int = 1_000, seed: int = 7) -> list[Difference]:
    chance = random.Random(seed)  # noqa: S311 - resampling, nothing secret
    draws = [chance.choices(pairs, k=len(pairs)) for _ in range(resamples)]
    one, two = (figures(pair[side].grade for pair in pairs) for side in (0, 1))
    found: list[Difference] = []
    for name in one:
        apart = sorted(_figure(name, draw, 1) - _figure(name, draw, 0) for draw in draws)
        low, high = apart[int(0.025 * resamples)], apart[int(0.975 * resamples)]
        found.append(Difference(name, one[name], two[name], Interval(two[name] - one[name], low, high)))
    return found


def _figure(name: str, pairs: Sequence[Pair], side: int) -> float:
    return figures(pair[side].grade for pair in pairs)[name]


def only(pairs: Sequence[Pair], better: Callable[[Pair], bool]) -> list[str]:
    return [first.name for first, other in pairs if better((first, other))]


@click.command()
@click.argument("first", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("other", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(first: Path, other: Path) -> None:
    pairs = pairs_of(kept(first), kept(other))
    if not pairs:
        raise click.ClickException("The two files have no request in common: nothing to compare.")
    click.echo(f"{len(pairs)} requests in both\n")
    for each in differences(pairs):
        click.echo(f"{each.name:16} {each.first:.3f} -> {each.other:.3f}   {each.apart}")
    won = only(pairs, lambda pair: pair[1].grade.zero_edit and not pair[0].grade.zero_edit)
    lost = only(pairs, lambda pair: pair[0].grade.zero_edit and not pair[1].grade.zero_edit)
    click.echo(f"\nonly the other needs no edit: {len(won)}  {' '.join(won)}")
    click.echo(f"only the first needs no edit: {len(lost)}  {' '.join(lost)}")


if __name__ == "__main__":
    main()
