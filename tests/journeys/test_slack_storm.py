"""Deliveries come twice, late, out of order and while files are read; nothing is lost and nothing happens twice."""

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from assistant.demo.slack import payloads
from assistant.demo.slack.lines import HttpLine
from assistant.demo.slack.records import HOME_TEAM
from assistant.domain.lifecycle import CaseState
from tests.journeys.backhaul import until
from tests.slack_world import ACTOR, CREDIT, MAYA, RICK, World, action_ids, text_of

pytestmark = pytest.mark.slow


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False, limits=httpx.Limits(max_connections=50)) as made:
        yield made


def posted(
    client: httpx.Client, line: HttpLine, body: dict[str, object], at: float | None = None, secret: str = ""
) -> httpx.Response:
    """One event to our address, signed."""
    raw = json.dumps(body)
    stamp = str(int(at if at is not None else time.time()))
    verifier = SignatureVerifier(secret or line.secret)
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": verifier.generate_signature(timestamp=stamp, body=raw) or "",
    }
    return client.post(line.url, content=raw.encode(), headers=headers, timeout=30)


def event(text: str, ts: str, event_id: str, thread_ts: str = "", channel: str = "D0STORM") -> dict[str, object]:
    told = {"type": "message", "channel_type": "im", "channel": channel, "user": MAYA, "text": text, "ts": ts}
    if thread_ts:
        told["thread_ts"] = thread_ts
    return {
        "type": "event_callback",
        "team_id": HOME_TEAM,
        "api_app_id": "A0BACKHAUL",
        "event_id": event_id,
        "event_time": int(float(ts)),
        "event": told,
        "authorizations": [{"team_id": HOME_TEAM, "user_id": "U0BACKHAUL", "is_bot": True, "enterprise_id": None}],
    }


def test_five_hundred_repeated_and_reordered_deliveries_make_a_case_a_thread(
    by_http: World, client: httpx.Client
) -> None:
    by_http.link(MAYA)
    line = by_http.slack.deliveries.line
    assert isinstance(line, HttpLine)
    channel = by_http.slack.place.direct(MAYA).id
    now = int(time.time())
    events = []
    for talk in range(5):
        root = f"{now}.{talk:06d}"
        events += [
            event(
                "Fennimore wants to send back PRV-34 from KS-700121, ordered too many", root, f"E{talk}a", "", channel
            ),
            event("three of them", f"{now + 5}.{talk:06d}", f"E{talk}b", root, channel),
        ]
    for talk in range(5):  # each thread is a conversation of its own
        events[2 * talk]["event"]["thread_ts"] = f"{now}.{talk:06d}"  # type: ignore[index]
    storm = [each for each in events for _ in range(50)]
    random.Random(7).shuffle(storm)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: posted(client, line, body).status_code, storm))
    assert len(answers) == 500
    assert set(answers) == {200}
    by_http.quiet()
    until(lambda: [c.state for c in by_http.cases()] == [CaseState.IN_REVIEW] * 5)
    assert {case.draft.lines[0].quantity for case in by_http.cases()} == {3}


def test_a_click_that_comes_fifty_times_decides_once(by_http: World, client: httpx.Client) -> None:
    by_http.link(MAYA, RICK)
    by_http.slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
    message = until(lambda: [m for m in by_http.slack.messages(CREDIT) if "approve" in action_ids(m)])[0]
    place = by_http.slack.place
    element = next(b for b in message.blocks if b["type"] == "actions")
    action = {**element["elements"][0], "block_id": element["block_id"], "action_ts": place.ts()}
    action["type"] = "button"
    told = payloads.message_action(place, RICK, message, action)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: by_http.slack.deliveries.line.send("interactive", told).ok, range(50)))
    assert all(answers)
    until(lambda: "RMA-1001" in text_of(message))
    by_http.quiet()
    case = by_http.case()
    with by_http.app.store.unit(ACTOR) as unit:
        assert len(unit.cases.decisions(case.id)) == 1
    assert by_http.slack.ephemerals(RICK) == []


def test_what_is_not_signed_is_not_heard(by_http: World, client: httpx.Client) -> None:
    line = by_http.slack.deliveries.line
    assert isinstance(line, HttpLine)
    body = event("Fennimore returns 3 PRV-34 from KS-700121", "1790000000.000100", "E1")
    assert posted(client, line, body, secret="someone else's").status_code == 401
    assert posted(client, line, body, at=time.time() - 3_600).status_code == 401
    foreign = {**body, "team_id": "T0NOBODY", "authorizations": [{"team_id": "T0NOBODY", "user_id": "U1"}]}
    assert posted(client, line, foreign).status_code == 200  # heard, and told that nobody installed us there
    with by_http.app.store.unit(ACTOR) as unit:
        assert unit.slack.unfinished() == 0
    assert by_http.cases() == []
