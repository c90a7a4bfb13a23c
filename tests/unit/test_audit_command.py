"""`backhaul audit`, over a case that was worked, edited and approved."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.cli import main
from assistant.demo import files
from assistant.demo.people import PEOPLE
from assistant.domain.case import Case
from assistant.domain.person import program
from assistant.domain.story import told
from assistant.domain.worklist import AuditRow
from assistant.steps.export import as_csv
from tests.unit.test_workbench import sign_in
from tests.worked import kept, seen, worked

Command = Callable[..., Result]


@pytest.fixture
def case(app: App) -> Case:
    """Edited by the agent, then approved."""
    opened = worked(app, files.mailbox()[0].read_bytes())
    maya, rick = PEOPLE[0], PEOPLE[1]
    lines = (replace(opened.draft.lines[0], quantity=Decimal(1)), *opened.draft.lines[1:])
    app.review.revise(maya, opened.id, 1, replace(opened.draft, lines=lines), "one only, they rang")
    app.review.approve(rick, opened.id, 2, seen(app, kept(app, opened.id)))
    return kept(app, opened.id)


@pytest.fixture
def command(app: App, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("BACKHAUL_DATA", str(app.settings.data))
    monkeypatch.setenv("BACKHAUL_DATABASE_URL", app.settings.database_url)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["audit", *words])

    return run


def test_a_story_tells_who_did_what_and_why_and_what_an_edit_changed(command: Command, case: Case) -> None:
    told_lines = command("story", case.id).stdout
    assert "maya@kestrelsupply.example  case.revised  in_review -> draft  one only, they rang" in told_lines
    assert "line 1 quantity: 5 -> 1" in told_lines
    assert "rick@kestrelsupply.example  decision.made  approved" in told_lines
    assert "  policy " in told_lines
    assert told_lines.index("message.recorded") < told_lines.index("case.opened") < told_lines.index("decision.made")
    missing = command("story", "BH-1")
    assert (missing.exit_code, "no case BH-1" in missing.output) == (1, True)


def test_the_story_page_shows_the_same(app: App, case: Case) -> None:
    with TestClient(serve.web(app, demo=False)) as browser:
        assert browser.get(f"/cases/{case.id}/story", follow_redirects=False).status_code == 303
        assert sign_in(browser) == 200
        page = browser.get(f"/cases/{case.id}/story").text
    assert "line 1 quantity: <del>5</del> <ins>1</ins>" in page
    assert "one only, they rang" in page
    assert "message.recorded" in page


def test_an_export_is_checked_without_us(command: Command, case: Case) -> None:
    """The recipe of docs/audit.md."""
    ends: dict[str, str] = {}
    lines = command("export").stdout.splitlines()
    for line in lines:
        row = json.loads(line)
        details = json.dumps(row["details"], sort_keys=True, separators=(",", ":"))
        hashed = [row[n] for n in ("stream", "sequence", "at", "actor", "event")] + [details, row["previous"]]
        body = json.dumps(hashed, separators=(",", ":"))
        assert row["previous"] == ends.get(row["stream"], "0" * 64)
        assert row["hash"] == hashlib.sha256(body.encode()).hexdigest()
        ends[row["stream"]] = row["hash"]
    assert case.id in ends
    decision = next(told for line in lines if (told := json.loads(line))["event"] == "decision.made")
    assert decision["told"]["policy_version"]
    assert decision["told"]["evidence"]["digests"]


def test_an_export_for_spreadsheets_has_the_columns_auditors_ask_for(command: Command, case: Case) -> None:
    rows = list(csv.DictReader(io.StringIO(command("export", "--format", "csv", "--stream", case.id).stdout)))
    assert {row["stream"] for row in rows} == {case.id}
    revised = next(row for row in rows if row["what"] == "case.revised")
    assert (revised["who"], revised["why"]) == ("person:maya@kestrelsupply.example", "one only, they rang")
    assert (revised["before"], revised["after"]) == ("in_review", "draft")


def test_a_spreadsheet_computes_nothing_of_what_people_wrote() -> None:
    out = io.StringIO()
    at = datetime(2026, 3, 2, tzinfo=UTC)
    formula = AuditRow(
        stream="s", sequence=1, at=at, actor="person:x", event="e", details={"why": '=HYPERLINK("x")', "before": "-1"},
        previous="", hash="",
    )  # fmt: skip
    assert as_csv([formula], out) == 1
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert (row["why"], row["before"]) == ('\'=HYPERLINK("x")', "'-1")
    assert told(formula).why == '=HYPERLINK("x")'


def test_a_head_kept_elsewhere_is_verified_against(command: Command, app: App, case: Case, tmp_path: Path) -> None:
    kept_elsewhere = tmp_path / "head.json"
    printed = command("head", "--out", str(kept_elsewhere)).stdout
    assert kept_elsewhere.read_text() == printed
    assert json.loads(printed)["key"] == command("key").stdout.strip()
    assert app.settings.audit_key != app.settings.data / "audit-key.pem"  # the command's own, by its variables
    good = command("verify", "--against", str(kept_elsewhere))
    assert (good.exit_code, "Nothing that head 1 of" in good.output) == (0, True)
    with app.store.unit(program("test")) as unit:
        unit.audit.append("later", "counted", {})
    assert command("verify", "--against", str(kept_elsewhere)).exit_code == 0
    other = command("verify", "--key", "00" * 32)
    assert (other.exit_code, "not trusted here" in other.output) == (1, True)
    kept_elsewhere.write_text(printed.replace('"rows": ', '"rows": 9'))
    changed = command("verify", "--against", str(kept_elsewhere))
    assert (changed.exit_code, "Row 1 of heads as kept elsewhere is not signed" in changed.output) == (1, True)
    kept_elsewhere.write_text("what is this")
    assert "no head of an audit log" in command("verify", "--against", str(kept_elsewhere)).output


def test_without_a_key_of_ours_heads_are_checked_by_their_own_and_that_is_said(
    command: Command, app: App, case: Case
) -> None:
    assert "verify" in command("verify").output
    command("head")
    (app.settings.data / "audit-key.pem").unlink()
    answer = command("verify")
    assert (answer.exit_code, "no key here to trust" in answer.output) == (0, True)
