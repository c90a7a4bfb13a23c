"""Decided cases become labelled requests, with what people corrected."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from assistant.bootstrap import App
from assistant.demo import files
from assistant.demo.people import PEOPLE
from assistant.domain.draft import Reason
from assistant.domain.person import Role
from assistant.steps.label import corrections, labelled, write
from tests.worked import seen, worked


def _person(role: Role):  # type: ignore[no-untyped-def] # a person of the demo
    return next(person for person in PEOPLE if role in person.roles)


def test_an_approved_case_is_a_label_with_its_mail(app: App, tmp_path: Path) -> None:
    raw = files.mailbox()[0].read_bytes()
    case = worked(app, raw)
    app.review.approve(_person(Role.RETURNS_APPROVER), case.id, case.revision.number, seen(app, case))

    (found,) = labelled(app.store)
    write(found, tmp_path)

    assert (tmp_path / case.id / "message.eml").read_bytes() == raw
    gold = json.loads((tmp_path / case.id / "gold.json").read_text())
    assert gold["lines"][0]["sku"] == case.draft.lines[0].sku
    assert gold["corrections"] == []


def test_what_nobody_decided_is_no_label(app: App) -> None:
    worked(app, files.mailbox()[0].read_bytes())

    assert list(labelled(app.store)) == []


def test_corrections_name_the_line_the_field_and_both_values(app: App) -> None:
    drafted = worked(app, files.mailbox()[0].read_bytes()).draft
    (line,) = drafted.lines
    changed = replace(line, quantity=Decimal(4), reason_code=Reason.RECALL, serials=("S1", "S2"))

    found = corrections(drafted, replace(drafted, lines=(changed,)))

    assert {(each["line"], each["field"], each["after"]) for each in found} == {
        (0, "quantity", "4"),
        (0, "reason_code", "RECALL"),
        (0, "serials", "S1, S2"),
    }


def test_a_line_that_people_left_out_is_a_correction_of_all_it_said(app: App) -> None:
    drafted = worked(app, files.mailbox()[0].read_bytes()).draft

    found = corrections(drafted, replace(drafted, lines=()))

    assert {"sku", "quantity", "reason_code"} <= {each["field"] for each in found}
    assert all(each["after"] is None for each in found)
