"""Intake: what a recorded message is, before anybody reads it as a request."""

from dataclasses import dataclass
from typing import Literal

from assistant.domain.message import Message
from assistant.steps.thread import Thread
from extractors.message import Message as Mail
from tools.erp import Company

Kind = Literal["new", "duplicate", "reply", "bounce", "machine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """``case_id`` is the case a reply belongs to; ``reason`` says why the message goes no further by itself."""

    kind: Kind
    reason: str = ""
    case_id: str | None = None


def take_in(
    mail: Mail,
    same_internet_id: tuple[Message, ...],
    message: Message,
    thread: Thread,
    company: Company,
    *,
    ours: bool = False,
) -> Intake:
    """``same_internet_id``: all messages with this Message-ID, oldest first, this one among them.

    ``ours``: a letter of ours has this Message-ID. A machine's mail that a person ran again counts as a person's: it
    is worked, and still never answered by itself.
    """
    first = same_internet_id[0] if same_internet_id else None
    if first is not None and first.id != message.id:
        return Intake(kind="duplicate", reason=f"duplicate of {first.id}", case_id=first.case_id)
    if ours or (is_echo(mail, company) and message.attempt == 1):
        return Intake(kind="machine", reason="not_a_request: our own mail came back", case_id=thread.case_id)
    reason = machine_reason(mail, company.domain)
    if reason == DELIVERY_REPORT:
        return Intake(kind="bounce", reason=f"not_a_request: {reason}", case_id=thread.case_id)
    if reason and message.attempt == 1:
        return Intake(kind="machine", reason=f"not_a_request: {reason}", case_id=thread.case_id)
    if thread.case_id is not None:
        return Intake(kind="reply", case_id=thread.case_id)
    return Intake(kind="new")


DELIVERY_REPORT = "delivery report"


def is_echo(mail: Mail, company: Company) -> bool:
    """Whether it is our own letter, sent back to us by a rule, a list or another program (RFC 3834, section 5)."""
    intake = company.intake_address.lower()
    return mail.sender_address.lower() == intake or intake in mail.x_loop.lower().split()


def machine_reason(mail: Mail, own_domain: str = "") -> str:
    """Why a mail counts as sent by a machine, '' where it does not (RFC 3834, RFC 3464, RFC 2919).

    A list of our own domain is how mail to a shared address reaches us: it makes a person's mail no newsletter.
    """
    if mail.auto_submitted and mail.auto_submitted.split(";")[0].strip().lower() != "no":
        return DELIVERY_REPORT if _reports_delivery(mail) else "auto-reply"
    if _reports_delivery(mail) or mail.x_failed_recipients or mail.return_path == "<>" or is_daemon(mail):
        return DELIVERY_REPORT
    if mail.report_type:
        return f"report ({mail.report_type.lower()[:40]})"
    if mail.x_autoreply or mail.precedence.lower() in {"auto_reply", "auto-reply"}:
        return "auto-reply"
    through_us = bool(own_domain) and mail.list_id.strip("<> ").lower().endswith(own_domain.lower())
    is_list = mail.list_id or mail.list_unsubscribe or mail.precedence.lower() in {"bulk", "list", "junk"}
    return "newsletter" if is_list and not through_us else ""


def is_daemon(mail: Mail) -> bool:
    """Whether a mail server itself wrote, be it in a form of its own (RFC 5321 and 2142 name the addresses)."""
    return mail.sender_address.partition("@")[0].lower() in {"mailer-daemon", "postmaster"}


def _reports_delivery(mail: Mail) -> bool:
    return mail.report_type.lower() == "delivery-status"
