"""A prompt file or its use that does not fit fails, and says how."""

import pytest

from prompts.loader import PromptFault, load, parse

HEAD = "---\nid: x\nversion: 1\nschema: draft-answer.v1\nvariables: name\n---\n"


def test_the_draft_prompt_loads_and_its_static_part_holds_no_variable() -> None:
    prompt = load("draft.v1")
    system, user = prompt.render(seller="S", documents="D", candidates="C", orders="O")
    assert "$" not in system
    assert "<documents>\nD\n</documents>" in user
    assert prompt.schema["title"] == "draft_answer"


@pytest.mark.parametrize("values", [{}, {"name": "n", "more": "m"}])
def test_a_missing_or_unknown_variable_fails(values: dict[str, str]) -> None:
    with pytest.raises(PromptFault, match="missing or unknown"):
        parse("x.v1", HEAD + "static\n=====\nHello $name\n").render(**values)


def test_words_of_strangers_are_never_taken_for_variables() -> None:
    assert parse("x.v1", HEAD + "static\n=====\nHello $name\n").render(name="$other")[1] == "Hello $other"


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        HEAD + "no rule",
        HEAD + "static\n=====\nHello $somebody\n",
        HEAD + "static\n=====\nnothing used\n",
        HEAD + "static $name\n=====\nHello $name\n",
        HEAD.replace("draft-answer.v1", "nowhere") + "static\n=====\nHello $name\n",
        HEAD.replace("version: 1", "version: 2") + "static\n=====\nHello $name\n",
    ],
)
def test_a_file_that_does_not_fit_fails(text: str) -> None:
    with pytest.raises(PromptFault):
        parse("x.v1", text)


def test_a_prompt_that_is_not_there_fails() -> None:
    with pytest.raises(PromptFault, match="no prompt"):
        load("nothing.v9")
