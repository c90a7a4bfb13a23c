"""A case: one return, credit or adjustment, from draft to settled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from assistant.domain.draft import Draft, Intent
from assistant.domain.lifecycle import CaseState
from assistant.domain.party import Party
from assistant.domain.person import Actor

CaseKind = Literal["return", "credit", "adjustment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What the case said at one point; never changed. ``number`` counts from 1; ``why`` is an editor's reason."""

    number: int
    draft: Draft
    by: Actor
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``id`` is what people call it (``BH-1001``). ``revision`` is the current one."""

    id: str
    kind: CaseKind
    state: CaseState
    party: Party
    message_id: str
    subject: str
    revision: Revision
    opened_at: datetime
    changed_at: datetime

    @property
    def draft(self) -> Draft:
        return self.revision.draft


def kind_of(intent: Intent) -> CaseKind | None:
    """The kind of case an intent opens; None where it opens none."""
    match intent:
        case Intent.RETURN_REQUEST:
            return "return"
        case Intent.CREDIT_REQUEST:
            return "credit"
        case Intent.ADJUSTMENT:
            return "adjustment"
        case Intent.STATUS_INQUIRY | Intent.NOT_A_REQUEST:
            return None
        case _:
            assert_never(intent)
