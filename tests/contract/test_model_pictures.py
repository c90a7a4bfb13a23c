"""Unsure pages reach a model that can see as pictures; one that can't is asked without, and that is remembered."""

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assistant.domain.model import Picture
from assistant.drafting.pictures import pictures, unsure_pages
from assistant.llm import ChatModel, LlmSettings
from evals.labelled import labelled_in
from tests.contract.test_model_budget import GOOD, SCHEMA
from tests.stub_llm import Behaviour, Said, StubServer, answers, fails

SHOWN = Picture(name="slip.pdf p2", media_type="image/jpeg", data=b"\xff\xd8 a page")


def content_of(body: Mapping[str, Any]) -> Any:
    return body["messages"][1]["content"]


def blind(then: Behaviour, status: int = 400, said: str = "this model does not support image_url content") -> Behaviour:
    def behave(body: Mapping[str, Any]) -> Said:
        return fails(status, said)(body) if isinstance(content_of(body), list) else then(body)

    return behave


def model(server: StubServer, **more: Any) -> ChatModel:
    return ChatModel(LlmSettings(model="small", base_url=server.url, attempts=1, **more))


def test_a_picture_goes_with_its_name_after_the_text() -> None:
    with StubServer(answers(GOOD)) as server:
        model(server).ask("s", "the question", SCHEMA, pictures=(SHOWN,))
    text, name, picture = content_of(server.bodies[0])
    assert text == {"type": "text", "text": "the question"}
    assert name == {"type": "text", "text": "slip.pdf p2"}
    head, _, data = picture["image_url"]["url"].partition(",")
    assert (head, base64.b64decode(data)) == ("data:image/jpeg;base64", SHOWN.data)


@pytest.mark.parametrize("status", [400, 404, 415, 422, 500])
def test_a_model_that_can_not_see_is_asked_without_from_then_on(status: int) -> None:
    with StubServer(blind(answers(GOOD), status)) as server:
        chat = model(server)
        assert chat.ask("s", "u", SCHEMA, pictures=(SHOWN,)).data == GOOD
        assert [isinstance(content_of(body), list) for body in server.bodies] == [True, False]
        chat.ask("s", "u", SCHEMA, pictures=(SHOWN,))
        assert len(server.bodies) == 3


@pytest.mark.parametrize(("setting", "sent"), [("no", False), ("yes", True), ("auto", True)])
def test_the_setting_decides_where_it_is_given(setting: str, sent: bool) -> None:
    with StubServer(answers(GOOD)) as server:
        model(server, pictures=setting).ask("s", "u", SCHEMA, pictures=(SHOWN,))
    assert isinstance(content_of(server.bodies[0]), list) is sent


def test_only_pages_read_unsurely_are_drawn() -> None:
    folder = Path("evals/sets/labor/tune")
    (sure,), (unsure,) = (labelled_in([folder / name]) for name in ("m10", "m28"))
    assert pictures(sure.request) == ()
    (page,) = pictures(unsure.request)
    assert page.name.endswith("p1")
    assert max(Image.open(io.BytesIO(page.data)).size) <= 1_400
    request = unsure.request
    assert len(unsure_pages(request)) == 1
    assert pictures(replace(request, raw=b"")) == ()
    assert pictures(replace(request, raw=request.raw[:200] + b"\x00 broken")) == ()
