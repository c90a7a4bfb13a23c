"""What a row claims: the column that says so, else what is missing between what should have come and what did."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.drafting.counts import counted_in, pair_in
from assistant.drafting.packs import in_order_unit
from assistant.drafting.tables import Row
from assistant.drafting.vocabulary_lines import CLAIMED, WHOLE
from extractors.document import Cell
from tools.erp import Item

_NOTHING = re.compile(r"\W*")
_TICKED = re.compile(r"[xX✓✔☒☑✗]|yes|ja|oui|sí|si|y|j|o", re.IGNORECASE)
_ALL = re.compile(r"\W*(?:all|alle[ns]?|tou(?:s|t|tes)|tod[oa]s?|whole|complete|full|komplett|gesamt)\b", re.IGNORECASE)
_NO_COUNT = re.compile(r"\b(?:pos|ln|line|no|nr|#|item|itm|size|bin|page|pallet)\b|#", re.IGNORECASE)
_PRICES_APART = re.compile(
    r"diff?|over|varian|delta|exception|disput|discrep|écart|abweich|excess|to credit|claim", re.IGNORECASE
)


# Headings of two prices: what was asked for, and what was agreed.
_ASKED_PRICE = re.compile(
    r"bill|invoic|charg|\binv\b|paid|berechn|rechnung|factur|fattur|gefact|actual|your price|ihr preis", re.IGNORECASE
)
_AGREED_PRICE = re.compile(
    r"contract|agree|quot|should|correct|\bpo\b|our price|\bours?\b|expected|vereinb|angebot|soll|richtig"
    r"|acord|cotiz|correct|convenu|devis"
    r"|overeen|offert|\bnet\b|list|tier|schedule|special",
    re.IGNORECASE,
)
_CENTS = re.compile(r"\D{0,3}(\d[\d.,]*)[.,](\d\d)\D{0,4}")


@dataclass(frozen=True, slots=True)
class Claim:
    """``quantity`` None where the row says none; ``rest``: what was to come less what came."""

    quantity: Decimal | None = None
    cells: tuple[Cell, ...] = ()
    rest: Decimal | None = None


def claim_of(
    row: Row, shipped: Decimal, *, ours: bool, item: Item | None = None, book_first: bool | None = None
) -> Claim | None:
    """None where the row is no line. ``shipped``: what the order shipped of its goods, 0 where that is not known;
    ``book_first``: what pairs of numbers (`31 / 29`) are, where the words above say."""
    if ours and (counted := _counted(row, item, book_first)) is not None:
        return counted
    returned = row.of("returned")
    if found := _returned(row):
        return Claim(found[0][0], (found[0][1],), _rest(row, shipped))
    if returned:
        if (whole := next((cell for cell in returned if _whole(cell.text)), None)) is not None:
            came = row.values("received", "ordered", "billed", "quantity")
            quantity = shipped or (came[0][0] if came else None)
            return Claim(quantity, (whole,) if shipped or not came else (came[0][1], whole))
        ticked = any(_TICKED.fullmatch(cell.text.strip()) for cell in returned)
        if not ticked:
            return None
    elif "returned" in row.table:
        return None
    if found := row.values("variance"):
        rest = _rest(row, shipped)
        return Claim(found[0][0], (found[0][1],), rest if rest is not None and abs(rest) == abs(found[0][0]) else None)
    if "variance" in row.table and "money" not in row.table and not row.of("variance"):
        return None
    if (stayed := _by_what_stays(row)) is not None:
        return stayed if stayed.quantity else None
    apart = [c for c in row.columns if c.role in ("money", "variance", "") and _PRICES_APART.search(c.header)]
    money = [c.cell for c in apart if c.role or ("money" in row.table and _CENTS.fullmatch(c.cell.text.strip()))]
    if money and all(not re.search(r"[1-9]", cell.text) for cell in money):
        return None
    return _by_what_came(row, shipped)


_GOES_BACK = re.compile(r"return|back|devol|rück|zurück|retour|credit|\brtv|rma|reso\b|terug", re.IGNORECASE)


def _returned(row: Row) -> list[tuple[Decimal, Cell]]:
    """What the row's columns of claims hold; of `failed` and `to be returned` the latter first."""
    columns = sorted((c for c in row.columns if c.role == "returned"), key=lambda c: not _GOES_BACK.search(c.header))
    return [(number, each.cell) for each in columns if (number := row.value(each.cell)) is not None]


def prices_apart(row: Row) -> tuple[Cell, Cell] | None:
    """The cells of the price billed and of the price agreed, where a row has both and they differ."""
    money = [c for c in row.columns if c.header and _CENTS.fullmatch(c.cell.text.strip())]
    asked = [c.cell for c in money if _ASKED_PRICE.search(c.header) and not _AGREED_PRICE.search(c.header)]
    agreed = [c.cell for c in money if _AGREED_PRICE.search(c.header) and not _ASKED_PRICE.search(c.header)]
    if not asked or not agreed or re.sub(r"\D", "", asked[0].text) == re.sub(r"\D", "", agreed[0].text):
        return None
    return asked[0], agreed[0]


def _by_what_came(row: Row, shipped: Decimal) -> Claim | None:
    ordered, received = row.values("ordered"), row.values("received")
    if received and not ordered:  # an invoice's, or a quantity that is just what was shipped
        ordered = row.values("billed") or [each for each in row.values("quantity") if each[0] == shipped]
    if ordered and received:
        if plain := [each for each in row.values("quantity") if each not in ordered]:
            return Claim(plain[0][0], (plain[0][1],)) if ordered[0][0] == received[0][0] else _short(ordered, received)
        return _short(ordered, received)
    for role in ("quantity", "billed"):
        if found := row.values(role):
            return Claim(found[0][0], (found[0][1],))
    if not ordered:
        left = [
            c.cell
            for c in row.columns
            if c.role in ("", "received", "counted") and c.header and row.value(c.cell) is not None
            if not _NO_COUNT.search(c.header)
        ]
        if len(left) == 1:
            return Claim(row.value(left[0]), (left[0],))
    if not any(column.header or column.role for column in row.columns):
        bare = [c.cell for c in row.columns if (n := row.value(c.cell)) is not None and abs(n) < 100_000]
        if bare:
            return Claim(row.value(bare[0]), (bare[0],))
    return Claim() if not (ordered or received) else None


def _by_what_stays(row: Row) -> Claim | None:
    """What came less what stays, where a table says these two and no more."""
    told = [row.values(role)[0] for role in ("ordered", "billed", "received", "quantity") if row.values(role)]
    kept = row.values("kept")
    if len(told) != 1 or len(kept) != 1 or kept[0][0] > told[0][0] or row.table & {"variance", "backordered"}:
        return None
    return Claim(told[0][0] - kept[0][0], (told[0][1], kept[0][1]))


def _short(ordered: Sequence[tuple[Decimal, Cell]], received: Sequence[tuple[Decimal, Cell]]) -> Claim:
    rest = ordered[0][0] - received[0][0]
    return Claim(abs(rest), (ordered[0][1], received[0][1]), rest)


def _rest(row: Row, shipped: Decimal) -> Decimal | None:
    ordered, received = row.values("ordered", "billed"), row.values("received")
    ordered = ordered or [each for each in row.values("quantity") if each[0] == shipped]
    return ordered[0][0] - received[0][0] if ordered and received else None


def _counted(row: Row, item: Item | None, book_first: bool | None) -> Claim | None:
    """Our own people's counts, in signs; None where the row holds none."""
    base = row.place.block.at.start
    told = pair_in(row.place.text, book_first=book_first) if book_first is not None else None
    if (told := told or counted_in(row.place.text)) is not None:
        spots = [span[0] + base for span in (told.book, told.there)]
        cells = [c.cell for c in row.columns if any(c.cell.start <= spot < c.cell.end for spot in spots)]
        return Claim(told.difference, tuple(cells))
    for role in ("variance", "returned"):
        if found := row.values(role):
            return Claim(found[0][0], (found[0][1],))
    books, counts = row.values("book"), row.values("counted")
    bins = [(n, c.cell) for c in row.columns if c.header and not c.role and (n := row.value(c.cell)) is not None]
    if len(books) == 1 and not counts and len(bins) > 1:  # what lies in several places, beside the book
        there = sum((_in_unit(each, item) for each in bins), Decimal(0))
        return Claim(there - _in_unit(books[0], item), (*(cell for _, cell in bins), books[0][1]))
    if books and counts:
        return Claim(_in_unit(counts[-1], item) - _in_unit(books[0], item), (books[0][1], counts[-1][1]))
    return None


def _in_unit(told: tuple[Decimal, Cell], item: Item | None) -> Decimal:
    """`3,800 pcs` of a book kept in boxes."""
    number, cell = told
    after = re.sub(r"^[\s+\-−]*[\d.,]+", "", cell.text)
    return in_order_unit(number, after, item, Decimal(0)) if item is not None and after.strip() else number


def worded(row: Row) -> bool:
    """Whether a row says why, or is ticked: goods named without a number."""
    return any(CLAIMED.search(cell.text) for cell in row.of("reason", "status", "")) or any(
        _TICKED.fullmatch(cell.text.strip()) for cell in row.of("tick", "returned")
    )


def _whole(text: str) -> bool:
    return bool(_ALL.match(text) or WHOLE.search(text)) and not _NOTHING.fullmatch(text)
