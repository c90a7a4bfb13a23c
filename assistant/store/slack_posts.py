"""Our own messages in Slack, and the workspaces that installed us (their tokens come here sealed)."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from assistant.domain.ports import Clock
from assistant.domain.slack import Installation, Post, PostKind
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import slack_installations, slack_posts, slack_states
from assistant.store.times import from_text, to_text

_NOTE_CHARACTERS = 300


class SqlPosts:
    """The posts and installations of assistant.domain.slack_ports.SlackRecords."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def want(self, post: Post) -> Post:
        wait_turn(self._c, Turn.SLACK, post.key)
        if (known := self.post(post.key)) is not None:
            return known
        names = ("key", "kind", "team", "channel", "thread", "subject", "text")
        values = {name: getattr(post, name) for name in names}
        blank = {"ts": "", "shown": "", "state": "waiting", "held_until": "", "attempts": 0, "note": ""}
        self._c.execute(insert(slack_posts).values(**values, **blank, wanted_at=to_text(self._clock.now())))
        self._audit.append("slack", "slack.post_wanted", {"key": post.key, "kind": post.kind})
        return post

    def waiting_posts(self, limit: int, until: datetime) -> tuple[Post, ...]:
        wait_turn(self._c, Turn.SLACK, "posts")
        now = to_text(self._clock.now())
        waiting = (slack_posts.c.state == "waiting") & (slack_posts.c.held_until <= now)
        oldest = select(slack_posts).where(waiting).order_by(slack_posts.c.wanted_at, slack_posts.c.key).limit(limit)
        found = tuple(_post(row) for row in self._c.execute(oldest))
        mine = slack_posts.c.key.in_([post.key for post in found])
        held = {"held_until": to_text(until), "attempts": slack_posts.c.attempts + 1}
        self._c.execute(update(slack_posts).where(mine).values(**held))
        return found

    def posted(self, key: str, ts: str, shown: str, *, final: bool) -> None:
        values = {"ts": ts, "shown": shown, "state": "final" if final else "live", "held_until": "", "text": ""}
        self._c.execute(update(slack_posts).where(slack_posts.c.key == key).values(**values))
        self._audit.append("slack", "slack.posted", {"key": key, "ts": ts, "shown": shown})

    def not_posted(self, key: str, note: str, *, give_up: bool) -> None:
        values: dict[str, Any] = {"note": note[:_NOTE_CHARACTERS]} | (
            {"state": "failed", "text": ""} if give_up else {}
        )
        self._c.execute(update(slack_posts).where(slack_posts.c.key == key).values(**values))
        if give_up:
            self._audit.append("slack", "slack.not_posted", {"key": key, "note": note[:_NOTE_CHARACTERS]})

    def move_post(self, key: str, channel: str) -> None:
        mine = slack_posts.c.key == key
        self._c.execute(update(slack_posts).where(mine).values(channel=channel, thread=""))

    def post(self, key: str) -> Post | None:
        row = self._c.execute(select(slack_posts).where(slack_posts.c.key == key)).first()
        return None if row is None else _post(row)

    def live_posts(self, kind: PostKind, limit: int = 200) -> tuple[Post, ...]:
        live = (slack_posts.c.state == "live") & (slack_posts.c.kind == kind)
        oldest = select(slack_posts).where(live).order_by(slack_posts.c.wanted_at, slack_posts.c.key).limit(limit)
        return tuple(_post(row) for row in self._c.execute(oldest))

    def hold_post(self, key: str, until: datetime) -> bool:
        wait_turn(self._c, Turn.SLACK, key)
        free = (slack_posts.c.key == key) & (slack_posts.c.held_until <= to_text(self._clock.now()))
        return self._c.execute(update(slack_posts).where(free).values(held_until=to_text(until))).rowcount == 1

    def install(self, installation: Installation) -> None:
        wait_turn(self._c, Turn.SLACK, installation.team)
        self._c.execute(delete(slack_installations).where(slack_installations.c.team == installation.team))
        values = {name: getattr(installation, name) for name in ("team", "bot_user_id", "sealed")}
        self._c.execute(insert(slack_installations).values(**values, installed_at=to_text(self._clock.now())))
        self._audit.append("slack", "slack.installed", {"team": installation.team})

    def installation(self, team: str) -> Installation | None:
        row = self._c.execute(select(slack_installations).where(slack_installations.c.team == team)).first()
        return None if row is None else _installation(row)

    def installations(self) -> tuple[Installation, ...]:
        found = select(slack_installations).order_by(slack_installations.c.installed_at)
        return tuple(_installation(row) for row in self._c.execute(found))

    def uninstall(self, team: str) -> None:
        if self._c.execute(delete(slack_installations).where(slack_installations.c.team == team)).rowcount:
            self._audit.append("slack", "slack.uninstalled", {"team": team})

    def offer_state(self, state: str, until: datetime) -> None:
        gone = slack_states.c.ends_at < to_text(self._clock.now())
        self._c.execute(delete(slack_states).where(gone))
        self._c.execute(insert(slack_states).values(state_hash=_hash(state), ends_at=to_text(until)))

    def take_state(self, state: str) -> bool:
        mine = delete(slack_states).where(slack_states.c.state_hash == _hash(state)).returning(slack_states.c.ends_at)
        ends_at = self._c.execute(mine).scalar()
        return ends_at is not None and ends_at >= to_text(self._clock.now())


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()


def _post(row: Row[Any]) -> Post:
    names = ("key", "kind", "team", "channel", "thread", "subject", "text", "ts", "shown", "attempts")
    told = {name: getattr(row, name) for name in names}
    return Post(**told, final=row.state == "final", wanted_at=from_text(row.wanted_at))


def _installation(row: Row[Any]) -> Installation:
    return Installation(
        team=row.team, bot_user_id=row.bot_user_id, sealed=row.sealed, installed_at=from_text(row.installed_at)
    )
