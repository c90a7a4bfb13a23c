"""What each number of a text means: claimed, the whole it is part of, kept, counted, a size, a price, a date, a code.

A softmax over hashed signs (`number_signs`); its weights, a byte each, are data: `number_roles.json`, learned from
`evals/corpora/numbers.txt` and the labelled sets by `python -m evals.learn_numbers`.
"""

import base64
import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from math import exp
from typing import Literal

from assistant.drafting.number_signs import Known, signs
from assistant.drafting.spots import Spot, spots

Role = Literal[
    "claim", "whole", "kept", "counted", "book", "difference", "size", "price", "time", "reference", "ordinal", "other"
]
ROLES: tuple[Role, ...] = (
    "claim", "whole", "kept", "counted", "book", "difference", "size", "price", "time", "reference", "ordinal", "other",
)  # fmt: skip
FILE = "number_roles.json"
_MOST_SIGNS = 250


@dataclass(frozen=True, slots=True)
class Reading:
    """A number and how likely each role is; the likelihoods sum to one."""

    spot: Spot
    shares: tuple[float, ...]

    def share(self, *roles: Role) -> float:
        return sum(self.shares[ROLES.index(role)] for role in roles)

    @property
    def role(self) -> Role:
        return ROLES[max(range(len(ROLES)), key=self.shares.__getitem__)]


@dataclass(frozen=True, slots=True)
class Weights:
    """``rows``: for each bucket one whole number that holds the steps of all roles, so that a sum of rows is one sum;
    ``scale``: what one step is worth."""

    rows: Sequence[int]
    scale: float


def bucket(sign: str, buckets: int) -> int:
    return zlib.crc32(sign.encode()) % buckets


def readings(text: str, known: Known | None = None) -> tuple[Reading, ...]:
    """Each number of the text, in order."""
    weights = _weights()
    told = signs(text, known or Known())
    return tuple(Reading(spot, shares_of(one, weights)) for spot, one in zip(spots(text), told, strict=True))


def shares_of(told: Iterable[str], weights: Weights) -> tuple[float, ...]:
    count = len(weights.rows)
    return shares_in({bucket(sign, count) for sign in told}, weights)


def shares_in(buckets: Collection[int], weights: Weights) -> tuple[float, ...]:
    """At most 250 buckets, so that no role's sum runs over into the next."""
    total = sum(weights.rows[row] for row in islice(buckets, _MOST_SIGNS))
    raw = total.to_bytes(len(ROLES) * 2, "little")
    sums = [raw[at] | raw[at + 1] << 8 for at in range(0, len(raw), 2)]
    top = max(sums)
    grown = [exp((each - top) * weights.scale) for each in sums]
    whole = sum(grown)
    return tuple(each / whole for each in grown)


@cache
def _weights() -> Weights:
    data = json.loads(resources.files("assistant.drafting").joinpath(FILE).read_text("utf-8"))
    return unpacked(data)


def unpacked(data: dict[str, object]) -> Weights:
    raw = zlib.decompress(base64.b85decode(str(data["weights"])))
    wide = len(ROLES)
    spread = raw.replace(b"", b"\0")[1:]  # a byte between, for the carry
    rows = [int.from_bytes(spread[at : at + 2 * wide], "little") for at in range(0, 2 * len(raw), 2 * wide)]
    return Weights(rows, float(str(data["scale"])))
