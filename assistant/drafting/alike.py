"""Words that fit several goods alike: which of them is meant, by what else is said, or by what else was shipped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.drafting.described import features, fits, tokens
from assistant.drafting.found import LineFound, item_proof
from assistant.drafting.quantities import clause
from assistant.drafting.vocabulary_lines import ASKED, CLAIMED, KEPT
from assistant.drafting.words import Passage
from tools.erp import Item

_RULED_OUT = re.compile(
    r"\b(?:not|except|pas|sauf|nicht|außer|no|excepto|non|tranne|niet|behalve)\b[^.;:\n]{0,8}$", re.IGNORECASE
)


def told_apart(lines: Sequence[LineFound], places: Sequence[Passage]) -> list[LineFound]:
    """The lines, those of words that fit several goods given to one of them where that can be told.

    Such a line stays as it is where it can't; it goes where one of the goods has a line of its own.
    """
    result: list[LineFound] = []
    clear = [line for line in lines if not line.among]
    spoken = {line.item.sku for line in clear}
    for line in lines:
        own = [item for item in line.among if item.sku not in spoken]
        if not line.among:
            result.append(line)
        elif line.kept:
            result += [_given(line, item) for item in own]
        elif not any(not each.kept and each.item in line.among for each in clear):
            left = _left(line, own or line.among, places)
            result.append(_given(line, left[0]) if len(left) == 1 else replace(line, among=tuple(left)))
    return result


def _given(line: LineFound, item: Item) -> LineFound:
    return replace(
        line, item=item, among=(), evidence={**line.evidence, "sku": (line.evidence["sku"][0], item_proof(item))}
    )


def _left(line: LineFound, items: Sequence[Item], places: Sequence[Passage]) -> Sequence[Item]:
    """Those that nothing speaks against: another's size said to be fine, or more of it than was shipped."""
    left = list(items)
    for meant in (True, False):
        if len(left) < 2:
            return left
        told = [item for item in left if any(claims is meant for claims in _told(item, left, places))]
        if meant and len(told) == 1:
            return told
        if not meant and 0 < len(told) < len(left):
            left = [item for item in left if item not in told]
    if line.order is not None and line.quantity is not None:
        enough = [item for item in left if line.order.shipped(item.sku) >= line.quantity]
        left = enough or left
    return left


def _told(item: Item, among: Sequence[Item], places: Sequence[Passage]) -> Iterator[bool]:
    """Where a size or word that only this one of them has is said: whether its clause claims, or says it is fine."""
    own = features(item.description)
    others = {key for each in among if each is not item for key in features(each.description)}
    only = {key: units for key, units in own.items() if key not in others}
    for place in places if only else ():
        for token in tokens(place.text):
            if token.number and not token.unit and len(token.key) < 2:
                continue  # how many, rather than what size
            if token.key in only and fits(token, only):
                if _RULED_OUT.search(place.text[max(0, token.start - 20) : token.start]):
                    yield False
                    continue
                words = place.text[slice(*clause(place.text, token.start, token.end))]
                kept, claimed = KEPT.search(words), CLAIMED.search(words) or ASKED.search(words)
                if kept or claimed:
                    yield bool(claimed) and not kept
