"""How exactly scanned and photographed pages are read, beside tesseract as Debian ships it."""

import io
import os
import re
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from evals.bench.damage import WAYS
from evals.bench.figures import say
from evals.bench.pages import KINDS, Field, Sheet
from extractors.scan.page import read_scan

_SEED = 20261120
_PER_INCH = (150, 170, 200)
_PAGES = len(KINDS) * len(WAYS)


@dataclass(frozen=True, slots=True)
class Page:
    """A damaged page and what is truly on it."""

    name: str
    sheet: Sheet
    picture: Image.Image


def pages() -> Iterator[Page]:
    """Every kind of page in every kind of damage, the same at every run."""
    for number in range(_PAGES):
        draw, spoil = KINDS[number % len(KINDS)], WAYS[number % len(WAYS)]
        sheet = draw(_PER_INCH[number % len(_PER_INCH)] / 72, _SEED + number)
        spoiled = spoil(sheet.image, np.random.default_rng(_SEED + number))
        name = f"{draw.__name__}, {spoil.__name__}"
        yield Page(name, sheet, ImageOps.exif_transpose(spoiled).convert("RGB"))


def exact(field: Field, lines: Sequence[str]) -> bool:
    """Whether the value stands on a line as a word of its own, on the line of one of its neighbours if it has any."""
    return any(_holds(line, field.value) and _beside(field, line) for line in lines)


def _beside(field: Field, line: str) -> bool:
    return not field.beside or any(_holds(line, word) for word in field.beside)


def _holds(line: str, word: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", line) is not None


def ours(picture: Image.Image) -> list[str]:
    """The lines as the reader gives them, without barcodes, which would tell what the letters should."""
    return [block.text for block in read_scan(picture, page=1, points=0.48).blocks if block.at.source == "ocr"]


def tesseract(picture: Image.Image) -> list[str]:
    """The lines of plain tesseract, two threads, the page turned by its own detection."""
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    command = ["tesseract", "stdin", "stdout", "--psm", "3", "-l", "eng"]
    told = subprocess.run(  # noqa: S603 - a fixed command
        command, input=kept.getvalue(), capture_output=True, check=False, env={**os.environ, "OMP_THREAD_LIMIT": "2"}
    )
    return told.stdout.decode().splitlines()


def wrong_accents(words: Sequence[str], lines: Sequence[str]) -> tuple[int, int]:
    """(letters with an accent not read exactly, all of them), counted by words."""
    text = " ".join(lines)
    marked = [(word, sum(letter > "\x7f" for letter in word)) for word in words]
    return sum(count for word, count in marked if count and not _stands(word, text)), sum(n for _, n in marked)


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def measure(read: Callable[[Image.Image], list[str]], shown: Sequence[Page]) -> tuple[list[bool], list[float]]:
    """(for every field of the pages whether it is exact, seconds of every page)"""
    found: list[bool] = []
    seconds: list[float] = []
    for page in shown:
        started = time.perf_counter()
        lines = read(page.picture)
        seconds.append(time.perf_counter() - started)
        found += [exact(field, lines) for field in page.sheet.fields]
    return found, seconds


def main() -> None:
    """Say all figures of the group."""
    shown = list(pages())
    ours(Image.new("RGB", (400, 300), "white"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    held: dict[int, list[str]] = {}

    def kept(picture: Image.Image) -> list[str]:
        held[id(picture)] = ours(picture)
        return held[id(picture)]

    found, seconds = measure(kept, shown)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    peer: dict[str, float] = {}
    slow: dict[str, float] = {}
    if shutil.which("tesseract"):
        theirs, taken = measure(tesseract, shown)
        peer, slow = (
            {"tesseract": round(sum(theirs) / len(theirs), 4)},
            {"tesseract": round(statistics.median(taken), 2)},
        )
    else:
        print("tesseract is not installed; its figures are left out.")  # noqa: T201 - the output
    say(
        "scans: fields read exactly",
        sum(found) / len(found),
        "share",
        pages=len(shown),
        fields=len(found),
        least=0.95,
        **peer,
    )
    accents = [wrong_accents(page.sheet.accented, held[id(page.picture)]) for page in shown]
    all_accents = sum(count for _, count in accents)
    say(
        "scans: accented letters in words misread",
        sum(n for n, _ in accents) / all_accents,
        "share",
        letters=all_accents,
    )
    say("scans: seconds a page, median", statistics.median(seconds), "seconds", **slow)
    say("scans: memory while reading", grown, "MB", limit=700)
