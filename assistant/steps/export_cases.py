"""Cases as rows, one a line of a case: values and document numbers, no names and nothing that anybody wrote."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from assistant.domain.case import Case
from assistant.domain.money import plain
from assistant.domain.ports import Unit
from assistant.steps.export import cell

COLUMNS = (
    "case_id", "kind", "state", "revision", "customer_id", "opened_at", "changed_at", "line", "order_no", "sku",
    "quantity", "uom", "reason_code", "lot", "serials", "claimed", "currency", "documents",
)  # fmt: skip
_BATCH = 200


def case_lines(unit: Unit, since: datetime | None = None, until: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Of cases changed from ``since`` and before ``until``, newest case first."""
    after = ""
    while found := unit.cases.list(limit=_BATCH, after=after):
        for case in found:
            if (since is None or case.changed_at >= since) and (until is None or case.changed_at < until):
                yield from _lines(unit, case)
        after = found[-1].id


def as_case_csv(lines: Iterable[Mapping[str, Any]], out: IO[str]) -> None:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([cell(" ".join(value) if isinstance(value, list) else value) for value in line.values()])


def _lines(unit: Unit, case: Case) -> Iterator[dict[str, Any]]:
    documents = [posting.document_no for posting in unit.postings.of_case(case.id) if posting.document_no]
    head = {"case_id": case.id, "kind": case.kind, "state": case.state.value, "revision": case.revision.number}
    head |= {"customer_id": case.party.customer_id or ""}
    head |= {"opened_at": case.opened_at.isoformat(), "changed_at": case.changed_at.isoformat()}
    for number, line in enumerate(case.draft.lines, start=1):
        money = line.amount.money if line.amount is not None else None
        row: dict[str, Any] = {**head, "line": number, "order_no": line.order_no or "", "sku": line.sku or ""}
        row |= {"quantity": "" if line.quantity is None else plain(line.quantity), "uom": line.uom or ""}
        row |= {"reason_code": line.reason_code.value, "lot": line.lot or "", "serials": list(line.serials)}
        row |= {"claimed": plain(money.amount) if money else "", "currency": money.currency if money else ""}
        yield {**row, "documents": documents}
