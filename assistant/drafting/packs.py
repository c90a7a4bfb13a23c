"""Packs: pieces, inner boxes and cartons turned into the order's unit."""

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.drafting.vocabulary_lines import CONTAINERS, PIECES
from tools.erp import Item

_PACK = re.compile(
    r"\b(?P<outer>box|case|pack|bag|carton|roll|reel|set|string|karton|beutel|dose|packung|ve|paquete|caja|boîte|boite|spool"
    r"|pkg|pail|tray|sleeve|bundle)\s*(?:of|à|a|de|di|van|mit|zu)?\s*(?P<n>\d+)\s*(?P<unit>[^\W\d_]+)?",
    re.IGNORECASE,
)
# `100/bx`, `pk/10`
_PER = re.compile(
    r"(?<![\w./-])(?P<n>[1-9]\d{0,4})\s?/\s?(?:bx|box|pk|pack|cs|case|ctn|carton|bag)\b"
    r"|\b(?:bx|box|pk|pack|cs|case|ctn|carton|bag)\s?/\s?(?P<m>[1-9]\d{0,4})\b",
    re.IGNORECASE,
)
_INNER = re.compile(
    r"\((?P<n>\d+)\s*(?:St\.?|Stück|pcs?|pieces?)\s*(?:/|per|pro|je)\s*(?P<unit>[^\W\d_]+)", re.IGNORECASE
)
_IN_BRACKETS = re.compile(
    r"\s*(?:\w+\s){0,2}\w*\s*[(=,]\s*(?:i\.?e\.? |or |= ?)?"
    rf"(?P<n>\d{{1,5}}){CONTAINERS.pattern}",
    re.IGNORECASE,
)
_NOT_PIECES = frozenset({"ml", "l", "kg", "g", "mm", "cm", "m"})


@dataclass(frozen=True, slots=True)
class Pack:
    """``count`` inner units in one unit of the order; ``unit`` names the inner one where the description does."""

    count: Decimal
    unit: str = ""
    pieces_each: Decimal = Decimal(1)
    inside: bool = False  # whether the inner unit is called otherwise than the one it is sold in


def pack_of(item: Item) -> Pack | None:
    """What one unit of an item holds, from its ``pack_size`` or its description; None where it holds one."""
    match = _PACK.search(item.description)
    inner = _INNER.search(item.description)
    if match is not None and (match["unit"] or "").lower() not in _NOT_PIECES:
        unit = (match["unit"] or "").lower()
        each = Decimal(inner["n"]) if inner is not None else Decimal(1)
        return Pack(Decimal(match["n"]), unit, each, not _same(match["outer"].lower(), unit))
    if (per := _PER.search(item.description)) is not None and item.uom.upper() in _CALLED:
        return Pack(Decimal(per["n"] or per["m"]))
    return Pack(Decimal(item.pack_size)) if item.pack_size and item.pack_size > 1 else None


def in_order_unit(value: Decimal, after: str, item: Item, shipped: Decimal) -> Decimal:
    """``value`` of what the words ``after`` it name, in the order's unit.

    Pieces are turned where they fill whole packs; a bare number of them only where the order shipped fewer packs.
    """
    pack = pack_of(item)
    if pack is None:
        return value
    told = _IN_BRACKETS.match(after)
    if told is not None and Decimal(told["n"]) * pack.count == value:
        return Decimal(told["n"])  # `20 bottles (2 cases, unopened)`
    word = re.match(r"\s*(?:\w+\s)?([^\W\d_]+)", after)
    named = word[1].lower() if word is not None else ""
    if pack.unit and pack.pieces_each > 1 and _same(named, pack.unit):
        return value / pack.count if value % pack.count == 0 else value
    content = pack.count * pack.pieces_each
    if value % content:
        return value
    if pack.inside and pack.unit and _same(named, pack.unit):
        return value / content
    if PIECES.match(after) or (pack.unit and not CONTAINERS.match(pack.unit) and _same(named, pack.unit)):
        return value / content
    own = _CALLED.get(item.uom.upper())
    if own is not None and _SMALL.match(after):
        return value / content  # `12 bottles` of what is sold by the case
    named_so = re.match(rf"\s*{re.escape(item.uom)}\b", after, re.IGNORECASE)
    bare = not CONTAINERS.match(after) and not named_so
    bare = bare or (own is not None and not named_so and not own.match(after))  # `30 boxes`, of five cases shipped
    return value / content if bare and shipped and value > shipped else value


# What units of an order are called, and containers that are never one of those.
_CALLED = {
    unit: re.compile(rf"\s*(?:\w+\s)?(?:{words})\b", re.IGNORECASE)
    for units, words in (
        (
            ("CS", "CA", "CASE"),
            r"cases?|cs|cartons?|ctns?|kartons?|kisten?|cajas?|caisses?|cartons?|dozen|doos|scatol[ae]",
        ),
        (("CTN", "CT", "KRT"), r"cartons?|ctns?|cases?|kartons?|krt|cajas?|dozen|doos|scatol[ae]"),
        (("BX", "BOX"), r"box(?:es)?|bxs?|cartons?|schachteln?|kartons?|cajas?|boîtes?|boites?|dozen|doos|scatol[ae]"),
        (
            ("PK", "PAC", "PACK"),
            r"packs?|pks?|pkgs?|packages?|packung(?:en)?|pakete?|paquetes?|paquets?|pakken|confezion[ei]",
        ),
    )
    for unit in units
}
_SMALL = re.compile(
    r"\s*(?:\w+\s)?(?:bottles?|btls?|cans|tubes?|jars?|vials?|tins?|cartridges?|flaschen?|dosen|flacons?|botellas?"
    r"|latas?|bouteilles?|frascos?|kartuschen?)\b",
    re.IGNORECASE,
)
_SHORT = {"qt": "quart", "qts": "quart", "gal": "gallon", "pr": "pair", "ea": "each", "btl": "bottle", "fl": "flasche"}


def _same(word: str, unit: str) -> bool:
    word, unit = _SHORT.get(word, word), _SHORT.get(unit, unit)
    short = min(len(word), len(unit))
    return short >= 2 and word[: max(2, short - 1)] == unit[: max(2, short - 1)]
