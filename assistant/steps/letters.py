"""What the customer reads: one letter a purpose. Nothing about anybody else's orders is in them."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.domain.case import Case
from assistant.domain.mail import Letter, MailKind
from assistant.domain.message import Message
from assistant.domain.posting import Posting
from tools.erp import Company


def questions(case: Case, message: Message, company: Company) -> Letter:
    asked = "\n".join(f"{n}. {question.text}" for n, question in enumerate(case.draft.questions, start=1))
    text = f"To go on with your request we need to know:\n\n{asked}\n\nOne answer to this mail is enough."
    return _letter("questions", case, message, company, text)


def settled(case: Case, message: Message, company: Company, postings: Sequence[Posting], valid_days: int) -> Letter:
    """The answer to an approved case: the RMA number and what to do, the credit memo, or both."""
    parts: list[str] = []
    kind: MailKind = "credited"
    for posting in postings:
        if posting.tool == "authorise_return":
            kind = "authorised"
            parts.append(
                f"Your return is authorised. RMA number: {posting.document_no}, valid for {valid_days} days.\n"
                "Write the RMA number on every parcel and send back these goods only:\n\n" + _goods(posting)
            )
        elif posting.tool == "post_credit_memo":
            total = f"{_total(posting)} {posting.arguments['currency']}"
            parts.append(f"We have credited your account with {total}. Credit memo: {posting.document_no}.")
    return _letter(kind, case, message, company, "\n\n".join(parts))


def rejected(case: Case, message: Message, company: Company, reason: str) -> Letter:
    text = f"We have looked at your request and can't grant it:\n\n{reason.strip()}"
    return _letter("rejected", case, message, company, text)


def _letter(kind: MailKind, case: Case, message: Message, company: Company, text: str) -> Letter:
    greeting = f"Hello {case.party.name}," if case.party.name else "Hello,"
    subject = " ".join(message.subject.split()) or "Your request"
    return Letter(
        kind=kind,
        to=case.party.address,
        subject=f"{subject if subject.lower().startswith('re:') else 'Re: ' + subject} [{case.id}]",
        text=f"{greeting}\n\n{text}\n\nOur reference: {case.id}\n\n{company.name}\n",
        in_reply_to=message.internet_id,
        case_id=case.id,
        message_id=message.id,
    )


def _goods(posting: Posting) -> str:
    rows = []
    for line in posting.arguments["lines"]:
        marks = [f"lot {line['lot']}"] if line["lot"] else []
        marks += [f"serial {serial}" for serial in line["serials"]]
        detail = f" ({', '.join(marks)})" if marks else ""
        rows.append(f"  {line['quantity']} {line['uom']}  {line['sku']}{detail}, order {line['order_no']}")
    return "\n".join(rows)


def _total(posting: Posting) -> str:
    return f"{sum((Decimal(line['amount']) for line in posting.arguments['lines']), Decimal(0)):,.2f}"
