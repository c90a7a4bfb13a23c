"""Reviewers decide in Slack: as strong as in the workbench, and each refusal is told to who clicked, alone."""

import json

import pytest

from assistant.demo.people import PEOPLE
from assistant.demo.slack.people import GUEST
from assistant.demo.slack.records import HOME_TEAM, Message
from assistant.domain.case import Case
from assistant.domain.identity import Link
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, Role, program
from tests.journeys.backhaul import until
from tests.slack_world import ACTOR, CREDIT, JUNE, MAYA, RICK, WALT, World, action_ids, text_of
from tests.worked import back, submitted

pytestmark = pytest.mark.slow


def shown(there: World, case: Case) -> Message:
    return until(
        lambda: [m for m in there.slack.messages(CREDIT) if case.id in text_of(m) and "approve" in action_ids(m)]
    )[-1]


def decided(there: World, case: Case) -> list[str]:
    with there.app.store.unit(ACTOR) as unit:
        return [f"{d.verdict} {d.by}" for d in unit.cases.decisions(case.id)]


def spoken(there: World) -> Case:
    """A case that Maya brought from a call."""
    there.link(MAYA)
    there.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
    return until(lambda: [c for c in there.cases() if c.state is CaseState.IN_REVIEW])[0]


def test_an_approval_is_posted_and_told_to_everyone(there: World) -> None:
    case = spoken(there)
    there.link(RICK)
    message = shown(there, case)
    told = text_of(message)
    for word in ("Fennimore Plumbing", "281.40 USD", "PRV-34", "“3", "returns approver"):
        assert word in told
    assert there.slack.click(RICK, message, "approve").ok
    until(lambda: "RMA-1001" in text_of(message))
    assert "approved by Rick Stahl" in text_of(message)
    assert action_ids(message) == []
    assert decided(there, case) == ["approved rick@kestrelsupply.example"]
    with there.app.store.unit(ACTOR) as unit:
        marked = [r for r in unit.audit.rows(case.id) if r.event == "slack.decided"]
    assert [(r.actor, r.details["account"]) for r in marked] == [
        ("person:rick@kestrelsupply.example", f"{HOME_TEAM}/{RICK}")
    ]
    direct = there.slack.place.direct(MAYA).id
    until(lambda: [m for m in there.slack.messages(direct) if "RMA RMA-1001" in m.text or "RMA-1001" in m.text])


@pytest.mark.parametrize(
    ("who", "word"),
    [(WALT, "is decided by"), (MAYA, "You drafted or edited"), (JUNE, "which of our people"), (GUEST, "colleagues")],
)
def test_a_wrong_role_a_stranger_and_a_guest_are_refused(by_http: World, who: str, word: str) -> None:
    case = spoken(by_http)
    by_http.link(WALT)
    message = shown(by_http, case)
    if who in (WALT, GUEST):
        by_http.slack.place.channels[CREDIT].members.append(who)
    assert by_http.slack.click(who, message, "approve").ok
    by_http.whispered(who, word, CREDIT)
    assert by_http.case().state is CaseState.IN_REVIEW
    assert decided(by_http, case) == []
    assert "approve" in action_ids(message)


def test_the_drafter_is_refused_whatever_their_role(by_http: World) -> None:
    maya = Person(id=PEOPLE[0].id, name="Maya Cole", roles=frozenset({Role.AGENT, Role.RETURNS_APPROVER}))
    with by_http.app.store.unit(program("test")) as unit:
        unit.people.give_roles(maya.id, maya.roles)
    case = spoken(by_http)
    by_http.slack.click(MAYA, shown(by_http, case), "approve")
    by_http.whispered(MAYA, "You drafted or edited", CREDIT)
    assert decided(by_http, case) == []


def test_a_second_approval_is_refused_in_words(by_http: World) -> None:
    case = spoken(by_http)
    by_http.link(RICK, JUNE)
    message = shown(by_http, case)
    before = [dict(block) for block in message.blocks]
    by_http.slack.click(RICK, message, "approve")
    until(lambda: "RMA-1001" in text_of(message))
    message.blocks = before  # a screen that was not refreshed
    by_http.slack.click(JUNE, message, "approve")
    by_http.whispered(JUNE, "not possible", CREDIT)
    assert decided(by_http, case) == ["approved rick@kestrelsupply.example"]


def test_three_lines_are_approved_and_one_is_rejected_with_a_reason(there: World) -> None:
    there.link(RICK)
    case = submitted(there.app, back(), back("TPV-12", 5), back("WTR-H50", 2), back("PRV-34", 1))
    message = shown(there, case)
    there.slack.click(RICK, message, "choose_lines")
    form = until(lambda: there.slack.views(RICK))[0]
    there.slack.submit_view(RICK, form, {"lines-0": []})
    assert "reject the whole case" in str(form.errors)
    there.slack.submit_view(RICK, form, {"lines-0": ["1", "3", "4"]})
    assert "needs a reason" in str(form.errors)
    assert decided(there, case) == []
    there.slack.submit_view(RICK, form, {"lines-0": ["1", "3", "4"], "reason": "opened boxes"})
    until(lambda: "RMA-1001" in text_of(message))
    assert decided(there, case) == [
        f"{verdict} rick@kestrelsupply.example" for verdict in ("line_rejected", "approved")
    ]
    assert "opened boxes" in text_of(message)
    assert there.app.erp.returned("KS-700121", "TPV-12") == 0
    assert there.app.erp.returned("KS-700121", "WTR-H50") == 2


def test_lines_are_chosen_by_who_may_decide(by_http: World) -> None:
    by_http.link(RICK, WALT)
    by_http.slack.place.channels[CREDIT].members.append(WALT)
    case = submitted(by_http.app, back(), back("TPV-12", 5))
    for who, word in ((WALT, "decided by"), (RICK, "")):
        by_http.slack.click(who, shown(by_http, case), "choose_lines")
        form = until(lambda who=who: by_http.slack.views(who))[0]  # type: ignore[misc] # bound now
        by_http.slack.submit_view(who, form, {"lines-0": ["1"], "reason": "used"})
        if word:
            by_http.whispered(who, word, CREDIT)
            assert decided(by_http, case) == []
    until(lambda: len(decided(by_http, case)) == 2)


def test_an_early_credit_is_asked_for_with_a_reason_and_takes_finance(by_http: World) -> None:
    by_http.link(RICK, MAYA)
    case = submitted(by_http.app, back())
    message = shown(by_http, case)
    by_http.slack.place.channels[CREDIT].members.append(MAYA)
    by_http.slack.click(MAYA, message, "early_credit")
    form = until(lambda: by_http.slack.views(MAYA))[0]
    by_http.slack.submit_view(MAYA, form, {"reason": "their job site is closed"})
    until(lambda: "finance approver" in text_of(message))
    assert "early_credit" not in action_ids(message)
    assert decided(by_http, case) == ["early_credit maya@kestrelsupply.example"]
    by_http.slack.click(RICK, message, "approve")
    by_http.whispered(RICK, "another one is still open", CREDIT)
    assert by_http.case(case.id).state is CaseState.IN_REVIEW


def test_an_approval_after_an_edit_is_refused_and_the_new_revision_shown(by_http: World) -> None:
    case = spoken(by_http)
    by_http.link(RICK, JUNE)
    old = shown(by_http, case)
    before = [dict(block) for block in old.blocks]
    by_http.slack.click(JUNE, old, "edit")
    form = until(lambda: by_http.slack.views(JUNE))[0]
    by_http.slack.submit_view(JUNE, form, {"quantity-0": "x", "why": "counted again"})
    assert "no quantity" in str(form.errors)
    by_http.slack.submit_view(JUNE, form, {"quantity-0": "2", "why": "counted again"})
    until(lambda: by_http.case().revision.number == 2)
    until(lambda: "Changed since" in text_of(old))
    old.blocks = before
    by_http.slack.click(RICK, old, "approve")
    by_http.whispered(RICK, "is at revision 2", CREDIT)
    new = until(lambda: [m for m in by_http.slack.messages(CREDIT) if m.ts != old.ts and case.id in text_of(m)])[-1]
    by_http.slack.click(JUNE, new, "approve")
    by_http.whispered(JUNE, "You drafted or edited", CREDIT)
    by_http.slack.click(RICK, new, "approve")
    until(lambda: "RMA-1001" in text_of(new))


def test_a_rejection_needs_a_reason_that_the_customer_reads(by_http: World) -> None:
    case = submitted(by_http.app, back())
    by_http.link(RICK)
    message = shown(by_http, case)
    by_http.slack.click(RICK, message, "reject")
    form = until(lambda: by_http.slack.views(RICK))[0]
    by_http.slack.submit_view(RICK, form, {"reason": "   "})
    assert form.errors
    by_http.slack.submit_view(RICK, form, {"reason": "The window is over."})
    until(lambda: "The window is over." in text_of(message))
    with by_http.app.store.unit(ACTOR) as unit:
        letters = [m.letter.text for m in unit.outbox.of_case(case.id)]
    assert "The window is over." in letters[0]


def test_a_forged_button_is_refused(by_http: World) -> None:
    """Whatever a button says: what would be posted is worked out anew, and has to be the same."""
    case = spoken(by_http)
    by_http.link(RICK)
    message = shown(by_http, case)
    buttons = next(block for block in message.blocks if block["type"] == "actions")
    value = json.loads(buttons["elements"][0]["value"])
    for forged, word in (
        ({**value, "digests": ["0" * 64]}, "has changed since you looked"),
        ({**value, "case": "BH-9999"}, "no case"),
        ({"case": case.id}, "none of ours"),
    ):
        buttons["elements"][0]["value"] = json.dumps(forged)
        by_http.slack.click(RICK, message, "approve")
        by_http.whispered(RICK, word, CREDIT)
    assert decided(by_http, case) == []


def test_an_account_that_lost_its_person_decides_nothing(by_http: World) -> None:
    case = spoken(by_http)
    by_http.link(RICK)
    with by_http.app.store.unit(program("test")) as unit:
        unit.people.end("rick@kestrelsupply.example", "left")
    by_http.slack.click(RICK, shown(by_http, case), "approve")
    by_http.whispered(RICK, "which of our people", CREDIT)
    assert decided(by_http, case) == []
    with pytest.raises(AssertionError), by_http.app.store.unit(ACTOR) as unit:  # the link went with them
        assert unit.links.of("rick@kestrelsupply.example") != ()


def test_a_channel_that_outsiders_read_shows_no_case(app: object, slack: object) -> None:
    from assistant.bootstrap import App
    from assistant.demo.slack.people import COUNTER
    from assistant.demo.slack.standin import StandIn
    from tests.slack_world import world

    assert isinstance(app, App)
    assert isinstance(slack, StandIn)
    with world(app, slack, channel=COUNTER) as there:  # a guest is in it
        case = submitted(there.app, back())
        message = until(lambda: [m for m in slack.messages(COUNTER) if m.by_app])[0]
        assert case.id not in text_of(message).replace(f"/cases/{case.id}", "")
        assert "Fennimore" not in text_of(message)
        assert action_ids(message) == []


def test_links_are_by_proof_alone(by_http: World) -> None:
    """The same address in a Slack profile links nobody."""
    with by_http.app.store.unit(ACTOR) as unit:
        assert unit.links.of(PEOPLE[1].id) == ()
    case = spoken(by_http)
    by_http.slack.click(RICK, shown(by_http, case), "approve")
    by_http.whispered(RICK, "which of our people", CREDIT)
    code = by_http.side.deciding.accounts.linker.offer(PEOPLE[1], "slack")
    by_http.slack.direct(RICK, code)
    until(lambda: _linked(by_http))
    by_http.slack.click(RICK, shown(by_http, case), "approve")
    until(lambda: decided(by_http, case))


def _linked(there: World) -> tuple[Link, ...]:
    with there.app.store.unit(ACTOR) as unit:
        return unit.links.of(PEOPLE[1].id)
