"""How a figure is told: one JSON line, with what it is held against."""

import json


def say(figure: str, value: float, unit: str, **held_against: float | str) -> None:
    """``held_against`` names limits and peers measured in the same run (``limit=0.4``, ``markitdown=58.2``)."""
    print(json.dumps({"figure": figure, "value": round(value, 4), "unit": unit, **held_against}), flush=True)  # noqa: T201 - the output
