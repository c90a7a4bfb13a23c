"""Agents talk to Backhaul in Slack: over HTTP and by Socket Mode, against the stand-in, with the real Bolt app."""

import gc
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image, ImageDraw

from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.demo.slack.people import COUNTER, CUSTOMER, GUEST, RETURNS, SHARED
from assistant.demo.slack.records import View
from assistant.demo.slack.standin import StandIn
from assistant.domain.case import Case
from assistant.domain.evidence import Quoted
from assistant.domain.lifecycle import CaseState
from assistant.settings import ModelSettings
from assistant.steps.papers import drafted_from
from assistant.steps.remind import Reminder
from extractors.wire import from_json
from tests import slack_spec
from tests.journeys.backhaul import until
from tests.slack_world import ACTOR, CREDIT, FAY, JUNE, MAYA, RICK, World, action_ids, text_of, world
from tests.stub_llm import StubServer
from tests.unit.test_asking import call, told
from tests.unit.test_reminders import Later
from tests.worked import back, submitted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def goods(case: Case) -> list[str]:
    return [f"{line.quantity} {line.sku} of {line.order_no}" for line in case.draft.lines]


def photo(words: str = "PRV-34 cracked") -> bytes:
    picture = Image.new("RGB", (900, 400), "white")
    ImageDraw.Draw(picture).text((40, 150), words, fill="black", font_size=60)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=85)
    return written.getvalue()


def test_a_photo_and_half_a_sentence_become_the_right_draft(there: World) -> None:
    there.link(MAYA)
    said = there.slack.direct(
        MAYA, "customer wants credit for 3 PRV-34, PO FP-5521, arrived cracked", files=[("IMG_1.jpg", photo())]
    )
    answer = there.answer(said, "BH-")
    case = there.case()
    assert case.id in text_of(answer)
    assert case.draft.customer_id == "K-304"
    assert goods(case) == ["3 PRV-34 of KS-700121"]
    assert case.state is CaseState.IN_REVIEW
    assert case.revision.by.id == "maya@kestrelsupply.example"
    assert "customer wants" in text_of(answer) or "FP-5521" in text_of(answer)  # its sources
    there.review_of(case.id)


def test_three_turns_complete_a_draft(there: World) -> None:
    there.link(MAYA)
    first = there.slack.direct(MAYA, "Fennimore wants to send back PRV-34, ordered too many")
    asked = there.answer(first, "need to know")
    assert there.case().state is CaseState.NEEDS_INFO
    assert "order" in text_of(asked).lower() or "How many" in text_of(asked)
    there.slack.direct(MAYA, "order is KS-700121", thread_ts=first.ts)
    until(lambda: there.case().draft.order_nos == ("KS-700121",))
    there.slack.direct(MAYA, "three of them", thread_ts=first.ts)
    until(lambda: there.case().state is CaseState.IN_REVIEW)
    case = there.case()
    assert goods(case) == ["3 PRV-34 of KS-700121"]
    assert len(there.cases()) == 1
    until(lambda: sum("need to know" in text_of(m) for m in there.answers(first)) == 0)


def test_words_without_a_thread_go_on_with_what_is_open(by_http: World) -> None:
    by_http.link(MAYA)
    first = by_http.slack.direct(MAYA, "Fennimore wants to send back PRV-34 from KS-700121, ordered too many")
    by_http.answer(first, "How many")
    by_http.slack.direct(MAYA, "3")
    until(lambda: by_http.case().state is CaseState.IN_REVIEW)
    assert by_http.case().draft.lines[0].quantity == 3


def test_a_mention_in_a_thread_takes_what_stood_there_before(by_http: World) -> None:
    by_http.link(MAYA, RICK)
    first = by_http.slack.say(MAYA, CREDIT, "Fennimore has 3 PRV-34 from KS-700121 too many")
    by_http.slack.mention(RICK, CREDIT, "please make it a return", thread_ts=first.ts)
    answer = by_http.answer(first, "BH-")
    case = by_http.case()
    assert case.id in text_of(answer)
    assert goods(case) == ["3 PRV-34 of KS-700121"]


def test_what_people_say_to_one_another_is_nobodys(by_http: World) -> None:
    by_http.link(MAYA)
    root = by_http.slack.say(MAYA, RETURNS, "lunch?")
    by_http.slack.say(RICK, RETURNS, "at noon, 3 PRV-34 from KS-700121 come back", thread_ts=root.ts)
    by_http.slack.settle()
    by_http.quiet()
    assert by_http.cases() == []
    assert by_http.answers(root) == []


def test_who_is_not_linked_is_told_how_and_what_they_said_is_worked_afterwards(by_http: World) -> None:
    said = by_http.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
    assert "/account" in text_of(by_http.answer(said, "link CODE"))
    assert by_http.cases() == []
    code = by_http.side.deciding.accounts.linker.offer(PEOPLE[0], "slack")
    by_http.slack.direct(MAYA, f"link {code}")
    by_http.answer(said, "BH-")
    assert len(by_http.cases()) == 1


def test_guests_and_other_companies_see_nothing(by_http: World) -> None:
    by_http.link(MAYA)
    said = by_http.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
    by_http.answer(said, "BH-")
    case_id = by_http.case().id
    for user, channel in ((GUEST, COUNTER), (CUSTOMER, SHARED)):
        asked = by_http.slack.mention(user, channel, f"where is {case_id}?")
        told = by_http.whispered(user, "colleagues", channel)
        assert case_id not in told.text
        assert by_http.answers(asked) == []
    said = by_http.slack.mention(MAYA, SHARED, "Fennimore returns 2 PRV-34 from KS-700121, ordered too many")
    direct = by_http.slack.place.direct(MAYA).id
    other = until(lambda: [c.id for c in by_http.cases() if c.id != case_id])[0]
    until(lambda: [m for m in by_http.slack.messages(direct) if m.by_app and other in text_of(m)])
    assert by_http.answers(said) == []
    by_http.whispered(MAYA, "direct messages", SHARED)
    open_to_all = by_http.slack.mention(MAYA, SHARED, f"where is {case_id}?")
    assert case_id in by_http.whispered(MAYA, case_id, SHARED).text
    assert by_http.answers(open_to_all) == []


def test_questions_are_answered_by_rules(by_http: World) -> None:
    by_http.link(MAYA, RICK)
    said = by_http.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
    by_http.answer(said, "BH-")
    case_id = by_http.case().id
    for question, word in (
        (f"where is {case_id}?", "in review"),
        ("open cases of Fennimore above 100", case_id),
        ("open cases of Fennimore above 5,000", "0 open cases"),
        ("where is RMA 4711?", "No case of ours"),
        ("what about order KS-700121?", "FP-5521"),
        ("what is the meaning of life?", "can't answer"),
    ):
        asked = by_http.slack.direct(RICK, question)
        assert word in text_of(by_http.answer(asked, word))
    assert len(by_http.cases()) == 1


def test_a_thread_becomes_a_case_by_its_shortcut(by_http: World) -> None:
    by_http.link(MAYA)
    root = by_http.slack.say(JUNE, CREDIT, "Joe called: 3 PRV-34 of KS-700121 go back, ordered too many")
    by_http.slack.say(FAY, CREDIT, "he sent this", thread_ts=root.ts, files=[("slip.jpg", photo("KS-700121"))])
    by_http.slack.shortcut(MAYA, "start_return", root)
    by_http.answer(root, "BH-")
    assert by_http.case().draft.lines[0].sku == "PRV-34"


def test_a_form_for_the_call_centre(by_http: World) -> None:
    by_http.link(MAYA)
    by_http.slack.shortcut(MAYA, "new_return")
    view = until(lambda: by_http.slack.views(MAYA))[0]
    by_http.slack.submit_view(
        MAYA, view, {"customer": "Fennimore", "order": "KS-700121", "words": "3 PRV-34 go back, ordered too many"}
    )
    until(by_http.cases)
    assert by_http.case().draft.customer_id == "K-304"
    assert by_http.slack.views(MAYA) == []


def test_a_command_answers_its_sender_alone(by_http: World) -> None:
    by_http.link(MAYA)
    assert by_http.slack.slash(MAYA, "/returns", "order KS-700121").ok
    by_http.whispered(MAYA, "FP-5521")
    assert by_http.slack.slash(RICK, "/returns", "order KS-700121").ok
    by_http.whispered(RICK, "which of our people")


def test_home_shows_what_waits_and_the_numbers(by_http: World) -> None:
    by_http.link(MAYA, RICK)
    by_http.slack.open_home(JUNE)
    until(lambda: by_http.slack.home(JUNE))
    said = by_http.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
    by_http.answer(said, "BH-")
    for user, under in ((MAYA, "My drafts"), (RICK, "My approvals")):
        by_http.slack.open_home(user)
        shown = str(_home(by_http, user).given)
        assert shown.index(under) < shown.index("BH-")


def test_an_assistant_thread_greets_and_shows_what_can_be_said(by_http: World) -> None:
    by_http.link(MAYA)
    thread = by_http.slack.open_assistant_thread(MAYA)
    until(lambda: thread.prompts)
    said = by_http.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121", thread_ts=thread.ts)
    assert action_ids(by_http.answer(said, "BH-"))
    assert thread.title.startswith("Fennimore returns")
    assert thread.status == ""


def _home(there: World, user: str) -> View:
    home = until(lambda: there.slack.home(user))
    assert home is not None
    return home


def test_a_free_question_is_answered_sentence_by_sentence(app: App, slack: StandIn) -> None:
    """By the agent, in the assistant's thread; what it looked up stands under it."""
    long = "KS-700121 was delivered on 28 October 2026. " * 8
    with StubServer(call("lookup_order", reference="KS-700121"), told({"content": long})) as model:
        with_model = replace(
            app.settings, model=ModelSettings(name="stub", base_url=model.url, api_key="k", timeout_seconds=10)
        )
        with world(replace(app, settings=with_model), slack) as there:
            there.link(MAYA)
            thread = slack.open_assistant_thread(MAYA)
            asked = slack.direct(MAYA, "When did they get those valves of theirs?", thread_ts=thread.ts)
            answer = there.answer(asked, "Looked up: lookup order: KS-700121")
            assert "28 October 2026" in text_of(answer)
            assert len(slack.calls("chat.appendStream")) > 1
            assert slack.violations() == []


def test_the_case_page_quotes_what_was_said_last(by_http: World) -> None:
    by_http.link(MAYA)
    first = by_http.slack.direct(MAYA, "Fennimore wants to send back PRV-34 from KS-700121, ordered too many")
    by_http.answer(first, "How many")
    by_http.slack.direct(MAYA, "three of them", thread_ts=first.ts)
    until(lambda: by_http.case().state is CaseState.IN_REVIEW)
    case = by_http.case()
    with by_http.app.store.unit(ACTOR) as unit:
        reading = unit.messages.reading(drafted_from(unit, case))
    assert reading is not None
    (body,) = from_json(reading).documents
    (proof,) = case.draft.lines[0].evidence["quantity"]
    assert isinstance(proof, Quoted)
    assert body.text[proof.at.start : proof.at.end] == proof.quote == "three"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_dropped_socket_is_made_again(app: App) -> None:
    """What is said meanwhile comes by Slack's own repetition, what is said afterwards at once."""
    with StandIn(retry_seconds=(1.0,) * 90, check=slack_spec.check()) as slack:
        with world(app, slack, "sockets") as there:
            there.link(MAYA)
            slack.sockets.drop()
            assert not slack.sockets.connected(seconds=0)
            meanwhile = slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
            assert slack.sockets.connected(seconds=90)
            assert "BH-" in text_of(there.answer(meanwhile, "BH-"))
            afterwards = slack.direct(MAYA, "order KS-700121?")
            assert "FP-5521" in text_of(there.answer(afterwards, "FP-5521"))
        assert slack.violations() == []
    gc.collect()  # slack_sdk leaves the socket that was dropped to the collector


def test_reminders_come_to_who_is_linked_once(by_http: World) -> None:
    case = submitted(by_http.app, back())
    by_http.link(RICK)
    clock = Later(timedelta(days=30))
    assert Reminder(by_http.app.store, by_http.app.review, clock).remind() == 3
    by_http.side.board.remind()
    by_http.side.board.remind()
    direct = by_http.slack.place.direct(RICK).id
    until(lambda: [m for m in by_http.slack.messages(direct) if "Waiting" in m.text and case.id in m.text])
    by_http.side.board.look(by_http.side.team)
    assert len([m for m in by_http.slack.messages(direct) if case.id in m.text]) == 1


def test_no_word_of_anybody_is_logged(by_http: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    by_http.link(MAYA)
    for text in (
        "Quillfeather of Fennimore returns 3 PRV-34 from KS-700121",
        "where is Quillfeather?",
        "Quillfeather!",
    ):
        by_http.answer(by_http.slack.direct(MAYA, text))
    assert "Quillfeather" not in caplog.text
    assert by_http.slack.app.bot_token not in caplog.text
