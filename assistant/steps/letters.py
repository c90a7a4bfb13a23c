"""What the customer reads: one letter a purpose, in their language. Nothing about anybody else's orders is in them.

Letters go to the address that wrote, never to another one it names (`Reply-To`, `Cc`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.domain.case import Case
from assistant.domain.draft import FindingCode
from assistant.domain.echo import links
from assistant.domain.lifecycle import MessageState
from assistant.domain.mail import Letter, MailKind
from assistant.domain.message import Message
from assistant.domain.money import from_minor
from assistant.domain.policy import Judgement
from assistant.domain.ports import Clock, Unit
from assistant.domain.posting import Posting
from assistant.domain.thread_key import ThreadKey
from assistant.letters.contents import (
    LANGUAGES,
    Acknowledgement,
    Authorised,
    Content,
    Credited,
    Decision,
    Expiring,
    Frame,
    Goods,
    Language,
    Questions,
    Refused,
)
from assistant.letters.render import render
from assistant.steps.asking import to_ask
from assistant.steps.papers import read_of
from assistant.steps.wording import asked_of
from extractors.message import Message as Mail
from tools.erp import ErpReader

_ID = re.compile(r"<[^<>\s]{3,250}>")
_MOST_REFERENCES = 20
_NAME = re.compile(r"[^\W\d_][\w .'’-]{0,59}")
_COUNT = {MessageState.DRAFTED, MessageState.ANSWERED}

_SUBJECT_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes letters; the caller queues them. ``address`` are the lines of where goods go back to."""

    erp: ErpReader
    clock: Clock
    key: ThreadKey
    plus_addresses: bool = True
    address: tuple[str, ...] = ()

    def acknowledgement(self, unit: Unit, case: Case) -> Letter:
        odd = case.draft.has(FindingCode.UNKNOWN_SENDER) or case.draft.has(FindingCode.CUSTOMER_MISMATCH)
        known = not odd and case.party.customer_id is not None
        content = Acknowledgement(known=known, order_nos=case.draft.order_nos[:3] if known else ())
        return self._letter(unit, "acknowledgement", case, content)

    def questions(self, unit: Unit, case: Case) -> Letter:
        asked = tuple(asked_of(question, case.draft) for question in to_ask(case.draft))
        return self._letter(unit, "questions", case, Questions(asked=asked))

    def settled(
        self,
        unit: Unit,
        case: Case,
        postings: Sequence[Posting],
        judgement: Judgement | None,
        rejected_lines: Mapping[int, str],
    ) -> Letter:
        """The answer to a posted case: the RMA and what to do, the credit memo, what was not granted and why."""
        back = [posting for posting in postings if posting.tool == "authorise_return"]
        money = [posting for posting in postings if posting.tool == "post_credit_memo"]
        content = Decision(
            authorised=tuple(self._authorised(case, posting, judgement) for posting in back),
            credited=tuple(
                Credited(memo_no=p.document_no, total=_total(p), currency=str(p.arguments["currency"])) for p in money
            ),
            refused=tuple(
                Refused(sku=case.draft.lines[number - 1].sku or str(number), reason=reason.strip())
                for number, reason in sorted(rejected_lines.items())
            ),
        )
        return self._letter(unit, "authorised" if back else "credited", case, content)

    def rejected(self, unit: Unit, case: Case, reason: str) -> Letter:
        return self._letter(unit, "rejected", case, Decision(refused=(Refused(sku="", reason=reason.strip()),)))

    def expiring(self, unit: Unit, case: Case, posting: Posting, until: date) -> Letter:
        days = max((until - self.clock.today()).days, 0)
        content = Expiring(rma_no=posting.document_no, valid_until=until, days=days, goods=_goods(posting))
        return self._letter(unit, "expiring", case, content)

    def valid_until(self, case: Case, judgement: Judgement | None) -> date | None:
        """The last day of an authorised case's RMA; a fixed today (demos) never lies before it was authorised."""
        if judgement is None or not judgement.rma_valid_days:
            return None
        return min(case.changed_at.date(), self.clock.today()) + timedelta(days=judgement.rma_valid_days)

    def doubt(self, case: Case) -> str:
        """Why what we found in our records is not told to the case's address by itself; '' where it may be."""
        address, customer_id = case.party.address, case.draft.customer_id
        if case.draft.has(FindingCode.UNKNOWN_SENDER):
            return f"{address or 'The sender'} was not proven to be a contact of a customer"
        if customer_id is None or customer_id not in {c.id for c in self.erp.customers_by_email(address)}:
            return f"{address or 'The sender'} is no contact of {customer_id or 'any customer'}"
        return ""

    def _authorised(self, case: Case, posting: Posting, judgement: Judgement | None) -> Authorised:
        lines = list(judgement.lines.values()) if judgement is not None else []
        goods = _goods(posting)
        fee = sum(line.fee_minor for line in lines)
        order = self.erp.order(goods[0].order_no) if goods else None
        currency = order.currency if order is not None else self.erp.company().currency
        papers = {paper.name for line in lines for paper in line.papers if paper.before == "receipt"} - {"none"}
        items = [(row.sku, self.erp.item(row.sku)) for row in goods]
        return Authorised(
            rma_no=posting.document_no,
            goods=goods,
            valid_until=self.valid_until(case, judgement),
            prepaid=any(line.freight == "customer" for line in lines),
            papers=tuple(sorted(papers)),
            hazmat=tuple(dict.fromkeys(sku for sku, item in items if item is not None and item.hazmat)),
            fee=from_minor(fee, currency) if fee else None,
            currency=currency,
            address=self.address,
        )

    def _letter(self, unit: Unit, kind: MailKind, case: Case, content: Content) -> Letter:
        opening = unit.messages.get(case.message_id)
        answered = self._answered(unit, case, opening)
        first, latest = read_of(unit, opening.id), read_of(unit, answered.id)
        company = self.erp.company()
        mark = self.key.mark(case.id)
        name = first.sender_name if first is not None and _NAME.fullmatch(first.sender_name) else ""
        rendered = render(content, Frame(name=name, reference=mark, company=company.name), language_of(first))
        subject = " ".join(self.key.without_marks(opening.subject).split())[:_SUBJECT_CHARACTERS]
        if not subject or links(subject):
            subject = rendered.subject
        elif not subject.lower().startswith(("re:", "aw:", "rv:", "ré:")):
            subject = f"Re: {subject}"
        return Letter(
            kind=kind,
            to=case.party.address,
            subject=f"{subject} [{mark}]",
            text=rendered.text,
            html=rendered.html,
            in_reply_to=answered.internet_id if _ID.fullmatch(answered.internet_id) else "",
            references=_references(unit, case, (first, latest), (opening, answered)),
            reply_to=self.key.address(case.id, company.intake_address) if self.plus_addresses else "",
            case_id=case.id,
            message_id=opening.id,
        )

    def _answered(self, unit: Unit, case: Case, opening: Message) -> Message:
        """The latest of the case's messages that the address we write to sent."""
        theirs = [m for m in unit.messages.of_case(case.id) if m.state in _COUNT and m.sender == case.party.address]
        return theirs[-1] if theirs else opening


def language_of(mail: Mail | None) -> Language:
    """The one the request is written in, if we write it; else English."""
    read = [document.language for document in mail.documents] if mail is not None else []
    return next((language for found in read for language in LANGUAGES if language == found), "en")


def _references(unit: Unit, case: Case, read: Sequence[Mail | None], messages: Sequence[Message]) -> tuple[str, ...]:
    """The thread's Message-IDs, oldest first: what the customer's mails refer to, those themselves, and our letters."""
    letters = [letter.internet_id for letter in unit.outbox.of_case(case.id) if letter.letter.to == case.party.address]
    told = [reference for mail in read if mail is not None for reference in mail.references]
    told += [messages[0].internet_id, *letters, messages[-1].internet_id]
    known = [reference for reference in dict.fromkeys(told) if _ID.fullmatch(reference)]
    return tuple(known[-_MOST_REFERENCES:])


def _goods(posting: Posting) -> tuple[Goods, ...]:
    return tuple(
        Goods(
            sku=line["sku"],
            quantity=Decimal(line["quantity"]),
            uom=line["uom"],
            order_no=line["order_no"],
            lot=line["lot"] or "",
            serials=tuple(line["serials"]),
        )
        for line in posting.arguments["lines"]
    )


def _total(posting: Posting) -> Decimal:
    """With the tax that goes back."""
    lines = posting.arguments["lines"]
    return sum((Decimal(line["amount"]) + Decimal(line.get("tax") or 0) for line in lines), Decimal(0))
