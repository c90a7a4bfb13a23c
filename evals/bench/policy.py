"""How long the policy takes: one line judged by all tables, and loading and checking a version."""

import time
from collections.abc import Callable
from dataclasses import fields
from random import Random
from statistics import median

from assistant.domain.draft import Reason
from assistant.domain.policy import LineFacts
from assistant.judging.book import book_of
from assistant.judging.schema import FACTS
from assistant.judging.shelf import shipped_files
from evals.bench.figures import say

_LINES, _LOADS, _SEED = 2_000, 5, 7


def lines() -> list[LineFacts]:
    """Lines of every reason, with facts drawn at random, so that different rows match."""
    chance = Random(_SEED)  # noqa: S311 - the same lines at every run
    return [_line(chance, list(Reason)[n % len(Reason)].value) for n in range(_LINES)]


def _line(chance: Random, reason: str) -> LineFacts:
    values: dict[str, object] = {}
    for field in fields(LineFacts):
        known = FACTS[field.name]
        if known.kind == "flag":
            values[field.name] = chance.random() < 0.3
        elif known.kind == "whole":
            values[field.name] = chance.randrange(120 if "days" in field.name else 400_000)
        else:
            values[field.name] = chance.choice(sorted(known.words or {"plumbing", "chemicals", "gold", "TOL"}))
    return LineFacts(**{**values, "reason": reason})  # type: ignore[arg-type] # the names and types are the schema's


def cpu_milliseconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


def main() -> None:
    files = shipped_files()
    book = book_of(files)
    asked = lines()
    for facts in asked[:50]:
        book.judge_line(facts)
    taken = sorted(cpu_milliseconds(lambda facts=facts: book.judge_line(facts)) for facts in asked)  # type: ignore[misc] # bound now
    say("policy, one line by all tables, median", median(taken), "CPU milliseconds", limit=1.0)
    say("policy, one line by all tables, 99 of 100", taken[int(len(taken) * 0.99)], "CPU milliseconds")
    loads = [cpu_milliseconds(lambda: book_of(files)) for _ in range(_LOADS)]
    say("policy, loading and checking a version, median", median(loads), "CPU milliseconds")
