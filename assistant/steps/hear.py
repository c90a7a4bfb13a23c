"""Hear: a report of a warehouse or a carrier goes into the case's story, once for each key of its sender.

It posts nothing and moves no state: what a receipt and an inspection mean is decided where they are recorded.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from assistant.domain.errors import SenderMustAct
from assistant.domain.money import plain
from assistant.domain.person import Person, acting, require_works_here
from assistant.domain.ports import Store
from assistant.domain.report import REPORTS, Report
from assistant.domain.worklist import AuditRow


def hear(store: Store, person: Person, case_id: str, report: Report, key: str) -> tuple[AuditRow, bool]:
    """The row it stands in, and whether it is new. Raises SenderMustAct where the key was used for another report."""
    require_works_here(person)
    if report.kind not in REPORTS:
        raise SenderMustAct(f"There are no reports {report.kind}. Nothing was kept.")
    told = _told(report)
    sha256 = hashlib.sha256(json.dumps([case_id, told], sort_keys=True).encode()).hexdigest()
    with store.unit(acting(person)) as unit:
        unit.cases.lock(case_id)
        if (known := unit.receipts.find(person.id, key, sha256)) is not None:
            place = int(known.rpartition("#")[2])
            return next(row for row in unit.audit.rows(case_id) if row.sequence == place), False
        row = unit.audit.append(case_id, f"report.{report.kind}", told)
        unit.receipts.keep(person.id, key, sha256, f"{case_id}#{row.sequence}")
        return row, True


def _told(report: Report) -> dict[str, Any]:
    goods = [{**asdict(each), "quantity": plain(each.quantity), "serials": list(each.serials)} for each in report.goods]
    return {"says": REPORTS[report.kind], "at": report.at.isoformat(), "reference": report.reference, "goods": goods}
