"""The audit log as files for auditors. JSON Lines hold each row whole, so that its chain can be checked without us."""

import csv
import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from assistant.domain.story import told
from assistant.domain.worklist import AuditRow

_COLUMNS = ("stream", "sequence", "at", "who", "what", "before", "after", "why", "policy_version", "evidence", "more")
_HASHES = ("previous", "hash")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute instead of show


def as_json_lines(rows: Iterable[AuditRow], out: IO[str]) -> int:
    """``details`` written with sorted keys, no white space and ASCII only is exactly what was hashed."""
    count = 0
    for row in rows:
        count += 1
        line = {"stream": row.stream, "sequence": row.sequence, "at": _moment(row), "actor": row.actor}
        line |= {"event": row.event, "details": dict(row.details), "previous": row.previous, "hash": row.hash}
        line["told"] = {name: value for name, value in _fields(row).items() if value and name not in line}
        out.write(json.dumps(line, ensure_ascii=True) + "\n")
    return count


def as_csv(rows: Iterable[AuditRow], out: IO[str]) -> int:
    writer = csv.writer(out)
    writer.writerow((*_COLUMNS, *_HASHES))
    count = 0
    for row in rows:
        count += 1
        fields = {**_fields(row), "previous": row.previous, "hash": row.hash}
        writer.writerow([cell(fields[name]) for name in (*_COLUMNS, *_HASHES)])
    return count


def _fields(row: AuditRow) -> Mapping[str, Any]:
    tale = told(row)
    return {name: getattr(tale, name) for name in _COLUMNS if name != "at"} | {"at": _moment(row)}


def _moment(row: AuditRow) -> str:
    return row.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def cell(value: Any) -> str:
    """What a spreadsheet shows, and computes nothing of."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else str(value)
    if text == "{}":
        return ""
    return "'" + text if text.startswith(_FORMULA) else text
