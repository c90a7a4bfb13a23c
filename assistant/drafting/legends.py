"""What a table's short codes mean, and which of its rows the sender points out: `D = dead on first test`, `only what
says RTV`, `the rows flagged OVER`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from assistant.drafting.tables import Row
from assistant.drafting.vocabulary_lines import CLAIMED
from assistant.drafting.words import Passage

_DEFINED = re.compile(
    r"(?<![\w=])(?P<code>[A-Z0-9]{1,4}|[*#+x-])\s*(?:=|:|–|—)\s*(?P<means>[^=\n;|]{2,80}?)(?=\s*(?:[;,|\n]|\.\s|\.?$)|\s+(?:[A-Z0-9]{1,4}|[*#+x-])\s*(?:=|–|—))"
)
_LEGEND = re.compile(
    r"\b(?:codes?|key|legend|legende|schlüssel|leyenda|clave|légende|disp\w*|reasons?|status|grund|motivo|motif)\b|=",
    re.IGNORECASE,
)
_POINTED_OUT = re.compile(
    r"\b(?:flagged|marked|says?|saying|coded|tagged|label+ed|stamped|reads?|markiert|gekennzeichnet|marcad[oa]s?|dice[n]?|marquée?s?)\s+"
    r"(?:as |with |an? |the |mit |als |con |avec |comme )*[\"“”'«(]?(?P<code>[A-Z][A-Z/\-]{0,11})\b(?![a-z])"
    r"|\b(?:only|just|nur|s[oó]lo|uniquement)\s+(?:the |die |las |los "
    r"|les )?[\"“”'«]?(?P<only>[A-Z]{2,12})[\"“”'»]? (?:rows?|lines?|ones|items?|zeilen|filas?|lignes?"
    r"|positions?)\b"
)
_STAYS = re.compile(
    r"\brelease|\b(?:to|on) (?:the )?(?:shelf|stock)\b|\buse\b|\bkeep|\bkept\b|\baccept|\bno (?:claim|action"
    r"|fault|issue)\b|\bok\b"
    r"|\bscrap\w* (?:here|local|on site|in[- ]?house|by us|ourselves)|\brework|\bfreigeg|\bverbleib"
    r"|\bbleibt\b|\bbehalten\b|\bse queda"
    r"|\bgard(?:er|é)|\breste\b|\bverschrott\w* (?:hier|bei uns)",
    re.IGNORECASE,
)
_MOST_CELL = 12  # characters of a code in a cell


def legend_of(places: Sequence[Passage]) -> Mapping[str, Passage]:
    """The meaning of each code, as a passage of its own at its place; only where a passage tells several."""
    found: dict[str, Passage] = {}
    for place, start, end, code in _listed(places):
        found.setdefault(code, part_of(place, start, end))
    for place in places:
        for start, end, code in _in_cells(place):
            found.setdefault(code, part_of(place, start, end))
        told = list(_DEFINED.finditer(place.text)) if _LEGEND.search(place.text) else []
        if len(told) < 2 or not any("=" in match[0] for match in told):
            continue
        for match in told:
            found.setdefault(match["code"], part_of(place, *match.span("means")))
    return found


_HEADING = re.compile(r".{0,60}\b(?:codes?|key|legend[ea]?|schlüssel|claves?|légende|leyenda)\W*", re.IGNORECASE)
_LISTED = re.compile(r"^[ \t]*(?P<code>[A-Z0-9]{1,2})[ \t.)\-–]+(?P<means>[^\W\d_][^\n]{3,80})$", re.MULTILINE)


def _listed(places: Sequence[Passage]) -> Iterator[tuple[Passage, int, int, str]]:
    """`Codes:`, and below it a line for each: `A project cancelled`."""
    below = False
    for place in places:
        told = list(_LISTED.finditer(place.text))
        headed = re.match(r"[^\n]{0,40}:\s*(?:\n|$)", place.text)
        if headed is None and place.block.kind == "heading":
            headed = _HEADING.fullmatch(place.text)
        headed = headed if headed is not None and _LEGEND.search(headed[0]) else None
        below = headed is not None or (below and bool(told))
        for match in told if below else ():
            yield place, *match.span("means"), match["code"]


_CODED = re.compile(r"(?:(?P<name>[^\W\d_]{3,}) )?(?P<code>[A-Z0-9]{1,3}) (?P<means>[^\W\d_]\S.+)")


def _in_cells(place: Passage) -> Sequence[tuple[int, int, str]]:
    """`Code | S short | T damaged by the carrier`: a row of codes behind what they are called."""
    cells, base = place.block.cells, place.block.at.start
    if place.block.kind != "row" or len(cells) < 3 or not _LEGEND.search(cells[0].text):
        return ()
    told = [(cell, match) for cell in cells if (match := _CODED.fullmatch(cell.text)) is not None]
    if len(told) < 2 or len(told) < len(cells) - 1:
        return ()
    return [(cell.start - base + match.start("means"), cell.end - base, match["code"]) for cell, match in told]


def part_of(place: Passage, start: int, end: int) -> Passage:
    """A stretch of a passage as one of its own, at its place."""
    at = place.block.at
    block = structs.replace(
        place.block,
        kind="paragraph",
        text=place.text[start:end],
        cells=(),
        at=replace(at, start=at.start + start, end=at.start + end),
    )
    return replace(place, block=block)


def meanings_in(row: Row, legend: Mapping[str, Passage]) -> tuple[Passage, ...]:
    """What the codes in a row's cells mean, in the order of its columns."""
    told = [(column.role, column.cell.text.strip()) for column in row.columns]
    why = [text for role, text in told if role in ("status", "reason") and text in legend]
    rest = [text for role, text in told if role in ("returned", "") and text in legend and not (why and text.isdigit())]
    return tuple(legend[text] for text in (*why, *rest))


def stays(meanings: Sequence[Passage]) -> bool:
    """Whether what a row's codes mean leaves its goods where they are."""
    return any(_STAYS.search(each.text) for each in meanings) and not any(
        CLAIMED.search(_STAYS.sub("", each.text)) for each in meanings
    )


def pointed_out(places: Sequence[Passage]) -> frozenset[str]:
    """Codes of the rows that the sender's words point out."""
    return frozenset(
        match["code"] or match["only"]
        for place in places
        if place.standing == "said" and place.block.kind in ("paragraph", "heading")
        for match in _POINTED_OUT.finditer(place.text)
    )


def left_out(rows: Sequence[Row], codes: frozenset[str]) -> frozenset[int]:
    """Rows (by their place in ``rows``) of tables in which others are pointed out by a code in the same column."""
    result: set[int] = set()
    tables: dict[int | None, list[int]] = {}
    for at, row in enumerate(rows):
        tables.setdefault(row.place.block.table, []).append(at)
    for numbers in tables.values():
        for header in {column.header for at in numbers for column in rows[at].columns if column.header}:
            said = {at: _cell(rows[at], header) for at in numbers}
            meant = {at for at, text in said.items() if text in codes}
            if meant and any(text and text not in codes for text in said.values()):
                result |= set(numbers) - meant
    return frozenset(result)


def _cell(row: Row, header: str) -> str:
    text = next((c.cell.text.strip() for c in row.columns if c.header == header), "")
    return text if len(text) <= _MOST_CELL else ""
