"""Lines in running text: sentence by sentence, each item with the quantity that is said of it.

One walk over the sentences of a passage, in which each tells what the next means: hence its length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.draft import Reason
from assistant.domain.evidence import Evidence
from assistant.drafting.by_count import by_count, of_those
from assistant.drafting.candidates import Code
from assistant.drafting.counts import Counted, counted_in
from assistant.drafting.differences import Difference, Told, difference, plainly_apart
from assistant.drafting.found import LineFound, item_proof
from assistant.drafting.mentions import Mention, Scope, by_code, by_words, is_list, sentences
from assistant.drafting.number_choice import counted_of, known_of, with_learned
from assistant.drafting.packs import pack_of
from assistant.drafting.quantities import Quantity, best, quantities, settled, staying, without_asides
from assistant.drafting.signs import BOOK_STANDS
from assistant.drafting.vocabulary_lines import ALSO, ASKED, CLAIMED, CONTAINERS, KEPT, OF_THEM, PIECES, VAGUE
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Item, Order, spelled

_NEGATED = re.compile(
    r"\b(?:not(?! need)|no(?! longer)|except(?: for)?|other than|rather than|isn'?t|nicht|keine?|außer|pas|sauf"
    r"|no son|excepto)\b[^.;\n]{0,25}$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;!?\n]|[,:]\s|\s[-–—]\s|\b(?:but|aber|mais|pero|maar|while|whereas)\b", re.IGNORECASE)
_BUT = re.compile(
    r"\b(?:but|however|while|whereas|except|aber|jedoch|mais|pero|sino|maar|ma|only)\b|[;–—]|\s-\s", re.IGNORECASE
)
_JOINED = re.compile(r"[,;:]|\b(?:and|und|y|et|but|aber|plus)\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:a|an|one|this|ein(?:e[nmr]?)?|un[ae]?|uno|een|der|das|die|el|la|le|the|only)\s+(?:[\w/\-]+\s+){0,3}$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|some|approx\.?|maybe|like|circa|ca\.|etwa|rund|unos|unas|environ|circa)\s*$|~\s*$",
    re.IGNORECASE,
)
_A_FULL = re.compile(
    rf"\b(?:a|one)\s+(?:(?:full|whole|sealed|single"
    rf"|unopened)\s+)?(?={CONTAINERS.pattern.removeprefix(chr(92) + 's*')})",
    re.IGNORECASE,
)
_A_PACK = re.compile(rf"\w+\s+(?:\w+ )?(?={CONTAINERS.pattern.removeprefix(chr(92) + 's*')})", re.IGNORECASE)
_EACH = re.compile(r"\b(\d+|one|two|three|four|five)\s+(?:\w+\s+)?(?:of\s+)?each\b|\beach\b", re.IGNORECASE)


_WORDS_AT_HAND = 5
_SURELY = 0.9  # of a number beside words that say no number
_LONGEST_SENTENCE = 2_000  # characters that a person may have meant as one


@dataclass(frozen=True, slots=True)
class Loose:
    """A quantity in a sentence that names no item."""

    quantity: Quantity
    place: Passage


@dataclass(frozen=True, slots=True)
class Spoken:
    lines: tuple[LineFound, ...]
    loose: tuple[Loose, ...]


def told(place: Passage, codes: Sequence[Code], scope: Scope, erp: ErpReader, *, ours: bool = False) -> Spoken:
    """The lines of one passage of running text, and the quantities left over. ``ours``: our own people count stock."""
    text = place.text
    coded = by_code(place, codes, scope)
    taken = [range(code.start, code.end) for code in codes if code.passage is place]
    spans = [span for span in sentences(text, lists=is_list(text, coded)) if len(span) <= _LONGEST_SENTENCE]
    mentioned = [_mentions(text, span, coded, taken, scope, erp) for span in spans]
    if ours and len(spans) > 1 and len({m.item.sku for here in mentioned for m in here}) == 1:
        spans = [range(spans[0].start, spans[-1].stop)]  # a bin a paragraph: what it says is all of the same goods
        mentioned = [_mentions(text, spans[0], coded, taken, scope, erp)]
    said = [
        each
        for each in quantities(text)
        if not any(each.start in span for span in taken) and not _a_size(text, each, scope)
    ]
    known = known_of([mention for here in mentioned for mention in here], taken, scope, ours=ours)
    said = with_learned(text, said, known, taken)
    lines: list[LineFound] = []
    loose: list[Loose] = []
    counts: dict[Decimal, list[Mention]] = {}  # the goods that a number was told of
    before: Mention | None = None
    about: Mention | None = None  # the goods spoken of last that do not stay
    several = len({m.item.sku for here in mentioned for m in here if not m.foreign and m.how != "mark"}) > 1
    for span, here in zip(spans, mentioned, strict=True):
        numbers = [each for each in said if span.start <= each.start < span.stop]
        numbers = [each for each in numbers if not any(m.start <= each.start < m.end for m in here)]
        if place.block.label == "subject":
            numbers = [each for each in numbers if _at_hand(text, each, here)]
        own = [mention for mention in here if not mention.foreign]
        back = [
            each
            for each in numbers
            if before is not None and own and OF_THEM.match(text, each.end) and each.start < own[0].start
        ]
        if before is not None and back:  # `12 of them have cracked bodies`
            numbers = [each for each in numbers if each not in back]
            lines.append(_line(place, before, back, span, here, scope, ours=ours))
        if all(mention.among for mention in own) and (those := by_count(text, span, numbers, counts)) is not None:
            lines = of_those(lines, those, _line(place, those.mention, those.others, span, here, scope, ours=ours))
            continue
        before = own[-1] if own and not own[-1].among else before
        if all(mention.among for mention in own):
            moving = bool(ASKED.search(text, span.start, span.stop) or CLAIMED.search(text, span.start, span.stop))
            loose += [Loose(each, place) for each in numbers if each.kind == "exact" or moving]
        if not own:
            claims = [each for each in numbers if each.rank == 0 and each.kind in ("exact", "rest")]
            if several and about is not None and claims:
                lines.append(_line(place, about, numbers, span, here, scope, ours=ours))  # `.. the other 78?`
            continue
        if (by_lot := _by_lot(place, coded, span, numbers, scope)) is not None:
            lines += by_lot
            continue
        meant = [m for m in here if not _ruled_out(text, m, span)]
        pairs = _paired(text, meant or here, numbers)
        for mention in own:
            line = _line(place, mention, pairs.get(mention, []), span, here, scope, ours=ours)
            if any(m.how == "mark" and m.item == mention.item and m.start in span for m in coded):
                line = replace(line, asked=True)  # whose serial or lot is told is spoken of
            later = [m.start for m in own if m.start > mention.start]
            begin = span.start if mention is own[0] else mention.start
            own_numbers = pairs.get(mention, [])
            for each in own_numbers if not mention.among else ():
                counts.setdefault(each.value, []).append(mention)
            counted = (counted_in(text, begin, min([span.stop, *later])) or counted_of(own_numbers)) if ours else None
            lines.append(line if counted is None else _counted(line, counted))
            about = about if lines[-1].kept or mention.among or mention.how == "mark" else mention
    return Spoken(tuple(lines), tuple(loose))


_BY_BEFORE = re.compile(r"\d/\d+ ?[\"”″]? ?[x×] ?$")


def _a_size(text: str, said: Quantity, scope: Scope) -> bool:
    """`DOT 4`, `schedule 40`: a number that some item's description has behind the same word."""
    if said.kind != "exact":
        return False
    if _BY_BEFORE.search(text[max(0, said.start - 12) : said.start]) and not CONTAINERS.match(text, said.end):
        return True  # the 3 of `3/8 x 3`
    digits = text[said.start : said.end]
    grade = re.compile(rf"(?<=[^\W\d_]){digits}\b") if re.fullmatch(r"\d{3,}", digits) else None
    if grade is not None and not CONTAINERS.match(text, said.end) and not PIECES.match(text, said.end):
        before = text[max(0, said.start - 20) : said.start]
        if re.search(r"[^\W\d_]{3,} $", before) and any(grade.search(item.description) for item in scope.items):
            return True  # `inox 304` of SS304
    word = re.search(r"([^\W\d_]{2,}) $", text[max(0, said.start - 20) : said.start])
    if word is None:
        return False
    size = re.compile(rf"\b{word[1]} {re.escape(text[said.start : said.end])}\b", re.IGNORECASE)
    return any(size.search(item.description) for item in scope.items)


def _counted(line: LineFound, counted: Counted) -> LineFound:
    """A line of a stock count; none where all is there."""
    evidence = {**line.evidence, "quantity": tuple(line.place.quote(*span) for span in (counted.book, counted.there))}
    apart = counted.difference
    return replace(line, quantity=apart, rank=0, signed=True, kept=not apart, evidence=evidence)


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
    marked = [m for m in here if m.how == "mark"]
    worded = [_by_its_mark(mention, marked) for mention in worded]
    clear = [*named, *(m for m in worded if not m.among)]
    marked = [m for m in marked if not any(m.item == other.item for other in clear)]
    once: dict[tuple[str, bool], Mention] = {}
    for mention in [*named, *worded, *marked]:
        if not mention.among:
            once.setdefault((mention.item.sku, mention.foreign), mention)
    told = {mention.item.sku for mention in once.values()}
    unclear = [m for m in worded if m.among and not any(item.sku in told for item in m.among)]
    return sorted([*once.values(), *unclear], key=lambda mention: mention.start)


def _by_its_mark(mention: Mention, marked: Sequence[Mention]) -> Mention:
    """Words that fit several goods mean the one whose lot or serial stands in the sentence."""
    told = {m.item.sku: m.item for m in marked if any(m.item == item for item in mention.among)}
    return replace(mention, item=next(iter(told.values())), among=()) if len(told) == 1 else mention


def _beside(text: str, words: Mention, code: Mention) -> bool:
    between = text[min(words.end, code.end) : max(words.start, code.start)]
    return len(between) < 12 and not _JOINED.search(between)


def _at_hand(text: str, number: Quantity, here: Sequence[Mention]) -> bool:
    """Whether a quantity stands by some item: a subject strings things together that have nothing to do with it."""
    spans = (text[min(m.end, number.end) : max(m.start, number.start)] for m in here)
    return any(len(between.split()) <= _WORDS_AT_HAND for between in spans)


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
    place: Passage,
    mention: Mention,
    said: Sequence[Quantity],
    span: range,
    here: Sequence[Mention],
    scope: Scope,
    *,
    ours: bool = False,
) -> LineFound:
    text = place.text
    having = [o for o in scope.orders if o.line_of(mention.item.sku) is not None]
    mark = place.text[mention.start : mention.end] if mention.how == "mark" else ""
    of_mark = [o for o in having if spelled(mark) in {spelled(each) for each in o.lots(mention.item.sku)}]
    order = next(iter(of_mark or having), None)
    vague = _vague(text, mention, span)
    chosen = best(
        [each for each in said if not vague or (each.rank == 0 and _as_ruled(each)) or each.kind != "exact"],
        text,
        range(mention.start, mention.end),
    )
    shipped = order.shipped(mention.item.sku) if order is not None else Decimal(0)
    apart = None if ours or chosen is None else difference([Told(each, text) for each in said], shipped)
    rest = apart if chosen is not None and chosen.rank > 0 else None
    if rest is None and not ours and chosen is not None and chosen.kind == "exact" and not chosen.corrects:
        plain = plainly_apart([Told(each, text) for each in said])
        if plain is not None and chosen.value in {each.quantity.value for each in plain.of}:
            apart = rest = plain
    same = apart is not None and chosen is not None and chosen.kind == "exact" and chosen.value == abs(apart.value)
    value = settled(chosen, text, mention.item, order, staying(said)) if chosen is not None else None
    if mention.among and chosen is not None:
        value = chosen.value if chosen.kind == "exact" else None
    evidence: dict[str, tuple[Evidence, ...]] = {
        "sku": (place.quote(mention.start, mention.end), item_proof(mention.item))
    }
    rank = 9 if chosen is None else -1 if chosen.corrects else chosen.rank
    if rank == 0 and chosen is not None and _ABOUT.search(text[max(0, chosen.start - 16) : chosen.start]):
        rank = 1  # `about a dozen`: the count comes later
    sentence = text[span.start : span.stop]
    if (
        ours
        and value is None
        and not any(q.kind == "exact" for q in said)
        and (full := _A_FULL.search(sentence)) is not None
    ):
        value, rank = Decimal(1), 1
        evidence["quantity"] = (place.quote(span.start + full.start(), span.start + full.end()),)
    if rest is not None:
        value, rank = abs(rest.value), 0
        evidence["quantity"] = tuple(place.quote(each.quantity.start, each.quantity.end) for each in rest.of)
    elif chosen is not None and value is not None:
        evidence["quantity"] = (place.quote(chosen.start, chosen.end),)
    elif chosen is None and not mention.among and not vague and (one := _single(place, mention, order)) is not None:
        value, rank = Decimal(1), 2
        evidence["quantity"] = (place.quote(*one),)
    claimed = chosen is not None and chosen.rank == 0
    kept = rest is None and (not claimed or not CLAIMED.search(sentence)) and _is_kept(text, mention, span, said)
    others = [other.start for other in here if other.start > mention.start and other.item != mention.item]
    alone = not others or not ALSO.search(text, min(others), span.stop)
    if claimed and others and alone and not KEPT.search(text, span.start, min(others)):
        kept = False  # `it is 5 boxes of the beakers, and the hotplate stays`
    last = not others
    kept = kept or (rest is None and last and _they_are_kept(text[mention.end : span.stop]))
    if ours and BOOK_STANDS.search(sentence):
        kept, chosen = True, None
    vague = chosen is None and value is None and vague
    asked = chosen is not None or bool(ASKED.search(sentence) or CLAIMED.search(sentence))
    near = _near(span, mention, here)
    short = chosen is not None and chosen.kind in ("only", "missing") and value is not None
    reason = by_difference(apart) if rest is not None or same else Reason.SHORT_SHIPMENT if short else None
    if reason is not None and "quantity" in evidence:
        evidence["reason_code"] = evidence["quantity"]
    return LineFound(
        item=mention.item,
        place=place,
        position=mention.start,
        kind="prose",
        near=near,
        quantity=value,
        rank=rank,
        reason=reason,
        told=tuple(said),
        among=mention.among,
        vague=vague,
        kept=kept,
        asked=asked,
        firm=mention.how == "code",
        by_mark=mention.how == "mark",
        evidence=evidence,
    )


def _as_ruled(said: Quantity) -> bool:
    """Whether a claim is one by rules, or surely: `a few are torn, from one of the three cartons`."""
    return not said.sure or said.sure >= _SURELY


def by_difference(apart: Difference | None) -> Reason | None:
    """What a difference says of why; nothing where it is what stays."""
    if apart is None or apart.kept:
        return None
    return Reason.SHORT_SHIPMENT if apart.value > 0 else Reason.OVER_SHIPMENT


_VAGUE_LATER = re.compile(
    rf"(?:{VAGUE.pattern})(?:{CONTAINERS.pattern}|{PIECES.pattern}|{OF_THEM.pattern}|\s+(?:are|have|were|sind|sont|están|ont)\b)",
    re.IGNORECASE,
)


def _vague(text: str, mention: Mention, span: range) -> bool:
    """`some of the right-hand mirrors`: goods meant, in a number that nobody said."""
    before = text[max(span.start, mention.start - 40) : mention.start]
    found = [match.end() for match in VAGUE.finditer(before)]
    later = _VAGUE_LATER.search(text, mention.end, span.stop)
    if later is not None and not re.search(r"[.;!?]", text[mention.end : later.start()]):
        return True
    return bool(found) and not re.search(r"[.,;:!?]", before[found[-1] :])


def _near(span: range, mention: Mention, here: Sequence[Mention]) -> range:
    """The mention's own part of the sentence: up to the next mention; from the sentence's start for the first."""
    earlier = [m for m in here if m.start < mention.start]
    later = [m.start for m in here if m.start > mention.start]
    return range(span.start if not earlier else mention.start, min([span.stop, *later]))


def _ruled_out(text: str, mention: Mention, span: range) -> bool:
    """`everything except the gear pump`."""
    begin = max([span.start, *(m.end() for m in _CLAUSE_END.finditer(text, span.start, mention.start))])
    return bool(_NEGATED.search(text[max(begin, mention.start - 60) : mention.start]))


def _is_kept(text: str, mention: Mention, span: range, said: Sequence[Quantity]) -> bool:
    ends = [m.end() for m in _CLAUSE_END.finditer(text, span.start, mention.start)]
    begin = ends[-1] if ends else span.start
    stop = next((m.start() for m in _CLAUSE_END.finditer(text, mention.end, span.stop)), span.stop)
    clause = text[begin:stop]
    if _NEGATED.search(text[max(begin, mention.start - 60) : mention.start]) or (
        KEPT.search(clause) and not CLAIMED.search(clause)
    ):
        return True
    turns = [match.end() for match in _BUT.finditer(text, span.start, mention.start)]
    ending = next((match.start() for match in _BUT.finditer(text, mention.end, span.stop)), span.stop)
    sentence = without_asides(text)[turns[-1] if turns else span.start : ending]
    if KEPT.search(sentence) and not (CLAIMED.search(sentence) or ASKED.search(sentence)):
        return True
    if not any(each.role == "claimed" for each in said) and _kept_after_all(text[stop : span.stop]):
        return True
    if ALSO.search(clause) and not CLAIMED.search(clause) and KEPT.search(text[span.start : begin]):
        return True
    return bool(said) and all(each.role == "kept" for each in said)


_AFTER_ALL = re.compile(
    r"\b(?:after all|finally|anyway|instead|now|finalement|doch|nun doch|al final|toch|alla fine)\b", re.IGNORECASE
)
_THEM = re.compile(r"\b(?:them|those|these|it|les|la|le|sie|die|diese|los|las|ze|li)\b", re.IGNORECASE)


_KEEP_THEM = re.compile(
    r"\b(?:we|i)(?:'ll|’ll| will| can| are going to| want to| would rather)? (?:just )?"
    r"(?:keep|use|hang on to|hold on to|live with) (?:those|these|them|it|that one)\b"
    r"|\b(?:die|den|das|sie) behalten wir\b|\bbehalten wir (?:die|sie|den|das)\b"
    r"|\bnous (?:les|la|le) gardons\b|\bon (?:les|la|le) garde\b|\bdie houden we\b"
    r"|\bnos (?:los|las|lo|la) quedamos\b|\b(?:los|las|lo|la) (?:conservamos|dejamos)\b",
    re.IGNORECASE,
)


def _they_are_kept(rest: str) -> bool:
    """`two drums have dented lids but they do not leak, so we'll keep those`: whatever is the matter, they stay."""
    kept = list(_KEEP_THEM.finditer(rest))
    return bool(kept) and not CLAIMED.search(rest, kept[-1].end())


def _kept_after_all(rest: str) -> bool:
    """`.. which we wanted to return, we are keeping those after all`: the end of a sentence takes it back."""
    last = re.split(r"[,:]\s|\s[-–—]\s", rest)[-1]
    return bool(KEPT.search(last) and _THEM.search(last) and _AFTER_ALL.search(last)) and not CLAIMED.search(last)


def _single(place: Passage, mention: Mention, order: Order | None) -> tuple[int, int] | None:
    """`a dead VFD`, `the drill rig` of an order that shipped one: the words that say it is one."""
    lead = _ONE.search(place.text[max(0, mention.start - 80) : mention.start])
    first = lead[0].split()[0].lower() if lead is not None else ""
    packed = lead is not None and pack_of(mention.item) is not None and _A_PACK.match(lead[0]) is not None
    if lead is None or (not packed and _plural(place.text[mention.start : mention.end + 2], mention.item)):
        return None
    shipped = order.shipped(mention.item.sku) if order is not None else Decimal(0)
    definite = first in {"the", "der", "das", "die", "el", "la", "le", "this", "only"}
    if definite and shipped != 1:
        return None
    return max(0, mention.start - 80) + lead.start(), mention.end


def _plural(words: str, item: Item) -> bool:
    del item
    return bool(re.search(r"[^\W\d_]{2,}(?:s|en)\b", words.rstrip(" .,"), re.IGNORECASE))
