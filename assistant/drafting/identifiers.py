"""Identifiers: the references as the sender wrote them, the first of each kind."""

import re
from collections.abc import Sequence

from assistant.domain.draft import Identifiers
from assistant.drafting.candidates import Code, Unknown
from assistant.drafting.records import entries
from assistant.drafting.words import Passage

_REFERENCE = re.compile(
    r"\b(?:our (?:ref(?:erence)?|claim|file|ncr|rma|debit|return|case|complaint|report)|rma request"
    r"|return request|claim|ncr"
    r"|debit memo|debit note|reklamation|unser zeichen|unsere referenz|vorgangs-?nr|reklamations-?nr"
    r"|notre (?:réf(?:érence)?"
    r"|dossier(?: litige)?)|nuestra ref(?:erencia)?|reclamo|onze ref(?:erentie)?|nostro rif|vostro rif|case"
    r"|ticket|complaint"
    r"|ref(?:erence)?(?: on our side)?|claim ref|work order is|request|rapport|report|srr|scar|rtv|car|dm|mrr"
    r"|qn|8d|return (?:note|form)|(?:variance|discrepancy|debit) memo|claim sheet|tag|vorgang)\b"
    r"(?:[\s:#.]|is\b|no\b\.?|number\b|nr\b\.?|n°|num\b\.?)*"
    r"(?P<code>[A-Z]{1,6}[\-/ ]?(?=[\w\-/]*\d)[\w\-/]*\w)(?![\w@])",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![\w\-])(?P<code>(?:[A-Z]{2,4}-)?"
    r"(?:NCR|SCAR|RMA|CLM|CLAIM|DM|DN|SRR|MRR|RTV|CAR|QN|RK|LIT|AFW|REK|RCL|DBM|DISC|OSD|OS&D|RGA"
    r"|RR|RET)-(?=[\w\-]*\d)[\w\-]+\w)"
)
# A debit memo's number may have no letters.
_DEBIT = re.compile(
    r"\b(?:debit (?:memo|note)|belastungsanzeige|nota de cargo|note de débit)"
    r"(?:[ \t:#.|]|no\b\.?|number\b|nr\b\.?|n°)*(?P<code>\d{5,})(?![\w@])",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"request no|our ref|claim no|ncr|rma|report no|vorgang|debit|reference no|^\W*(?:mrr|srr|ncr|rma|claim|ref)\W*$"
    r"|case no|complaint no|dossier|return no|document no|form no",
    re.IGNORECASE,
)


def identifiers_of(places: Sequence[Passage], known: Sequence[Code], unknown: Sequence[Unknown]) -> Identifiers:
    """``customer_po`` also where no order has it, if the sender calls it one."""

    def first(kind: str) -> str | None:
        ranked = sorted(known, key=lambda code: not code.said)
        return next((code.text for code in ranked if any(hit.kind == kind for hit in code.found)), None)

    return Identifiers(
        customer_po=first("customer_po") or _unknown_po(unknown),
        invoice_no=first("invoice_no"),
        tracking_no=first("tracking_no"),
        customer_ref=_customer_ref(places, known),
    )


def _unknown_po(unknown: Sequence[Unknown]) -> str | None:
    return next((each.text for each in unknown if each.purchase), None)


def _customer_ref(places: Sequence[Passage], known: Sequence[Code]) -> str | None:
    """Their number for this matter: never one that the ERP knows as something else."""
    had = {code.text.upper() for code in known}
    said = [place for place in places if place.standing == "said"]
    for entry in entries(said):
        if _LABEL.search(entry.label.replace("_", " ")):
            code = re.match(r"(?=[\w\-/]*\d)[\w\-/]{3,}", entry.text.strip())
            if code is not None and code[0].upper() not in had:
                return code[0]
    for pattern in (_BARE, _REFERENCE, _DEBIT):
        for place in said:
            for match in pattern.finditer(place.text):
                if match["code"].upper() not in had and not match["code"][0].islower():
                    return match["code"]
    return None
