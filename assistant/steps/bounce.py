"""Bounce: a delivery report (RFC 3464) is noted on the letter of ours that did not arrive."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Part

from assistant.domain.mail import Queued
from assistant.domain.ports import Unit
from assistant.domain.redaction import redacted
from assistant.steps.intake import is_daemon
from extractors.message import Message as Mail

_MOST_BYTES = 2_000_000
_IDS = re.compile(r"<[^<>\s]{3,300}>")
_MOST_IDS = 200
_NOTE_CHARACTERS = 300
_PER_RECIPIENT = ("action", "status", "final-recipient", "original-recipient", "diagnostic-code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One recipient's fate. ``action``: failed, delayed, delivered, relayed, expanded; '' where it is not said."""

    action: str
    status: str
    recipient: str
    diagnostic: str


def note_bounce(unit: Unit, raw: bytes, mail: Mail, case_id: str | None) -> tuple[str | None, str]:
    """(the case of the letter that bounced, what became of the letter). Only a report that names the letter's own
    Message-ID, which nobody but its receiver knows, says anything of it."""
    letter = _letter_of(unit, raw, mail)
    if letter is None:
        return case_id, ""
    reports = reports_in(raw)
    worst = next((r for r in reports if r.action == "failed"), reports[0] if reports else None)
    case_id = letter.letter.case_id or case_id
    if worst is not None and worst.action != "failed":
        return case_id, f"letter {letter.id} is {worst.action or 'reported on'}"
    if worst is None and not (is_daemon(mail) or mail.x_failed_recipients):
        return case_id, ""  # an absence note may have no sender either
    said = " ".join(filter(None, (worst.status, worst.diagnostic))) if worst is not None else ""
    told = redacted(said) or "no reason given"  # the audit log keeps it; the address stands on the letter
    note = f"bounced: {told}"[:_NOTE_CHARACTERS]
    if letter.state in {"sent", "sending"}:
        unit.outbox.bounced(letter.id, note)
        unit.worklist.raise_trouble(
            f"mail:{letter.id}",
            f"“{letter.letter.subject}” did not arrive: {told}.",
            "The letter and the report are kept.",
            "Mend the address in the ERP or call the customer; then send it again, or say that it is done.",
        )
    return case_id, f"letter {letter.id} {note}"


def reports_in(raw: bytes) -> tuple[Report, ...]:
    """What the report's own part says, a recipient each. Never raises for what the bytes hold."""
    try:
        parts = list(message_from_bytes(raw[:_MOST_BYTES], policy=policy.compat32).walk())
        return tuple(report for part in parts if _is_status(part) for report in _reports(part))
    except Exception:  # noqa: BLE001 - what strangers send makes the email package raise all sorts of things
        return ()


def _is_status(part: Part) -> bool:
    return part.get_content_type() == "message/delivery-status"


def _reports(part: Part) -> list[Report]:
    blocks = part.get_payload()
    found: list[Report] = []
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Part):
            continue
        said = {name: " ".join(str(block.get(name, "")).split())[:_NOTE_CHARACTERS] for name in _PER_RECIPIENT}
        if said["action"] or said["status"]:
            recipient = said["final-recipient"] or said["original-recipient"]
            found.append(
                Report(
                    action=said["action"].lower(),
                    status=said["status"],
                    recipient=recipient.rpartition(";")[2].strip(),
                    diagnostic=said["diagnostic-code"].partition(";")[2].strip() or said["diagnostic-code"],
                )
            )
    return found


def _letter_of(unit: Unit, raw: bytes, mail: Mail) -> Queued | None:
    """The letter whose Message-ID the report quotes, in its headers or in what it returns of the letter."""
    quoted = _IDS.findall(raw[:_MOST_BYTES].decode("latin-1"))[:_MOST_IDS]
    for internet_id in dict.fromkeys((mail.in_reply_to, *mail.references, *quoted)):
        if internet_id and (letter := unit.outbox.with_internet_id(internet_id)) is not None:
            return letter
    return None
