"""Our messages in Slack, kept like what they show: posted once, changed when a case changes, then left alone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from slack_sdk.errors import SlackApiError

from assistant.channels.slack.answers import Answers, Once
from assistant.channels.slack.blocks import words
from assistant.channels.slack.clients import Workspaces
from assistant.channels.slack.shown import FINAL, Showing, Shown
from assistant.domain.case import Case
from assistant.domain.errors import OperatorMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.mail import Queued
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.slack import Post, conversation_key

ACTOR = program("slack")
_log = logging.getLogger("backhaul.slack")
_HELD = timedelta(seconds=60)
_TRIES = 6
_AT_ONCE = 20
_CASES = 200
_GONE = {"message_not_found", "channel_not_found", "not_in_channel", "is_archived", "cant_update_message"}
_CLOSED_STATE = "bare"


@dataclass(frozen=True, slots=True)
class Board:
    """``channel`` is where cases in review are shown, ``team`` its workspace: '' for the only one there is."""

    store: Store
    clock: Clock
    workspaces: Workspaces
    answers: Answers
    showing: Showing
    channel: str

    def look(self, team: Callable[[], str]) -> int:
        """Post what waits, change what changed; answers how much that was."""
        workspace = team() if self.channel else ""
        with self.store.unit(ACTOR) as unit:
            if workspace:
                for case in unit.cases.list([CaseState.IN_REVIEW], limit=_CASES):
                    key = f"review-{case.id}-r{case.revision.number}"
                    wanted = Post(
                        key=key, kind="review", team=workspace, channel=self.channel, thread="", subject=case.id
                    )
                    unit.slack.want(wanted)
            waiting = unit.slack.waiting_posts(_AT_ONCE, self.clock.now() + _HELD)
        for post in waiting:
            self._post(post)
        return len(waiting) + self._changed()

    def remind(self) -> int:
        """Tell those who are linked what the outbox tells them by mail: that a case waits for them, once each time."""
        told = 0
        with self.store.unit(ACTOR) as unit:
            for case in unit.cases.list([CaseState.IN_REVIEW], limit=_CASES):
                for mail in unit.outbox.of_case(case.id):
                    if mail.letter.kind == "reminder" and unit.slack.post(f"reminder-{mail.id}") is None:
                        told += self._remind(unit, mail, case)
        return told

    def _remind(self, unit: Unit, mail: Queued, case: Case) -> int:
        account = next((link.value for link in unit.links.of(mail.letter.to) if link.kind == "slack"), "")
        team, _, user = account.partition("/")
        if not user:
            return 0
        text = f"{words(mail.letter.subject)}. <{self.showing.link(case.id)}|Open {case.id}>"
        unit.slack.want(
            Post(
                key=f"reminder-{mail.id}",
                kind="told",
                team=team,
                channel=user,
                thread="",
                subject=case.id,
                text=text,
            )
        )
        return 1

    def _post(self, post: Post) -> None:
        try:
            post = self._placed(post)
            shown = self._shown(post)
            text, blocks = (post.text, None) if shown is None else (shown.text, shown.blocks)
            once = Once(post.key, post.wanted_at if post.attempts else None)
            ts = self.answers.in_thread(post.team, post.channel, post.thread, text, blocks, once)
        except Exception as error:  # noqa: BLE001 - whatever kept it from being posted, it is kept and tried again
            self._not_posted(post, error)
            return
        with self.store.unit(ACTOR) as unit:
            unit.slack.posted(post.key, ts, "" if shown is None else shown.state, final=shown is None or shown.final)

    def _placed(self, post: Post) -> Post:
        """What is said to one of our people goes to them directly where outsiders read the channel."""
        if post.kind == "review" or self.workspaces.closed(post.team, post.channel):
            return post
        with self.store.unit(ACTOR) as unit:
            spoken = unit.slack.conversation(conversation_key(post.team, post.channel, post.thread))
            links = unit.links.of(spoken.person_id) if spoken is not None else ()
            account = next((link.value for link in links if link.value.startswith(f"{post.team}/")), "")
            if not account:
                raise OperatorMustAct("Others read that channel, and who spoke there is not linked any more.")
            moved = replace(post, channel=account.partition("/")[2], thread="")
            unit.slack.move_post(post.key, moved.channel)
        told = "Others read this channel, so I answer you in our direct messages."
        self.answers.to_one(post.team, post.channel, moved.channel, told, post.thread)
        return moved

    def _not_posted(self, post: Post, error: Exception) -> None:
        why = _in_words(error)
        give_up = post.attempts + 1 >= _TRIES
        _log.warning("a message could not be posted in Slack (%s)", why)
        with self.store.unit(ACTOR) as unit:
            unit.slack.not_posted(post.key, why, give_up=give_up)
            if give_up:
                unit.worklist.raise_trouble(
                    f"slack:{post.key}"[:200],
                    f"Slack did not take a message about {post.subject}: {why}",
                    "The case and all that was said are kept.",
                    "Mend the cause; decide the case in the workbench, or answer by hand.",
                )

    def _changed(self) -> int:
        with self.store.unit(ACTOR) as unit:
            live = [*unit.slack.live_posts("review"), *unit.slack.live_posts("reply")]
            old = [post for post in live if self._is_old(unit, post)]
        return sum(self._change(post) for post in old)

    def _is_old(self, unit: Unit, post: Post) -> bool:
        case = unit.cases.get(post.subject)
        if post.shown == _CLOSED_STATE:
            return False
        now = self.showing.state_of(unit, case)
        if post.kind == "reply" and not self._latest(unit, post):
            now = f"{now} old"
        return now != post.shown

    def _change(self, post: Post) -> int:
        with self.store.unit(ACTOR) as unit:
            if not unit.slack.hold_post(post.key, self.clock.now() + _HELD):
                return 0  # another process sees to it
        shown = self._shown(post)
        if shown is None:
            return 0
        try:
            self.answers.change(post.team, post.channel, post.ts, shown.text, shown.blocks)
        except SlackApiError as error:
            if error.response.get("error") not in _GONE:
                _log.warning("a message in Slack could not be changed: %s", error.response.get("error"))
                return 0
        with self.store.unit(ACTOR) as unit:
            unit.slack.posted(post.key, post.ts, shown.state, final=shown.final)
            case = unit.cases.get(post.subject)
            if post.kind == "reply" and case.state in FINAL and self._latest(unit, post):
                told = self.showing.outcome_for_speaker(unit, case)
                unit.slack.want(
                    Post(
                        key=f"outcome-{case.id}-r{case.revision.number}-{case.state.value}",
                        kind="told",
                        team=post.team,
                        channel=post.channel,
                        thread=post.thread,
                        subject=case.id,
                        text=told,
                    )
                )
        return 1

    def _shown(self, post: Post) -> Shown | None:
        """None for a message that is words alone."""
        if post.kind == "told":
            return None
        closed = self.workspaces.closed(post.team, post.channel)
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(post.subject)
        similar = self.showing.similar(case) if post.kind == "review" and closed else ()
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(post.subject)
            if not closed:
                return self.showing.bare(unit, case)
            if post.kind == "review":
                return self.showing.for_review(unit, case, int(post.key.rpartition("-r")[2]), similar)
            return self.showing.for_speaker(unit, case, latest=self._latest(unit, post))

    @staticmethod
    def _latest(unit: Unit, post: Post) -> bool:
        """Whether nothing more was said after what this message answers."""
        spoken = unit.slack.of_case(post.subject)
        return spoken is None or post.key == f"reply-{post.subject}-{spoken.drafted}"


def _in_words(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return f"{type(error).__name__}: {error}"[:200]
