"""The stand-in beside `backhaul serve --demo`: on its own port, its workspace kept in the data folder."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from assistant.demo.people import PEOPLE
from assistant.demo.slack import kept
from assistant.demo.slack.people import CREDIT, user_id
from assistant.demo.slack.records import HOME_TEAM
from assistant.demo.slack.standin import StandIn
from assistant.domain.errors import OperatorMustAct
from assistant.settings import Settings

_SAVE_SECONDS = 2.0
EVENTS_PATH = "/slack/events"


def accounts() -> dict[str, str]:
    """Whose the demo's Slack accounts are: ``team/user`` by the person's id."""
    return {person.id: f"{HOME_TEAM}/{user_id(person.id)}" for person in PEOPLE}


def through(settings: Settings, standin: StandIn) -> Settings:
    """Settings under which we talk to the stand-in as to Slack, over HTTP."""
    app = standin.app
    told = replace(
        settings.slack,
        bot_token=app.bot_token,
        signing_secret=app.signing_secret,
        api_url=standin.api_url,
        channel=settings.slack.channel or CREDIT,
    )
    return replace(settings, slack=told)


@contextmanager
def beside(settings: Settings) -> Iterator[StandIn]:
    """Running, with what was said before. Events go to our own port and are repeated until we are up.

    Raises OperatorMustAct where its port is taken.
    """
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells of every delivery
    standin = StandIn(port=settings.slack_demo_port, retry_seconds=(1.0, 5.0, 60.0))
    path = settings.data / "slack-stand-in.json"
    kept.load(standin.place, path)
    stop = threading.Event()

    def keep() -> None:
        saved = standin.place.changes
        while not stop.wait(_SAVE_SECONDS):
            if standin.place.changes != saved:
                saved = standin.place.changes
                kept.save(standin.place, path)

    try:
        standin.start()
    except OSError as error:
        raise OperatorMustAct(
            f"The demo's stand-in for Slack can't listen on port {settings.slack_demo_port}: {error.strerror}. Set "
            "BACKHAUL_SLACK_DEMO_PORT to another, or to 0 to do without. Nothing was started."
        ) from error
    standin.deliver_to(f"http://127.0.0.1:{settings.port}{EVENTS_PATH}")
    keeper = threading.Thread(target=keep, name="slack-stand-in-keeper", daemon=True)
    keeper.start()
    try:
        yield standin
    finally:
        stop.set()
        keeper.join(10)
        standin.stop()
        kept.save(standin.place, path)
