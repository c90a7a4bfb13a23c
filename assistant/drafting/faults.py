"""Which fault it is, by our records: goods that failed in use, that came faulty, or that are not as they should be.

A clerk tells these apart by what the goods are and how long they have been with the customer: what has a warranty and
worked for months fails under it, what has none (a valve, a glove) does not conform.
"""

import re
from datetime import date

from assistant.domain.draft import Reason
from tools.erp import Item, Order

_FAULTS = frozenset({Reason.DEFECTIVE_ON_ARRIVAL, Reason.WARRANTY_FAILURE, Reason.QUALITY_NONCONFORMANCE})
_LONG_USE_DAYS = 60
_FROM_THE_FIRST = re.compile(
    r"\b(?:never (?:worked|ran|started|powered)|(?:day|tag|jour) (?:1|one)|first day|out of (?:the )?(?:box"
    r"|carton|package)|on arrival|doa\b"
    r"|first (?:use|start|time|power)|just (?:un)?(?:boxed|opened|packed|arrived)|brand[- ]new|nie funktioniert"
    r"|vom ersten tag|beim (?:auspacken|ersten)|jamais fonctionné|dès le|au déballage|nunca (?:funcion|prendi"
    r"|arranc)\w*"
    r"|recién|desde el primer|mai funzionat|appena|nooit gewerkt|vanaf dag)",
    re.IGNORECASE,
)


# The sender's own doing, and ours.
_THEIRS = re.compile(
    r"\b(?:i|we) (?:should(?:'ve| have)|meant|thought|picked|put|misjudged)\b|\b(?:on|by) (?:us|me)\b"
    r"|\bneed(?:ed)? \w+ (?:and|but) (?:i|we) ordered\b"
    r"|\b(?:my|our) (?:mistake|fault|error|drawing|spec|bad|planner|buyer|engineer)\b|\b(?:we|they) run \w+"
    r"|\bpedimos\b[^.]{0,20}\bequivocad|\bnuestro error|\bunser (?:fehler|versehen)|\bnotre erreur|\bons(?:e)? fout",
    re.IGNORECASE,
)
_PLAINLY_THEIRS = re.compile(
    r"\b(?:that'?s|that is|this one is|thats|it'?s|all) (?:is )?on (?:us|me)\b"
    r"|\b(?:my|our) (?:own )?(?:mistake|fault|error|doing)\b|\bunser (?:eigener? )?(?:fehler|versehen)\b"
    r"|\b(?:nuestro|mi) error\b|\bnotre erreur\b|\bc'est notre faute\b|\bonze fout\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:you|ye|they|warehouse) (?:sent|shipped|picked|packed|delivered|gave)\b|\b(?:label|slip|paperwork"
    r"|sticker|tag|carton|box)\w*"
    r"[^.]{0,30}\b(?:says?|reads?|shows?|marked|but)\b|\binside\b|\bin it\b|\b(?:got|received|came|contain\w*"
    r"|delivered)\b"
    r"|\bgeliefert\b|\bgekommen\b|\bim karton\b|\brecib|\blleg|\bmandaron|\benviaron|\breçu|\blivré|\bontvangen"
    r"|\bricevut",
    re.IGNORECASE,
)


def whose_wrong(reason: Reason, words: str) -> Reason:
    """`The wrong size`: ordered wrong, where the sender speaks of their own order and not of what came."""
    theirs = _PLAINLY_THEIRS.search(words) or (_THEIRS.search(words) and not _OURS.search(words))
    return Reason.ORDERED_IN_ERROR if reason is Reason.WRONG_ITEM and theirs else reason


def fault_of(
    reason: Reason, words: str, item: Item, order: Order | None, asked_on: date, *, in_use: bool = False
) -> Reason:
    """``reason``, or the fault that the records make of it.

    ``words`` are all the sender's; ``in_use``: they say that the goods worked for a time.
    """
    if reason not in _FAULTS:
        return reason
    if not item.warranty_months:
        return Reason.QUALITY_NONCONFORMANCE
    delivered = [s.delivered_on for s in order.shipments if s.delivered_on is not None] if order is not None else []
    long_in_use = bool(delivered) and (asked_on - max(delivered)).days > _LONG_USE_DAYS
    if reason is Reason.DEFECTIVE_ON_ARRIVAL and (long_in_use or in_use) and not _FROM_THE_FIRST.search(words):
        return Reason.WARRANTY_FAILURE
    if reason is Reason.WARRANTY_FAILURE and delivered and not long_in_use and _FROM_THE_FIRST.search(words):
        return Reason.DEFECTIVE_ON_ARRIVAL
    return reason
