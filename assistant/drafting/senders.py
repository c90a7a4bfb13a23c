"""Findings about who wrote: unknown, spoofed, alike to somebody known, or asking for answers elsewhere."""

import re
from collections.abc import Iterator

from assistant.domain.draft import Finding, FindingCode
from assistant.domain.request import Request
from assistant.drafting.resolve import Sender
from assistant.trust.domains import domain_of, look_alike, same_organisation
from tools.erp import ErpReader

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def sender_findings(request: Request, sender: Sender, erp: ErpReader) -> Iterator[Finding]:
    if not sender.known:
        message = " ".join((_unknown(request, sender), *_odd(request, sender, erp)))
        yield Finding(code=FindingCode.UNKNOWN_SENDER, severity="warning", message=message)
        return
    odd = list(_odd(request, sender, erp))
    if not sender.trusted:
        odd.insert(0, f"{request.sender_address} is an address of ours, and {request.authentication.reason}.")
    if odd:
        yield Finding(code=FindingCode.SUSPECT_SENDER, severity="warning", message=" ".join(odd))


def _unknown(request: Request, sender: Sender) -> str:
    address = request.sender_address or "The sender"
    if sender.customer is None:
        return f"{address} is no known contact."
    reason = request.authentication.reason
    return f"{address} is known for {sender.customer.name}, but it failed authentication{reason and ': ' + reason}."


def _odd(request: Request, sender: Sender, erp: ErpReader) -> Iterator[str]:
    """What does not fit, in sentences."""
    domain = domain_of(request.sender_address)
    if not sender.known and domain and (other := look_alike(domain, erp.mail_domains())):
        yield f"{domain} looks like {other}, which is somebody else's."
    shown = _ADDRESS.search(request.sender_name)
    if shown is not None and not same_organisation(domain_of(shown.group().lower()), domain):
        yield f"It shows the name {shown.group()}."
    if request.reply_to and not _expected(request.reply_to, sender, domain, erp):
        yield f"Answers are asked to {request.reply_to}, which is not the sender's."


def _expected(reply_to: str, sender: Sender, domain: str, erp: ErpReader) -> bool:
    """Whether answers to that address stay with the sender's own."""
    if same_organisation(domain_of(reply_to), domain):
        return True
    known = [customer.id for customer in erp.customers_by_email(reply_to)]
    return sender.customer is not None and known == [sender.customer.id]
