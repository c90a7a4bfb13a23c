"""A real `backhaul serve`, killed after it acknowledged: what was said and clicked is worked once, afterwards."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assistant.demo.slack.lines import HttpLine
from assistant.demo.slack.records import Message
from assistant.demo.slack.standin import StandIn
from tests.journeys.backhaul import Served, hidden, served, until
from tests.journeys.test_one_request import signed_in
from tests.journeys.test_slack_storm import event, posted
from tests.journeys.test_slack_talk import photo
from tests.slack_world import CREDIT, MAYA, RICK, action_ids, text_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]
PEOPLE = {MAYA: "maya@kestrelsupply.example", RICK: "rick@kestrelsupply.example"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False, limits=httpx.Limits(max_connections=50)) as made:
        yield made


def through(slack: StandIn) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "BACKHAUL_SLACK_API_URL": slack.api_url,
        "BACKHAUL_SLACK_CHANNEL": CREDIT,
        "NO_PROXY": "127.0.0.1",
    }


def listening(slack: StandIn, running: Served) -> None:
    if isinstance(slack.deliveries.line, HttpLine):
        slack.deliveries.line.close()
    slack.deliver_to(f"{running.base}/slack/events")


def linked(slack: StandIn, running: Served, user: str) -> None:
    """By the code on the person's own page, sent from Slack."""
    visitor = signed_in(running, PEOPLE[user])
    token = hidden(visitor.get("/account").text, "token")
    page = visitor.post("/account/slack-code", data={"token": token}).text
    found = re.search(r'<code id="code">(\w+)</code>', page)
    assert found is not None
    said = slack.direct(user, f"link {found[1]}")
    until(lambda: [m for m in slack.messages(said.channel) if m.by_app and "from now on" in m.text])


def about(slack: StandIn, case_id: str) -> list[Message]:
    return [m for m in slack.messages(CREDIT) if m.by_app and f"{case_id}:" in text_of(m)]


def test_what_was_acknowledged_is_worked_after_a_kill(tmp_path: Path, slack: StandIn) -> None:
    with served(tmp_path / "data", **through(slack)) as first:
        listening(slack, first)
        linked(slack, first, MAYA)
        linked(slack, first, RICK)
        until(lambda: not first.health()["messages"].get("recorded"))
        said = slack.direct(MAYA, "Fennimore returns 3 TPV-12 from KS-700121, ordered too many")
        slack.settle()
        first.process.kill()
        first.process.wait(timeout=10)
    with served(tmp_path / "data", **through(slack)) as second:
        listening(slack, second)
        answers = until(
            lambda: [m for m in slack.messages(said.channel, said.ts) if m.by_app and "BH-" in text_of(m)], seconds=90
        )
        found = re.search(r"BH-\d+", text_of(answers[0]))
        assert found is not None
        message = until(lambda: [m for m in about(slack, found[0]) if "approve" in action_ids(m)], seconds=90)[0]
        assert slack.click(RICK, message, "approve").ok
        second.process.kill()
        second.process.wait(timeout=10)
    with served(tmp_path / "data", **through(slack)) as third:
        listening(slack, third)
        until(lambda: "RMA-" in text_of(message), seconds=90)
        assert len({m.ts for m in about(slack, found[0])}) == 1
        story = third.command("audit", "story", found[0]).stdout
        assert story.count("approved") >= 1
        verified = third.command("audit", "verify")
        assert verified.returncode == 0, verified.stderr
    log = (tmp_path / "data" / "serve.log").read_text()
    assert "ordered too many" not in log
    assert slack.app.bot_token not in log
    assert slack.app.bot_token.encode() not in (tmp_path / "data" / "backhaul.sqlite").read_bytes()


def test_fifty_events_a_second_are_acknowledged_while_documents_are_read(
    tmp_path: Path, slack: StandIn, client: httpx.Client
) -> None:
    """Prints the times (`pytest -s`); what is held is that each was acknowledged, and nothing came of the chatter."""
    with served(tmp_path / "data", **through(slack)) as running:
        listening(slack, running)
        line = slack.deliveries.line
        assert isinstance(line, HttpLine)
        linked(slack, running, MAYA)
        until(lambda: not running.health()["messages"].get("recorded"))
        for number in range(6):
            slack.direct(MAYA, f"PRV-34 from KS-700121 came cracked, {number}", files=[("x.jpg", photo())])
        took: list[float] = []
        lock, began_at = threading.Lock(), time.time()

        def send(number: int) -> int:
            time.sleep(max(0.0, began_at + number / 50 - time.time()))
            body = event("thanks", f"{int(began_at)}.{number:06d}", f"L{number}", "1.000001", channel="C0RETURNS")
            body["event"]["channel_type"] = "channel"  # type: ignore[index]
            began = time.perf_counter()
            status = posted(client, line, body).status_code
            with lock:
                took.append(time.perf_counter() - began)
            return status

        with ThreadPoolExecutor(40) as pool:
            assert set(pool.map(send, range(1_000))) == {200}
        took.sort()
        shown = [f"{took[int(len(took) * share)] * 1000:.0f} ms" for share in (0.5, 0.99)]
        print(f"acknowledged at 50/s: p50 {shown[0]}, p99 {shown[1]}, most {took[-1] * 1000:.0f} ms")
        assert sum(running.health()["cases"].values()) >= 14
