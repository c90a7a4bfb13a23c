"""`backhaul policy`: faults are named, a case is explained, a change is tried, proposed, and approved by another."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.bootstrap import App
from assistant.cli import main
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.person import program
from assistant.judging.book import book_of
from assistant.judging.shelf import as_version
from assistant.steps.policy_change import Rulemaking
from tests.policies import rules, shipped_files, with_cell, with_head, with_rules
from tests.worked import back, submitted

MAYA, RICK, JUNE, FAY, WALT = PEOPLE
LARGE = 27


def written(folder: Path, files: Mapping[str, str]) -> str:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return str(folder)


def draft_files(version: str = "draft-1", effective_from: str = "2026-12-01") -> dict[str, str]:
    """Finance looks at returns of more than 100.00 already, and the agreed fee is 10 %."""
    files = with_head(shipped_files(), version=version, effective_from=effective_from)
    files = with_cell(files, "approval_steps", 1, "in-case_amount_minor", "> 10000")
    last = len(rules(files, "restocking_fee")) - 2
    return with_cell(files, "restocking_fee", last, "out-basis_points", "1000")


@pytest.fixture
def command(app: App, monkeypatch: pytest.MonkeyPatch) -> "Command":
    monkeypatch.setenv("BACKHAUL_DATA", str(app.settings.data))
    monkeypatch.setenv("BACKHAUL_TODAY", "2026-11-20")
    monkeypatch.delenv("BACKHAUL_DATABASE_URL", raising=False)
    return Command()


class Command:
    def __call__(self, *words: str, password: str = PASSWORD) -> Result:
        return CliRunner().invoke(main, ["policy", *words], input=password + "\n")


def test_the_shipped_policy_has_no_fault(command: Command) -> None:
    told = command("check")
    assert told.exit_code == 0
    assert "13 tables" in told.output


def test_check_names_file_row_and_cell(command: Command, tmp_path: Path) -> None:
    broken = with_cell(shipped_files(), "return_window", 1, "in-reason", '"RECALLED"')
    told = command("check", written(tmp_path / "p", broken))
    assert told.exit_code == 1
    assert "return_window.json, row return_window-02, reason: “RECALLED” is no reason" in told.output


def test_explain_says_which_rows_matched_and_what_they_asked_for(app: App, command: Command) -> None:
    case = submitted(app, back(quantity=LARGE))
    told = command("explain", case.id.lower()).output
    assert "Line 1: NO_LONGER_NEEDED, plumbing, worth 2,532.60: allowed." in told
    assert "· return_window-11: Gold customers have at least 60 days." in told
    assert 'because customer tier is "gold"' in told
    assert "2. finance approver (asked for by approval_steps-02)" in told
    assert command("explain", "BH-9999").exit_code == 1


def test_simulate_prints_what_would_change_and_changes_nothing(app: App, command: Command, tmp_path: Path) -> None:
    case = submitted(app, back())
    kept = submitted(app, back("TPV-12", 1))
    same = command("simulate", "--since", "2026-01-01").output
    assert same == "2 cases judged again under returns-2026.2; 0 would change.\n"
    told = command("simulate", "--since", "2026-01-01", "--policy", written(tmp_path / "p", draft_files())).output
    assert f"{case.id} line 1: restocking fee: 4221 of 28140 -> 2814 of 28140" in told
    assert f"{case.id}: approvals: 1 returns approver -> 1 returns approver, 2 finance approver" in told
    assert f"{kept.id} line 1: restocking fee: 189 of 1260 -> 126 of 1260" in told
    assert f"{kept.id}: approvals" not in told
    assert "2 cases judged again under draft-1; 2 would change." in told
    assert command("simulate", "--since", "2099-01-01").output.startswith("0 cases")
    with app.store.unit(program("test")) as unit:
        said = unit.judgements.latest(case.id, 1)
    assert said is not None
    assert said.policy_version == "returns-2026.2"


def test_a_policy_is_proposed_by_one_and_approved_by_another(app: App, command: Command, tmp_path: Path) -> None:
    folder = written(tmp_path / "p", draft_files())
    assert command("propose", folder, "--as", RICK.id, "--password-stdin", password="wrong").exit_code == 1
    assert "is proposed by" in command("propose", folder, "--as", MAYA.id, "--password-stdin").output
    assert "is proposed" in command("propose", folder, "--as", FAY.id, "--password-stdin").output
    digest = book_of(draft_files()).digest
    for person in (FAY, RICK):
        refused = command("approve", "draft-1", "--digest", digest[:12], "--as", person.id, "--password-stdin")
        assert refused.exit_code == 1, refused.output
    assert "draft-1\tproposed" in command("list").output
    assert "returns-2026.2\tin force" in command("list").output


def test_what_was_approved_comes_into_force_on_its_day(
    app: App, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("propose", written(tmp_path / "p", draft_files()), "--as", RICK.id, "--password-stdin")
    digest = book_of(draft_files()).digest[:12]
    wrong = command("approve", "draft-1", "--digest", "0" * 12, "--as", FAY.id, "--password-stdin")
    assert "not the text" in wrong.output
    assert "2026-12-01" in command("approve", "draft-1", "--digest", digest, "--as", FAY.id, "--password-stdin").output
    assert "returns-2026.2\tin force" in command("list").output
    monkeypatch.setenv("BACKHAUL_TODAY", "2026-12-01")
    assert "draft-1\tin force" in command("list").output
    shown = tmp_path / "shown"
    command("show", "draft-1", str(shown))
    assert {path.name: path.read_text() for path in shown.iterdir()} == draft_files()
    with app.store.unit(program("test")) as unit:
        rows = unit.audit.rows("policy")
    assert [(row.event, row.actor) for row in rows] == [
        ("policy.adopted", "program:policy"),
        ("policy.proposed", f"person:{RICK.id}"),
        ("policy.approved", f"person:{FAY.id}"),
    ]


def test_a_rejected_policy_needs_a_reason_and_stays_rejected(app: App) -> None:
    desk = Rulemaking(app.store, app.clock)
    desk.propose(JUNE, as_version(book_of(draft_files()), "proposed", JUNE.id))
    with pytest.raises(ReviewerMustAct, match="needs a reason"):
        desk.reject(FAY, "draft-1", " ")
    with pytest.raises(NotAllowedToYou):
        desk.reject(RICK, "draft-1", "no")
    assert desk.reject(FAY, "draft-1", "too strict").state == "rejected"
    with pytest.raises(ReviewerMustAct, match="is rejected already"):
        desk.approve(FAY, "draft-1", book_of(draft_files()).digest)


def test_no_policy_comes_into_force_in_the_past(app: App) -> None:
    desk = Rulemaking(app.store, app.clock)
    past = as_version(book_of(draft_files(effective_from="2026-11-19")), "proposed", RICK.id)
    with pytest.raises(ReviewerMustAct, match="today or later"):
        desk.propose(RICK, past)
    with app.store.unit(program("test")) as unit:
        unit.policies.propose(past)
    with pytest.raises(ReviewerMustAct, match="today or later"):
        desk.approve(FAY, "draft-1", past.digest)


def test_a_broken_policy_can_not_be_proposed(command: Command, tmp_path: Path) -> None:
    broken = with_rules(draft_files(), "freight", rules(draft_files(), "freight")[:-1])
    told = command("propose", written(tmp_path / "p", broken), "--as", RICK.id, "--password-stdin")
    assert told.exit_code == 1
    assert "freight.json" in told.output


def test_who_is_away_says_so_themselves(app: App, command: Command) -> None:
    days = ["--from", "2026-11-20", "--to", "2026-11-24"]

    def away(*words: str, password: str = PASSWORD) -> Result:
        return CliRunner().invoke(main, ["away", *words, "--password-stdin"], input=password + "\n")

    assert away("add", *days, "--stand-in", JUNE.id, "--as", FAY.id, password="wrong").exit_code == 1
    assert away("add", *days, "--person", FAY.id, "--as", RICK.id).exit_code == 1
    told = away("add", *days, "--stand-in", JUNE.id, "--limit", "500", "--as", FAY.id)
    assert told.output == f"1: {FAY.id} is away from 2026-11-20 to 2026-11-24.\n"
    with app.store.unit(program("test")) as unit:
        (kept,) = unit.absences.on(app.clock.today())
    assert (kept.limit_minor, kept.stand_in) == (50_000, JUNE.id)
    assert f"{JUNE.id} stands in" in CliRunner().invoke(main, ["away", "list"]).output
    assert away("end", "1", "--as", FAY.id).exit_code == 0
    assert CliRunner().invoke(main, ["away", "list"]).output == ""
