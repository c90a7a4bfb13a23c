"""What Slack hands over is kept before it is acknowledged, and nothing else is done with it then.

A global middleware of the Bolt app, after the signature was checked and the workspace is known to have installed us.
A repetition, by whatever name it comes, is known by what is the same in it: an event's event_id, a message's ts.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltRequest, BoltResponse

from assistant.channels.slack.recorder import Recorder
from assistant.domain.slack import Delivery, DeliveryKind, conversation_key

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)
_KEPT_EVENTS = {name.partition(".")[0] for name in EVENTS} - {"assistant_thread_context_changed"}
_SPOKEN = {"", "file_share", "thread_broadcast", "me_message"}  # subtypes of a message in which somebody says something
KEPT_ACTIONS = ("approve", "submit_as_is")
KEPT_VIEWS = ("reject_reason", "choose_lines", "early_credit", "edit_lines", "new_request")
MAKE_CASE = "start_return"
COMMAND = "/returns"


@dataclass
class Receiver:
    recorder: Recorder

    def middleware(
        self,
        req: BoltRequest,
        next: Callable[[], BoltResponse],
    ) -> BoltResponse | None:
        """Answers 200 for what was kept or concerns nobody; what needs an answer at once goes on to a listener."""
        body: dict[str, Any] = req.body
        if body.get("type") == "event_callback":
            event = body.get("event") or {}
            if concerns_us(event, bot_user_id=req.context.bot_user_id or ""):
                self.keep(event_delivery(body, event))
            return BoltResponse(status=200, body="")
        if (kept := interaction(body)) is not None and kept.kind in ("action", "shortcut"):
            self.keep(kept)
            return BoltResponse(status=200, body="")
        return next()

    def keep(self, delivery: Delivery) -> None:
        self.recorder.keep(delivery)


def concerns_us(event: Mapping[str, Any], bot_user_id: str = "") -> bool:
    """Programs' messages and changes of old ones do not, nor what people say in a channel to one another."""
    kind = event.get("type")
    if kind not in _KEPT_EVENTS:
        return False
    if kind not in ("message", "app_mention"):
        return True
    if event.get("bot_id") or event.get("subtype", "") not in _SPOKEN or not event.get("user"):
        return False
    if event["user"] == bot_user_id:
        return False
    if kind == "app_mention" or event.get("channel_type") in ("im", "app_home"):
        return True
    answers = bool(event.get("thread_ts")) and event.get("thread_ts") != event.get("ts")
    mentions = bool(bot_user_id) and f"<@{bot_user_id}>" in str(event.get("text", ""))
    return answers and not mentions  # a mention comes as app_mention, too


def event_delivery(body: Mapping[str, Any], event: Mapping[str, Any]) -> Delivery:
    installed = (body.get("authorizations") or [{}])[0]  # in a shared channel the event may come from another workspace
    team = str(installed.get("team_id") or body.get("team_id") or "")
    user = str(event.get("user") or (event.get("assistant_thread") or {}).get("user_id") or "")
    account = f"{team}/{user}"
    channel = str(event.get("channel") or "")
    if event.get("type") in ("message", "app_mention"):
        direct = event.get("channel_type") in ("im", "app_home") or channel.startswith("D")
        order = f"{team}/{channel}" if direct else conversation_key(team, channel, str(thread_of(event)))
        delivery_id = f"said {team}/{channel}/{event.get('ts')}"  # one message may come as several events
    else:
        order, delivery_id = account, f"event {body.get('event_id')}"
    told = json.dumps({"team": team, "user": user, "event_id": body.get("event_id"), "event": event})
    return Delivery(id=delivery_id, kind="event", team=team, account=account, order=order, body=told)


def thread_of(event: Mapping[str, Any]) -> str:
    return str(event.get("thread_ts") or event.get("ts") or "")


def interaction(body: Mapping[str, Any]) -> Delivery | None:
    """A click, form, shortcut or command that is kept; None for those that only open something."""
    kind = body.get("type")
    if kind == "block_actions":
        action = (body.get("actions") or [{}])[0]
        if action.get("action_id") not in KEPT_ACTIONS:
            return None
        container = body.get("container") or {}
        same = [container.get("channel_id"), container.get("message_ts"), action.get("action_id"), action.get("value")]
        return _kept("action", body, f"case {case_in(str(action.get('value')))}", [*same, action.get("action_ts")])
    if kind == "message_action" and body.get("callback_id") == MAKE_CASE:
        said = body.get("message") or {}
        channel = str((body.get("channel") or {}).get("id"))
        order = conversation_key(_team(body), channel, str(thread_of(said)))
        return _kept("shortcut", body, order, [channel, thread_of(said), body.get("trigger_id")])
    if kind == "view_submission":
        view = body.get("view") or {}
        if view.get("callback_id") not in KEPT_VIEWS:
            return None
        place = case_in(str(view.get("private_metadata")))
        order = f"case {place}" if place else _account(body)
        return _kept("view", body, order, [view.get("id"), view.get("hash")])
    if body.get("command"):
        return _kept("command", body, _account(body), [body.get("trigger_id"), body.get("text")])
    return None


def case_in(value: str) -> str:
    """The case a button's value or a form's metadata names, '' for none."""
    try:
        told = json.loads(value)
    except ValueError:
        return ""
    return str(told.get("case", "")) if isinstance(told, dict) else ""


def _kept(kind: DeliveryKind, body: Mapping[str, Any], order: str, same: list[Any]) -> Delivery:
    team, account = _team(body), _account(body)
    digest = hashlib.sha256(json.dumps([account, *same], default=str).encode()).hexdigest()[:40]
    told = json.dumps({name: body[name] for name in body if name not in ("token", "api_app_id")}, default=str)
    return Delivery(id=f"{kind} {digest}", kind=kind, team=team, account=account, order=order[:200], body=told)


def _team(body: Mapping[str, Any]) -> str:
    user = body.get("user")
    home = user.get("team_id") if isinstance(user, dict) else ""
    return str((body.get("team") or {}).get("id") or body.get("team_id") or home or "")


def _account(body: Mapping[str, Any]) -> str:
    user = body.get("user")
    return f"{_team(body)}/{user.get('id') if isinstance(user, dict) else body.get('user_id')}"
