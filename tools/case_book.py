"""The tools that read cases and the policy. What they ask of the application is a case book."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tools.contract import Arguments, Caller, Effect, Refused, Result, Tool, ToolCall
from tools.permissions import CASE_READ, POLICY_READ
from tools.schemas import (
    CaseOut,
    CasePolicy,
    CaseReference,
    CasesOut,
    CasesWanted,
    PassageOut,
    PassagesOut,
    Topic,
)

_MOST_FOUND = 25
Run = Callable[[Any, ToolCall, Caller], Result]


class CaseBook(Protocol):
    """Raises Refused where it is asked about somebody or something it can't tell apart."""

    def named(self, reference: str) -> CaseOut | None: ...
    def found(self, wanted: CasesWanted, most: int) -> CasesOut:
        """So many at most of those that fit, the ones that move most first."""
        ...

    def policy_on(self, case_id: str) -> CasePolicy | None: ...
    def passages(self, about: str) -> Sequence[PassageOut]: ...


def case_tools(book: CaseBook) -> Sequence[Tool]:
    def case_status(asked: CaseReference, _call: ToolCall, caller: Caller) -> Result:
        case = book.named(asked.reference)
        mine = [case] if case is not None and _may_see(caller, case) else []
        return CasesOut(total=len(mine), cases=tuple(_for(caller, each) for each in mine))

    def find_cases(asked: CasesWanted, _call: ToolCall, caller: Caller) -> Result:
        own = {} if caller.customer_id is None else {"customer": caller.customer_id}
        found = book.found(asked.model_copy(update=own), _MOST_FOUND)
        return CasesOut(total=found.total, cases=tuple(_for(caller, each) for each in found.cases))

    def case_policy(asked: CaseReference, _call: ToolCall, _caller: Caller) -> Result:
        case = book.named(asked.reference)
        said = book.policy_on(case.case_id) if case is not None else None
        if said is None:
            raise Refused(f"there is no case {asked.reference}")
        return said

    def policy_passages(asked: Topic, _call: ToolCall, _caller: Caller) -> Result:
        return PassagesOut(passages=tuple(book.passages(asked.about)))

    def of_whom(found: CasesOut) -> frozenset[str]:
        return frozenset(case.customer_id for case in found.cases)

    status = "How a case stands, what it moves and led to; by its number (BH-1001), or that of its RMA or credit memo."
    several = "Cases by customer, state, amount or order; the open ones where no state is named."
    why = "Which rows of the policy's tables a case met, which approver each asks for, and which refuse a line."
    words = "What the returns policy says in words about something; everybody may read it."
    return (
        _tool("case_status", status, CASE_READ, (CaseReference, CasesOut), case_status, of_whom),
        _tool("find_cases", several, CASE_READ, (CasesWanted, CasesOut), find_cases, of_whom),
        _tool("case_policy", why, CASE_READ, (CaseReference, CasePolicy), case_policy),  # how we decide is ours to know
        _tool("policy_passages", words, POLICY_READ, (Topic, PassagesOut), policy_passages, lambda _: frozenset()),
    )


def _tool(
    name: str,
    summary: str,
    scope: str,
    shape: tuple[type[Arguments], type[Result]],
    run: Run,
    owners: Callable[[Any], frozenset[str]] | None = None,
) -> Tool:
    takes, gives = shape
    return Tool(
        name=name,
        version="1",
        effect=Effect.READ,
        scope=scope,
        summary=summary,
        takes=takes,
        gives=gives,
        run=run,
        owners=owners,
        max_argument_bytes=2_000,
    )


def _may_see(caller: Caller, case: CaseOut) -> bool:
    return caller.customer_id is None or caller.customer_id == case.customer_id


def _for(caller: Caller, case: CaseOut) -> CaseOut:
    """A customer's caller is not told which of our people decided what."""
    return case if caller.customer_id is None else case.model_copy(update={"decisions": ()})
