"""Backhaul's Slack side against the stand-in, in one process: the real Bolt app, the real store, a worker beside."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import uvicorn
from fastapi import FastAPI

from assistant.bootstrap import App
from assistant.channels.slack import web
from assistant.channels.slack.app import SlackSide, slack_side
from assistant.demo.people import PEOPLE
from assistant.demo.slack.people import CREDIT, user_id
from assistant.demo.slack.records import HOME_TEAM, Message
from assistant.demo.slack.standin import StandIn
from assistant.domain.case import Case
from assistant.domain.identity import Link
from assistant.domain.person import program
from assistant.settings import SlackSettings
from assistant.steps.talk import Talk
from extractors.mail.reader import read_message
from tests.journeys.backhaul import until
from tests.worked import poster

__all__ = ["CREDIT", "FAY", "JUNE", "MAYA", "RICK", "WALT", "World", "world"]
MAYA, RICK, JUNE, FAY, WALT = (user_id(person.id) for person in PEOPLE)
ACTOR = program("test")
PATIENCE = 90  # seconds: a photo is read in this very process, by models that load first


@dataclass
class World:
    app: App
    slack: StandIn
    side: SlackSide
    url: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    def link(self, *users: str) -> None:
        """As if they had carried their codes over."""
        by_account = {user_id(person.id): person for person in PEOPLE}
        with self.app.store.unit(ACTOR) as unit:
            for user in users:
                account, person = f"{HOME_TEAM}/{user}", by_account[user]
                unit.links.add(
                    Link(kind="slack", value=account, person_id=person.id, proof="test", proven_at=self.app.clock.now())
                )

    def answers(self, said: Message) -> list[Message]:
        """What we said in its thread."""
        root = said.thread_ts or said.ts
        return [m for m in self.slack.messages(said.channel, root) if m.by_app]

    def answer(self, said: Message, word: str = "", count: int = 1) -> Message:
        """The last of our answers, once one has the word."""
        return until(lambda: [m for m in self.answers(said) if word in text_of(m)][count - 1 :], PATIENCE)[-1]

    def cases(self) -> list[Case]:
        with self.app.store.unit(ACTOR) as unit:
            return list(unit.cases.list())

    def case(self, case_id: str = "") -> Case:
        return next(case for case in self.cases() if not case_id or case.id == case_id)

    def review_of(self, case_id: str, channel: str = CREDIT) -> Message:
        return until(lambda: [m for m in self.slack.messages(channel) if m.by_app and case_id in text_of(m)])[-1]

    def whispered(self, user: str, word: str, channel: str = "") -> Message:
        return until(lambda: [m for m in self.slack.ephemerals(user, channel) if word in m.text])[-1]

    def quiet(self) -> None:
        """Until nothing is left to be worked."""

        def none_left() -> bool:
            with self.app.store.unit(ACTOR) as unit:
                return unit.slack.unfinished() == 0 and not unit.messages.unfinished()

        until(none_left)

    def work(self) -> None:
        """What the workflow's queue does."""
        desk = replace(self.app.desk, reader=read_message)
        talk, posts = Talk(desk, self.app.erp), poster(self.app)
        while not self._stop.is_set():
            with self.app.store.unit(ACTOR) as unit:
                waiting = unit.messages.unfinished()
                approved = [c.id for c in unit.cases.list() if c.state.value == "approved"]
            for message in waiting:
                if not talk.claim(message.id):
                    continue
                draft = talk.draft(message.id)
                saved = None if draft is None else talk.save(message.id, draft)
                if saved is not None:
                    talk.propose(*saved)
            for case_id in approved:
                posts.post(case_id)
            time.sleep(0.05)


def text_of(message: Message) -> str:
    """All that a message says, its blocks included."""
    return " ".join([message.text, *_texts(message.blocks)])


def _texts(block: object) -> Iterator[str]:
    if isinstance(block, dict):
        for name, value in block.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(block, list):
        for each in block:
            yield from _texts(each)


def action_ids(message: Message) -> list[str]:
    return [e["action_id"] for block in message.blocks if block["type"] == "actions" for e in block["elements"]]


@contextmanager
def served(side: SlackSide) -> Iterator[str]:
    """Our HTTP side on a free port; gives the address for events."""
    listener = socket.create_server(("127.0.0.1", 0))
    site = FastAPI()
    site.include_router(web.router(side))
    config = uvicorn.Config(
        site, log_level="warning", access_log=False, ws="none", lifespan="off", timeout_keep_alive=75
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def world(
    app: App, slack: StandIn, way: str = "http", *, channel: str = CREDIT, oauth: bool = False
) -> Iterator[World]:
    told = SlackSettings(
        bot_token="" if oauth else slack.app.bot_token,
        client_id=slack.app.client_id if oauth else "",
        client_secret=slack.app.client_secret if oauth else "",
        signing_secret=slack.app.signing_secret if way == "http" else "",
        app_token=slack.app.app_token if way == "sockets" else "",
        api_url=slack.api_url,
        channel=channel,
        key=app.settings.data / "slack-key",
    )
    side = slack_side(replace(app, settings=replace(app.settings, slack=told)))
    made = World(app, slack, side)
    worker = threading.Thread(target=made.work, daemon=True)
    side.start()
    worker.start()
    try:
        if way == "http":
            with served(side) as url:
                slack.deliver_to(url)
                made.url = url
                if not oauth:
                    until(lambda: side.team())
                yield made
        else:
            assert slack.sockets.connected()
            yield made
    finally:
        made._stop.set()
        worker.join(10)
        side.stop()
