"""Guard: whether we may write to somebody without a person having asked for it.

Two programs that answer each other never stop by themselves (RFC 3834, section 2): so a machine is never answered, and
what we send by ourselves is counted, by case and by address.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from assistant.domain.case import Case
from assistant.domain.mail import LetterLimits
from assistant.domain.ports import Clock, Unit
from assistant.steps.intake import machine_reason
from assistant.trust.sender import Trust
from extractors.message import Message as Mail
from extractors.wire import from_json
from tools.erp import Company

_NOBODY = re.compile(
    r"^(?:mailer-?daemon|postmaster|no-?reply|do-?not-?reply|bounces?|noreply.*|auto(?:mat)?(?:ic)?-?(?:reply|mail)?|root"
    r"|nobody)(?:[+.-].*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Guard:
    limits: LetterLimits
    clock: Clock
    company: Company
    trust: Trust

    def refusal(self, unit: Unit, case: Case) -> str:
        """Why the case's sender gets no letter by itself; '' where they may."""
        address = case.party.address.lower()
        local, _, domain = address.rpartition("@")
        if not local or not domain:
            return "there is no address to write to"
        if domain == self.company.domain:
            return "it would go to ourselves"
        if _NOBODY.match(local):
            return f"nobody reads {address}"
        kept = unit.messages.reading(case.message_id)
        if kept is not None:
            mail, raw = from_json(kept), unit.messages.raw(case.message_id)
            channel = unit.messages.get(case.message_id).channel
            if reason := suppressed(mail, raw, channel, self.company, self.trust):
                return reason
        since = self.clock.now() - timedelta(hours=self.limits.hours)
        if unit.outbox.counted(since, case_id=case.id) >= self.limits.of_case:
            return f"{self.limits.of_case} letters went out about {case.id} in {self.limits.hours} hours"
        if unit.outbox.counted(since, recipient=address) >= self.limits.to_address:
            return f"{self.limits.to_address} letters went to this address in {self.limits.hours} hours"
        return ""


def suppressed(mail: Mail, raw: bytes, channel: str, company: Company, trust: Trust) -> str:
    """Why this mail must not be answered by a program; '' where it may be."""
    if reason := machine_reason(mail, company.domain):
        return f"a machine sent it ({reason})"
    if trust.verdict(mail, raw, channel).verdict == "fail":
        return "its sender was not proven: the answer may go to somebody who never wrote"
    asked = {word.strip().lower() for word in mail.x_auto_response_suppress.split(",")}
    if asked & {"all", "autoreply"}:
        return "its sender wants no automatic answers"
    return ""
