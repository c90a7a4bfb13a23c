"""Learn what the numbers of a request mean: `python -m evals.learn_numbers [FOLDER...] [--check]`.

A multinomial logistic regression with a ridge over hashed signs, on the corpus (evals/corpora/numbers.txt) and on
labelled requests, where a line's quantity tells which number is the claim, and of the others only that they are none.
``--check`` tells how well it does on what it has not seen (a fifth of the corpus at a time, a seller at a time), and
writes nothing.
"""

import base64
import json
import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import numpy as np

import assistant.drafting
from assistant.drafting import prose
from assistant.drafting.number_choice import with_learned
from assistant.drafting.number_roles import FILE, ROLES, Role, Weights, bucket, shares_in, shares_of, unpacked
from assistant.drafting.number_signs import Known, signs
from assistant.drafting.offline import OfflineDrafter
from assistant.drafting.quantities import Quantity
from assistant.drafting.spots import spots
from evals.labelled import Labelled, labelled_in
from evals.numbers_corpus import Sample, known, samples, varied

BUCKETS = 1 << 15
_ROUNDS, _STEP, _RIDGE = 80, 0.05, 1e-3
_TIMES = 3  # each text of the corpus, with other things known
_FOLDS = 5
_IDLE: tuple[Role, ...] = ("size", "price", "time", "reference", "ordinal", "other")
_MOST_IDLE, _OF_REQUESTS = 0.6, 0.7


@dataclass(frozen=True, slots=True)
class Seen:
    """A number's signs, and its role; None where it is known only that it is no claim."""

    rows: tuple[int, ...]
    role: Role | None
    weight: float = 1.0


def seen_in(found: Sequence[Sample], dice: random.Random, times: int = _TIMES) -> list[Seen]:
    result: list[Seen] = []
    for _ in range(times):
        for sample, beside in varied(list(found), dice):
            for told, role in zip(signs(sample.text, beside), sample.roles, strict=True):
                result.append(Seen(rows_of(told), role, 1 / times))
    return result


def rows_of(told: Sequence[str]) -> tuple[int, ...]:
    return tuple({bucket(sign, BUCKETS) for sign in told})


def seen_in_requests(requests: Iterable[Labelled], weights: Weights) -> dict[str, list[Seen]]:
    """By seller: numbers that are just a line's quantity are claims, unless ``weights`` (of the corpus alone) take
    them for a size, a price, a date or a code; the others are no claims."""
    found: dict[str, list[Seen]] = {}
    for labelled in requests:
        wanted = {abs(Decimal(line["quantity"])) for line in labelled.gold["lines"] if line["quantity"] is not None}
        for text, beside in _read_of(labelled):
            for spot, told in zip(spots(text), signs(text, beside), strict=True):
                shares = shares_of(told, weights)
                idle = sum(shares[ROLES.index(role)] for role in _IDLE)
                if spot.value in wanted and idle > _MOST_IDLE:
                    continue
                if spot.value not in wanted and spot.value and any(each and not spot.value % each for each in wanted):
                    continue  # it may be the claim in another unit
                role: Role | None = "claim" if spot.value in wanted else None
                found.setdefault(labelled.erp_path.parent.name, []).append(Seen(rows_of(told), role, _OF_REQUESTS))
    return found


def _read_of(labelled: Labelled) -> list[tuple[str, Known]]:
    """The passages of a request whose numbers drafting reads, with what it knows of them."""
    read: list[tuple[str, Known]] = []

    def seen(text: str, said: Sequence[Quantity], beside: Known, taken: Sequence[range]) -> list[Quantity]:
        read.append((text, beside))
        return with_learned(text, said, beside, taken)

    with patch.object(prose, "with_learned", seen):  # drafting keeps no trace of it
        OfflineDrafter(labelled.erp).draft(labelled.request)
    return [each for at, each in enumerate(read) if each not in read[:at]]


def fitted(seen: Sequence[Seen]) -> Any:
    """Weights of shape (BUCKETS, roles) by Adam on all of them at once."""
    wide = len(ROLES)
    buckets, flat = np.unique(np.concatenate([np.array(each.rows) for each in seen]), return_inverse=True)
    counts = np.array([len(each.rows) for each in seen])
    owner = np.repeat(np.arange(len(seen)), counts)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    order = np.argsort(flat, kind="stable")
    first = np.searchsorted(flat[order], np.arange(len(buckets)))
    owner_by_bucket = owner[order]
    target = np.zeros((len(seen), wide), dtype="float32")
    for at, each in enumerate(seen):
        if each.role is not None:
            target[at, ROLES.index(each.role)] = 1
    open_ = np.array([each.role is None for each in seen])
    share = np.array([each.weight for each in seen], dtype="float32")[:, None]
    total = float(share.sum())
    weight = np.zeros((len(buckets), wide), dtype="float32")
    mean, spread = np.zeros_like(weight), np.zeros_like(weight)
    for turn in range(1, _ROUNDS + 1):
        logits = np.add.reduceat(weight[flat], starts, axis=0)
        grown = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely = grown / grown.sum(axis=1, keepdims=True)
        wanted = target
        if open_.any():
            rest = likely.copy()
            rest[:, ROLES.index("claim")] = 0
            wanted = np.where(open_[:, None], rest / np.maximum(rest.sum(axis=1, keepdims=True), 1e-9), target)
        wrong = share * (likely - wanted) / total
        slope = _RIDGE * weight + np.add.reduceat(wrong[owner_by_bucket], first, axis=0)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope**2
        pace = _STEP * (1 - 0.97 * turn / _ROUNDS)
        weight -= pace * (mean / (1 - 0.9**turn)) / (np.sqrt(spread / (1 - 0.99**turn)) + 1e-7)
    result = np.zeros((BUCKETS, wide), dtype="float32")
    result[buckets] = weight
    return result


def packed(weight: Any) -> dict[str, object]:
    top = float(np.abs(weight).max()) or 1.0
    steps = np.clip(np.rint(weight / top * 127), -127, 127).astype(np.int16) + 128
    raw = steps.astype(np.uint8).tobytes()
    return {"scale": top / 127, "weights": base64.b85encode(zlib.compress(raw, 9)).decode()}


def right_of(found: Sequence[Sample], weights: Weights, dice: random.Random) -> list[tuple[Sample, int, Role, Role]]:
    """Each number: its text, which it is, the role marked, and the role told."""
    result = []
    for sample in found:
        for at, told in enumerate(signs(sample.text, known(sample, dice))):
            shares = shares_of(told, weights)
            result.append((sample, at, sample.roles[at], ROLES[shares.index(max(shares))]))
    return result


def checked(found: Sequence[Sample], extra: Sequence[Seen]) -> list[tuple[Sample, int, Role, Role]]:
    """Every text told by weights that were learned without it."""
    dice = random.Random(7)  # noqa: S311 # no secret
    mixed = list(found)
    dice.shuffle(mixed)
    result = []
    for fold in range(_FOLDS):
        out = mixed[fold::_FOLDS]
        kept = [sample for at, sample in enumerate(mixed) if at % _FOLDS != fold]
        weights = unpacked(packed(fitted([*seen_in(kept, dice), *extra])))
        result += right_of(out, weights, dice)
    return result


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="measure on what was left out, and write nothing")
@click.option("--misses", is_flag=True, help="print the numbers that are told wrong")
@click.option("--without", help="a seller whose requests are left out")
def main(folders: tuple[Path, ...], check: bool, misses: bool, without: str | None) -> None:
    found = samples()
    corpus = seen_in(found, random.Random(1))  # noqa: S311 # no secret
    alone = unpacked(packed(fitted(corpus)))
    by_seller = seen_in_requests(labelled_in(folders), alone)
    if check:
        _tell(checked(found, [each for seen in by_seller.values() for each in seen]), misses)
        for seller, seen in by_seller.items():
            rest = [each for other, own in by_seller.items() if other != seller for each in own]
            weights = unpacked(packed(fitted([*corpus, *rest])))
            click.echo(f"{seller:10} {_claims(seen, weights)}; by the corpus alone {_claims(seen, alone)}")
        return
    extra = [each for seller, seen in by_seller.items() if seller != without for each in seen]
    data = packed(fitted([*corpus, *extra]))
    path = Path(assistant.drafting.__path__[0]) / FILE
    path.write_text(json.dumps(data) + "\n")
    click.echo(f"{path.stat().st_size} bytes from {len(found)} texts and {len(extra)} numbers of requests")


def _claims(seen: Sequence[Seen], weights: Weights) -> str:
    told = [(each.role == "claim", _share_of(each, weights) >= 0.5) for each in seen]
    right = sum(a and b for a, b in told)
    return f"claims: {right} of {sum(a for a, _ in told)} found, {right} of {sum(b for _, b in told)} right"


def _share_of(each: Seen, weights: Weights) -> float:
    return shares_in(each.rows, weights)[ROLES.index("claim")]


def _tell(told: Sequence[tuple[Sample, int, Role, Role]], misses: bool) -> None:
    click.echo(f"{sum(a == b for _, _, a, b in told) / len(told):.3f} of {len(told)} numbers")
    for role in ROLES:
        marked = [b for _, _, a, b in told if a == role]
        said = [a for _, _, a, b in told if b == role]
        right = sum(b == role for b in marked)
        click.echo(
            f"{role:12} {len(marked):5} found {right / (len(marked) or 1):.2f} right {right / (len(said) or 1):.2f}"
        )
    for sample, at, a, b in told if misses else ():
        if a != b:
            spot, text = spots(sample.text)[at], sample.text.replace("\n", " / ")
            shown = f"{text[: spot.start]}<<{text[spot.start : spot.end]}>>{text[spot.end :]}"
            click.echo(f"{sample.line} {a}->{b}  {shown[:200]}")


if __name__ == "__main__":
    main()
