"""Work: one kept delivery, whatever it is, told to who sent it where it can't be done."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from assistant.channels.slack import forms
from assistant.channels.slack.answers import Answers, Once
from assistant.channels.slack.clients import Workspaces
from assistant.channels.slack.deciding import Deciding, account_of, channel_of
from assistant.channels.slack.home import Home
from assistant.channels.slack.linked import Accounts, NotLinked
from assistant.channels.slack.receive import thread_of
from assistant.channels.slack.turns import ACTOR, Parked, Said, Turns
from assistant.domain.errors import ChangedMeanwhile, NotAllowedToYou, NotFound, ReviewerMustAct
from assistant.domain.slack import Delivery, Post

_log = logging.getLogger("backhaul.slack")
UNLINKED = "not linked"
_PROMPTS = (
    ("A return from a call", "Lomax wants to send back 3 PRV-34 from PO 4500, arrived cracked"),
    ("Where is it?", "Where is RMA 1001?"),
    ("What is open?", "Open cases above 1,000"),
    ("The policy", "What is our policy on opened chemicals?"),
)


@dataclass(frozen=True, slots=True)
class Work:
    workspaces: Workspaces
    accounts: Accounts
    answers: Answers
    turns: Turns
    deciding: Deciding
    home: Home

    def __call__(self, delivery: Delivery) -> str:
        """'' when it is done, else why it waits. Raises what can be tried again."""
        body: dict[str, Any] = json.loads(delivery.body)
        match delivery.kind:
            case "event":
                return self._event(body, again=delivery.attempts > 1)
            case "action":
                return self._for_clicker(body, lambda: self.deciding.clicked(delivery.id, body))
            case "view":
                if body["view"].get("callback_id") == "new_request":
                    return self._for_clicker(body, lambda: self._typed(delivery, body))
                return self._for_clicker(body, lambda: self.deciding.submitted(delivery.id, body))
            case "shortcut":
                return self._for_clicker(body, lambda: self._make_case(body))
            case "command":
                return self._command(body)
            case _:
                assert_never(delivery.kind)

    # -- events

    def _event(self, body: Mapping[str, Any], *, again: bool) -> str:
        team, user, event = str(body["team"]), str(body["user"]), body["event"]
        kind = event.get("type")
        if kind in ("message", "app_mention"):
            return self._said(team, user, event, again=again)
        if kind == "app_home_opened" and event.get("tab", "home") == "home":
            self._show_home(team, user)
        elif kind == "assistant_thread_started":
            self._greet(team, event["assistant_thread"])
        elif kind == "app_uninstalled":
            self.workspaces.installations.delete_all(enterprise_id=None, team_id=team)
            self.workspaces.forget(team)
        elif kind == "tokens_revoked" and (event.get("tokens") or {}).get("bot"):
            self.workspaces.installations.delete_bot(enterprise_id=None, team_id=team)
            self.workspaces.forget(team)
        return ""

    def _said(self, team: str, user: str, event: Mapping[str, Any], *, again: bool) -> str:
        channel, thread = str(event.get("channel")), thread_of(event)
        try:
            self.turns.heard(team, user, event, again=again)
        except Parked as parked:
            return parked.why
        except NotLinked as unknown:
            told = f"{unknown.words}\nWhat you said is kept for a day; I go on with it once you are linked."
            self.answers.to_one(team, channel, user, told, thread)
            return UNLINKED
        except ReviewerMustAct as refusal:
            self.answers.to_one(team, channel, user, str(refusal), thread)
        return ""

    def _show_home(self, team: str, user: str) -> None:
        try:
            view = self.home.of(self.accounts.person(f"{team}/{user}"))
        except NotLinked as unknown:
            view = self.home.for_nobody(unknown.words)
        except NotAllowedToYou as refusal:
            view = self.home.for_nobody(str(refusal))
        self.workspaces.client(team).views_publish(user_id=user, view=view)

    def _greet(self, team: str, thread: Mapping[str, Any]) -> None:
        client = self.workspaces.client(team)
        channel, ts = str(thread.get("channel_id")), str(thread.get("thread_ts"))
        told = "Tell me about a return or credit in your own words, with photos and papers; or ask me where a case is."
        client.chat_postMessage(channel=channel, thread_ts=ts, text=told)
        prompts: list[dict[str, str]] = [{"title": title, "message": said} for title, said in _PROMPTS]
        client.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts=ts, prompts=prompts)

    # -- clicks, forms, shortcuts, commands

    def _for_clicker(self, body: Mapping[str, Any], do: Any) -> str:
        try:
            do()
        except NotLinked as unknown:
            self.deciding.tell(body, f"{unknown.words} Nothing was changed.")
        except (ReviewerMustAct, ChangedMeanwhile, NotFound) as refusal:
            self.deciding.tell(body, str(refusal))
            self.deciding.look_again()
        return ""

    def _typed(self, delivery: Delivery, body: Mapping[str, Any]) -> None:
        """A call-centre agent's form: a conversation of its own, in their direct messages."""
        view, account = body["view"], account_of(body)
        key = f"form-{view.get('id')}"
        team, _, user = account.partition("/")
        person = self.accounts.person(account)
        words = forms.request_words(forms.typed_in(view))
        channel = self.workspaces.direct(team, user)
        with self.turns.store.unit(ACTOR) as unit:
            known = unit.slack.post(key)
        if known is None or not known.ts:
            once = Once(key, delivery.received_at if delivery.attempts > 1 else None)
            told = f"Your request, as you typed it:\n>>> {words}"
            ts = self.answers.in_thread(team, channel, "", told, once=once)
            self._remember(key, team, channel, ts)
        else:
            ts = known.ts
        said = Said(
            team=team,
            channel=channel,
            ts=ts,
            thread=ts,
            account=account,
            text=words,
            files=tuple(forms.files_in_form(view)),
        )
        self.turns.take([said], person)

    def _remember(self, key: str, team: str, channel: str, ts: str) -> None:
        """That the form was echoed, so that it is not when somebody died over it."""
        with self.turns.store.unit(ACTOR) as unit:
            unit.slack.want(Post(key=key, kind="told", team=team, channel=channel, thread="", subject=key))
            unit.slack.posted(key, ts, "", final=True)

    def _make_case(self, body: Mapping[str, Any]) -> None:
        team, _, user = account_of(body).partition("/")
        taken = self.turns.whole_thread(team, user, channel_of(body), thread_of(body["message"]))
        if not taken:
            self.deciding.tell(body, "There is nothing of a person in that thread. Nothing was recorded.")

    def _command(self, body: Mapping[str, Any]) -> str:
        team, _, user = account_of(body).partition("/")
        channel, url = str(body.get("channel_id") or ""), str(body.get("response_url") or "")
        try:
            person = self.accounts.person(f"{team}/{user}")
            asked = str(body.get("text") or "").strip()
            question = asked if asked.endswith("?") else f"{asked}?"
            answer = self.turns.asking.answer(question, person)
        except NotLinked as unknown:
            answer = unknown.words
        except ReviewerMustAct as refusal:
            answer = str(refusal)
        told = answer or "Tell me about a request in a direct message, or type it: /returns new"
        self.answers.respond(url, team, channel, user, told)
        return ""
