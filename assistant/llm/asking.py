"""A free question of one of our people, answered by langchain's agent with the gate's reading tools and nothing else.

Every call goes through the gate, as the person's assistant; every model call stays within the budget. What was looked
up is told by us, from the calls that were made, not by the model.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.domain.person import Person
from assistant.llm import failures, provider
from assistant.llm.budget import Purse, Spent, Sum
from assistant.llm.settings import LlmSettings
from assistant.llm.tools import offered
from prompts.loader import load
from tools.gate import Gate
from tools.permissions import assistant_of

if TYPE_CHECKING:
    from langchain.agents.middleware import AgentMiddleware
    from langchain_core.messages import BaseMessage

PROMPT = "ask.v2"
_MOST_CALLS = 6
_STEPS = 2 * _MOST_CALLS + 3
_ANSWER_CHARACTERS = 4_000
_LOOKED_UP_CHARACTERS = 120
_log = logging.getLogger("backhaul.asking")


@dataclass(frozen=True, slots=True)
class Answered:
    """``looked_up`` are the look-ups it stands on, as ``tool: what``."""

    text: str
    looked_up: tuple[str, ...]


class AskingAgent:
    """One agent an ask: nothing of one person's question is left for the next one's. langchain loads with the first."""

    def __init__(
        self, settings: LlmSettings, gate: Gate, company: Callable[[], str], today: Callable[[], date]
    ) -> None:
        self._settings = settings
        self._gate = gate
        self._company = company
        self._today = today
        self._purse = Purse(settings.budget)

    def answer(self, question: str, person: Person) -> Answered | None:
        """None where the model can't be used now, or says nothing."""
        from langchain.agents import create_agent
        from langsmith import tracing_context

        system, user = load(PROMPT).render(
            company=self._company(), today=self._today().isoformat(), asker=person.name, question=question
        )
        try:
            agent: Any = create_agent(
                provider.built(self._settings),
                offered(self._gate, assistant_of(person.id)),
                system_prompt=system,
                middleware=[self._bounded(len(system) + len(user))],
            )
            with tracing_context(enabled=self._settings.langsmith):
                told = agent.invoke({"messages": [("user", user)]}, config={"recursion_limit": _STEPS})
        except Spent as spent:
            _log.warning("a question was not put to the model: %s", spent)
            return None
        except Exception as error:  # noqa: BLE001 - whatever a provider raises, who asked is told that it can't be answered
            failed = failures.of(error, self._settings.timeout_seconds, self._settings.max_tokens)
            _log.warning("the model did not answer a question (%s)", type(failed or error).__name__)
            return None
        messages: Sequence[BaseMessage] = told["messages"]
        text = str(messages[-1].text).strip()[:_ANSWER_CHARACTERS]
        return Answered(text, tuple(dict.fromkeys(_looked_up(messages)))) if text else None

    def _bounded(self, characters: int) -> "AgentMiddleware[Any, Any]":
        from langchain.agents.middleware import wrap_model_call

        purse, settings, calls = self._purse, self._settings, [0]

        @wrap_model_call
        def bounded(request: Any, handler: Callable[[Any], Any]) -> Any:
            calls[0] += 1
            if calls[0] > _MOST_CALLS:
                raise Spent(f"{_MOST_CALLS} calls for one question are spent.")
            said = "".join(str(message.content) for message in request.messages)
            most = purse.most(said + " " * characters, 0, settings.max_tokens)
            day, took = purse.reserve(most, ()), Sum(calls=1)
            try:
                answer = handler(request)
                usage = getattr(answer.result[-1], "usage_metadata", None)
                if usage:
                    took = purse.taken(usage["input_tokens"], usage["output_tokens"])
                return answer
            finally:
                purse.settle(day, most, took)

        made: AgentMiddleware[Any, Any] = bounded
        return made


def _looked_up(messages: "Sequence[BaseMessage]") -> list[str]:
    calls = [call for message in messages for call in getattr(message, "tool_calls", ())]
    told = [(str(call["name"]), ", ".join(str(value) for value in call["args"].values())) for call in calls]
    return [f"{name.replace('_', ' ')}: {what}"[:_LOOKED_UP_CHARACTERS] for name, what in told]
