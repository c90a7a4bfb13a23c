"""Slack's limits, its words, its tokens: what is shown fits, what is said is read, what is secret stays so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView
from slack_sdk.oauth.installation_store import Bot

from assistant.bootstrap import App
from assistant.channels.slack import blocks as kit
from assistant.channels.slack import forms
from assistant.channels.slack.app import NEW_REQUEST, manifest, manifest_for
from assistant.channels.slack.install import SCOPES, Installations, States
from assistant.channels.slack.linked import code_in
from assistant.channels.slack.receive import COMMAND, EVENTS, MAKE_CASE, concerns_us, event_delivery
from assistant.channels.slack.said import plain_words
from assistant.channels.slack.shown import Showing
from assistant.demo.people import PEOPLE
from assistant.domain.case import Case
from assistant.domain.draft import CaseLine, Finding, FindingCode, Question, Reason
from assistant.domain.errors import OperatorMustAct
from assistant.domain.person import program
from assistant.store.sealing import Seal
from tests.worked import back, submitted

ACTOR = program("test")


def nested(block: Any) -> Iterator[dict[str, Any]]:
    if isinstance(block, dict):
        yield block
        for each in block.values():
            yield from nested(each)
    elif isinstance(block, list):
        for each in block:
            yield from nested(each)


def fits(blocks: list[dict[str, Any]], most: int = 50) -> None:
    """slack_sdk's own models take it, nested parts and all, and it is no more than Slack takes."""
    assert 0 < len(blocks) <= most
    parsed = SdkBlock.parse_all(blocks)
    assert len(parsed) == len(blocks)
    for block, given_block in zip(parsed, blocks, strict=True):
        assert block is not None
        block.validate_json()
        assert set(given_block) <= set(block.to_dict()) | {"type"}
    for part in nested(blocks):
        if part.get("type") in ("mrkdwn", "plain_text"):
            assert 0 < len(part["text"]) <= 3_000
        if part.get("type") == "button":
            assert len(part["text"]["text"]) <= 75
            assert len(part.get("value", "")) <= 2_000
    if most == 50:
        assert sum(len(part["text"]) for part in nested(blocks) if isinstance(part.get("text"), str)) < 13_200


def showing(app: App) -> Showing:
    return Showing(app.erp, app.review, None, "https://backhaul.example")


def long_case(app: App, lines: int, words: str) -> Case:
    case = submitted(app, *[back(quantity=1) for _ in range(lines)])
    draft = replace(
        case.draft,
        summary=words,
        findings=tuple(
            Finding(code=FindingCode.HAZMAT, severity="warning", message=words, line=n % lines) for n in range(40)
        ),
        questions=tuple(Question(field="lot", text=words, line=n % lines) for n in range(60)),
    )
    with app.store.unit(ACTOR) as unit:
        return unit.cases.revise(case.id, 1, draft, "made long")


@pytest.mark.parametrize("lines", [1, 20, 300])
@pytest.mark.parametrize("words", ["short", "wörter & <!channel> " * 400])
def test_a_case_of_any_length_is_shown_within_the_limits(app: App, lines: int, words: str) -> None:
    case = long_case(app, lines, words)
    shown = showing(app)
    with app.store.unit(ACTOR) as unit:
        for made in (
            shown.for_review(unit, case, 2),
            shown.for_review(unit, case, 1),
            shown.for_speaker(unit, case, latest=True),
            shown.bare(unit, case),
        ):
            fits(made.blocks)
            assert "<!channel>" not in json.dumps(made.blocks)
            assert len(made.text) < 4_000
    for modal in (
        forms.edit(case, "C1", shown.link(case.id)),
        forms.choose_lines(case, {}, ["a" * 64] * 9, "C1", shown.link(case.id)),
    ):
        fits(modal["blocks"], most=100)
        SdkView(**modal).validate_json()
    if lines == 300:
        assert "open" in json.dumps(shown_blocks := made.blocks)
        assert shown_blocks


def test_what_lost_its_tick_is_left_out(app: App) -> None:
    case = submitted(app, *[back(quantity=1) for _ in range(13)])
    view = forms.choose_lines(case, {2: "used"}, [], "C1", "https://b.example")
    first, second = (block for block in view["blocks"] if block.get("block_id", "").startswith("lines-"))
    assert [option["value"] for option in second["element"]["options"]] == ["12", "13"]
    values = {"lines-0": {"lines-0": {"selected_options": first["element"]["options"][1:]}}}
    assert forms.left_out({**view, "state": {"values": values}}) == ([1, 12, 13], True)
    assert forms.left_out({**view, "state": {"values": {}}})[1] is False


def test_forms_are_views_that_slack_takes() -> None:
    for modal in (
        forms.request(),
        forms.request("Lomax"),
        forms.rejection("BH-1001", 2, "C1"),
        forms.early_credit("B", 2, "C"),
    ):
        fits(modal["blocks"], most=100)
        SdkView(**modal).validate_json()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400), st.integers(min_value=10, max_value=200))
def test_words_are_cut_to_fit_and_never_in_an_escape(text: str, most: int) -> None:
    cut = kit.cut(kit.words(text), most)
    assert len(cut) <= most
    rest = cut.removesuffix(" …") if len(kit.words(text)) > most else cut
    for part in rest.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").split("&")[1:]:
        raise AssertionError(f"an escape was cut: {part!r}")


@given(st.lists(st.text(min_size=1, max_size=3_500), max_size=80))
@settings(max_examples=50)
def test_a_message_keeps_its_buttons_whatever_stands_before_them(texts: list[str]) -> None:
    last = kit.actions([kit.button("Open", "open", url="https://b.example")])
    made = kit.message([kit.section(text) for text in texts], [last], "more")
    fits(made)
    assert made[-1] == last


def test_slacks_signs_are_read_as_a_person_reads_them() -> None:
    said = "<@U0BACKHAUL> Joe &amp; co <mailto:joe@f.example|joe@f.example> &lt;3&gt; <https://a.example|a> <#C1|desk>"
    assert plain_words(said, "U0BACKHAUL") == "Joe & co joe@f.example <3> a #desk"


def test_a_code_is_a_code_and_nothing_else_is() -> None:
    assert code_in("link ABCDEFGHJK") == "ABCDEFGHJK"
    assert code_in("`abcdefghjk`") == "abcdefghjk"
    for other in ("link", "3 PRV-34 from KS-700121", "ABCDEFGHJ", "link ABCDEFGHJK please"):
        assert code_in(other) is None


def test_the_manifest_is_what_the_code_listens_to() -> None:
    told = manifest()
    assert tuple(told["settings"]["event_subscriptions"]["bot_events"]) == EVENTS
    assert tuple(told["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert [c["command"] for c in told["features"]["slash_commands"]] == [COMMAND]
    assert {s["callback_id"]: s["type"] for s in told["features"]["shortcuts"]} == {
        NEW_REQUEST: "global",
        MAKE_CASE: "message",
    }
    over_http = manifest_for("https://returns.example/", socket=False)
    assert over_http["settings"]["event_subscriptions"]["request_url"] == "https://returns.example/slack/events"
    by_socket = manifest_for("https://returns.example", socket=True)
    assert by_socket["settings"]["socket_mode_enabled"] is True
    assert "slack/events" not in json.dumps(by_socket)


def test_who_speaks_to_whom_decides_what_is_kept() -> None:
    said = {"type": "message", "user": "U1", "ts": "2.0", "channel": "C1", "channel_type": "channel", "text": "x"}
    assert not concerns_us(said)
    assert concerns_us({**said, "channel_type": "im"})
    assert concerns_us({**said, "thread_ts": "1.0"})
    assert concerns_us({**said, "type": "app_mention"})
    for other in ({"bot_id": "B1"}, {"subtype": "message_changed"}, {"user": ""}, {"user": "UBOT"}):
        assert not concerns_us({**said, "channel_type": "im", **other}, bot_user_id="UBOT")
    assert not concerns_us({**said, "thread_ts": "1.0", "text": "<@UBOT> x"}, bot_user_id="UBOT")


def test_one_message_is_one_delivery_by_whatever_event_it_comes() -> None:
    event = {"type": "message", "user": "U1", "ts": "2.0", "channel": "D1", "channel_type": "im"}
    once = event_delivery({"team_id": "T1", "event_id": "Ev1"}, event)
    again = event_delivery({"team_id": "T1", "event_id": "Ev2"}, {**event, "type": "app_mention"})
    other = event_delivery({"team_id": "T1", "event_id": "Ev3"}, {**event, "ts": "3.0"})
    assert once.id == again.id != other.id
    assert once.order == other.order


def test_tokens_are_kept_sealed_under_their_workspace(app: App) -> None:
    seal = Seal(app.settings.data / "key")
    kept = Installations(app.store, seal)
    kept.save_bot(Bot(team_id="T1", bot_token="xoxb-secret", bot_id="B1", bot_user_id="U1", installed_at=0.0))
    found = kept.find_bot(enterprise_id=None, team_id="T1")
    assert found is not None
    assert (found.bot_token, found.bot_user_id) == ("xoxb-secret", "U1")
    assert kept.find_bot(enterprise_id=None, team_id="T2") is None
    with app.store.unit(ACTOR) as unit:
        row = unit.slack.installation("T1")
        assert row is not None
        assert "xoxb" not in row.sealed
    assert b"xoxb-secret" not in (app.settings.data / "backhaul.sqlite").read_bytes()
    with pytest.raises(OperatorMustAct, match="can't be opened"):
        Installations(app.store, Seal(app.settings.data / "another key")).find_bot(enterprise_id=None, team_id="T1")
    with pytest.raises(OperatorMustAct):
        seal.open(row.sealed, "T2")  # one workspace's token is not another's
    assert (app.settings.data / "key").stat().st_mode & 0o077 == 0
    kept.delete_all(enterprise_id=None, team_id="T1")
    assert kept.find_bot(enterprise_id=None, team_id="T1") is None


def test_an_oauth_state_is_good_for_once_and_for_minutes(app: App) -> None:
    states = States(app.store, app.clock)
    state = states.issue()
    assert states.consume(state)
    assert not states.consume(state)
    assert not states.consume("made up")
    assert not States(app.store, app.clock, minutes=-1).consume(States(app.store, app.clock, minutes=-1).issue())


def test_an_edit_form_changes_only_what_was_changed(app: App) -> None:
    line = CaseLine(
        sku="PRV-34", quantity=Decimal(3), uom="EA", reason_code=Reason.OTHER, order_no="KS-700121", serials=("A", "B")
    )
    case = submitted(app, line, by=program("test"))
    modal = forms.edit(case, "C1", "https://b.example")
    values = {
        block["block_id"]: {block["block_id"]: _as_state(block["element"])}
        for block in modal["blocks"]
        if block["type"] == "input" and block["block_id"] != "why"
    }
    from assistant.steps.edit import edited

    same = edited(case.draft, forms.edited_fields({"state": {"values": values}}))
    assert same.lines == case.draft.lines
    values["quantity-0"]["quantity-0"] = {"type": "plain_text_input", "value": "2"}
    assert edited(case.draft, forms.edited_fields({"state": {"values": values}})).lines[0].quantity == 2
    assert PEOPLE


def _as_state(element: dict[str, Any]) -> dict[str, Any]:
    if element["type"] == "static_select":
        return {"type": "static_select", "selected_option": element["initial_option"]}
    return {"type": "plain_text_input", "value": element.get("initial_value")}
