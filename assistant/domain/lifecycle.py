"""The lives of a case and of a message: two transition tables, and nothing else decides a state.

An exception (something failed and a person must look) stands beside these states, never among them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from assistant.domain.errors import NotAllowedNow


class CaseState(StrEnum):
    DRAFT = "draft"
    NEEDS_INFO = "needs_info"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    AUTHORISED = "authorised"
    RECEIVED = "received"
    INSPECTED = "inspected"
    SETTLED = "settled"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class CaseEvent(StrEnum):
    ASK = "ask"
    SUBMIT = "submit"
    REVISE = "revise"
    APPROVE = "approve"
    REVIEW_AGAIN = "review_again"
    REJECT = "reject"
    AUTHORISE = "authorise"
    RECEIVE = "receive"
    INSPECT = "inspect"
    SETTLE = "settle"
    CLOSE = "close"
    CANCEL = "cancel"
    EXPIRE = "expire"


S, E = CaseState, CaseEvent
CASE_TRANSITIONS: Mapping[tuple[CaseState, CaseEvent], CaseState] = {
    (S.DRAFT, E.ASK): S.NEEDS_INFO,
    (S.DRAFT, E.SUBMIT): S.IN_REVIEW,
    (S.DRAFT, E.REVISE): S.DRAFT,
    (S.DRAFT, E.CANCEL): S.CANCELLED,
    (S.NEEDS_INFO, E.REVISE): S.DRAFT,
    (S.NEEDS_INFO, E.SUBMIT): S.IN_REVIEW,
    (S.NEEDS_INFO, E.CANCEL): S.CANCELLED,
    (S.NEEDS_INFO, E.EXPIRE): S.EXPIRED,
    (S.IN_REVIEW, E.REVISE): S.DRAFT,
    (S.IN_REVIEW, E.APPROVE): S.APPROVED,
    (S.IN_REVIEW, E.REJECT): S.REJECTED,
    (S.IN_REVIEW, E.CANCEL): S.CANCELLED,
    (S.REJECTED, E.REVISE): S.DRAFT,  # by a person; the rejected revision stays rejected
    (S.APPROVED, E.REVIEW_AGAIN): S.IN_REVIEW,  # what was approved does not hold any more, and nothing was posted
    (S.APPROVED, E.AUTHORISE): S.AUTHORISED,  # goods come back
    (S.APPROVED, E.SETTLE): S.SETTLED,  # money or stock only
    (S.APPROVED, E.CANCEL): S.CANCELLED,  # only while nothing of it was posted
    (S.AUTHORISED, E.RECEIVE): S.RECEIVED,
    (S.AUTHORISED, E.CANCEL): S.CANCELLED,
    (S.AUTHORISED, E.EXPIRE): S.EXPIRED,
    (S.RECEIVED, E.INSPECT): S.INSPECTED,
    (S.INSPECTED, E.SETTLE): S.SETTLED,
    (S.SETTLED, E.CLOSE): S.CLOSED,
}


class MessageState(StrEnum):
    RECORDED = "recorded"
    WORKING = "working"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    PARKED = "parked"  # kept with a reason; nothing more happens by itself
    FAILED = "failed"  # could not be worked; an exception says why


class MessageEvent(StrEnum):
    CLAIM = "claim"
    DRAFT = "draft"
    ANSWER = "answer"
    PARK = "park"
    FAIL = "fail"
    RUN_AGAIN = "run_again"


M, N = MessageState, MessageEvent
MESSAGE_TRANSITIONS: Mapping[tuple[MessageState, MessageEvent], MessageState] = {
    (M.RECORDED, N.CLAIM): M.WORKING,
    (M.RECORDED, N.FAIL): M.FAILED,
    (M.WORKING, N.CLAIM): M.WORKING,  # the same workflow, resumed
    (M.WORKING, N.DRAFT): M.DRAFTED,
    (M.WORKING, N.PARK): M.PARKED,
    (M.WORKING, N.FAIL): M.FAILED,
    (M.DRAFTED, N.ANSWER): M.ANSWERED,
    (M.PARKED, N.RUN_AGAIN): M.RECORDED,
    (M.FAILED, N.RUN_AGAIN): M.RECORDED,
}

State = TypeVar("State", CaseState, MessageState)
Event = TypeVar("Event", CaseEvent, MessageEvent)


def after(table: Mapping[tuple[State, Event], State], state: State, event: Event) -> State:
    """The state that follows. Raises NotAllowedNow where the table knows no such step."""
    try:
        return table[state, event]
    except KeyError:
        raise NotAllowedNow(
            f"{event.value} is not possible while the state is {state.value}; nothing was changed"
        ) from None
