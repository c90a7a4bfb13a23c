"""What is said back: in the thread, to one person alone, or by a form's response address."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from assistant.channels.slack import blocks as kit
from assistant.channels.slack.clients import Workspaces

_log = logging.getLogger("backhaul.slack")
_TITLE_CHARACTERS = 80
_MARK = "backhaul_once"
_CLOCKS_APART = timedelta(minutes=1)
_PAGE, _MOST_PAGES = 200, 10
_SENTENCES = re.compile(r"[^.\n]+(?:[.\n]+|$)\s*")
_NOT_THERE = {"not_in_channel", "channel_not_found", "user_not_in_channel", "messages_tab_disabled"}
_RESPONSE_HOSTS = ("https://hooks.slack.com/",)


@dataclass(frozen=True, slots=True)
class Once:
    """A message that stands once, however often it is tried: it carries ``key``, unseen by people.

    ``tried_since``: from when it may stand there already, because somebody died, or an answer was lost, over it.
    """

    key: str
    tried_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    workspaces: Workspaces

    def in_thread(
        self,
        team: str,
        channel: str,
        thread: str,
        text: str,
        blocks: list[kit.Block] | None = None,
        once: Once | None = None,
    ) -> str:
        """Answers the ts it stands under. ``channel`` may be a person's id."""
        if channel.startswith("U"):
            channel = self.workspaces.direct(team, channel)
        if once is not None and (stands := self._standing(team, channel, thread, once)):
            return stands
        told: dict[str, Any] = {"channel": channel, "text": kit.text_of(text), "unfurl_links": False}
        if once is not None:
            told["metadata"] = {"event_type": _MARK, "event_payload": {"key": once.key}}
        if blocks:
            told["blocks"] = blocks
        if thread:
            told["thread_ts"] = thread
        return str(self.workspaces.client(team).chat_postMessage(**told)["ts"])

    def _standing(self, team: str, channel: str, thread: str, once: Once) -> str:
        """The ts of a message that was posted by an earlier try; '' where there is none."""
        if once.tried_since is None:
            return ""
        client, since = self.workspaces.client(team), once.tried_since - _CLOCKS_APART
        asked: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": _PAGE}
        asked["oldest"] = f"{since.timestamp():.6f}"
        for _ in range(_MOST_PAGES):
            read = client.conversations_replies(ts=thread, **asked) if thread else client.conversations_history(**asked)
            for message in read["messages"]:
                told = message.get("metadata") or {}
                if told.get("event_type") == _MARK and told.get("event_payload", {}).get("key") == once.key:
                    return str(message["ts"])
            if not (cursor := (read.get("response_metadata") or {}).get("next_cursor")):
                return ""
            asked["cursor"] = cursor
        return ""

    def streamed(self, said_to: tuple[str, str], channel: str, thread: str, text: str) -> None:
        """Sentence by sentence, where Slack lets it: in a thread of direct messages, to (workspace, person)."""
        team, user = said_to
        try:
            stream = self.workspaces.client(team).chat_stream(
                channel=channel, thread_ts=thread, recipient_team_id=team, recipient_user_id=user, buffer_size=1
            )
            for piece in _SENTENCES.findall(text):
                stream.append(markdown_text=piece)
            stream.stop()
        except SlackApiError as error:
            _log.debug("no stream in that thread: %s", error.response.get("error"))
            self.in_thread(team, channel, thread, text)

    def change(self, team: str, channel: str, ts: str, text: str, blocks: list[kit.Block]) -> None:
        if channel.startswith("U"):
            channel = self.workspaces.direct(team, channel)
        self.workspaces.client(team).chat_update(channel=channel, ts=ts, text=kit.text_of(text), blocks=blocks)

    def to_one(self, team: str, channel: str, user: str, text: str, thread: str = "") -> None:
        """Only they see it; in a direct message it is a plain one."""
        if channel.startswith("D") or not channel:
            self.in_thread(team, channel or user, thread, text)
            return
        told: dict[str, Any] = {"channel": channel, "user": user, "text": kit.text_of(text)} | (
            {"thread_ts": thread} if thread else {}
        )
        try:
            self.workspaces.client(team).chat_postEphemeral(**told)
        except SlackApiError as error:
            if error.response.get("error") not in _NOT_THERE:
                raise
            self.in_thread(team, user, "", text)

    def respond(self, response_url: str, team: str, channel: str, user: str, text: str) -> None:
        """By the address that came with a command; to them directly where there is none that is Slack's."""
        own = response_url.startswith((*_RESPONSE_HOSTS, self.workspaces.api_url.removesuffix("api/")))
        if response_url and own:
            answer = WebhookClient(response_url, timeout=10).send(text=kit.text_of(text), response_type="ephemeral")
            if answer.status_code == 200:
                return
        self.to_one(team, channel, user, text)

    def title(self, team: str, channel: str, thread: str, title: str) -> None:
        """What an assistant's thread is about, in its list of threads; elsewhere there is none."""
        try:
            self.workspaces.client(team).assistant_threads_setTitle(
                channel_id=channel, thread_ts=thread, title=kit.cut(" ".join(title.split()), _TITLE_CHARACTERS)
            )
        except SlackApiError as error:
            _log.debug("no title in that thread: %s", error.response.get("error"))

    def status(self, team: str, channel: str, thread: str, status: str) -> None:
        """What is being done, under an assistant's thread; elsewhere Slack shows none."""
        if not channel.startswith("D"):
            return
        try:
            self.workspaces.client(team).assistant_threads_setStatus(
                channel_id=channel, thread_ts=thread, status=status
            )
        except SlackApiError as error:
            _log.debug("no status in that thread: %s", error.response.get("error"))
