"""A workspace installs us by OAuth: its token is kept sealed, a stolen state opens nothing, and it can take us out."""

import httpx
import pytest

from assistant.bootstrap import App
from assistant.demo.slack.standin import StandIn
from tests.journeys.backhaul import until
from tests.slack_world import ACTOR, CREDIT, MAYA, RICK, action_ids, text_of, world

pytestmark = pytest.mark.slow


def test_a_workspace_installs_talks_and_leaves(app: App, slack: StandIn) -> None:
    with world(app, slack, oauth=True) as there, httpx.Client(trust_env=False) as browser:
        base = there.url.removesuffix("/slack/events")
        there.link(MAYA)
        slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
        there.quiet()
        assert there.cases() == []  # nobody installed us there yet
        begun = browser.get(f"{base}/slack/install")
        assert begun.status_code == 302
        back = slack.consent(RICK, begun.headers["location"])
        forged = browser.get(f"{base}/slack/oauth_redirect?code=x&state=made-up")
        assert forged.status_code >= 400
        cookie = begun.headers["set-cookie"].partition(";")[0]
        done = browser.get(f"{base}/slack/oauth_redirect?{back.lstrip('?')}", headers={"cookie": cookie})
        assert done.status_code == 200
        with app.store.unit(ACTOR) as unit:
            (kept,) = unit.slack.installations()
        assert slack.app.bot_token not in kept.sealed
        said = slack.direct(MAYA, "Fennimore returns 3 PRV-34 from KS-700121, ordered too many")
        assert "BH-" in text_of(there.answer(said, "BH-"))
        until(lambda: [m for m in slack.messages(CREDIT) if "approve" in action_ids(m)])
        slack.uninstall()

        def gone() -> bool:
            with app.store.unit(ACTOR) as unit:
                return unit.slack.installations() == ()

        until(gone)
