"""Classify: intent, reason and resolution, by the words of the sender; vocabulary stands apart as data."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.domain.draft import Intent, Reason, Resolution
from assistant.domain.evidence import Quoted
from assistant.drafting import vocabulary_intent as words
from assistant.drafting.found import LineFound
from assistant.drafting.vocabulary_lines import OWN_PAPER, RETURN_PAPER, column_of
from assistant.drafting.vocabulary_reasons import NEGATED, PLAIN, REASONS
from assistant.drafting.words import Passage

_CHOICE = re.compile(
    r"(?P<box>☐|☒|☑|✓|✔|\[\s*[xX✓]?\s*\]|\(\s*[xX]?\s*\))(?P<text>[^☐☒☑✓✔\[\n]*?)(?=\s{3,}|  |☐|☒|☑|\[|\n|$"
    r"|\(\s*[xX]?\s*\))"
)
_Scored = dict[Reason, tuple[int, int, int]]  # reason: score, start and end of the plainest words


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


@lru_cache(maxsize=512)
def _scores(text: str) -> tuple[tuple[Reason, int, int, int], ...]:
    heard = spoken(text)
    result = []
    for reason, patterns in REASONS:
        score, best = 0, (0, 0, 0)
        for weight, pattern in patterns:
            hits = [m for m in pattern.finditer(heard) if not NEGATED.search(heard[max(0, m.start() - 40) : m.start()])]
            if hits:
                score += weight + min(len(hits) - 1, 2) * (weight >= PLAIN)
                best = max(best, (weight, hits[0].start(), hits[0].end()))
        if score:
            result.append((reason, score, best[1], best[2]))
    return tuple(result)


def reason_in(place: Passage, near: range | None = None) -> tuple[Reason, Quoted] | None:
    """The reason that a passage's words, or a stretch of them, give most plainly, and the words."""
    start = near.start if near is not None else 0
    found = [
        each for each in _scores(place.text[start : near.stop] if near is not None else place.text) if each[1] >= PLAIN
    ]
    best = max(found, key=lambda each: each[1], default=None)
    return None if best is None else (best[0], place.quote(start + best[2], start + best[3]))


def reason_of(places: Iterable[Passage]) -> tuple[Reason, Quoted] | None:
    """The request's reason: the one ticked, else the one that all its words together give most plainly."""
    everything = tuple(places)
    said = voice(everything)
    for place, start, end in ticked(said):
        found = max(_scores(place.text[start:end]), key=lambda each: each[1], default=None)
        if found is not None and found[1] >= PLAIN:
            return found[0], place.quote(start + found[2], start + found[3])
    total: dict[Reason, float] = {}
    best: dict[Reason, tuple[float, Quoted]] = {}
    for place in said:
        share = 0.6 if place.block.label == "subject" else 1.0
        for reason, score, start, end in _scores(place.text):
            total[reason] = total.get(reason, 0.0) + score * share
            if reason not in best or best[reason][0] < score * share:
                best[reason] = (score * share, place.quote(start, end))
    order = {reason: index for index, (reason, _) in enumerate(REASONS)}
    if total.get(Reason.PRICING_ERROR, 0.0) < PLAIN:  # a word about a price is no claim yet
        total.pop(Reason.PRICING_ERROR, None)
    first = max(total, key=lambda reason: (total[reason], -order[reason]), default=None)
    if first is None and any(place.standing == "context" for place in everything):
        return reason_of(_as_said(everything))
    return None if first is None else (first, best[first][1])


def _as_said(places: Iterable[Passage]) -> tuple[Passage, ...]:
    """The sender's earlier words, for what the newest leave open."""
    return tuple(replace(place, standing="said") for place in places if place.standing == "context")


def reason_of_line(line: LineFound, others: Sequence[LineFound]) -> tuple[Reason, Quoted] | None:
    """From what was written beside it, its reason cells, its sentence, then up to the next item."""
    for mark in line.words:
        if (found := reason_in(mark)) is not None:
            return found
    if line.kind == "row":
        base = line.place.block.at.start
        for cell in line.place.block.cells:
            inside = range(cell.start - base, cell.end - base)
            if (
                column_of(cell.header) in ("reason", "status", "")
                and (found := reason_in(line.place, inside)) is not None
            ):
                return found
        return None
    if line.kind != "prose" or line.place.block.label == "subject":
        return None
    if (found := reason_in(line.place, line.near)) is not None:
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


def resolution_of(places: Iterable[Passage]) -> tuple[Resolution, Quoted | None]:
    """What was ticked, else what is asked for in so many words; refused ones (`no replacement`) do not count."""
    everything = tuple(places)
    said = voice(everything)
    kinds = (
        (Resolution.REPAIR, words.REPAIR),
        (Resolution.REPLACEMENT, words.REPLACEMENT),
        (Resolution.CREDIT, words.CREDIT),
    )
    for place, start, end in ticked(said):
        for resolution, pattern in kinds:
            if (match := pattern.search(place.text, start, end)) is not None:
                return resolution, place.quote(*match.span())
    for subject in (False, True):
        for resolution, pattern in kinds:
            for place in said:
                if (place.block.label == "subject") is not subject:
                    continue
                for match in pattern.finditer(spoken(place.text)):
                    if not _refused(place.text, match):
                        return resolution, place.quote(*match.span())
    if any(place.standing == "context" for place in everything):
        return resolution_of(_as_said(everything))
    return Resolution.UNSPECIFIED, None


def _refused(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 30]
    nothing = re.search(r"nothing\b[^.]{0,30}$|nichts[^.]{0,20}$|no[^.\w][^.]{0,6}$", before, re.IGNORECASE)
    return bool(NEGATED.search(before) or nothing or re.match(r"\w*\s+(?:is|are) not\b|\w*\s+not wanted", after, re.I))


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
) -> Intent:
    """``ours``: sent from our own domain. ``reasons`` are those of the lines found; ``counted``: how many is said;
    ``known``: the sender is a
    customer; ``shipped``: an order named has left the house."""
    said = voice(places)

    def says(pattern: re.Pattern[str], *, body: bool = False) -> bool:
        return any(place.first(pattern) for place in said if not body or place.document.path == "body")

    if machine or (not has_lines and says(words.NOTHING)):
        return Intent.NOT_A_REQUEST
    if ours and has_lines:
        return Intent.ADJUSTMENT
    if not known and says(words.SUPPLIER):
        return Intent.NOT_A_REQUEST
    if says(words.CANCEL, body=True) and not shipped:
        return Intent.NOT_A_REQUEST
    given = set(reasons)
    if says(words.STATUS, body=True) and (not has_lines or says(words.EXISTING)):
        return Intent.STATUS_INQUIRY
    if says(words.QUOTE, body=True) and not given & _PRESSING and not says(words.WANTS_RETURN_NOW):
        return Intent.NOT_A_REQUEST
    if says(words.THANKS, body=True) and not says(words.ASKS, body=True) and not counted:
        return Intent.NOT_A_REQUEST
    if not has_lines and not given and not says(words.WANTS_RETURN):
        return Intent.NOT_A_REQUEST
    if given and given <= {Reason.SHORT_SHIPMENT, Reason.PRICING_ERROR}:
        return Intent.CREDIT_REQUEST
    if any(place.first(words.NO_GOODS) for place in said if place.block.kind in ("paragraph", "heading", "annotation")):
        return Intent.CREDIT_REQUEST
    if given == {Reason.LATE_DELIVERY} and not says(words.WANTS_RETURN_NOW) and not has_lines:
        return Intent.CREDIT_REQUEST
    return Intent.RETURN_REQUEST


_PRESSING = frozenset(Reason) - {Reason.PRICING_ERROR, Reason.NO_LONGER_NEEDED, Reason.OTHER}
ADDRESSES_A_PROGRAM = words.ADDRESSES_A_PROGRAM
HIDDEN_ORDER = words.HIDDEN_ORDER
