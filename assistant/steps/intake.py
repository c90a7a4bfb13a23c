"""Intake: what a recorded message is, before anybody reads it as a request."""

from dataclasses import dataclass
from typing import Literal

from assistant.domain.message import Message
from extractors.message import Message as Mail

Kind = Literal["new", "duplicate", "reply", "machine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """``case_id`` is the case a reply belongs to; ``reason`` says why the message goes no further by itself."""

    kind: Kind
    reason: str = ""
    case_id: str | None = None


def take_in(mail: Mail, same_internet_id: tuple[Message, ...], message_id: str, answered_case: str | None) -> Intake:
    """``same_internet_id``: all messages with this Message-ID, oldest first, this one among them."""
    first = same_internet_id[0] if same_internet_id else None
    if first is not None and first.id != message_id:
        return Intake(kind="duplicate", reason=f"duplicate of {first.id}", case_id=first.case_id)
    if reason := machine_reason(mail):
        return Intake(kind="machine", reason=f"not_a_request: {reason}", case_id=answered_case)
    if answered_case is not None:
        return Intake(kind="reply", case_id=answered_case)
    return Intake(kind="new")


def machine_reason(mail: Mail) -> str:
    """Why a mail counts as sent by a machine, '' where it does not (RFC 3834, RFC 3464, RFC 2919)."""
    if mail.auto_submitted and mail.auto_submitted.split(";")[0].strip().lower() != "no":
        return "auto-reply"
    if mail.report_type.lower() == "delivery-status" or mail.x_failed_recipients or mail.return_path == "<>":
        return "delivery report"
    if mail.x_autoreply or mail.precedence.lower() in {"auto_reply", "auto-reply"}:
        return "auto-reply"
    if mail.list_id or mail.list_unsubscribe or mail.precedence.lower() in {"bulk", "list", "junk"}:
        return "newsletter"
    return ""


def authentication(results: str) -> str:
    """The trusted receiver's verdict, from its Authentication-Results (RFC 8601): pass, fail or none."""
    lowered = results.lower()
    if "dmarc=pass" in lowered:
        return "pass"
    if "dmarc=fail" in lowered:
        return "fail"
    if "dkim=fail" in lowered or "spf=fail" in lowered:
        return "fail"
    return "pass" if "dkim=pass" in lowered or "spf=pass" in lowered else "none"
