"""A provider's embeddings behind the memory: what is sent, what comes back, and that two kinds never meet."""

import base64
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant import vectors
from assistant.bootstrap import embedding
from assistant.domain.draft import Resolution
from assistant.domain.memory import MemorySilent, Precedent
from assistant.memory import ChromaMemory
from assistant.settings import ModelSettings
from tests.stub_llm import Said, StubServer, fails

_WIDTH = 6


def _embeds(body: Mapping[str, Any]) -> Said:
    """A vector a text, by its length; as bytes where they are asked for."""
    rows: list[dict[str, Any]] = []
    for index, text in enumerate(body["input"]):
        numbers = [float(len(text) % 7 + 1), 1.0, *[0.0] * (_WIDTH - 2)]
        packed = base64.b64encode(struct.pack(f"<{_WIDTH}f", *numbers)).decode()
        as_asked = packed if body.get("encoding_format") == "base64" else numbers
        rows.append({"object": "embedding", "index": index, "embedding": as_asked})
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return Said(body=json.dumps({"object": "list", "data": rows, "model": body["model"], "usage": usage}).encode())


def _model(url: str) -> ModelSettings:
    return ModelSettings(name="text-embedding-3-small", api_key="k", base_url=url, timeout_seconds=5)


def _case(case_id: str) -> Precedent:
    return Precedent(
        case_id=case_id,
        summary="",
        words="the pump leaks",
        reasons=(),
        resolution=Resolution.CREDIT,
        outcome="approved",
    )


def test_a_providers_vectors_and_the_static_ones_never_meet(tmp_path: Path) -> None:
    with StubServer(_embeds) as server:
        embed, name = embedding(_model(server.url))
        theirs = ChromaMemory(str(tmp_path), embed, name)
        theirs.remember([_case("BH-1")])
        (found,) = theirs.similar("the pump leaks")
        theirs.close()
        assert found.found.case_id == "BH-1"
        assert server.bodies[0]["input"] == ["the pump leaks"]
        assert {body["model"] for body in server.bodies} == {"text-embedding-3-small"}
    ours = ChromaMemory(str(tmp_path), *embedding(ModelSettings()))
    assert ours.similar("the pump leaks") == ()
    ours.remember([_case("BH-2")])
    assert [each.found.case_id for each in ours.similar("the pump leaks")] == ["BH-2"]
    ours.close()


def test_a_server_that_refuses_leaves_the_memory_silent(tmp_path: Path) -> None:
    with StubServer(fails(401, "no such key")) as server:
        memory = ChromaMemory(str(tmp_path), *embedding(_model(server.url)))
        with pytest.raises(MemorySilent):
            memory.remember([_case("BH-1")])
        memory.close()


def test_the_name_tells_embeddings_and_servers_apart() -> None:
    models = [ModelSettings(), _model(""), _model("http://one.invalid/v1"), _model("http://two.invalid/v1")]
    names = [embedding(model)[1] for model in models]
    assert names[0] == vectors.NAME
    assert len(set(names)) == len(names)


def test_long_names_alike_in_their_beginning_get_collections_of_their_own(tmp_path: Path) -> None:
    long = "a-provider-with-a-long-name-of-its-embedding-number-"
    one, other = (ChromaMemory(str(tmp_path), vectors.vectors, f"{long}{number}") for number in (1, 2))
    one.remember([_case("BH-1")])
    one.close()
    assert other.known(["BH-1"]) == frozenset()
    other.close()
