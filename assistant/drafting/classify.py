"""Classify: intent, reason and resolution by words, in English, German, Spanish and French. Data, not code."""

import re
from collections.abc import Iterable

from assistant.domain.draft import Intent, Reason, Resolution
from assistant.domain.evidence import Quoted
from assistant.drafting.words import Passage


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


# In order: the first that matches wins, so the more particular ones stand first.
REASONS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.RECALL, _any(r"\brecall", r"rückruf", r"retirada del mercado")),
    (Reason.CORE_RETURN, _any(r"\bcore (?:return|charge|credit|deposit)", r"\bcores?\b.{0,20}\breturn")),
    (
        Reason.DUPLICATE_SHIPMENT,
        _any(
            r"\bduplicate",
            r"shipped twice",
            r"(?:got|received|came|delivered) (?:it )?twice",
            r"doppelt geliefert",
            r"en double",
        ),
    ),
    (
        Reason.OVER_SHIPMENT,
        _any(
            r"over-?shipp?(?:ed|ment)",
            r"(?:shipped|sent|received|got) (?:us )?(?:too many|more than)",
            r"zu viel geliefert",
        ),
    ),
    (
        Reason.PRICING_ERROR,
        _any(
            r"\bquoted?\b.{0,60}\b(?:billed|charged|invoiced|price)",
            r"price (?:is |was )?(?:wrong|error|diff)",
            r"wrong price",
            r"over-?charged",
            r"overbilled",
            r"billed .{0,80}quoted?",
            r"falscher preis",
            r"price should",
            r"precio (?:equivocado|incorrecto)",
            r"erreur de prix",
        ),
    ),
    (
        Reason.SHORT_SHIPMENT,
        _any(
            r"\bshort(?:age|-shipped|ed| shipped|\b(?! ?(?:dated|circuit|on time)))",
            r"\bmissing from",
            r"(?:were|was|not) (?:all )?(?:there|in the box)",
            r"didn'?t (?:come|arrive)",
            r"only (?:received|got|\d+ (?:came|arrived|in))",
            r"never (?:came|arrived|received)",
            r"fehlmenge",
            r"es fehlen",
            r"fehlen\b",
            r"faltan",
            r"manqu(?:e|ant)",
        ),
    ),
    (
        Reason.EXPIRED_OR_SHORT_DATED,
        _any(r"\bexpir", r"short[- ]dated", r"best before", r"abgelaufen", r"caducad", r"périmé"),
    ),
    (
        Reason.CONCEALED_DAMAGE,
        _any(
            r"concealed damage",
            r"(?:opened|unpacked|unboxed).{0,60}(?:damag|dent|crush|crack|broken)",
            r"box(?:es)? (?:was|were|looked) (?:fine|ok|good|intact).{0,80}(?:damag|dent|crack|broken)",
        ),
    ),
    (
        Reason.DAMAGED_IN_TRANSIT,
        _any(
            r"damag",
            r"\bdent(?:s|ed)?\b",
            r"\bcrush",
            r"\bsmashed",
            r"arrived broken",
            r"cracked",
            r"beschädigt",
            r"transportschaden",
            r"dañad",
            r"rot[oa]s?\b",
            r"endommag",
            r"abîmé",
        ),
    ),
    (
        Reason.WRONG_ITEM,
        _any(
            r"wrong (?:item|part|product|size|one|model|goods|valve|color|colour)",
            r"instead of (?:the )?",
            r"not what (?:we|i) ordered",
            r"sent (?:us )?the wrong",
            r"falsch(?:e|er|en|es)? (?:artikel|ware|teil|geliefert)",
            r"falschlieferung",
            r"artículo equivocado",
            r"mauvais article",
        ),
    ),
    (
        Reason.WARRANTY_FAILURE,
        _any(
            r"\bwarranty",
            r"garantie",
            r"gewährleistung",
            r"garantía",
            r"(?:stopped|quit) working",
            r"failed (?:after|in service|last)",
            r"worked .{0,40}(?:then|until)",
        ),
    ),
    (
        Reason.QUALITY_NONCONFORMANCE,
        _any(
            r"non-?conform",
            r"out of (?:tolerance|spec)",
            r"toleranz",
            r"rust",
            r"corros",
            r"\bncr\b",
            r"reklamation",
            r"mängel",
            r"doesn'?t meet spec",
            r"off spec",
            r"porous",
        ),
    ),
    (
        Reason.DEFECTIVE_ON_ARRIVAL,
        _any(
            r"defect",
            r"\bdoa\b",
            r"dead (?:on arrival|out of|one)",
            r"doesn'?t (?:work|power|turn on|start)",
            r"won'?t (?:work|power|turn|start|hold)",
            r"wont (?:power|work)",
            r"not working",
            r"faulty",
            r"leak",
            r"defekt",
            r"defectuos",
            r"défectueu",
            r"no funciona",
            r"ne fonctionne",
        ),
    ),
    (
        Reason.LATE_DELIVERY,
        _any(r"(?:arrived|came|delivered|delivery|shipment) (?:was |came |is )?(?:too )?late\b", r"zu spät"),
    ),
    (
        Reason.ORDERED_IN_ERROR,
        _any(
            r"order(?:ed)? (?:in error|by mistake|the wrong|wrong|too many|twice)",
            r"keyed",
            r"(?:my|our) (?:mistake|fault|error)",
            r"mis-?ordered",
            r"ordering (?:error|mistake)",
            r"falsch bestellt",
            r"irrtümlich",
            r"por error",
            r"par erreur",
        ),
    ),
    (
        Reason.NO_LONGER_NEEDED,
        _any(
            r"no longer need",
            r"don'?t need",
            r"not needed",
            r"over-?bought",
            r"over-?stock",
            r"surplus",
            r"unused",
            r"left ?over",
            r"(?:job|project|scope).{0,30}(?:cancel|cut|change)",
            r"too many",
            r"excess",
            r"cancel+ed",
            r"nicht mehr (?:benötig|gebrauch)",
            r"ya no (?:necesit|lo)",
            r"plus besoin",
            r"slow mov",
        ),
    ),
)

_CREDIT = _any(
    r"\bcredit",
    r"money back",
    r"refund",
    r"\bmoney\b.{0,20}\bback",
    r"gutschrift",
    r"abono",
    r"reembols",
    r"\bavoir\b",
    r"rembours",
)
_REPLACEMENT = _any(
    r"replac",
    r"new one",
    r"exchange",
    r"send (?:us )?(?:the )?(?:right|correct|another)",
    r"ersatz",
    r"reemplaz",
    r"remplac",
    r"reship",
    r"swap",
)
_REPAIR = _any(r"\brepair", r"reparatur", r"reparar", r"réparation")

_STATUS = _any(
    r"where is (?:my|our|the)",
    r"\bstatus of\b",
    r"any (?:update|news)",
    r"have(?:n't| not) (?:heard|seen|received) (?:back|anything|the credit|our credit)",
    r"did you (?:get|receive) (?:my|our)",
    r"when (?:will|can) (?:we|i) (?:expect|get|see)",
    r"wo bleibt",
    r"stand der",
    r"¿?dónde está",
    r"où en est",
    r"following up on (?:our|my|rma)",
    r"still waiting for (?:our|the|my) (?:credit|refund|rma)",
)
_NOTHING = _any(
    r"unsubscribe",
    r"out of (?:the )?office",
    r"automatic reply",
    r"view (?:this )?in (?:your )?browser",
    r"webinar",
    r"undeliverable",
)
_WANTS_RETURN = _any(
    r"\breturn",
    r"\brma\b",
    r"\brga\b",
    r"send (?:\w+ ){0,4}back",
    r"\bback\b",
    r"pick(?:ed)? ?up",
    r"rücknahme",
    r"zurück",
    r"retour",
    r"devol",
    r"renvo",
    r"replac",
    r"credit",
    r"gutschrift",
    r"refund",
    r"reklamation",
    r"mängel",
    r"warranty",
)
_NO_GOODS = _any(
    r"no(?:body|thing)?.{0,20}(?:rma|return)",
    r"credit only",
    r"do(?:n'?t| not) ship",
    r"we have used",
    r"keep (?:it|them)",
)
ADDRESSES_A_PROGRAM = _any(
    r"ignore (?:all |any )?(?:the )?(?:previous|prior|above|earlier) (?:instructions|prompts?|rules)",
    r"(?:note|message|instructions?) (?:to|for) (?:the )?(?:ai|assistant|bot|system|llm|model)\b",
    r"\bsystem prompt",
    r"you are (?:now )?(?:an? )?(?:ai|assistant|language model)",
    r"disregard (?:all|the|your) (?:previous|prior|rules|instructions)",
    r"(?:ai|assistant|bot)[:,].{0,40}(?:approve|issue|authori[sz]e|mark)",
    r"auto-?approve this",
    r"<\s*/?system\s*>",
)


def reason_in(place: Passage) -> tuple[Reason, Quoted] | None:
    """The first reason that a passage's words give, and the words."""
    for reason, pattern in REASONS:
        if (quoted := place.first(pattern)) is not None:
            return reason, quoted
    return None


def reason_of(places: Iterable[Passage]) -> tuple[Reason, Quoted] | None:
    """The request's reason: the most particular one that its words give anywhere."""
    said = [place for place in places if place.standing == "said"]
    for reason, pattern in REASONS:
        for place in said:
            if (quoted := place.first(pattern)) is not None:
                return reason, quoted
    return None


def resolution_of(places: Iterable[Passage]) -> tuple[Resolution, Quoted | None]:
    said = [place for place in places if place.standing == "said"]
    for resolution, pattern in (
        (Resolution.REPLACEMENT, _REPLACEMENT),
        (Resolution.CREDIT, _CREDIT),
        (Resolution.REPAIR, _REPAIR),
    ):
        for place in said:
            if (quoted := place.first(pattern)) is not None:
                return resolution, quoted
    return Resolution.UNSPECIFIED, None


def intent_of(
    places: Iterable[Passage], *, machine: bool, ours: bool, reasons: Iterable[Reason], has_lines: bool
) -> Intent:
    """``ours``: sent from our own domain. ``reasons`` are those of the lines found."""
    said = [place for place in places if place.standing == "said"]
    if machine or (not has_lines and any(place.first(_NOTHING) for place in said)):
        return Intent.NOT_A_REQUEST
    if ours and has_lines:
        return Intent.ADJUSTMENT
    given = set(reasons)
    if not given and not has_lines and any(place.first(_STATUS) for place in said):
        return Intent.STATUS_INQUIRY
    if not has_lines and not given and not any(place.first(_WANTS_RETURN) for place in said):
        return Intent.NOT_A_REQUEST
    if given and all(reason.keeps_goods for reason in given):
        return Intent.CREDIT_REQUEST
    if not has_lines and any(place.first(_NO_GOODS) for place in said):
        return Intent.CREDIT_REQUEST
    return Intent.RETURN_REQUEST
