"""How the time to read a mail's body grows: ten times the text in about ten times the time, whatever it repeats."""

import time
from collections.abc import Callable

from evals.bench.figures import say
from extractors.html.reader import mail_html_blocks
from extractors.text.prose import mail_paragraphs

_LIMIT = 35  # ten is linear; a hundred would be quadratic
_RUNS = 3
_TEXTS = (
    "-", "_", "=", "On ", "On Mon, 1/2/2026 a\n", "1/1/2026 wrote x:\n", "From: a@b\nSent: x\n\n", "> x\n", "\n",
    "--\n\n\n\n", "a  b  c\n", "|a|b|\n", "a,b,c,\n", "a\tb\n", "Regards\nTom\n\n", "+1 555 555 5555 ", "a@", "A1-",
    "_____________\n\n\n", "* _-", "<a@b> ", "begin 644 a\nM\n",
)  # fmt: skip
_PAGES = (
    "<div>a",
    "<table><tr><td>a<td>b",
    "<li>a",
    "<ol><li>a",
    "<blockquote>a",
    "<br>",
    "<tr><td rowspan=500>a</tr>",
)


def main() -> None:
    texts = {unit: _growth(lambda text: mail_paragraphs(text, "Fwd: x", "Tom X"), unit, 10_000) for unit in _TEXTS}
    pages = {unit: _growth(lambda text: mail_html_blocks(f"<table>{text}", "x"), unit, 10_000) for unit in _PAGES}
    for kind, grown in (("text", texts), ("page", pages)):
        worst = max(grown, key=grown.__getitem__)
        say(f"growth of reading time, ten times the {kind}", grown[worst], "times", limit=_LIMIT, worst=worst)


def _growth(read: Callable[[str], object], unit: str, size: int) -> float:
    return _seconds(read, unit, 10 * size) / _seconds(read, unit, size)


def _seconds(read: Callable[[str], object], unit: str, size: int) -> float:
    """The least processor time of some runs: what else the machine does only adds to it."""
    text, least = unit * (size // len(unit)), float("inf")
    for _ in range(_RUNS):
        started = time.process_time()
        read(text)
        least = min(least, time.process_time() - started)
    return least


if __name__ == "__main__":
    main()
