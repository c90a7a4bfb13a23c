"""What we tell other programs: one catalogue of events, derived from the lives of cases and from what was posted.

An event carries ids, states, quantities and amounts, and never a word of what anybody wrote. In CloudEvents 1.0 terms
``source`` is this installation, ``subject`` the case, ``type`` one of TYPES.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.domain.lifecycle import CASE_TRANSITIONS, CaseState
from assistant.domain.posting import Posting

_STATES: Mapping[CaseState, str] = {
    CaseState.DRAFT: "A request became the draft of a case, or a person edited it: there is a new revision.",
    CaseState.NEEDS_INFO: "The sender was asked for what is missing.",
    CaseState.IN_REVIEW: "The case is before its reviewers.",
    CaseState.APPROVED: "Everybody the policy asks for has approved; it is posted next.",
    CaseState.AUTHORISED: "The return is authorised in the ERP; goods are to come back.",
    CaseState.RECEIVED: "The goods are back.",
    CaseState.INSPECTED: "The goods were inspected.",
    CaseState.SETTLED: "What was approved is posted; nothing comes back any more.",
    CaseState.CLOSED: "The case is closed.",
    CaseState.REJECTED: "This revision was rejected; the customer is told.",
    CaseState.CANCELLED: "The case was cancelled; nothing of it was posted.",
    CaseState.EXPIRED: "No goods came in the time there was.",
}
_POSTED: Mapping[str, tuple[str, str]] = {
    "authorise_return": ("case.rma_issued", "The ERP gave an RMA number."),
    "post_credit_memo": ("case.credited", "The ERP holds a credit memo."),
    "post_adjustment": ("case.adjusted", "The ERP holds an adjustment of the stock."),
}


def type_of(state: CaseState) -> str:
    """The event of a case that came into this state."""
    return "case.drafted" if state is CaseState.DRAFT else f"case.{state.value}"


# Every type there is, with what it says. A state that no transition leads to has no event.
TYPES: Mapping[str, str] = {
    type_of(state): _STATES[state] for state in CaseState if state in CASE_TRANSITIONS.values()
} | dict(_POSTED.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``number`` counts all events of this installation; ``id`` is what receivers know it by."""

    number: int
    id: str
    type: str
    at: datetime
    case_id: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Who is told: of the ``types`` named, of all where none are."""

    id: str
    url: str
    types: tuple[str, ...]
    made_by: str
    made_at: datetime
    ended_at: datetime | None = None


DeliveryState = Literal["waiting", "sending", "delivered", "dead", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one webhook. ``attempts`` count from when it was queued last, ``tries`` from the start.

    ``dead`` was given up and is among the exceptions; ``dropped`` had nobody left to go to.
    """

    id: str
    webhook_id: str
    event_id: str
    state: DeliveryState
    attempts: int
    tries: int
    due_at: datetime
    note: str = ""


def posted_event(posting: Posting) -> tuple[str, dict[str, Any]] | None:
    """The type and data of the event that a finished posting is; None for a tool that is none of ours to tell."""
    if posting.tool not in _POSTED:
        return None
    told = ("order_no", "sku", "quantity", "uom", "reason_code", "amount", "invoice_no", "location")
    lines = [{name: line[name] for name in told if line.get(name)} for line in posting.arguments.get("lines", ())]
    data = {"case_id": posting.case_id, "revision": posting.revision, "document_no": posting.document_no}
    data |= {name: posting.arguments[name] for name in ("customer_id", "currency") if posting.arguments.get(name)}
    return _POSTED[posting.tool][0], {**data, "lines": lines}


def cloud_event(event: Event, source: str) -> dict[str, Any]:
    """CloudEvents 1.0 in its JSON format, structured mode."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": event.type,
        "subject": event.case_id,
        "time": event.at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(event.data),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a webhook's receiver checks signatures by: the secret, and the one before while both still count."""

    now: str
    before: str = ""
    before_until: str = field(default="")
