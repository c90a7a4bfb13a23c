"""What a page of a PDF costs us and others, in CPU time; and how well tables come out.

All read the same files, turn by turn in one run: we, PDFium's bare text, pypdf and pdfplumber in this process, the rest
in the environment of `requirements-peers.txt` (`make bench` installs it; BACKHAUL_PEERS names another interpreter).
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import IO

from evals.bench.figures import say
from evals.bench.invoices import invoices
from evals.bench.tables import TABLES, Found, cells_right
from extractors.registry import read

FIXTURES = Path("..") / "shared" / "fixtures" / "documents"
_ROUNDS = 3
_LIMIT = 2.5
_SAMPLE = 12
Seconds = Callable[[Path], float | None]


def bare(data: bytes) -> int:
    """PDFium's text of every page and nothing more; how many pages."""
    pdf = import_module("pypdfium2").PdfDocument(data)
    for number in range(len(pdf)):
        page = pdf[number]
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    count = len(pdf)
    pdf.close()
    return count


def _pypdf(data: bytes) -> None:
    for page in import_module("pypdf").PdfReader(io.BytesIO(data)).pages:
        page.extract_text()


def _pdfplumber(data: bytes) -> None:
    with import_module("pdfplumber").open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.extract_tables()


def _ours(data: bytes) -> None:
    read(data, "file.pdf")


def _here(act: Callable[[bytes], object]) -> Seconds:
    def seconds(path: Path) -> float | None:
        data = path.read_bytes()
        started = time.process_time()
        try:
            act(data)
        except Exception:  # noqa: BLE001 - a file that one of them can't read counts for none
            return None
        return time.process_time() - started

    return seconds


def peers_python() -> Path:
    """The interpreter of the peers' environment; it need not be there."""
    return Path(os.environ.get("BACKHAUL_PEERS") or Path(sys.prefix) / "peers" / "bin" / "python")


class _Peers:
    """Programs in the peers' environment, one process for all."""

    def __init__(self) -> None:
        self.names: list[str] = []
        python = peers_python()
        if not python.exists():
            sys.stderr.write(f"markitdown, kreuzberg and unstructured are left out: {python} is not there.\n")
            return
        command = [str(python), str(Path(__file__).with_name("peers.py"))]
        process = subprocess.Popen(  # noqa: S603 - our own script
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._asked, self._told = _pipes(process)
        self.names = self._told.readline().split()

    def ask(self, name: str, path: Path) -> tuple[float | None, str]:
        """(CPU seconds, None where it fails; what it read, where that is one text)"""
        self._asked.write(f"{name} {path}\n")
        self._asked.flush()
        seconds, text = json.loads(self._told.readline())
        return seconds, text

    def seconds(self, name: str) -> Seconds:
        return lambda path: self.ask(name, path)[0]


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process with pipes has both")
    return process.stdin, process.stdout


def _measured(paths: list[Path], readers: dict[str, Seconds]) -> dict[str, float]:
    """For each reader the CPU seconds of all files that every reader could read, medians over rounds."""
    taken: dict[str, dict[Path, list[float]]] = {name: {} for name in readers}
    unread: set[Path] = set()
    for _ in range(_ROUNDS):
        for path in paths:
            for name, seconds in readers.items():
                spent = seconds(path)
                if spent is None:
                    unread.add(path)
                else:
                    taken[name].setdefault(path, []).append(spent)
    kept = [path for path in paths if path not in unread]
    return {name: sum(median(held[path]) for path in kept) for name, held in taken.items()}


def _say(corpus: str, paths: list[Path], readers: dict[str, Seconds]) -> None:
    """We and PDFium on all files; on a sample of them everyone, since some take a hundred times as long."""
    sample = paths[:: max(1, len(paths) // _SAMPLE)]
    for name, seconds in [*readers.items()]:
        # Libraries load before anything is measured.
        if seconds(sample[0]) is None:
            sys.stderr.write(f"{name} is left out: it does not read {sample[0].name}.\n")
            del readers[name]
    spent = _measured(sample, readers)
    others = {f"{name}_times_ours": round(spent[name] / spent["backhaul"], 2) for name in readers if name != "backhaul"}
    pages = sum(bare(path.read_bytes()) for path in paths)
    both = _measured(paths, {name: readers[name] for name in ("backhaul", "pdfium_text")})
    say(f"PDF, CPU a page, {corpus}", both["backhaul"] * 1000 / pages, "milliseconds", pages=pages, **others)
    say(f"PDF, CPU against bare PDFium text, {corpus}", both["backhaul"] / both["pdfium_text"], "times", limit=_LIMIT)


def _rows_of_ours(data: bytes) -> Found:
    rows = [block.cells for document in read(data, "file.pdf") for block in document.blocks if block.kind == "row"]
    return [([cell.header for cell in row], [[cell.text for cell in row]]) for row in rows]


def _rows_of_pdfplumber(data: bytes) -> Found:
    """Its tables; the first row of each is taken for headings, as its users do."""
    with import_module("pdfplumber").open(io.BytesIO(data)) as pdf:
        found = [table for page in pdf.pages for table in page.extract_tables()]
    told = [[[" ".join((cell or "").split()) for cell in row] for row in table] for table in found]
    return [(table[0], table[1:]) for table in told if table]


def _rows_of_markdown(text: str) -> Found:
    """The pipe tables of a markdown text."""
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        cells = [" ".join(cell.split()) for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|"):
            tables.append([])
        elif not all(set(cell) <= set("-: ") and cell for cell in cells):
            tables[-1].append(cells)
    return [(table[0], table[1:]) for table in tables if table]


def _say_tables(folder: Path, peers: _Peers) -> None:
    """Of all cells drawn on the table pages, the share that each reader has in its row under its heading."""
    right = dict.fromkeys(("backhaul", "pdfplumber", "markitdown"), 0)
    total = 0
    for make in TABLES:
        drawn = make()
        path = folder / f"{drawn.name}.pdf"
        path.write_bytes(drawn.data)
        found = {"backhaul": _rows_of_ours(drawn.data), "pdfplumber": _rows_of_pdfplumber(drawn.data)}
        if "markitdown" in peers.names:
            found["markitdown"] = _rows_of_markdown(peers.ask("markitdown", path)[1])
        for name, rows in found.items():
            right[name] += cells_right(drawn, rows)[0]
        total += cells_right(drawn, [])[1]
    others = {name: round(right[name] / total, 4) for name in ("pdfplumber", *({"markitdown"} & set(peers.names)))}
    say("PDF, cells in their row and column, 20 table pages", right["backhaul"] / total, "share", limit=0.98, **others)


def main() -> None:
    peers = _Peers()
    readers = {"backhaul": _here(_ours), "pdfium_text": _here(bare), "pypdf": _here(_pypdf),
               "pdfplumber": _here(_pdfplumber), **{name: peers.seconds(name) for name in peers.names}}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        _say_tables(Path(folder), peers)
        made: list[Path] = []
        for number, data in enumerate(invoices()):
            made.append(Path(folder) / f"{number:02}.pdf")
            made[-1].write_bytes(data)
        _say("60 invoices", made, readers)
    found = [path.resolve() for path in sorted(FIXTURES.rglob("*.pdf")) if _is_printed(path)]
    if found:
        _say("documents from the field", found, readers)


def _is_printed(path: Path) -> bool:
    """Whether PDFium opens it and finds words on every page: locked, broken and scanned files are no race."""
    data = path.read_bytes()
    if _here(bare)(path) is None or not all(_texts(data)):
        return False
    blocks = [block for document in read(data, path.name) for block in document.blocks]
    return bool(blocks) and all(block.at.source != "ocr" for block in blocks)


def _texts(data: bytes) -> list[str]:
    """PDFium's text of each page."""
    pdf = import_module("pypdfium2").PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range().strip() for page in pdf]
    finally:
        pdf.close()
