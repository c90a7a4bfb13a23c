"""What Backhaul understood of one request, for a person to check. See docs/draft.md for the printed form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from assistant.domain.evidence import Evidence
from assistant.domain.money import Money


class Intent(StrEnum):
    RETURN_REQUEST = "return_request"  # goods come back
    CREDIT_REQUEST = "credit_request"  # money only
    ADJUSTMENT = "adjustment"  # our own warehouse reports a stock difference
    STATUS_INQUIRY = "status_inquiry"
    NOT_A_REQUEST = "not_a_request"


class Reason(StrEnum):
    DAMAGED_IN_TRANSIT = "DAMAGED_IN_TRANSIT"
    CONCEALED_DAMAGE = "CONCEALED_DAMAGE"
    DEFECTIVE_ON_ARRIVAL = "DEFECTIVE_ON_ARRIVAL"
    WARRANTY_FAILURE = "WARRANTY_FAILURE"
    WRONG_ITEM = "WRONG_ITEM"
    SHORT_SHIPMENT = "SHORT_SHIPMENT"
    OVER_SHIPMENT = "OVER_SHIPMENT"
    DUPLICATE_SHIPMENT = "DUPLICATE_SHIPMENT"
    LATE_DELIVERY = "LATE_DELIVERY"
    ORDERED_IN_ERROR = "ORDERED_IN_ERROR"
    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    PRICING_ERROR = "PRICING_ERROR"
    EXPIRED_OR_SHORT_DATED = "EXPIRED_OR_SHORT_DATED"
    QUALITY_NONCONFORMANCE = "QUALITY_NONCONFORMANCE"
    RECALL = "RECALL"
    CORE_RETURN = "CORE_RETURN"
    OTHER = "OTHER"

    @property
    def keeps_goods(self) -> bool:
        """True where money moves and no goods come back."""
        return self in {Reason.SHORT_SHIPMENT, Reason.PRICING_ERROR, Reason.LATE_DELIVERY}


class Resolution(StrEnum):
    CREDIT = "credit"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    UNSPECIFIED = "unspecified"


class FindingCode(StrEnum):
    UNKNOWN_ORDER = "UNKNOWN_ORDER"
    UNKNOWN_SENDER = "UNKNOWN_SENDER"
    CUSTOMER_MISMATCH = "CUSTOMER_MISMATCH"
    QTY_EXCEEDS_SHIPPED = "QTY_EXCEEDS_SHIPPED"
    LOT_NOT_ON_SHIPMENT = "LOT_NOT_ON_SHIPMENT"
    SERIAL_NOT_ON_SHIPMENT = "SERIAL_NOT_ON_SHIPMENT"
    OUTSIDE_RETURN_WINDOW = "OUTSIDE_RETURN_WINDOW"
    NON_RETURNABLE = "NON_RETURNABLE"
    HAZMAT = "HAZMAT"
    MISSING_ORDER_REFERENCE = "MISSING_ORDER_REFERENCE"
    MISSING_ITEM = "MISSING_ITEM"
    MISSING_QUANTITY = "MISSING_QUANTITY"
    MISSING_LOT = "MISSING_LOT"
    MISSING_SERIAL = "MISSING_SERIAL"
    MISSING_PHOTOS = "MISSING_PHOTOS"
    MISSING_DOCUMENT = "MISSING_DOCUMENT"  # one that the policy wants; found when the case is opened
    UNREADABLE_ATTACHMENT = "UNREADABLE_ATTACHMENT"
    INJECTION_ATTEMPT = "INJECTION_ATTEMPT"
    SUSPECT_SENDER = "SUSPECT_SENDER"  # known by its address, and something about it does not fit


Severity = Literal["info", "warning", "blocking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a reviewer must know; ``line`` indexes the draft's lines from 0, None for the whole draft."""

    code: FindingCode
    severity: Severity
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What we would ask the sender, worded to be sent; ``field`` names the value that is missing."""

    field: str
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Money the sender claims on a line, and what it is worked out from (``price difference``)."""

    money: Money
    basis: str


EvidenceByField = Mapping[str, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One item, order, lot and reason.

    ``quantity`` is in ``uom``, the order's unit; None where nobody said it, signed in an adjustment. ``received`` is
    what came instead, where something else came. ``evidence`` and ``confidence`` (0..1) go by field name, and so do
    ``checks``: what else bears a value out, independent of the words it was read from.
    """

    sku: str | None
    quantity: Decimal | None
    uom: str | None
    reason_code: Reason
    order_no: str | None = None
    received: str | None = None
    reason_alternatives: tuple[Reason, ...] = ()
    lot: str | None = None
    serials: tuple[str, ...] = ()
    amount: Claim | None = None
    location: str | None = None
    confidence: Mapping[str, float] = field(default_factory=dict)
    evidence: EvidenceByField = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifiers:
    """References as the sender wrote them; the first where several are written."""

    customer_po: str | None = None
    invoice_no: str | None = None
    tracking_no: str | None = None
    customer_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrafterRun:
    """Who drafted, and what it took. ``note`` says why a fallback stands in; ``dropped`` counts ungrounded values."""

    name: str
    model: str | None = None
    prompt: str | None = None
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    dropped: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One request, understood: the draft of a case, or the reason why there is none.

    ``otherwise``: what another reading found, where the two differ on whether this is a request at all; a person looks.
    """

    intent: Intent
    summary: str
    customer_id: str | None
    order_nos: tuple[str, ...]
    lines: tuple[CaseLine, ...]
    resolution: Resolution
    identifiers: Identifiers
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    drafter: DrafterRun
    evidence: EvidenceByField = field(default_factory=dict)
    otherwise: "Draft | None" = None

    def has(self, code: FindingCode) -> bool:
        return any(finding.code is code for finding in self.findings)

    @property
    def doubts_sender(self) -> bool:
        """Whether nothing may be said to the sender until a person has looked."""
        return self.has(FindingCode.UNKNOWN_SENDER) or self.has(FindingCode.SUSPECT_SENDER)
