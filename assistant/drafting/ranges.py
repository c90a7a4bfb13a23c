"""Ranges of serial numbers: `LP26-30417 bis LP26-30420` are four."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

_MOST = 200
_NUMBERED = re.compile(r"(?P<head>.*?)(?P<number>\d+)")


def between(ends: Sequence[str], count: Decimal | None, known: Callable[[str], bool]) -> tuple[str, ...]:
    """All the numbers from the first to the last, where they are just ``count`` and each is ``known``; else none."""
    told = [_NUMBERED.fullmatch(each) for each in ends]
    if len(told) != 2 or told[0] is None or told[1] is None or told[0]["head"] != told[1]["head"]:
        return ()
    first, last = int(told[0]["number"]), int(told[1]["number"])
    if count is None or not 2 < count <= _MOST or last - first + 1 != count:
        return ()
    width = len(told[0]["number"])
    numbers = tuple(f"{told[0]['head']}{number:0{width}d}" for number in range(first, last + 1))
    return numbers if all(known(each) for each in numbers) else ()
