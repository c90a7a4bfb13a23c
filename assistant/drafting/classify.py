"""Classify: reason and resolution, by the words of the sender; vocabulary stands apart as data."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.domain.draft import Reason, Resolution
from assistant.domain.evidence import Quoted
from assistant.drafting import vocabulary_intent as words
from assistant.drafting.found import LineFound
from assistant.drafting.quantities import clause, sentence
from assistant.drafting.reason_words import Heard, heard_in
from assistant.drafting.vocabulary_lines import CLAIMED, KEPT, OWN_PAPER, RETURN_PAPER, column_of
from assistant.drafting.vocabulary_reasons import NEGATED, PLAIN, REASONS
from assistant.drafting.words import Passage

_CHOICE = re.compile(
    r"(?P<box>☐|☒|☑|✓|✔|\[\s*[xX✓]?\s*\]|\(\s*[xX]?\s*\))(?P<text>[^☐☒☑✓✔\[\n]*?)(?=\s{3,}|  |☐|☒|☑|\[|\n|$"
    r"|\(\s*[xX]?\s*\))"
)
_NEVER = 1_000  # words: captions and cells are not held against the examples
_ENOUGH = 3.0  # for words said of one line
_SAID_WHY = 0.9  # for those in a cell or note that says why
# what a sentence surely of a reason counts for beside the rules' words, and the chances it speaks from
_LEARNED, _LEAST_CHANCE, _FAINT_CHANCE = 5.0, 0.35, 0.15
_CLOSE = 0.6  # of what the first reason counts for, from which the words beside the item decide
_NEAR = 0.5  # of what the first reason counts for, from which another one is offered beside it


def voice(places: Iterable[Passage]) -> tuple[Passage, ...]:
    """What the sender says of the matter: without disclaimers, and of our own paper only what was written on it."""
    said = [place for place in places if place.standing == "said" and not words.DISCLAIMER.search(place.text)]
    papers = {
        path for path in {p.document.path for p in said} if _our_paper([p for p in said if p.document.path == path])
    }
    return tuple(
        place for place in said if place.document.path not in papers or place.block.kind in ("annotation", "form_field")
    )


def _our_paper(places: Sequence[Passage]) -> bool:
    path = places[0].document.path
    if path == "body" or path.endswith("/body"):
        return False
    text = " ".join(place.text for place in places if place.block.kind != "annotation")[:600]
    return bool(OWN_PAPER.search(text)) and not RETURN_PAPER.search(text)


def spoken(text: str) -> str:
    """The text, as long as before, without printed choices that nobody ticked."""
    return _CHOICE.sub(lambda m: m[0] if _ticked(m) else " " * len(m[0]), text)


def _ticked(match: re.Match[str]) -> bool:
    return match["box"][0] in "☒☑✓✔" or bool(re.search(r"[xX✓]", match["box"]))


def ticked(places: Iterable[Passage]) -> Iterator[tuple[Passage, int, int]]:
    """Choices that were ticked, and fields of a form that say which was chosen."""
    for place in places:
        for match in _CHOICE.finditer(place.text):
            if _ticked(match) and match["text"].strip():
                yield place, match.start("text"), match.end("text")
        if place.block.kind == "form_field":
            yield place, 0, len(place.text)


def plainly(places: Iterable[Passage]) -> frozenset[Reason]:
    """The reasons that are given in so many words."""
    return frozenset(
        reason
        for place in voice(places)
        for reason, patterns in REASONS
        if any(weight >= PLAIN and pattern.search(spoken(place.text)) for weight, pattern in patterns)
    )


@lru_cache(maxsize=512)
def _scores(text: str, fewest_words: int = 4) -> tuple[tuple[Reason, float, int, int, bool], ...]:
    """What each reason counts for, the place of the words that count most, and whether a rule knows them."""
    heard = spoken(text)
    result: list[tuple[Reason, float, int, int, bool]] = []
    likely: dict[Reason, Heard] = {}
    for part in heard_in(heard, fewest_words):
        said = heard[part.start : part.end]
        if KEPT.search(said) and not CLAIMED.search(said):
            continue  # of what is kept nobody says why it comes back
        for reason, chance in part.chances.items():
            if chance > _LEAST_CHANCE and (reason not in likely or likely[reason].chances[reason] < chance):
                likely[reason] = part
    for reason, patterns in REASONS:
        score, best = 0.0, (0, 0, 0)
        for weight, pattern in patterns:
            hits = [m for m in pattern.finditer(heard) if not NEGATED.search(heard[max(0, m.start() - 40) : m.start()])]
            if hits:
                score += weight + min(len(hits) - 1, 2) * (weight >= PLAIN)
                best = max(best, (weight, hits[0].start(), hits[0].end()))
        if (sure := likely.get(reason)) is not None:
            score += _LEARNED * sure.chances[reason] ** 2  # the sure ones by themselves, the others as hints
            best = best if best[0] else (0, sure.start, sure.end)
        if score:
            result.append((reason, score, best[1], best[2], best[0] > 0))
    return tuple(result)


def reason_in(place: Passage, near: range | None = None, fewest_words: int = 4) -> tuple[Reason, Quoted] | None:
    """The reason that a passage's words, or a stretch of them, give most plainly, and the words.

    ``fewest_words``: of a sentence that is held against the examples; in a cell or note that says why, two do.
    """
    start = near.start if near is not None else 0
    heard = _scores(place.text[start : near.stop] if near is not None else place.text, fewest_words)
    found = [each for each in heard if each[1] >= (_SAID_WHY if each[4] and fewest_words <= 2 else _ENOUGH)]
    best = max(found, key=lambda each: each[1], default=None)
    return None if best is None else (best[0], place.quote(start + best[2], start + best[3]))


# Nobody asks to have mended or replaced what nothing is the matter with.
_NOTHING_WRONG = frozenset(
    {
        Reason.NO_LONGER_NEEDED,
        Reason.OVER_SHIPMENT,
        Reason.DUPLICATE_SHIPMENT,
        Reason.PRICING_ERROR,
        Reason.CORE_RETURN,
        Reason.ORDERED_IN_ERROR,
    }
)


def reason_of(places: Iterable[Passage], *, faint: bool = False, mend: bool = False) -> tuple[Reason, Quoted] | None:
    """The request's reason: the one ticked, else the one that all its words together give most plainly.

    Where the newest words give none plainly the earlier ones do. ``faint``: failing all, what a sentence is like.
    ``mend``: a repair or replacement is asked for, so something is the matter unless the words say plainly otherwise.
    """
    everything = tuple(places)
    said = voice(everything)
    for place, start, end in ticked(said):
        found = max(_scores(place.text[start:end]), key=lambda each: each[1], default=None)
        if found is not None and found[1] >= PLAIN:
            return found[0], place.quote(start + found[2], start + found[3])
    total, best = _together(said)
    if mend:
        total = {reason: score for reason, score in total.items() if reason not in _NOTHING_WRONG or score >= PLAIN}
    order = {reason: index for index, (reason, _) in enumerate(REASONS)}
    if goes_back(said):  # nobody sends back what never came
        others = {reason: score for reason, score in total.items() if not reason.keeps_goods}
        total = others or {r: x for r, x in total.items() if x >= 2 * PLAIN}
    if total.get(Reason.PRICING_ERROR, 0.0) < PLAIN:  # a word about a price is no claim yet
        total.pop(Reason.PRICING_ERROR, None)
    first = max(total, key=lambda reason: (total[reason], -order[reason]), default=None)
    if (first is None or total[first] < PLAIN) and any(place.standing == "context" for place in everything):
        earlier = reason_of(_as_said(everything), mend=mend)
        if earlier is not None:
            return earlier
    if first is not None:
        return first, best[first][1]
    return _faintly(said, mend=mend) if faint else None


def _together(said: Iterable[Passage]) -> tuple[dict[Reason, float], dict[Reason, tuple[float, Quoted]]]:
    """What all words together count for each reason, and the words that count most."""
    total: dict[Reason, float] = {}
    best: dict[Reason, tuple[float, Quoted]] = {}
    for place in said:
        share = 0.6 if place.block.label == "subject" else 1.0
        fewest = 4 if place.block.kind == "paragraph" else 5 if place.block.label == "subject" else _NEVER
        for reason, score, start, end, _ in _scores(place.text, fewest):
            total[reason] = total.get(reason, 0.0) + score * share
            if reason not in best or best[reason][0] < score * share:
                best[reason] = (score * share, place.quote(start, end))
    return total, best


# What happened to a delivery, which the state of each of its goods only shows.
_CAUSES = (Reason.RECALL, Reason.DAMAGED_IN_TRANSIT)
_SHOWN = frozenset(
    {Reason.DEFECTIVE_ON_ARRIVAL, Reason.QUALITY_NONCONFORMANCE, Reason.CONCEALED_DAMAGE, Reason.WARRANTY_FAILURE}
)


def cause_of(places: Iterable[Passage]) -> Reason | None:
    """A recall, or damage on the way, where the request says so more than plainly."""
    everything = tuple(places)
    total, _ = _together(voice(everything))
    plain = plainly(everything)
    return next((each for each in _CAUSES if each in plain and total.get(each, 0.0) >= 2 * PLAIN), None)


def only_shows(found: tuple[Reason, Quoted] | None, cause: Reason | None) -> bool:
    """Whether a line's own words tell but the state of what a cause was told of: `handles snapped off`."""
    if found is None or cause is None or found[0] is cause:
        return False
    if cause is Reason.RECALL:
        return found[0] in _SHOWN or found[0] is Reason.SHORT_SHIPMENT
    known = any(pattern.search(found[1].quote) for each, words_ in REASONS if each is found[0] for _, pattern in words_)
    return found[0] in _SHOWN and not known


def next_reasons(places: Iterable[Passage]) -> tuple[Reason, ...]:
    """The reasons that the sender's words give about as plainly as the first, that one included; the plainer first."""
    total, _ = _together(voice(tuple(places)))
    most = max(total.values(), default=0.0)
    near = [reason for reason, score in total.items() if score >= _NEAR * most]
    return tuple(sorted(near, key=lambda reason: -total[reason]))


def wanted_back(places: Iterable[Passage]) -> Quoted | None:
    """Words that ask for goods to be taken back, where nobody says that anything is the matter with them."""
    said = [place for place in voice(tuple(places)) if place.block.kind in ("paragraph", "heading", "form_field")]
    return next(
        (words_ for place in said if (words_ := place.first(words.WANTS_RETURN_NOW)) is not None), None
    ) or next((words_ for place in said if (words_ := place.first(words.WANTS_RETURN)) is not None), None)


def goes_back(places: Iterable[Passage]) -> bool:
    """Whether somebody asks, in so many words, for goods to be taken back."""
    return any(place.first(words.GOODS_GO_BACK) for place in voice(places))


_GOES_BACK = re.compile(r"\breturn(?:s|ing|ed)?\b|\bback\b|zurück|devol|retour|\breso\b|terug", re.IGNORECASE)


def _faintly(said: Sequence[Passage], *, mend: bool) -> tuple[Reason, Quoted] | None:
    """What no words say plainly: the likeliest reason of any sentence, be it by a little."""
    ruled_out = {Reason.OTHER} | (_NOTHING_WRONG if mend else set())
    if any(_GOES_BACK.search(place.text) for place in said):
        ruled_out |= {reason for reason in Reason if reason.keeps_goods}
    found = [
        (chance, reason, part, place)
        for place in said
        for part in heard_in(spoken(place.text), 3)
        for reason, chance in part.chances.items()
        if reason not in ruled_out and chance >= _FAINT_CHANCE
    ]
    most = max(found, key=lambda each: each[0], default=None)
    return None if most is None else (most[1], most[3].quote(most[2].start, most[2].end))


def _as_said(places: Iterable[Passage]) -> tuple[Passage, ...]:
    """The sender's earlier words, for what the newest leave open."""
    return tuple(replace(place, standing="said") for place in places if place.standing == "context")


def reason_of_line(line: LineFound, others: Sequence[LineFound]) -> tuple[Reason, Quoted] | None:
    """From what was written beside it, its reason cells, its sentence, then up to the next item."""
    for mark in line.words:
        if (found := reason_in(mark, None, 2)) is not None:
            return found
    if line.kind == "row":
        base = line.place.block.at.start
        for cell in line.place.block.cells:
            inside = range(cell.start - base, cell.end - base)
            role = column_of(cell.header)
            fewest = 2 if role == "reason" else _NEVER
            if role in ("reason", "status", "") and (found := reason_in(line.place, inside, fewest)) is not None:
                return found
        return None
    if line.kind != "prose" or line.place.block.label == "subject":
        return None
    beside = _clause_of(line) if _contested(line) else None
    found = (reason_in(line.place, beside) if beside is not None else None) or reason_in(line.place, line.near)
    if found is not None:
        return found
    later = [
        o.near.start
        for o in others
        if o.place is line.place and o.item.sku != line.item.sku and o.position > line.position
    ]
    rest = range(line.near.stop, min(later, default=len(line.place.text)))
    return (
        reason_in(line.place, rest) if later or any(o.place is line.place and o is not line for o in others) else None
    )


_SAME_AGAIN = re.compile(
    r"\b(?:same|likewise|ditto|similar(?:ly)?|as well|too|also)\b|\b(?:auch|ebenso|ebenfalls|gleich\w*|dito"
    r"|dasselbe)\b|\b(?:también|igual|lo mismo|misma)\b"
    r"|\b(?:aussi|également|même|idem|pareil)\b|\b(?:anche|stess[oa]|ook|zelfde)\b",
    re.IGNORECASE,
)


def same_again(line: LineFound) -> bool:
    """Whether a line's words say that what was said before holds of it as well."""
    return not line.structured and _SAME_AGAIN.search(line.place.text, line.near.start, line.near.stop) is not None


def _contested(line: LineFound) -> bool:
    """Whether its sentence gives two reasons about as plainly: the clause beside the item then decides."""
    heard = _scores(line.place.text[line.near.start : line.near.stop])
    first, *rest = sorted(heard, key=lambda each: -each[1]) or [(Reason.OTHER, 0.0, 0, 0, False)]
    if first[0] is Reason.CONCEALED_DAMAGE:  # said of goods that are damaged, in other words than the damage
        return False
    return any(each[1] >= max(_ENOUGH, _CLOSE * first[1]) for each in rest)


def _clause_of(line: LineFound) -> range:
    start, end = clause(line.place.text, line.position, line.position + 1)
    return range(max(start, line.near.start), min(end, line.near.stop))


_KINDS = (
    (Resolution.REPAIR, words.REPAIR),
    (Resolution.REPLACEMENT, words.REPLACEMENT),
    (Resolution.CREDIT, words.CREDIT),
)


def resolution_of(places: Iterable[Passage]) -> tuple[Resolution, Quoted | None]:
    """What was ticked, else what is asked for most plainly; refused ones (`no replacement`) do not count, nor printed
    choices that nobody ticked."""
    everything = tuple(places)
    said = voice(everything)
    for place, start, end in ticked(said):
        for resolution, pattern in _KINDS:
            if (match := pattern.search(place.text, start, end)) is not None:
                return resolution, place.quote(*match.span())
    for subject in (False, True):
        found = [each for place in said if (place.block.label == "subject") is subject for each in _wishes(place)]
        if any(weight == 0 for weight, _, _ in found):
            return Resolution.UNSPECIFIED, None
        if found:
            _, resolution, quoted = max(found, key=lambda each: (each[0], _LIKELIEST[each[1]]))
            return resolution, quoted
    if any(place.standing == "context" for place in everything):
        return resolution_of(_as_said(everything))
    return Resolution.UNSPECIFIED, None


# What is named beside a credit, as plainly, is what is wanted first.
_LIKELIEST = {Resolution.CREDIT: 0, Resolution.REPLACEMENT: 1, Resolution.REPAIR: 2}


def _wishes(place: Passage) -> Iterator[tuple[int, Resolution, Quoted]]:
    """What a passage says of a credit, a replacement or a repair: 1 in passing, 2 in a sentence that asks, 3 where
    goods are offered for it; 0 where it is left to us which."""
    text = spoken(place.text)
    kinds = [(resolution, match) for resolution, pattern in _KINDS for match in pattern.finditer(text)]
    several = len({resolution for resolution, _ in kinds}) > 1
    if several and place.block.kind == "row":
        return
    for resolution, match in kinds:
        if _refused(text, match):
            continue
        start, end = sentence(text, match.start())
        weight = 2 if words.WISH.search(text, start, end) else 1
        if several and words.ANY_OF_THEM.search(text, start, end):
            weight = 0
        elif resolution is Resolution.CREDIT and words.FOR_CREDIT.search(text, start, end):
            weight = 3
        yield weight, resolution, place.quote(*match.span())


def _refused(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 30]
    nothing = re.search(r"nothing\b[^.;]{0,30}$|nichts[^.;]{0,20}$|no[^.\w][^.]{0,6}$", before, re.IGNORECASE)
    return bool(NEGATED.search(before) or nothing or re.match(r"\w*\s+(?:is|are) not\b|\w*\s+not wanted", after, re.I))
