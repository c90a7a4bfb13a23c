"""What a partner is told of its request: the 180 that authorises or denies it, and the 812 of the credit memo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from assistant.domain.approval import rejected_lines
from assistant.domain.case import Case
from assistant.domain.edi import OutKind, Received, Unanswered
from assistant.domain.errors import OurFault
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.posting import Posting, PostingState
from assistant.edi import write
from assistant.edi.partners import Partner, Partners
from tools.erp import ErpReader

ACTOR = program("edi")
_DENIED, _AUTHORISED, _PARTLY, _KEEP = "RD", "RA", "PA", "KA"  # element 1292
_ENDED = {CaseState.REJECTED, CaseState.CANCELLED, CaseState.EXPIRED}
_RESPONSE = "11"  # element 353
_NOTIFICATION_ONLY = "H"  # element 305: no money goes with it
# Element 426 for our reasons; 06 quantity contested, 07 incorrect product, 01 pricing error, 04 and 05 not accepted.
_ADJUSTMENT: Mapping[str, str] = {
    "PRICING_ERROR": "01", "DAMAGED_IN_TRANSIT": "04", "CONCEALED_DAMAGE": "04", "DEFECTIVE_ON_ARRIVAL": "05",
    "QUALITY_NONCONFORMANCE": "05", "WARRANTY_FAILURE": "05", "SHORT_SHIPMENT": "06", "WRONG_ITEM": "07",
}  # fmt: skip
_OTHER = "ZZ"
_DESCRIPTION_CHARACTERS = 80
_MEMO_CHARACTERS = 22


@dataclass(frozen=True, slots=True)
class Answerer:
    """Safe to repeat: each answer goes out once for each standing of a case."""

    store: Store
    erp: ErpReader
    partners: Partners
    clock: Clock

    def answer(self) -> int:
        """Answer what can be answered; answers how many. What can't is an exception, and the others go on."""
        with self.store.unit(ACTOR) as unit:
            due = unit.edi.unanswered()
        for each in due:
            try:
                with self.store.unit(ACTOR) as unit:
                    self._one(unit, each)
            except Exception as error:  # noqa: BLE001 - one that can't be told must not keep the others
                self._stuck(each, error)
        return len(due)

    def _one(self, unit: Unit, due: Unanswered) -> None:
        partner = next((each for each in self.partners.partners if each.id == due.received.partner_id), None)
        if partner is None:
            raise OurFault(f"BACKHAUL_EDI_PARTNERS does not name {due.received.partner_id} any more.")
        case = unit.cases.lock(due.case_id)
        if f"{case.state.value}-{case.revision.number}" != due.key:
            return  # it went on meanwhile; the next look finds it
        postings = [
            each
            for each in unit.postings.of_case(case.id)
            if each.revision == case.revision.number and each.state is PostingState.DONE
        ]
        rejected = rejected_lines(unit.cases.decisions(case.id), case.revision.number)
        now = self.clock.now()
        authorised_before = f"180 {case.id} {CaseState.AUTHORISED.value}-{case.revision.number}"
        if case.state is not CaseState.SETTLED or unit.edi.sent(authorised_before) is None:
            stands = () if case.state in _ENDED else postings
            body = return_answer(due.received, case, stands, rejected, self._why(unit, case), now)
            self._send(unit, partner, due, "180", "AN", body, f"180 {case.id} {due.key}")
        for posting in postings:
            if posting.tool == "post_credit_memo":
                body = credit(due.received, posting, self.erp, now)
                self._send(unit, partner, due, "812", "CD", body, f"812 {posting.key}")
        unit.edi.answered(due)

    def _send(
        self, unit: Unit, partner: Partner, due: Unanswered, kind: OutKind, function: str, body: list[str], key: str
    ) -> None:
        if unit.edi.sent(key) is not None:
            return  # sent before, or another process was quicker
        control = unit.edi.next_control(partner.id)
        sets = [write.transaction(kind, 1, body)]
        whole = write.interchange(self.partners.ends(partner), control, self.clock.now(), function, sets)
        unit.edi.send(partner.id, kind, control, whole, key, due.received.message_id, due.case_id)

    @staticmethod
    def _why(unit: Unit, case: Case) -> str:
        """The reason of the rejection, that customers read in letters too."""
        said = [each.reason for each in unit.cases.decisions(case.id) if each.verdict == "rejected"]
        return said[-1] if said and case.state is CaseState.REJECTED else ""

    def _stuck(self, due: Unanswered, error: Exception) -> None:
        with self.store.unit(ACTOR) as unit:
            unit.edi.answered(due)  # not tried for ever: a person looks, and the case says what to tell
            unit.worklist.raise_trouble(
                f"case:{due.case_id}",
                f"Its partner could not be told by EDI: {error}",
                "The case and what was posted are kept; the letter to the customer is on its way.",
                "Mend the cause, and tell the partner by hand this time.",
            )


def return_answer(
    received: Received,
    case: Case,
    postings: Sequence[Posting],
    rejected: Mapping[int, str],
    why: str,
    at: datetime,
) -> list[str]:
    """The body of a 180 that answers another one: BGN06 is the partner's number of it."""
    granted = [posting for posting in postings if posting.tool == "authorise_return"]
    credited = [posting for posting in postings if posting.tool == "post_credit_memo"]
    given = _PARTLY if rejected else _AUTHORISED if granted else _KEEP
    outcome = given if granted or credited else _DENIED
    number = granted[0].document_no if granted else case.id
    body = [
        write.segment("BGN", _RESPONSE, number[:30], f"{at:%Y%m%d}", f"{at:%H%M}", "", received.reference[:30]),
        write.segment("RDR", outcome, "", "", why[:_DESCRIPTION_CHARACTERS]),
        write.segment("N9", "CR", received.reference[:30]),
    ]
    for posting in (*granted, *credited):
        number_of, disposition = ("RZ", _AUTHORISED) if posting in granted else ("CM", _KEEP)
        for line in posting.arguments["lines"]:
            body += _line(line)
            body.append(write.segment("N9", number_of, posting.document_no[:30]))
            body.append(write.segment("RDR", disposition))
    for number_of_line, reason in sorted(rejected.items()):
        denied = case.draft.lines[number_of_line - 1]
        if denied.sku:
            quantity = "" if denied.quantity is None else f"{denied.quantity.normalize():f}"
            body += _line({"sku": denied.sku, "quantity": quantity, "uom": denied.uom, "order_no": denied.order_no})
            body.append(write.segment("RDR", _DENIED, "", "", reason[:_DESCRIPTION_CHARACTERS]))
    return body


def _line(line: Mapping[str, Any]) -> list[str]:
    quantity, uom = line.get("quantity") or "", line.get("uom") or ""
    body = [write.segment("BLI", "VP", line["sku"][:48], quantity[:15], uom[:2] if quantity else "")]
    if line.get("order_no"):
        body.append(write.segment("N9", "VN", line["order_no"][:30]))
    return body


def credit(received: Received, posting: Posting, erp: ErpReader, at: datetime) -> list[str]:
    """The body of an 812: the memo as a whole (BCD), then every line of it (CDD, LIN). Amounts are in cents (N2)."""
    lines = posting.arguments["lines"]
    total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    first = lines[0]
    order = erp.order(first["order_no"])
    body = [
        write.segment(
            "BCD", f"{at:%Y%m%d}", posting.document_no[:_MEMO_CHARACTERS], _NOTIFICATION_ONLY, _cents(total), "C", "",
            first["invoice_no"][:22], first["order_no"][:22], "", (order.customer_po if order is not None else "")[:22],
            "00",
        ),
        write.segment("CUR", "SE", posting.arguments["currency"]),
        write.segment("N9", "CR", received.reference[:30]),
    ]  # fmt: skip
    for number, line in enumerate(lines, start=1):
        amount, quantity = _cents(Decimal(line["amount"])), line["quantity"][:10]
        reason = _ADJUSTMENT.get(line["reason_code"], _OTHER)
        body.append(write.segment("CDD", reason, "C", str(number), amount, "", "", quantity, line["uom"][:2]))
        body.append(write.segment("LIN", str(number), "VP", line["sku"][:48]))
        body.append(write.segment("N9", "IV", line["invoice_no"][:30]))
    return body


def _cents(amount: Decimal) -> str:
    return f"{(amount * 100).to_integral_value():f}"
