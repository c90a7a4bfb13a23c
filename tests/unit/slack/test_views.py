"""Modals: their three seconds, their stack of three, their hashes, and what stays typed."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.demo.slack.gestures import Impossible
from assistant.demo.slack.standin import StandIn
from tests.slack_echo import MODAL

MAYA, RICK = "U0MAYA", "U0RICK"
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


def trigger(slack: StandIn) -> str:
    return slack.place.trigger(MAYA)


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_trigger_is_good_once_and_for_three_seconds(slack: StandIn, client: WebClient) -> None:
    used = trigger(slack)
    client.views_open(trigger_id=used, view=MODAL)
    assert refused(client.views_open, trigger_id=used, view=MODAL) == "exchanged_trigger_id"
    late = trigger(slack)
    slack.place.triggers[late].until -= 4
    assert refused(client.views_open, trigger_id=late, view=MODAL) == "expired_trigger_id"
    assert refused(client.views_open, trigger_id="1.2.3", view=MODAL) == "invalid_trigger_id"


def test_an_unfit_view_keeps_its_trigger(slack: StandIn, client: WebClient) -> None:
    kept = trigger(slack)
    assert refused(client.views_open, trigger_id=kept, view=MODAL | {"blocks": "x"}) == "invalid_arguments"
    client.views_open(trigger_id=kept, view=MODAL)
    assert len(slack.views(MAYA)) == 1


def test_three_views_stand_on_one_another(slack: StandIn, client: WebClient) -> None:
    assert refused(client.views_push, trigger_id=trigger(slack), view=MODAL) == "not_found"
    first = client.views_open(trigger_id=trigger(slack), view=MODAL)["view"]
    second = client.views_push(trigger_id=trigger(slack), view=MODAL)["view"]
    client.views_push(trigger_id=trigger(slack), view=MODAL)
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    assert refused(client.views_push, trigger_id=trigger(slack), view=MODAL) == "push_limit_reached"


def test_an_update_is_held_to_the_hash_it_saw(slack: StandIn, client: WebClient) -> None:
    view = client.views_open(trigger_id=trigger(slack), view=MODAL)["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    late: dict[str, Any] = {"view_id": view["id"], "hash": view["hash"], "view": MODAL}
    assert refused(client.views_update, **late) == "hash_conflict"
    assert refused(client.views_update, view_id="V0", view=MODAL) == "not_found"


def test_what_is_typed_stays_where_ids_stay(slack: StandIn, client: WebClient) -> None:
    client.views_open(trigger_id=trigger(slack), view=MODAL)
    view = slack.views(MAYA)[0]
    slack.submit_view(MAYA, view, {"order_number": "KS-700121"})  # nobody is there to take it
    client.views_update(view_id=view.id, view=MODAL | {"title": {"type": "plain_text", "text": "Again"}})
    assert view.values["order"]["order_number"]["value"] == "KS-700121"
    other = [{**MODAL["blocks"][0], "block_id": "another"}]  # type: ignore[index]  # MODAL is plain JSON
    client.views_update(view_id=view.id, view=MODAL | {"blocks": other})
    assert view.values == {"another": {"order_number": {"type": "plain_text_input", "value": None}}}


def test_a_required_input_is_asked_for_before_anything_is_sent(slack: StandIn, client: WebClient) -> None:
    client.views_open(trigger_id=trigger(slack), view=MODAL)
    view = slack.views(MAYA)[0]
    with pytest.raises(Impossible, match="Order number"):
        slack.submit_view(MAYA, view, {})
    with pytest.raises(Impossible, match="not on this person's screen"):
        slack.submit_view(RICK, view, {"order_number": "KS-700121"})


def test_home_is_each_persons_own(slack: StandIn, client: WebClient) -> None:
    client.views_publish(user_id=MAYA, view=HOME)
    client.views_publish(user_id=MAYA, view=HOME)
    home = slack.home(MAYA)
    assert home is not None
    assert home.type == "home"
    assert slack.home(RICK) is None
    assert refused(client.views_publish, user_id=MAYA, view=HOME, hash="old") == "hash_conflict"
    assert refused(client.views_publish, user_id=MAYA, view=MODAL) == "invalid_arguments"
