"""Conversations in Slack: who speaks, what was said, the mails that were made of it, and the case they led to."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from assistant.domain.ports import Clock
from assistant.domain.slack import Conversation, Turn, conversation_key
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn as Waits
from assistant.store.connection import wait_turn
from assistant.store.tables import slack_conversations, slack_mails, slack_turns
from assistant.store.times import to_text


class SqlTalks:
    """The conversations of assistant.domain.slack_ports.SlackRecords."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def conversation(self, key: str) -> Conversation | None:
        row = self._c.execute(select(slack_conversations).where(slack_conversations.c.id == key)).first()
        return None if row is None else _conversation(row)

    def begin(self, team: str, channel: str, thread: str, person_id: str) -> Conversation:
        key = conversation_key(team, channel, thread)
        wait_turn(self._c, Waits.SLACK, key)
        if (known := self.conversation(key)) is not None:
            return known
        values = {"id": key, "team": team, "channel": channel, "thread": thread, "person_id": person_id}
        begun_at = to_text(self._clock.now())
        self._c.execute(insert(slack_conversations).values(**values, mails=0, drafted=0, begun_at=begun_at))
        self._audit.append("slack", "slack.conversation", {"conversation": key, "person": person_id})
        return Conversation(id=key, team=team, channel=channel, thread=thread, person_id=person_id)

    def latest_in(self, team: str, channel: str, since: datetime) -> Conversation | None:
        mine = (slack_conversations.c.team == team) & (slack_conversations.c.channel == channel)
        recent = select(slack_conversations).where(mine, slack_conversations.c.begun_at >= to_text(since))
        row = self._c.execute(recent.order_by(slack_conversations.c.begun_at.desc()).limit(1)).first()
        return None if row is None else _conversation(row)

    def of_message(self, message_id: str) -> tuple[Conversation, int] | None:
        row = self._c.execute(select(slack_mails).where(slack_mails.c.message_id == message_id)).first()
        if row is None:
            return None
        wait_turn(self._c, Waits.SLACK, row.conversation)
        found = self.conversation(row.conversation)
        return None if found is None else (found, row.number)

    def of_case(self, case_id: str) -> Conversation | None:
        row = self._c.execute(select(slack_conversations).where(slack_conversations.c.case_id == case_id)).first()
        return None if row is None else _conversation(row)

    def say(self, conversation: Conversation, turn: Turn) -> bool:
        wait_turn(self._c, Waits.SLACK, conversation.key)
        same = (slack_turns.c.conversation == conversation.id) & (slack_turns.c.ts == turn.ts)
        if self._c.execute(select(slack_turns.c.ts).where(same)).first() is not None:
            return False
        values = {"ts": turn.ts, "person_id": turn.person_id, "text": turn.text}
        self._c.execute(insert(slack_turns).values(conversation=conversation.id, **values))
        self._audit.append("slack", "slack.turn", {"conversation": conversation.id, "ts": turn.ts})
        return True

    def turns(self, conversation: Conversation) -> tuple[Turn, ...]:
        found = select(slack_turns).where(slack_turns.c.conversation == conversation.id)
        said = [Turn(ts=r.ts, person_id=r.person_id, text=r.text) for r in self._c.execute(found)]
        return tuple(sorted(said, key=lambda turn: _moment(turn.ts)))

    def add_mail(self, conversation: Conversation, message_id: str) -> int:
        wait_turn(self._c, Waits.SLACK, conversation.key)
        known = select(slack_mails.c.number).where(slack_mails.c.message_id == message_id)
        if (number := self._c.execute(known).scalar()) is not None:
            return int(number)
        counted = select(func.count()).select_from(slack_mails).where(slack_mails.c.conversation == conversation.id)
        number = int(self._c.execute(counted).scalar_one()) + 1
        values = {"message_id": message_id, "conversation": conversation.id, "number": number}
        self._c.execute(insert(slack_mails).values(**values))
        mine = slack_conversations.c.id == conversation.id
        self._c.execute(update(slack_conversations).where(mine).values(mails=number))
        self._audit.append(message_id, "slack.mail", {"conversation": conversation.id, "number": number})
        return number

    def latest_mail(self, conversation: Conversation) -> str | None:
        mine = slack_mails.c.conversation == conversation.id
        found = select(slack_mails.c.message_id).where(mine).order_by(slack_mails.c.number.desc()).limit(1)
        return self._c.execute(found).scalar()

    def draft_of(self, conversation: Conversation, case_id: str, number: int) -> None:
        mine = slack_conversations.c.id == conversation.id
        self._c.execute(update(slack_conversations).where(mine).values(case_id=case_id, drafted=number))
        self._audit.append(case_id, "slack.drafted", {"conversation": conversation.id, "mail": number})


def _moment(ts: str) -> tuple[int, str]:
    """Slack's ts sorts by its seconds, then by what stands behind the point."""
    seconds, _, rest = ts.partition(".")
    return (int(seconds) if seconds.isdecimal() else 0, rest)


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        team=row.team,
        channel=row.channel,
        thread=row.thread,
        person_id=row.person_id,
        case_id=row.case_id,
        mails=row.mails,
        drafted=row.drafted,
    )
