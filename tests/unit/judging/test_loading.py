"""What zen would pass over in silence is found when a policy is loaded, and named by file, row and cell."""

import json
from typing import Any

import pytest

from assistant.domain.errors import OperatorMustAct
from assistant.judging.book import Book, book_of, read_book
from assistant.judging.schema import TABLES
from tests.policies import rules, shipped_files, with_cell, with_head, with_rules

FILES = shipped_files()


def faults(files: dict[str, str]) -> list[str]:
    read = read_book(files)
    return [] if isinstance(read, Book) else [str(fault) for fault in read]


def test_the_shipped_policy_holds_every_table_and_ends_each_in_a_refusal() -> None:
    book = book_of(FILES)
    assert set(book.tables) == {shape.name for shape in TABLES}
    for table in book.tables.values():
        assert table.conditions(table.last) == {}
        assert table.rules[-1]["verdict"] == '"refuse"'


@pytest.mark.parametrize(
    ("table", "column", "cell", "what"),
    [
        ("return_window", "in-reason", '"DAMAGED"', "“DAMAGED” is no reason"),
        ("return_window", "in-reason", "RECALL", "is no condition on reason"),
        ("return_window", "in-reason", '"RECALL" "OTHER"', "is no condition on reason"),
        ("return_window", "in-in_warranty", '"true"', "true or false"),
        ("return_window", "in-in_warranty", "yes", "true or false"),
        ("return_window", "out-days", '"30"', "takes a whole number"),
        ("return_window", "out-days", "30.5", "takes a whole number"),
        ("return_window", "out-days", "-1", "out of range"),
        ("return_window", "out-days", "null", "has an answer here"),
        ("return_window", "out-days", "days", "is no answer"),
        ("return_window", "out-days", "customer_tier", "the fact customer_tier is text"),
        ("return_window", "out-late", '"maybe"', "“maybe” is no late"),
        ("return_window", "out-late", '"exception"', "names the step and the role"),
        ("returnable", "out-verdict", '"ok"', "“ok” is no verdict"),
        ("returnable", "out-verdict", "null", "null can't stand here"),
        ("approval_steps", "in-case_amount_minor", "> 1e5", "no condition on a whole number"),
        ("approval_steps", "in-case_amount_minor", '"> 5"', "no condition on a whole number"),
        ("approval_steps", "in-case_amount_minor", ">= 1 and < 5", "no condition on a whole number"),
        ("approval_steps", "in-case_amount_minor", "[5..1]", "is empty"),
        ("approval_steps", "in-case_amount_minor", "> 99999999999999999", "no condition"),
        ("approval_steps", "in-customer_tier", '"a\\"b"', "holds a backslash"),
        ("approval_steps", "in-customer_tier", '"a`b"', "holds a quote"),
        ("approval_steps", "in-case_amount_minor", "> 007", "no condition on a whole number"),
        ("approval_steps", "out-role", '"boss"', "“boss” is no role"),
        ("approval_steps", "out-role", "null", "names the step and the role"),
        ("vendor_authorisation", "out-needed", "1", "takes true or false"),
        ("approval_steps", "in-flagged", True, "a cell is text in JDM"),
        ("approval_steps", "in-nonsense", "", "is no column of this table"),
        ("approval_steps", "_description", " ", "says in words"),
        ("approval_steps", "_id", "approval_steps-02", "an id of its own"),
    ],
)
def test_a_wrong_cell_is_named(table: str, column: str, cell: Any, what: str) -> None:
    told = faults(with_cell(FILES, table, 0, column, cell))
    assert any(what in fault for fault in told), told
    assert all(fault.startswith(f"{table}.json, row ") for fault in told)


def test_a_row_that_can_never_match_is_named() -> None:
    doubled = rules(FILES, "freight")
    doubled.insert(1, {**doubled[0], "_id": "again"})
    assert faults(with_rules(FILES, "freight", doubled)) == [
        "freight.json, row again: is never reached: row freight-01 takes everything it asks for"
    ]
    shadowed = rules(FILES, "freight")
    shadowed.insert(2, {"_id": "all", "_description": "All.", "out-verdict": '"allow"', "out-payer": '"us"'})
    assert len(faults(with_rules(FILES, "freight", shadowed))) == len(shadowed) - 4


@pytest.mark.parametrize("table", [shape.name for shape in TABLES])
def test_every_table_has_to_end_in_a_refusal(table: str) -> None:
    assert any("refuse" in fault for fault in faults(with_rules(FILES, table, rules(FILES, table)[:-1])))
    assert faults(with_rules(FILES, table, [])) == [f"{table}.json: has no rows"]


@pytest.mark.parametrize("hit", ["unique", "any", "collect", None])
def test_only_the_declared_hit_policy_is_taken(hit: str | None) -> None:
    told = faults(with_rules(FILES, "freight", rules(FILES, "freight"), hitPolicy=hit))
    assert told == [f"freight.json: its hit policy is {hit!r}; it has to be first"]


def test_an_unknown_field_is_named() -> None:
    graph = FILES["freight.json"].replace('"field": "reason"', '"field": "raeson"')
    assert faults({**FILES, "freight.json": graph})[0] == (
        "freight.json, raeson: is no fact that this table can ask about"
    )
    outputs = FILES["freight.json"].replace('"field": "payer"', '"field": "paid"')
    assert {"payer", "paid"} <= {
        fault.split(", ")[1].split(":")[0] for fault in faults({**FILES, "freight.json": outputs})
    }


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"nodes": []}', '{"nodes": [{"type": "decisionTableNode"}]}', "1"]
)
def test_a_file_that_is_no_table_is_named(text: str) -> None:
    assert [fault.split(":")[0] for fault in faults({**FILES, "freight.json": text})] == ["freight.json"]


def test_a_missing_table_and_a_strange_file_are_named() -> None:
    assert faults({k: v for k, v in FILES.items() if k != "freight.json"})[0].startswith("freight.json: is missing")
    assert faults({**FILES, "notes.json": "{}"}) == ["notes.json: is no file of a policy"]


@pytest.mark.parametrize(
    "head",
    [
        {"version": ""},
        {"effective_from": "soon"},
        {"extra": "x"},
        {"owner": " "},
    ],
)
def test_a_policy_without_version_owner_or_date_is_none(head: dict[str, str]) -> None:
    assert [fault.split(":")[0] for fault in faults(with_head(FILES, **head))] == ["policy.json"]


@pytest.mark.parametrize(
    "changed", [{"zone": "Mars/Base"}, {"weekdays": ["funday"]}, {"holidays": ["2026-13-01"]}, {"opens": "8h"}]
)
def test_a_calendar_that_does_not_fit_is_named(changed: dict[str, Any]) -> None:
    calendar = json.dumps({**json.loads(FILES["calendar.json"]), **changed})
    assert [fault.split(":")[0] for fault in faults({**FILES, "calendar.json": calendar})] == ["calendar.json"]


def test_who_starts_on_a_broken_policy_reads_every_fault() -> None:
    broken = with_cell(with_cell(FILES, "freight", 0, "in-kind", "x"), "fault", 0, "out-fault", "y")
    with pytest.raises(OperatorMustAct) as told:
        book_of(broken)
    assert "freight.json, row freight-01, kind" in str(told.value)
    assert "fault.json, row fault-01, fault" in str(told.value)


def test_the_digest_covers_every_file() -> None:
    before = book_of(FILES).digest
    assert book_of(with_head(FILES, owner="Somebody else")).digest != before
    assert book_of(with_cell(FILES, "freight", 0, "_description", "Other words.")).digest != before
