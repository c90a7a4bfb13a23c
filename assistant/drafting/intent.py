"""Intent: what a request wants, and whether it is one, by the words of the sender. In doubt it is one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import structs

from assistant.domain.draft import Intent, Reason
from assistant.drafting import vocabulary_intent as words
from assistant.drafting.classify import goes_back, plainly, voice
from assistant.drafting.quantities import sentence
from assistant.drafting.words import Passage


def passed_on(places: Iterable[Passage]) -> bool:
    """Whether one of our own people passes on what a customer asks for."""
    said = voice(places)
    return any(
        place.first(pattern) for place in said for pattern in (words.WANTS_RETURN, words.REPLACEMENT, words.CREDIT)
    )


def cancelling(places: Iterable[Passage]) -> bool:
    """Whether an order is called off: what is no request otherwise names orders only in passing."""
    return any(place.first(words.CANCEL) for place in voice(places))


def intent_of(
    places: Iterable[Passage],
    *,
    machine: bool,
    ours: bool,
    reasons: Iterable[Reason],
    has_lines: bool,
    counted: bool = False,
    known: bool = True,
    shipped: bool = True,
    marked: bool = False,
    told_now: bool = True,
) -> Intent:
    """``ours``: sent from our own domain. ``reasons`` are those of the lines found; ``counted``: how many is said;
    ``told_now``: and not only in what is quoted; ``known``: the sender is a customer; ``shipped``: an order named has
    left the house; ``marked``: a lot or serial that was shipped is read out, as by somebody who has the goods."""
    spoken_of = voice(places)
    said = tuple(_blanked(place, words.TERMS) for place in spoken_of)

    def says(pattern: re.Pattern[str], *, body: bool = False) -> bool:
        return any(place.first(pattern) for place in said if not body or place.document.path == "body")

    if machine or (not has_lines and says(words.NOTHING)):
        return Intent.NOT_A_REQUEST
    if ours and has_lines:
        return Intent.ADJUSTMENT
    if not known and says(words.SUPPLIER):
        return Intent.NOT_A_REQUEST
    plain = plainly(said)
    if not plain & _FAULTS and says(words.CANCEL) and (not shipped or says(words.NOT_SHIPPED)):
        return Intent.NOT_A_REQUEST
    if not told_now and _takes_back(said):
        return Intent.NOT_A_REQUEST
    given = set(reasons)
    of_before = says(words.EXISTING) and (says(words.NUMBERED) or not (told_now and says(words.WANTS_RETURN_NOW)))
    if says(words.STATUS, body=True) and (not counted or of_before):
        return Intent.STATUS_INQUIRY
    asks_after = says(words.EXISTING, body=True) and says(words.STATUS_OF_EXISTING, body=True)
    told_anew = counted and bool(plain & _FAULTS)
    asks_after = asks_after and not says(words.ASKS_FOR_RMA)
    if asks_after and (says(words.NUMBERED) or not (told_anew or says(words.WANTS_RETURN_NOW))):
        return Intent.STATUS_INQUIRY
    if says(words.QUOTE) and not plain & _PRESSING and not says(words.WANTS_RETURN_NOW):
        return Intent.NOT_A_REQUEST
    if _sells(said, plain, counted=counted or marked):
        return Intent.NOT_A_REQUEST
    if says(words.THANKS, body=True) and not says(words.ASKS, body=True) and not (counted and plain):
        return Intent.NOT_A_REQUEST
    claimless = not marked and not _asks_for_goods(said)
    if claimless and _takes_back(said, all_of_it=False):
        return Intent.NOT_A_REQUEST
    asks_for_more = says(words.REPLACEMENT) or says(words.REPAIR) or says(words.WANTS_RETURN)
    claimless = claimless and not plain and not asks_for_more
    about_terms = any(place.first(words.TERMS) for place in spoken_of)
    if about_terms and not (counted or marked or plain & _FAULTS or _asks_for_goods(said)):
        return Intent.NOT_A_REQUEST
    if claimless and (not known or about_terms or says(words.ORDERS_GOODS, body=True)):
        return Intent.NOT_A_REQUEST
    if (claimless or not has_lines) and says(words.DOCUMENTS, body=True) and not says(words.WANTS_RETURN):
        return Intent.NOT_A_REQUEST
    if not has_lines and not given and not says(words.WANTS_RETURN):
        return Intent.NOT_A_REQUEST
    money = {Reason.SHORT_SHIPMENT, Reason.PRICING_ERROR}
    if given and given <= money:
        return Intent.CREDIT_REQUEST
    if any(_no_goods(place) for place in said if place.block.kind in ("paragraph", "heading", "annotation")):
        return Intent.CREDIT_REQUEST
    if given == {Reason.LATE_DELIVERY} and not says(words.WANTS_RETURN_NOW) and not has_lines:
        return Intent.CREDIT_REQUEST
    return Intent.RETURN_REQUEST


def _sells(said: Sequence[Passage], plain: frozenset[Reason], *, counted: bool) -> bool:
    """Whether goods are offered or ordered, and nobody complains of any or wants them taken."""
    if plain & _FAULTS or _asks_for_goods(said):
        return False
    promotes = sum(len(list(words.PROMOTES.finditer(place.text))) for place in said)
    return any(place.first(words.MORE_OF_THEM) for place in said) or promotes > counted


def _takes_back(said: Sequence[Passage], *, all_of_it: bool = True) -> bool:
    """Whether the newest words take back what was asked before and complain of nothing else; a correction does not.

    ``all_of_it``: nor ask for anything."""
    newest = [place for place in said if place.document.path == "body"]
    rest = [_blanked(place, words.WITHDRAWN, whole=True) for place in newest]
    if rest == newest or any(place.first(words.CORRECTS) for place in newest) or plainly(rest) & _FAULTS:
        return False
    wishes = (words.CREDIT, words.REPLACEMENT, words.REPAIR)
    asks = _asks_for_goods(rest) or any(place.first(wish) for place in rest for wish in wishes)
    return not (all_of_it and asks)


def _asks_for_goods(said: Sequence[Passage]) -> bool:
    """Whether somebody asks for goods to be taken back, or for something of that sort."""
    return goes_back(said) or any(place.first(words.WANTS_RETURN_NOW) for place in said)


def _blanked(place: Passage, pattern: re.Pattern[str], *, whole: bool = False) -> Passage:
    """The passage without what the pattern finds; ``whole``: without the sentences that hold it."""
    text = place.text
    for match in pattern.finditer(place.text):
        start, end = sentence(place.text, match.start()) if whole else match.span()
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return place if text == place.text else replace(place, block=structs.replace(place.block, text=text))


def _no_goods(place: Passage) -> bool:
    """Whether nothing comes back; what is said of all the rest does not tell."""
    for match in words.NO_GOODS.finditer(place.text):
        start, end = sentence(place.text, match.start())
        if not words.THE_REST.search(place.text, start, end):
            return True
    return False


# What nobody says of goods that have not come yet.
_FAULTS = frozenset(
    {
        Reason.DAMAGED_IN_TRANSIT,
        Reason.CONCEALED_DAMAGE,
        Reason.DEFECTIVE_ON_ARRIVAL,
        Reason.WARRANTY_FAILURE,
        Reason.WRONG_ITEM,
        Reason.SHORT_SHIPMENT,
        Reason.QUALITY_NONCONFORMANCE,
        Reason.EXPIRED_OR_SHORT_DATED,
        Reason.RECALL,
    }
)
_PRESSING = frozenset(Reason) - {Reason.PRICING_ERROR, Reason.NO_LONGER_NEEDED, Reason.OTHER}
