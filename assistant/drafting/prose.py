"""Lines in running text: sentence by sentence, each item with the quantity that is said of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.draft import Reason
from assistant.domain.evidence import Evidence
from assistant.drafting.candidates import Code
from assistant.drafting.found import LineFound, item_proof
from assistant.drafting.mentions import Mention, Scope, by_code, by_words, is_list, sentences
from assistant.drafting.quantities import Quantity, best, quantities, settled
from assistant.drafting.vocabulary_lines import ASKED, CLAIMED, KEPT
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Item, Order

_NEGATED = re.compile(
    r"\b(?:not(?! need)|no(?! longer)|except(?: for)?|other than|rather than|isn'?t|nicht|keine?|außer|pas|sauf"
    r"|no son|excepto)\b[^.;\n]{0,25}$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;!?\n]|,\s|\s[-–—]\s|\b(?:but|aber|mais|pero|maar|while|whereas)\b", re.IGNORECASE)
_JOINED = re.compile(r"[,;:]|\b(?:and|und|y|et|but|aber|plus)\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:a|an|one|this|ein(?:e[nmr]?)?|un[ae]?|uno|een|der|das|die|el|la|le|the|only)\s+(?:[\w/\-]+\s+){0,3}$",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(\d+|one|two|three|four|five)\s+(?:\w+\s+)?(?:of\s+)?each\b|\beach\b", re.IGNORECASE)


_LONGEST_SENTENCE = 2_000  # characters that a person may have meant as one


@dataclass(frozen=True, slots=True)
class Loose:
    """A quantity in a sentence that names no item."""

    quantity: Quantity
    place: Passage


@dataclass(frozen=True, slots=True)
class Told:
    lines: tuple[LineFound, ...]
    loose: tuple[Loose, ...]


def told(place: Passage, codes: Sequence[Code], scope: Scope, erp: ErpReader) -> Told:
    """The lines of one passage of running text, and the quantities left over."""
    text = place.text
    coded = by_code(place, codes, scope)
    taken = [range(code.start, code.end) for code in codes if code.passage is place]
    said = [each for each in quantities(text) if not any(each.start in span for span in taken)]
    lines: list[LineFound] = []
    loose: list[Loose] = []
    for span in sentences(text, lists=is_list(text, coded)):
        if len(span) > _LONGEST_SENTENCE:
            continue
        here = _mentions(text, span, coded, taken, scope, erp)
        numbers = [each for each in said if span.start <= each.start < span.stop]
        numbers = [each for each in numbers if not any(m.start <= each.start < m.end for m in here)]
        own = [mention for mention in here if not mention.foreign]
        if not own:
            moving = bool(ASKED.search(text, span.start, span.stop) or CLAIMED.search(text, span.start, span.stop))
            loose += [Loose(each, place) for each in numbers if each.kind == "exact" or moving]
            continue
        if (by_lot := _by_lot(place, coded, span, numbers, scope)) is not None:
            lines += by_lot
            continue
        pairs = _paired(text, here, numbers)
        for mention in own:
            lines.append(_line(place, mention, pairs.get(mention, []), span, here, scope))
    return Told(tuple(lines), tuple(loose))


def _by_lot(
    place: Passage,
    coded: Sequence[Mention],
    span: range,
    numbers: Sequence[Quantity],
    scope: Scope,
) -> list[LineFound] | None:
    """`five are 26H02, two are 26H09`: a line a lot, where each lot of the one item has a quantity of its own."""
    marks = [m for m in coded if m.how == "mark" and m.item.tracking == "lot" and span.start <= m.start < span.stop]
    if len(marks) < 2 or len({mark.item.sku for mark in marks}) != 1:
        return None
    own = [each for each in numbers if each.kind == "exact"]
    before = [
        [n for n in own if begin <= n.start < m.start]
        for begin, m in zip([span.start, *(m.end for m in marks)], marks, strict=False)
    ]
    after = [
        [n for n in own if m.end <= n.start < end]
        for m, end in zip(marks, [*(m.start for m in marks[1:]), span.stop], strict=True)
    ]
    side = before if all(before) else after if all(after) else None
    if side is None:
        return None
    lines = []
    for mark, said in zip(marks, side, strict=True):
        chosen = said[-1] if side is before else said[0]
        near = range(min(chosen.start, mark.start), max(chosen.end, mark.end))
        line = _line(place, mark, [chosen], near, [mark], scope)
        lines.append(replace(line, rank=min(line.rank, 1), by_mark=False))
    return lines


def _mentions(
    text: str, span: range, coded: Sequence[Mention], taken: Sequence[range], scope: Scope, erp: ErpReader
) -> list[Mention]:
    """Mentions of a sentence, one an item: by code before by words before by a lot or serial."""
    here = [mention for mention in coded if span.start <= mention.start < span.stop]
    named = [mention for mention in here if mention.how == "code"]
    worded = [m for m in by_words(text, span, taken, scope, erp) if not any(m.item == c.item for c in named)]
    if named:  # words beside a code describe it, unless they are clearly another item's
        worded = [m for m in worded if not any(_beside(text, m, c) for c in named)]
    marked = [m for m in here if m.how == "mark" and not any(m.item == other.item for other in [*named, *worded])]
    once: dict[tuple[str, bool], Mention] = {}
    for mention in [*named, *worded, *marked]:
        once.setdefault((mention.item.sku, mention.foreign), mention)
    return sorted(once.values(), key=lambda mention: mention.start)


def _beside(text: str, words: Mention, code: Mention) -> bool:
    between = text[min(words.end, code.end) : max(words.start, code.start)]
    return len(between) < 12 and not _JOINED.search(between)


def _paired(text: str, here: Sequence[Mention], numbers: Sequence[Quantity]) -> dict[Mention, list[Quantity]]:
    """Each quantity with the mention it is said of: the next one in its own phrase, else the one before."""
    pairs: dict[Mention, list[Quantity]] = {}
    for each in numbers:
        before = next((m for m in reversed(here) if m.end <= each.start), None)
        after = next((m for m in here if m.start >= each.end), None)
        if each.kind in ("whole", "half") and len(here) > 1 and after is None:
            for mention in here:
                pairs.setdefault(mention, []).append(each)
            continue
        chosen = before or after
        if before is not None and after is not None:
            gap = text[each.end : after.start]
            lead = text[before.end : each.start]
            close = len(gap.split()) <= 6 and not _JOINED.search(gap)
            bound = re.fullmatch(r"\s*(?:[:x×=(\-–]|qty|quantity|,?\s*\()?\s*:?\s*", lead, re.IGNORECASE) is not None
            chosen = after if close and not bound else before
        if chosen is not None:
            pairs.setdefault(chosen, []).append(each)
            if re.match(r"\s+(?:of\s+)?(?:each|apiece|je|c/u|chacun)\b", text[each.end :], re.IGNORECASE):
                for mention in here:
                    if mention is not chosen:
                        pairs.setdefault(mention, []).append(each)
    return pairs


def _line(
    place: Passage, mention: Mention, said: Sequence[Quantity], span: range, here: Sequence[Mention], scope: Scope
) -> LineFound:
    text = place.text
    order = next((o for o in scope.orders if o.line_of(mention.item.sku) is not None), None)
    chosen = best(list(said))
    rest = _rest(text, said) if chosen is not None and chosen.rank >= 2 else None
    value = settled(chosen, text, mention.item, order) if chosen is not None else None
    evidence: dict[str, tuple[Evidence, ...]] = {
        "sku": (place.quote(mention.start, mention.end), item_proof(mention.item))
    }
    rank = chosen.rank if chosen is not None else 9
    if rest is not None:
        value, rank = rest[0], 0
        evidence["quantity"] = tuple(place.quote(each.start, each.end) for each in rest[1])
        evidence["reason_code"] = evidence["quantity"]
    elif chosen is not None and value is not None:
        evidence["quantity"] = (place.quote(chosen.start, chosen.end),)
    elif chosen is None and (one := _single(place, mention, order)) is not None:
        value, rank = Decimal(1), 2
        evidence["quantity"] = (place.quote(*one),)
    sentence = text[span.start : span.stop]
    claimed = chosen is not None and chosen.rank == 0
    kept = not claimed and _is_kept(text, mention, span, said)
    asked = chosen is not None or bool(ASKED.search(sentence) or CLAIMED.search(sentence))
    near = _near(span, mention, here)
    short = rest is not None or (chosen is not None and chosen.kind in ("only", "missing") and value is not None)
    if short and rest is None:
        evidence["reason_code"] = evidence["quantity"]
    return LineFound(
        item=mention.item,
        place=place,
        position=mention.start,
        kind="prose",
        near=near,
        quantity=value,
        rank=rank,
        reason=Reason.SHORT_SHIPMENT if short else None,
        kept=kept,
        asked=asked,
        firm=mention.how == "code",
        by_mark=mention.how == "mark",
        evidence=evidence,
    )


_SENT = re.compile(
    r"\b(?:ordered|shipped|billed|invoiced|invoice|slip|bill|bestellt|commandé|pedid\w+|factur\w+|geliefert)\b", re.I
)
_CAME = re.compile(
    r"\b(?:received|rec'?v?d|got|counted|came|arrived|erhalten|angekommen|reçu\w*|recib\w+|lleg\w+)\b", re.I
)


def _rest(text: str, said: Sequence[Quantity]) -> tuple[Decimal, tuple[Quantity, Quantity]] | None:
    """`shipped 40, received 36`: what did not come, where only both are told."""
    if any(each.role != "told" or each.kind != "exact" for each in said) or len(said) != 2:
        return None
    beside = [text[max(0, each.start - 24) : each.start] + " " + text[each.end : each.end + 12] for each in said]
    sent = next((each for each, words in zip(said, beside, strict=True) if _SENT.search(words)), None)
    came = next(
        (each for each, words in zip(said, beside, strict=True) if each is not sent and _CAME.search(words)), None
    )
    if sent is None or came is None or sent.value <= came.value:
        return None
    return sent.value - came.value, (sent, came)


def _near(span: range, mention: Mention, here: Sequence[Mention]) -> range:
    """The mention's own part of the sentence: up to the next mention; from the sentence's start for the first."""
    earlier = [m for m in here if m.start < mention.start]
    later = [m.start for m in here if m.start > mention.start]
    return range(span.start if not earlier else mention.start, min([span.stop, *later]))


def _is_kept(text: str, mention: Mention, span: range, said: Sequence[Quantity]) -> bool:
    ends = [m.end() for m in _CLAUSE_END.finditer(text, span.start, mention.start)]
    begin = ends[-1] if ends else span.start
    stop = next((m.start() for m in _CLAUSE_END.finditer(text, mention.end, span.stop)), span.stop)
    clause = text[begin:stop]
    if _NEGATED.search(text[max(begin, mention.start - 60) : mention.start]) or (
        KEPT.search(clause) and not CLAIMED.search(clause)
    ):
        return True
    return bool(said) and all(each.role == "kept" for each in said)


def _single(place: Passage, mention: Mention, order: Order | None) -> tuple[int, int] | None:
    """`a dead VFD`, `the drill rig` of an order that shipped one: the words that say it is one."""
    lead = _ONE.search(place.text[max(0, mention.start - 80) : mention.start])
    first = lead[0].split()[0].lower() if lead is not None else ""
    if lead is None or _plural(place.text[mention.start : mention.end + 2], mention.item):
        return None
    shipped = order.shipped(mention.item.sku) if order is not None else Decimal(0)
    definite = first in {"the", "der", "das", "die", "el", "la", "le", "this", "only"}
    if definite and shipped != 1:
        return None
    return max(0, mention.start - 80) + lead.start(), mention.end


def _plural(words: str, item: Item) -> bool:
    del item
    return bool(re.search(r"[^\W\d_]{2,}(?:s|en)\b", words.rstrip(" .,"), re.IGNORECASE))
