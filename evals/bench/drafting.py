"""Offline drafting without OCR: the time a request takes, and that it stays flat as the ERP grows."""

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from assistant import bootstrap
from assistant.domain.request import Request
from assistant.drafting.offline import OfflineDrafter
from evals.bench.figures import say
from evals.labelled import labelled_in
from tools.adapters.sandbox import SandboxErp
from tools.erp import spelled

_SETS = Path(__file__).parent.parent / "sets"
_ROUNDS = 3
_LINES_AN_ORDER = 10
_SIZES = (1_000, 30_000, 1_000_000)  # from the second on every customer has the 50 orders that are looked at


def main() -> None:
    requests = [labelled.request for labelled in labelled_in([_SETS / "volt" / "tune"])]
    requests = [request for request in requests if not any(_by_ocr(request))]
    data = bootstrap.erp_file(_SETS / "volt" / "erp.json")
    with tempfile.TemporaryDirectory() as folder:
        taken = {size: _median_seconds(requests, data, Path(folder) / f"{size}.sqlite", size) for size in _SIZES}
    for size in _SIZES:
        ratio = round(taken[size] / taken[_SIZES[1]], 2)
        say(f"offline draft, {size:,} order lines, median", taken[size] * 1000, "ms", limit=150, to_30_000=ratio)


def _by_ocr(request: Request) -> Iterator[bool]:
    return (block.at.source == "ocr" for document in request.documents for block in document.blocks)


def _median_seconds(requests: Sequence[Request], data: Any, path: Path, lines: int) -> float:
    erp = SandboxErp.at(path)
    erp.load(data)
    _grow(path, lines)
    drafter = OfflineDrafter(erp)
    taken: list[float] = []
    for _ in range(_ROUNDS):
        taken.clear()
        for request in requests:
            started = time.perf_counter()
            drafter.draft(request)
            taken.append(time.perf_counter() - started)
    erp.close()
    return median(taken)


def _grow(path: Path, lines: int) -> None:
    """More orders of the same customers and goods, under numbers of their own, until the ERP holds so many lines."""
    with sqlite3.connect(path) as db:
        bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM orders ORDER BY key")]
        held = sum(len(body["lines"]) for body in bodies)
        orders, references = [], []
        for index in range(max(0, lines - held) // _LINES_AN_ORDER):
            model = bodies[index % len(bodies)]
            number, ordered_on = f"X{index:07d}", f"2019-{1 + index % 12:02d}-{1 + index % 28:02d}"
            goods = [model["lines"][n % len(model["lines"])] for n in range(_LINES_AN_ORDER)]
            body = {**model, "order_no": number, "customer_po": f"PO-{index}", "ordered_on": ordered_on}
            body |= {"lines": goods, "shipments": [], "invoices": []}
            orders.append((spelled(number), number, model["customer_id"], ordered_on, json.dumps(body)))
            for kind, reference in (("order_no", number), ("customer_po", f"PO-{index}")):
                references.append((spelled(reference), kind, number, model["customer_id"], None, ordered_on))
        db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", orders)
        db.executemany("INSERT INTO order_references VALUES (?, ?, ?, ?, ?, ?)", references)
        db.execute("ANALYZE")
