"""Decisions, judgements, policies and absences as both databases keep them, and what the gate makes of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import text

from assistant.domain.absence import Absence
from assistant.domain.errors import ChangedMeanwhile, NotFound, NothingLeft, OperatorMustAct
from assistant.domain.person import Role
from assistant.domain.policy import PolicyVersion
from assistant.domain.posting import CreditHold, Hold, PlannedCall, PostingState
from assistant.judging.book import book_of
from assistant.judging.shelf import Shelf, adopt, as_version
from assistant.store.connection import engine_for
from assistant.store.gate_ports import GateApprovals
from assistant.store.migrate import migrate
from assistant.store.sql import SqlStore
from tests.contract.conftest import TickingClock
from tests.contract.test_store import RITA, SAMPLE, SUE, all_at_once, decision, events, in_review, open_case
from tests.policies import judgement, shipped_files, with_cell, with_head
from tools.contract import Binding

STEPS = ((1, Role.RETURNS_APPROVER), (2, Role.FINANCE_APPROVER))
FIRST, SECOND = "1:returns_approver", "2:finance_approver"


def bound(case_id: str, **changed: object) -> Binding:
    return replace(Binding(case_id=case_id, revision=1, policy_version="p1"), **changed)  # type: ignore[arg-type] # a binding's own names


# -- what the gate lets pass


def test_an_approval_covers_exactly_what_it_was_given_to(store: SqlStore) -> None:
    case, gate = in_review(store), GateApprovals(store)
    assert not gate.covers("d1", bound(case.id))
    with store.unit(RITA) as unit:
        unit.cases.decide(decision(case, step=FIRST))
    assert not gate.covers("d1", bound(case.id)), "what no policy judged is approved by nobody"
    with store.unit(RITA) as unit:
        unit.judgements.keep(case.id, 1, judgement())
    assert gate.covers("d1", bound(case.id))
    assert not gate.covers("d2", bound(case.id))
    assert not gate.covers("d1", bound(case.id, policy_version="p2"))
    assert not gate.covers("d1", bound(case.id, revision=2))
    assert not gate.covers("d1", bound("BH-1"))
    assert not gate.covers("d1", Binding())


def test_every_step_has_to_be_given_by_somebody_else_to_the_same_call(store: SqlStore) -> None:
    case, gate = in_review(store), GateApprovals(store)
    with store.unit(RITA) as unit:
        unit.judgements.keep(case.id, 1, judgement(*STEPS))
        unit.cases.decide(decision(case, step=FIRST))
    assert not gate.covers("d1", bound(case.id))
    with store.unit(SUE) as unit:
        unit.cases.decide(decision(case, step=SECOND, by=SUE.id, digests=("d2",)))
    assert not gate.covers("d1", bound(case.id))
    assert not gate.covers("d2", bound(case.id))
    with store.unit(SUE) as unit:
        unit.cases.decide(decision(case, step=SECOND, by=SUE.id))
    assert gate.covers("d1", bound(case.id))


def test_one_person_is_never_two_steps_not_even_by_standing_in(store: SqlStore) -> None:
    case, gate = in_review(store), GateApprovals(store)
    with store.unit(RITA) as unit:
        unit.judgements.keep(case.id, 1, judgement(*STEPS))
        unit.cases.decide(decision(case, step=FIRST))
        for again in (
            decision(case, step=SECOND),
            decision(case, step=SECOND, by=SUE.id, stands_in_for=RITA.id),
            decision(case, step=FIRST, by=SUE.id),
        ):
            with pytest.raises(ChangedMeanwhile, match="already"):
                unit.cases.decide(again)
    with store.engine.begin() as connection:  # even where the rows say so
        connection.execute(
            text(
                "INSERT INTO decisions SELECT case_id, 2, revision, verdict, by, at, policy_version, digests, reason,"
                " '2:finance_approver', 'x', lines FROM decisions"
            )
        )
    assert not gate.covers("d1", bound(case.id))


def test_an_edit_or_a_rejection_drops_the_approval(store: SqlStore) -> None:
    case, gate = in_review(store), GateApprovals(store)
    with store.unit(RITA) as unit:
        unit.judgements.keep(case.id, 1, judgement())
        unit.cases.decide(decision(case, step=FIRST))
    with store.unit(SUE) as unit:
        unit.cases.decide(decision(case, verdict="rejected", by=SUE.id, reason="no", digests=("d1",)))
    assert not gate.covers("d1", bound(case.id))
    with store.unit(SUE) as unit:
        unit.cases.revise(case.id, 1, SAMPLE)
    assert not gate.covers("d1", bound(case.id))
    assert not gate.covers("d1", bound(case.id, revision=2))


def test_a_judgement_that_asks_for_nobody_covers_nothing(store: SqlStore) -> None:
    case = in_review(store)
    said = judgement()
    asked_of_nobody = replace(said, lines={1: replace(said.lines[1], asks=())})
    with store.unit(RITA) as unit:
        unit.judgements.keep(case.id, 1, asked_of_nobody)
        unit.cases.decide(decision(case, step=""))
    assert not GateApprovals(store).covers("d1", bound(case.id))


def test_a_line_is_rejected_once_and_the_case_goes_on(store: SqlStore) -> None:
    case = in_review(store)
    rejected = decision(case, verdict="line_rejected", digests=(), lines=(2,), reason="used")
    with store.unit(RITA) as unit:
        unit.cases.decide(rejected)
        with pytest.raises(ChangedMeanwhile, match="rejected a line"):
            unit.cases.decide(replace(rejected, by=SUE.id))
        unit.cases.decide(decision(case, step=FIRST))
        assert [d.verdict for d in unit.cases.decisions(case.id)] == ["line_rejected", "approved"]
        assert unit.cases.decisions(case.id)[0] == rejected


# -- judgements


def test_what_was_judged_reads_back_and_is_kept_once(store: SqlStore) -> None:
    case = open_case(store)
    one, two = judgement(), judgement(*STEPS, version="p2")
    with store.unit(RITA) as unit:
        assert unit.judgements.latest(case.id, 1) is None
        for said in (one, one, two):
            unit.judgements.keep(case.id, 1, said)
        assert unit.judgements.latest(case.id, 1) == two
        assert unit.judgements.latest(case.id, 1, "p1") == one
        assert unit.judgements.latest(case.id, 2) is None
        assert unit.judgements.since(date(2020, 1, 1)) == ((case.id, two),)
        assert unit.judgements.since(date(2999, 1, 1)) == ()
    assert events(store, case.id) == ["case.opened", "case.judged", "case.judged"]


# -- policies


def proposal(**head: str) -> PolicyVersion:
    files = with_head(shipped_files(), **{"version": "draft-1", "effective_from": "2026-06-01", **head})
    return as_version(book_of(files), "proposed", SUE.id)


def test_a_policy_comes_into_force_on_its_day_once_it_is_approved(store: SqlStore) -> None:
    adopt(store, shipped_files())
    adopt(store, shipped_files())
    shelf = Shelf()
    with store.unit(SUE) as unit:
        unit.policies.propose(proposal())
        assert shelf.in_force(unit, date(2026, 6, 2)).version == "returns-2026.2"
        unit.policies.decide("draft-1", approved=True, by=RITA.id)
        assert shelf.in_force(unit, date(2026, 5, 31)).version == "returns-2026.2"
        assert shelf.in_force(unit, date(2026, 6, 1)).version == "draft-1"
        with pytest.raises(OperatorMustAct, match="No policy is in force"):
            shelf.in_force(unit, date(2025, 12, 31))
        assert [v.state for v in unit.policies.list()] == ["adopted", "approved"]
        assert unit.policies.get("draft-1").decided_by == RITA.id
    assert events(store, "policy") == ["policy.adopted", "policy.proposed", "policy.approved"]


def test_a_rejected_policy_never_holds_and_is_decided_once(store: SqlStore) -> None:
    adopt(store, shipped_files())
    with store.unit(SUE) as unit:
        unit.policies.propose(proposal())
        unit.policies.decide("draft-1", approved=False, by=RITA.id, reason="too generous")
        assert Shelf().in_force(unit, date(2027, 1, 1)).version == "returns-2026.2"
        with pytest.raises(ChangedMeanwhile):
            unit.policies.decide("draft-1", approved=True, by=RITA.id)
        with pytest.raises(ChangedMeanwhile):
            unit.policies.propose(proposal())
        with pytest.raises(NotFound):
            unit.policies.get("draft-2")


def test_an_upgrade_brings_no_other_rules_by_itself(store: SqlStore) -> None:
    adopt(store, shipped_files())
    adopt(store, with_head(shipped_files(), version="returns-2027.1", effective_from="2026-02-01"))
    with store.unit(SUE) as unit:
        assert [v.version for v in unit.policies.list()] == ["returns-2026.2"]
        assert Shelf().in_force(unit, date(2027, 1, 1)).version == "returns-2026.2"


def test_files_changed_behind_the_proposals_back_start_nothing(store: SqlStore) -> None:
    adopt(store, shipped_files())
    changed = with_cell(shipped_files(), "freight", 0, "_description", "Whatever.")
    with pytest.raises(OperatorMustAct, match="changed without a new version"):
        adopt(store, changed)
    with store.engine.begin() as connection:
        row = connection.execute(text("SELECT files FROM policies")).scalar_one()
        connection.execute(text("UPDATE policies SET files = :f"), {"f": row.replace("Nothing travels.", "Changed.")})
    with store.unit(SUE) as unit, pytest.raises(OperatorMustAct, match="not the text that was approved"):
        Shelf().in_force(unit, date(2026, 6, 1))


def test_a_policy_is_approved_once_where_two_do_it_at_once(store: SqlStore) -> None:
    with store.unit(SUE) as unit:
        unit.policies.propose(proposal())

    def approve(by: str) -> str:
        with store.unit(RITA) as unit:
            return unit.policies.decide("draft-1", approved=True, by=by).decided_by

    answers = all_at_once([partial(approve, "a"), partial(approve, "b")])
    assert sum(isinstance(answer, ChangedMeanwhile) for answer in answers) == 1


# -- absences


def test_who_is_away_is_found_on_the_days_and_on_no_others(store: SqlStore) -> None:
    away = Absence(id=0, person="a", first=date(2026, 3, 2), last=date(2026, 3, 4), stand_in="b", limit_minor=2**40)
    with store.unit(RITA) as unit:
        made = unit.absences.add(away)
        assert made == replace(away, id=made.id, made_by=RITA.id)
        assert unit.absences.on(date(2026, 3, 2)) == unit.absences.on(date(2026, 3, 4)) == (made,)
        assert unit.absences.on(date(2026, 3, 1)) == unit.absences.on(date(2026, 3, 5)) == ()
        unit.absences.remove(made.id)
        assert unit.absences.on(date(2026, 3, 2)) == ()
        with pytest.raises(NotFound):
            unit.absences.remove(made.id)
    assert events(store, "people") == ["absence.added", "absence.removed"]


# -- holds


def test_money_and_serials_are_held_for_one_case(store: SqlStore) -> None:
    case, other = open_case(store), open_case(store, b"two")
    with store.unit(RITA) as unit:
        for amount in ("10.00", "7.50"):
            unit.postings.hold_credit([CreditHold(case_id=case.id, order_no="S", sku="X", amount=Decimal(amount))])
        assert unit.postings.credit_held("S", "X") == Decimal("7.50")
        assert unit.postings.credit_held("S", "X", other_than=case.id) == 0
        unit.postings.hold_serials(case.id, "S", "X", ("A1", "A1", "A2"))
        unit.postings.hold_serials(case.id, "S", "X", ("A2",))
        assert unit.postings.serial_holder("S", "X", "A1") == case.id
        with pytest.raises(NothingLeft, match=f"A2 of X comes back in {case.id}"):
            unit.postings.hold_serials(other.id, "S", "X", ("A3", "A2"))
        unit.postings.hold([Hold(case_id=case.id, order_no="S", sku="X", quantity=Decimal(2))])
        unit.postings.release(case.id)
        assert unit.postings.held("S", "X") == unit.postings.credit_held("S", "X") == 0
        assert unit.postings.serial_holder("S", "X", "A1") == case.id, "what came back once stays back"
        unit.postings.give_up(case.id)
        assert unit.postings.serial_holder("S", "X", "A1") is None


def test_what_is_planned_anew_replaces_what_was_not_begun(store: SqlStore) -> None:
    case = open_case(store)
    rma, memo = PlannedCall("authorise_return", {"n": 1}, "k-rma"), PlannedCall("post_credit_memo", {"n": 1}, "k-memo")
    fewer = replace(rma, arguments={"n": 2})
    with store.unit(RITA) as unit:
        unit.postings.plan(case.id, 1, (rma, memo))
        unit.postings.plan(case.id, 1, (fewer,))
        (left,) = unit.postings.of_case(case.id)
        assert (left.arguments, left.state) == ({"n": 2}, PostingState.PLANNED)
        unit.postings.start("k-rma")
        with pytest.raises(ChangedMeanwhile):
            unit.postings.plan(case.id, 1, (rma,))


# -- from the schema before


def test_decisions_made_before_there_were_steps_are_kept(empty_url: str) -> None:
    migrate(empty_url, to="0002")
    engine = engine_for(empty_url)
    blank = "'', '', '', 't', 't'"
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO blobs (sha256, bytes) VALUES ('s', 'x')",
            "INSERT INTO messages (id, channel, sha256, size, received_at, state, attempt, reason, internet_id, sender,"
            " subject) VALUES ('m', 'c', 's', 1, 't', 'drafted', 1, '', '', '', '')",
            "INSERT INTO cases (number, id, kind, state, message_id, revision, party_name, party_address, subject,"
            f" opened_at, changed_at) VALUES (1, 'BH-1001', 'return', 'rejected', 'm', 1, {blank})",
            "INSERT INTO decisions (case_id, revision, verdict, by, at, policy_version, digests, reason)"
            " VALUES ('BH-1001', 1, 'rejected', 'b', '2026-03-03T09:00:00+00:00', 'p', '[]', 'late')",
            "INSERT INTO decisions (case_id, revision, verdict, by, at, policy_version, digests, reason)"
            " VALUES ('BH-1001', 1, 'approved', 'a', '2026-03-03T08:00:00+00:00', 'p', '[\"d\"]', '')",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    migrate(empty_url)
    store = SqlStore(empty_url, TickingClock())
    with store.unit(RITA) as unit:
        approved, rejected = unit.cases.decisions("BH-1001")
    store.close()
    assert (approved.by, approved.digests, approved.at) == ("a", ("d",), datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
    assert (rejected.by, rejected.reason, rejected.step, rejected.lines) == ("b", "late", "", ())
