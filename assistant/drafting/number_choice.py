"""Quantities with the roles that their numbers were learned to have, in place of those that rules give them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from assistant.drafting.counts import Counted
from assistant.drafting.mentions import Mention, Scope
from assistant.drafting.number_roles import Reading, readings
from assistant.drafting.number_signs import Known
from assistant.drafting.quantities import Meaning, Quantity, Role, clause
from assistant.drafting.spots import Spot
from assistant.drafting.vocabulary_lines import ASKED, CLAIMED, CONTAINERS, OF_THEM, PIECES

_SURE = 0.5  # a role's share from which it holds
_FOUND = 0.7  # a claim's share from which a number counts that the rules did not take for a quantity
_LEAST, _OVER = 0.35, 0.85  # of what rules take for a claim, and of what they take for none
_MAYBE = 0.2  # a claim's share from which what rules take for neither stays so
_NO_QUANTITY = 0.9
_MEANT = 0.75  # a role's share from which it is reckoned with
_MEANINGS: tuple[Literal["whole", "counted", "book", "kept"], ...] = ("whole", "counted", "book", "kept")
_RUN_BEFORE, _RUN_AFTER = re.compile(r"\d[\-/.:]$"), re.compile(r"[\-/.:]\d")
_POINTED_AT = re.compile(
    r"\b(?:this|that|diese[rsmn]?|jene[rsmn]?|este|esta|es[ea]|cette|quest[oa]|quel(?:la)?|deze|dit|die) $",
    re.IGNORECASE,
)
# A word that is no verb: `makes`, `leaked`, `won't`, `leckt`.
_THING = re.compile(
    r" (?!\w*(?:s|ed|t|['’]t)\b|(?:can|will|may|should|must|came|went|has|had)\b)[^\W\d_]{3,} [^\W\d_]", re.IGNORECASE
)
_RIGHT_BEHIND = 30  # characters
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|\.\d+")


def known_of(goods: Sequence[Mention], references: Sequence[range], scope: Scope, *, ours: bool) -> Known:
    """What the records tell of a passage. ``references``: spans of codes that are no goods."""
    items = {item.sku: item for mention in goods for item in (mention.among or (mention.item,))}
    shipped = {order.shipped(sku) for order in scope.orders for sku in items}
    sizes = {size for item in items.values() for size in _NUMBER.findall(f"{item.sku} {item.description}")}
    spans = sorted({(mention.start, mention.end) for mention in goods if mention.how != "mark"})
    codes = [(span.start, span.stop) for span in references]
    return Known(tuple(spans), tuple(codes), frozenset(shipped), frozenset(sizes), ours)


def with_learned(text: str, said: Sequence[Quantity], known: Known, taken: Sequence[range]) -> list[Quantity]:
    """The quantities without those whose number is a size, a price or a date, each with the role it is likeliest to
    have; and the numbers that are surely claims, though no rule took them for a quantity."""
    if not known.goods:
        return list(said)  # a number that no goods stand beside is what rules take it for
    read = [each for each in readings(text, known) if not any(each.spot.start in span for span in taken)]
    relative = [range(each.start, each.end) for each in said if each.kind != "exact"]
    result: list[Quantity] = []
    used: set[int] = set()
    for quantity in said:
        if quantity.kind == "exact" and any(quantity.start in span for span in relative):
            continue  # the `one` of `every one`
        here = [each for each in read if _same(each.spot, quantity)]
        used |= {each.spot.start for each in here}
        if quantity.kind not in ("exact", "whole", "half"):
            result.append(replace(quantity, sure=1.0))  # `all but four`: said in so many words
        elif not here or (_role(here[0], quantity) is None and (quantity.corrects or _in_units(text, quantity))):
            result.append(quantity)
        elif (role := _role(here[0], quantity)) is not None:
            result.append(replace(quantity, role=role, sure=_sure(here[0]), meaning=_meaning(here[0])))
    for reading in read:
        spot = reading.spot
        if spot.start in used or not spot.value or spot.form == "both" or _of_a_run(text, spot):
            continue
        if spot.form == "word" and _of_what_is_no_goods(text, spot, known):
            continue
        if _sure(reading) >= _FOUND:
            result.append(Quantity("exact", spot.value, spot.start, spot.end, "claimed", sure=_sure(reading)))
    return sorted((_part_of(text, each, result, known) for each in result), key=lambda each: each.start)


def _part_of(text: str, quantity: Quantity, others: Sequence[Quantity], known: Known) -> Quantity:
    """`three heaters came. One is dented.`: just what was shipped of the only goods, where a smaller claim follows;
    and `25 are left over, take 20 of them back`."""
    if quantity.kind != "exact" or quantity.role not in ("claimed", "plain"):
        return quantity
    later = [
        each for each in others if each.start > quantity.end and each.kind == "exact" and each.value < quantity.value
    ]
    if quantity.value in known.shipped and quantity.role == "claimed":
        goods = _goods_after(quantity, known)
        own = [each for each in later if not goods or each.start < goods[0]]
        own = [each for each in own if not any(_leads_to(start, each, others) for start in goods)]
        smaller = any(each.role == "claimed" and each.sure >= _SURE for each in own)
    else:
        smaller = any(each.role in ("claimed", "plain") and OF_THEM.match(text, each.end) for each in later)
    return replace(quantity, role="told") if smaller else quantity


def _leads_to(goods: int, quantity: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether goods stand right behind a quantity, with no other one between."""
    between = any(quantity.end <= each.start < goods for each in others)
    return 0 <= goods - quantity.end <= _RIGHT_BEHIND and not between


def _goods_after(quantity: Quantity, known: Known) -> list[int]:
    """Where other goods than its own are spoken of after a quantity: those right behind it are its own."""
    if len(known.shipped) == 1:
        return []
    starts = sorted(start for start, _ in known.goods if start >= quantity.end)
    return starts[1:] if starts and starts[0] - quantity.end <= _RIGHT_BEHIND else starts


def counted_of(said: Sequence[Quantity]) -> Counted | None:
    """A stock count, where one number surely is the book's and one was surely counted."""
    books = [each for each in said if each.meaning == "book"]
    counts = [each for each in said if each.meaning == "counted"]
    if len(books) != 1 or len(counts) != 1:
        return None
    book, there = books[0], counts[0]
    return Counted(there.value - book.value, (book.start, book.end), (there.start, there.end))


def _in_units(text: str, number: Quantity | Spot) -> bool:
    return bool(CONTAINERS.match(text, number.end) or PIECES.match(text, number.end))


def _of_what_is_no_goods(text: str, spot: Spot, known: Known) -> bool:
    """`this one weird trick`: one thing pointed at, in a clause that names no goods, claims nothing and counts in no
    units. `This one leaks`, `just the one`: of goods spoken of before."""
    if not _POINTED_AT.search(text[max(0, spot.start - 10) : spot.start]) or not _THING.match(text, spot.end):
        return False
    start, end = clause(text, spot.start, spot.end)
    named = any(begin < end and start < stop for begin, stop in known.goods)
    return not (named or CLAIMED.search(text, start, end) or ASKED.search(text, start, end) or _in_units(text, spot))


def _sure(reading: Reading) -> float:
    return round(reading.share("claim", "difference"), 2)


def _meaning(reading: Reading) -> Meaning:
    return next((each for each in _MEANINGS if reading.share(each) >= _MEANT), "")


def _of_a_run(text: str, spot: Spot) -> bool:
    """Whether it is a part of a date, a telephone number or a size such as 3/4."""
    return bool(_RUN_BEFORE.search(text[max(0, spot.start - 2) : spot.start]) or _RUN_AFTER.match(text, spot.end))


def _same(spot: Spot, quantity: Quantity) -> bool:
    return spot.start < quantity.end and quantity.start < spot.end


def _role(reading: Reading, quantity: Quantity) -> Role | None:
    """None for what is no quantity. What rules call a claim is one unless it is likelier something else; what they
    call told or kept takes a sure claim to be one."""
    claim, kept = reading.share("claim", "difference"), reading.share("kept")
    told = reading.share("whole", "counted", "book")
    if claim >= (_LEAST if quantity.role == "claimed" else _SURE):
        return "plain" if quantity.role in ("told", "kept") and claim < _OVER else "claimed"
    if quantity.role == "claimed" and kept >= _SURE:
        return "claimed"  # `we no longer need 3`: what rules read in so many words is not taken for its opposite
    if quantity.corrects and max(claim, kept, told) < _OVER:
        return "plain" if quantity.role == "kept" else quantity.role
    if kept >= _SURE:
        return "kept"
    if told >= _SURE:
        return "told"
    if quantity.kind == "exact" and 1 - claim - kept - told >= _NO_QUANTITY:
        return None
    if quantity.role == "claimed" and claim >= max(kept, told, _MAYBE):
        return "claimed"
    if claim >= max(kept, told) or (quantity.role == "plain" and claim >= _MAYBE and max(kept, told) < _SURE):
        return "plain"
    return quantity.role if quantity.role == "claimed" else "kept" if kept > told else "told"
