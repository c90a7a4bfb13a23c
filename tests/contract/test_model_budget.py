"""What a model may take is bounded, by case and by day, across processes; and a spent budget says so on the draft."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.errors import OperatorMustAct
from assistant.domain.model import ModelUnavailable, Reply
from assistant.drafting.with_model import ModelDrafter
from assistant.llm import Budget, ChatModel, LlmSettings
from assistant.llm.budget import Purse, Spent, Sum
from assistant.settings import model_from
from tests.contract.test_model_drafter import Double, answer, content, erp, line, offline, request_of
from tests.stub_llm import StubServer, answers, fails

SCHEMA: Mapping[str, Any] = {
    "title": "greeting",
    "type": "object",
    "additionalProperties": False,
    "required": ["word"],
    "properties": {"word": {"type": "string"}},
}
GOOD = {"word": "hello"}


def model(server: StubServer, budget: Budget) -> ChatModel:
    return ChatModel(LlmSettings(model="small", base_url=server.url, max_tokens=400, attempts=1, budget=budget))


def reply(tokens: int = 1_000) -> Reply:
    return Reply(data={}, model="m", calls=1, tokens_in=tokens, tokens_out=0, seconds=1.0)


@pytest.mark.parametrize(
    ("budget", "why"),
    [
        (Budget(case_calls=1), "1 calls for this case"),
        (Budget(case_tokens=1_200), "1200 tokens for this case"),
        (Budget(case_cost=Decimal("0.001"), price_in=Decimal(1), price_out=Decimal(4)), "0.001 cost for this case"),
        (Budget(day_calls=1), "1 calls for today is spent. It opens again at 00:00 UTC"),
    ],
)
def test_a_question_that_might_pass_a_bound_is_not_asked(budget: Budget, why: str) -> None:
    with StubServer(answers(GOOD)) as server:
        chat = model(server, budget)
        first = chat.ask("s", "u", SCHEMA) if not (budget.case_cost or budget.case_tokens) else reply()
        with pytest.raises(ModelUnavailable, match=why):
            chat.ask("s", "u", SCHEMA, so_far=(first,))
        assert len(server.bodies) <= 1


def test_seconds_of_a_case_are_counted_over_its_questions() -> None:
    with StubServer(answers(GOOD)) as server:
        chat = ChatModel(LlmSettings(model="small", base_url=server.url, total_seconds=1.0))
        with pytest.raises(ModelUnavailable, match="time for it is used up"):
            chat.ask("s", "u", SCHEMA, so_far=(reply(),))
        assert server.bodies == []


def test_the_day_s_sums_are_what_was_taken_and_not_what_was_feared() -> None:
    budget = Budget(day_tokens=100_000, price_in=Decimal("0.4"), price_out=Decimal("1.6"))
    with StubServer(answers(GOOD)) as server:
        chat = model(server, budget)
        chat.ask("s", "u", SCHEMA)
    assert chat.purse.today() == Sum(1, 1_020, Decimal("0.000552"))  # 900 in and 120 out


def test_what_a_failed_question_was_feared_to_take_is_given_back() -> None:
    with StubServer(fails(401, "no")) as server:
        chat = model(server, Budget(day_tokens=100_000))
        with pytest.raises(ModelUnavailable):
            chat.ask("s", "u", SCHEMA)
    assert chat.purse.today() == Sum(calls=1)


def test_processes_share_a_day_by_its_file_and_a_new_day_is_free(tmp_path: Path) -> None:
    day = [datetime(2026, 11, 20, 23, 59, tzinfo=UTC)]
    budget = Budget(day_calls=3, ledger=tmp_path / "more" / "spent.json")
    purses = [Purse(budget, lambda: day[0]) for _ in range(2)]
    for purse in (*purses, purses[0]):
        purse.reserve(Sum(1), ())
    with pytest.raises(Spent, match="today"):
        purses[1].reserve(Sum(1), ())
    day[0] += timedelta(minutes=2)
    purses[1].reserve(Sum(1), ())
    assert list(json.loads((tmp_path / "more" / "spent.json").read_text())) == ["2026-11-21"]


def test_many_at_once_stay_within_the_bound(tmp_path: Path) -> None:
    budget = Budget(day_calls=10, ledger=tmp_path / "spent.json")

    def one(_: int) -> bool:
        try:
            Purse(budget).reserve(Sum(1), ())
        except Spent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 10


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"2026-11-20": 3}', '{"2026-11-20": [1, 2, "x"]}'])
def test_a_broken_file_is_begun_again(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "spent.json"
    path.write_text(broken)
    Purse(Budget(day_calls=1, ledger=path)).reserve(Sum(1), ())


def test_a_spent_day_leaves_the_offline_draft_and_says_so() -> None:
    request = request_of()
    with StubServer(answers(answer(line()))) as server:
        chat = ChatModel(LlmSettings(model="small", base_url=server.url, budget=Budget(day_calls=1)))
        drafter = ModelDrafter(Double(), chat, erp())
        assert drafter.draft(request).drafter.name == "model"
        spent = drafter.draft(request)
        assert len(server.bodies) == 1
    assert content(spent) == content(offline(request))
    assert spent.drafter.name == "offline"
    assert "the budget of 1 calls for today is spent. It opens again at 00:00 UTC." in spent.drafter.note


def test_a_second_question_beyond_the_case_s_budget_is_left_out_and_the_first_answer_stands() -> None:
    with StubServer(answers(answer(line(qty="21")))) as server:
        chat = ChatModel(LlmSettings(model="small", base_url=server.url, budget=Budget(case_calls=1)))
        draft = ModelDrafter(Double(), chat, erp()).draft(request_of())
        assert len(server.bodies) == 1
    assert draft.drafter.name == "model"
    assert "could not be looked at again" in draft.drafter.note
    assert "1 calls for this case" in draft.drafter.note
    assert draft.lines[0].quantity == 20


def test_the_settings_name_what_does_not_fit(tmp_path: Path) -> None:
    env = {"OPENAI_API_KEY": "k", "BACKHAUL_DATA": str(tmp_path)}
    plain = model_from(env).budget
    assert (plain.case_seconds, plain.day_cost, plain.ledger) == (120.0, None, None)
    bounded = {
        **env,
        "BACKHAUL_MODEL_DAY_COST": "5.00",
        "BACKHAUL_MODEL_CASE_CALLS": "2",
        "BACKHAUL_MODEL_PRICE_IN": "0.40",
        "BACKHAUL_MODEL_PRICE_OUT": "1.60",
    }
    budget = model_from(bounded).budget
    assert (budget.day_cost, budget.case_calls, budget.price_out) == (Decimal("5.00"), 2, Decimal("1.60"))
    assert budget.ledger == tmp_path.resolve() / "model-spent.json"
    with pytest.raises(OperatorMustAct, match="PRICE_IN"):
        model_from({**env, "BACKHAUL_MODEL_DAY_COST": "5"})
    with pytest.raises(OperatorMustAct, match="BACKHAUL_MODEL_DAY_COST is 'much'"):
        model_from({**env, "BACKHAUL_MODEL_DAY_COST": "much"})
    with pytest.raises(OperatorMustAct, match="BACKHAUL_MODEL_PICTURES"):
        model_from({**env, "BACKHAUL_MODEL_PICTURES": "maybe"})
