"""Events against Slack's published descriptions of them (2021), where those stand beside the project."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # it ships no types

from assistant.demo.slack.people import CREDIT, CUSTOMER, RETURNS, SHARED
from assistant.demo.slack.records import EVENTS, Channel, SlackApp
from assistant.demo.slack.standin import StandIn
from tests import slack_spec

FOLDER = slack_spec.SPEC.parent
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="Slack's published descriptions are not here")
MAYA = "U0MAYA"


# Slack put ``authorizations`` in the place of authed_users; its message was described after one deletion of a file.
NOT_NEEDED = {"authed_users", "deleted_ts", "hidden", "previous_message", "file", "comment", "subtype"}


def loosened(schema: Any) -> Any:
    if isinstance(schema, dict):
        kept = {name: loosened(value) for name, value in schema.items() if name != "examples"}
        if isinstance(kept.get("required"), list):
            kept["required"] = [name for name in kept["required"] if name not in NOT_NEEDED]
        return kept
    return [loosened(each) for each in schema] if isinstance(schema, list) else schema


def test_every_event_fits() -> None:
    app = SlackApp(events=EVENTS | {"file_shared"})
    with StandIn(app=app) as slack:
        asked = slack.mention(MAYA, RETURNS, "3 valves come back", files=[("slip.pdf", b"%PDF")])
        slack.say("U0RICK", RETURNS, "which order?", thread_ts=asked.ts)
        slack.change(MAYA, asked, "4 valves come back")
        slack.delete(MAYA, slack.say(MAYA, CREDIT, "wrong window"))
        slack.direct(MAYA, "hello")
        slack.say(CUSTOMER, SHARED, "ours, too")
        slack.place.join(Channel(id=RETURNS, name="returns", members=[app.bot_user]), "U0NEW")
        slack.open_home(MAYA)
        slack.open_assistant_thread(MAYA)
        slack.uninstall()
        bodies = [sent.body for sent in slack.deliveries.log]
    wrapper = Draft7Validator(loosened(json.loads((FOLDER / "slack_common_event_wrapper_schema.json").read_text())))
    described = json.loads((FOLDER / "slack_events_api_async_v1.json").read_text())
    held = set()
    for body in bodies:
        assert [error.message for error in wrapper.iter_errors(body)] == []
        kind = body["event"]["type"].replace("_", ".")
        if topic := described["topics"].get(kind):
            schema = loosened({**topic["subscribe"]["payload"], "components": described["components"]})
            assert [error.message for error in Draft7Validator(schema).iter_errors(body)] == [], kind
            held.add(kind)
    assert held >= {"message", "app.mention", "member.joined.channel", "file.shared", "app.uninstalled"}
