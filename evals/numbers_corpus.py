"""The corpus of numbers with their roles (`evals/corpora/numbers.txt`, which explains its marks), and what may be known
beside each of its texts when a request comes in: records are invented to fit."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from assistant.drafting.number_roles import Role
from assistant.drafting.number_signs import Known
from assistant.drafting.spots import spots

CORPUS = Path(__file__).parent / "corpora" / "numbers.txt"
_ROLE_OF: dict[str, Role] = {
    "c": "claim", "w": "whole", "k": "kept", "n": "counted", "b": "book", "d": "difference", "s": "size",
    "p": "price", "t": "time", "r": "reference", "o": "ordinal", "x": "other",
}  # fmt: skip
_MARK = re.compile(r"\{(?P<role>[cwknbdsptrox]) (?P<text>[^{}]+)\}|(?P<open>\[)|(?P<shut>\])")


@dataclass(frozen=True, slots=True)
class Sample:
    """``roles``: one for each of the text's spots. ``goods``: spans that name goods."""

    text: str
    goods: tuple[tuple[int, int], ...]
    roles: tuple[Role, ...]
    line: int

    def values(self, *roles: Role) -> list[Decimal]:
        found = zip(spots(self.text), self.roles, strict=True)
        return [spot.value for spot, role in found if role in roles and spot.value is not None]


def samples(path: Path = CORPUS) -> list[Sample]:
    """Raises ValueError where a line has a number without a mark outside the goods."""
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return [_sample(line, number) for number, line in lines if line.strip() and not line.startswith("#")]


def _sample(line: str, number: int) -> Sample:
    line = line.replace("\\n", "\n").replace("\\t", "\t")
    text, marks, goods, begin, last = "", [], [], 0, 0
    for match in _MARK.finditer(line):
        text += line[last : match.start()]
        last = match.end()
        if match["open"]:
            begin = len(text)
        elif match["shut"]:
            goods.append((begin, len(text)))
        else:
            marks.append((len(text), len(text) + len(match["text"]), _ROLE_OF[match["role"]]))
            text += match["text"]
    text += line[last:]
    roles: list[Role] = []
    for spot in spots(text):
        role: Role | None = next((each for start, end, each in marks if start < spot.end and spot.start < end), None)
        if role is None:
            inside = any(start <= spot.start < end for start, end in goods)
            if spot.form == "digits" and not inside:
                raise ValueError(f"line {number}: {text[spot.start : spot.end]!r} has no mark in {text!r}")
            role = "size" if inside and spot.form == "digits" else "other"
        roles.append(role)
    return Sample(text, tuple(goods), tuple(roles), number)


def joined(one: Sample, other: Sample, between: str) -> Sample:
    """Two texts in one passage."""
    by = len(one.text) + len(between)
    moved = tuple((start + by, end + by) for start, end in other.goods)
    text = one.text + between + other.text
    both = replace(one, text=text, goods=(*one.goods, *moved), roles=(*one.roles, *other.roles))
    if len(spots(text)) != len(both.roles):
        return one
    return both


def known(sample: Sample, dice: random.Random) -> Known:
    """What drafting may know of a text: most of its goods, some of its references, mostly what was shipped."""
    found = spots(sample.text)
    goods = tuple(_narrowed(sample.text, span, dice) for span in sample.goods if dice.random() > 0.15)
    codes = tuple(
        (spot.start, spot.end)
        for spot, role in zip(found, sample.roles, strict=True)
        if role == "reference" and dice.random() < 0.4
    )
    inside = [spot for spot in found if any(a <= spot.start < b for a, b in sample.goods)]
    sized = [s for s, role in zip(found, sample.roles, strict=True) if role == "size"]
    sizes = frozenset(
        sample.text[s.start : s.end] for s in sized if dice.random() < (0.8 if s in inside else 0.35)
    ) | frozenset(str(dice.choice([2, 4, 6, 10, 12, 50, 100])) for _ in range(dice.randint(0, 1)))
    ours = bool(sample.values("book", "difference")) and dice.random() < 0.7
    return Known(goods, codes, frozenset() if ours else _shipped(sample, dice), sizes, ours)


def _narrowed(text: str, span: tuple[int, int], dice: random.Random) -> tuple[int, int]:
    """Goods are often found by their nouns alone."""
    words = [(m.start() + span[0], m.end() + span[0]) for m in re.finditer(r"\S+", text[slice(*span)])]
    letters = [w for w in words if text[w[0] : w[1]].isalpha()]
    if not letters or dice.random() < 0.5:
        return span
    return letters[0][0], letters[-1][1]


def _shipped(sample: Sample, dice: random.Random) -> frozenset[Decimal]:
    if dice.random() < 0.15:
        return frozenset()
    claims = sample.values("claim")
    if wholes := sample.values("whole"):
        right = wholes if dice.random() < 0.85 else [wholes[0] + dice.randint(1, 30)]
        return frozenset(right[:2])
    if not claims:
        return frozenset([Decimal(dice.randint(1, 60))])
    kept = sample.values("kept")
    if kept and dice.random() < 0.8:
        return frozenset([claims[0] + kept[0]])
    return frozenset([claims[0] if dice.random() < 0.3 else claims[0] + dice.choice([1, 2, 3, 5, 8, 10, 20, 50])])


def varied(found: list[Sample], dice: random.Random) -> Iterator[tuple[Sample, Known]]:
    """Each text once or with another one beside it, with what is known of it."""
    for sample in found:
        chosen = sample
        if dice.random() < 0.35:
            chosen = joined(sample, dice.choice(found), dice.choice([". ", "\n", ". ", " - "]))
        yield chosen, known(chosen, dice)
