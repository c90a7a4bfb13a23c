"""The campaign of hostile files: ``python -m tests.faults.hostile_files`` writes ``docs/reports/hostile-files.md``.

Every file is read through ``extractors.apart.isolated``, as the service reads it. Nothing may raise, every place must
hold, and each file ends as text or as a named failure.
"""

import os
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from extractors.apart.isolated import Reader
from extractors.document import Document, Failure
from extractors.kinds import kind_of
from extractors.limits import Limits
from tests.faults.bombs import bombs
from tests.faults.mutations import mutated, samples
from tests.unit.extractors.spans import assert_spans_hold

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "reports" / "hostile-files.md"
FIXTURES = ROOT.parent / "shared" / "fixtures" / "documents"
MUTATIONS = 2_600
LIMITS = Limits(wall_seconds=20.0, cpu_seconds=40, message_seconds=60.0)
_LIBRARIES = ("pypdfium2", "pypdf", "lxml", "openpyxl", "python-calamine", "python-docx", "pillow")
_ENDINGS = {
    "took longer": "ended: time",
    "processor time": "ended: time",
    "more than 1,000 MB of memory": "ended: memory",
    "broke off": "ended: crash",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A file to be read; ``made`` says how to make it again."""

    made: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """How a file ended. ``memory`` is the most that the reading process held, in MB; 0 where that is not told."""

    case: str
    reader: str
    size: int
    outcome: str
    seconds: float
    memory: float
    fault: str


def mutations(count: int, seed: int = 1) -> Iterator[Case]:
    """``count`` damaged samples, every sample in turn."""
    held = list(samples().items())
    for number in range(count):
        name, data = held[number % len(held)]
        made = f"mutation {seed}-{number} of {name}"
        yield Case(made, name, mutated(data, random.Random(f"{seed}-{number}")))


def from_the_field() -> Iterator[Case]:
    """Documents with a history of trouble, where they lie beside the tree."""
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and not path.name.startswith("LICENSE"):
            yield Case(f"fixture {path.relative_to(FIXTURES)}", path.name, path.read_bytes())


def built(scale: float = 1.0) -> Iterator[Case]:
    for name, data in bombs(scale):
        yield Case(f"bomb {name}", name, data)


def attack(reader: Reader, case: Case) -> Result:
    """Read one file as the service would, and tell how it ended; never raises for what a reader does."""
    kind = kind_of(case.data, case.name)[0]
    _forget_peak(reader)
    started = time.perf_counter()
    fault = ""
    documents: tuple[Document, ...] = ()
    own: tuple[Failure, ...] = ()
    try:
        if kind in ("mail", "msg"):
            message = reader.read_message(case.data)
            documents, own = message.documents, message.failures
        else:
            documents = reader.read(case.data, case.name)
    except Exception as problem:  # noqa: BLE001 - the very thing looked for
        fault = f"raised {type(problem).__name__}: {problem}"
    seconds = time.perf_counter() - started
    return Result(
        case.made,
        kind,
        len(case.data),
        outcome_of(documents, own),
        seconds,
        _peak(reader),
        fault or fault_in(documents, own),
    )


def outcome_of(documents: Sequence[Document], own: Sequence[Failure]) -> str:
    """``text``, the failures' kinds (``own`` are a mail's), what ended it, or that it is empty."""
    failures = [*own, *(failure for document in documents for failure in document.failures)]
    for failure in failures:
        for words, told in _ENDINGS.items():
            if words in failure.message:
                return told
    if any(document.text for document in documents):
        return "part of its text" if failures else "text"
    if failures:
        return f"refused: {failures[0].kind}"
    if any(document.has_picture for document in documents):
        return "a picture without words"
    return "told to be empty" if any(document.warnings for document in documents) else "nothing, untold"


def fault_in(documents: Sequence[Document], own: Sequence[Failure] = ()) -> str:
    """What no document may have: no document at all, a place that does not hold, a failure without words."""
    if not documents:
        return "no document"
    if outcome_of(documents, own) == "nothing, untold":
        return "neither words nor a word about them"
    for document in documents:
        try:
            assert_spans_hold(document)
        except AssertionError:
            return f"a place in {document.path} does not hold"
        if any(not failure.message for failure in document.failures):
            return "a failure without words"
    return ""


def _forget_peak(reader: Reader) -> None:
    for pid in reader.processes():
        with suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak(reader: Reader) -> float:
    most = 0.0
    for pid in reader.processes():
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            most = max(most, int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1_000)
    return most


def own_memory() -> float:
    """What this process, which stands for the service, has in memory now, in MB."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096 / 1e6
    return 0.0


def main(count: int) -> int:
    """Run all of it; 1 where a file escaped."""
    results: list[Result] = []
    before = 0.0
    started = time.process_time()
    with Reader(LIMITS, workers=1) as reader:
        for cases in (from_the_field(), mutations(count), built()):
            for case in cases:
                results.append(attack(reader, case))
                before = before or own_memory()
                if results[-1].fault or results[-1].seconds > 5:
                    print(results[-1], flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(report(results, own_memory() - before, time.process_time() - started))
    print(f"{REPORT} written: {len(results)} files, {sum(bool(r.fault) for r in results)} faults")
    return int(any(result.fault for result in results))


def report(results: Sequence[Result], grown: float, seconds: float) -> str:
    """The page in Markdown."""
    faults = [result for result in results if result.fault]
    lines = [
        "# Hostile files",
        "",
        f"{len(results):,} files, read as the service reads them (`python -m tests.faults.hostile_files`): damaged"
        " samples of every reader, documents with a history of trouble, and files made to cost their reader. "
        f"A file may take {LIMITS.wall_seconds:g} seconds and {LIMITS.memory_bytes // 1_000_000:,} MB.",
        "",
        f"- {len(faults)} escaped: raised, answered nothing, or answered places that do not hold.",
        f"- The process that stands for the service, which also builds the files, grew by {grown:.0f} MB. It used"
        f" {seconds:.0f} s of processor time, the processes that read {os.times().children_user:.0f} s.",
        f"- Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _LIBRARIES) + ".",
        "",
        "Memory is the most the reading process held while it read the file, what it held already included; an ended"
        " process tells none.",
        "",
    ]
    if faults:
        lines += ["## Escaped", "", *(f"- {result.case} ({result.reader}): {result.fault}" for result in faults), ""]
    lines += [
        "## By reader",
        "",
        "| reader | files | outcomes | slowest, s | most memory, MB |",
        "|---|---|---|---|---|",
    ]
    for reader in sorted({result.reader for result in results}):
        own = [result for result in results if result.reader == reader]
        counts = ", ".join(f"{told} {n}" for told, n in Counter(result.outcome for result in own).most_common())
        slowest, most = max(result.seconds for result in own), max(result.memory for result in own)
        lines.append(f"| {reader} | {len(own)} | {counts} | {slowest:.2f} | {most:.0f} |")
    lines += _table("Slowest", sorted(results, key=lambda result: -result.seconds)[:15])
    lines += _table("Most memory", sorted(results, key=lambda result: -result.memory)[:10])
    lines += _table("Ended by the limits", [result for result in results if result.outcome.startswith("ended")])
    lines += _table("Files made to cost", [result for result in results if result.case.startswith("bomb")])
    return "\n".join(lines) + "\n"


def _table(title: str, results: Sequence[Result]) -> list[str]:
    head = ["", f"## {title}", "", "| file | reader | bytes | outcome | s | MB |", "|---|---|---|---|---|---|"]
    return head + [
        f"| {r.case} | {r.reader} | {r.size:,} | {r.outcome} | {r.seconds:.2f} | {r.memory:.0f} |" for r in results
    ]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MUTATIONS))
