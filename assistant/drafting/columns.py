"""What a column holds, told by what stands in it where its heading does not say, or says something else."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from assistant.drafting.numbers import cell_number
from assistant.drafting.tables import SLIPPED, Column, Row
from assistant.drafting.vocabulary_lines import LEFT_ROW, TOTAL_ROW, WHOLE, column_of

_COUNTED = frozenset({"ordered", "received", "billed", "quantity", "counted", "book", "kept", "backordered"})
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NUMBERED = re.compile(
    r"\b(?:pos|ln|line|no|nr|item|itm|art|size|bin|loc|pallet|page|year|code|zeile|ligne|línea|renglón)\b|#|º|°",
    re.IGNORECASE,
)
_DELIVERED = re.compile(r"deliver|geliefert|livré|entregad|geleverd|consegnat", re.IGNORECASE)
_NOTHING = re.compile(r"\W*")
_WHOLES, _PARTS = frozenset({"ordered", "billed", "quantity", "book"}), frozenset({"received", "counted", "kept"})


def with_roles(rows: Sequence[Row], *, ours: bool) -> list[Row]:
    """Rows with roles that their table's cells bear out; ``ours``: a stock list keeps its book and count."""
    groups: dict[tuple[int | None, tuple[str, ...]], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.place.block.table, tuple(c.header for c in row.columns)), []).append(row)
    told: dict[int, Row] = {}
    for group in groups.values():
        roles = _roles(group, ours=ours)
        for row in group:
            columns = tuple(replace(c, role=role) for c, role in zip(row.columns, roles, strict=True))
            told[id(row)] = replace(row, columns=columns)
    tables: dict[int | None, set[str]] = {}
    for row in told.values():
        tables.setdefault(row.place.block.table, set()).update(column.role for column in row.columns)
    return [replace(told[id(row)], table=frozenset(tables[row.place.block.table])) for row in rows]


def _roles(rows: Sequence[Row], *, ours: bool) -> list[str]:
    goods = [row for row in rows if not TOTAL_ROW.search(row.place.text)]
    columns = list(zip(*[row.columns for row in goods], strict=True))
    if not columns:
        return [column.role for column in rows[0].columns]
    roles = [_borne_out(column) for column in columns]
    roles = _money(columns, roles)
    roles = _signed(columns, roles)
    if not ours:
        roles = _as_a_customer_means(roles, [column[0].header for column in columns])
    roles = _by_sums(goods, columns, roles)
    return roles if ours else _by_what_is_left(goods, columns, roles)


def _borne_out(column: Sequence[Column]) -> str:
    """The heading's role; '' where it counts something and goods stand below (`Invoiced item`, `Returned goods`)."""
    role = column[0].role
    texts = [each.cell.text for each in column if not _NOTHING.fullmatch(each.cell.text)]
    if texts and all(SLIPPED.fullmatch(t.strip()) for t in texts):
        return role
    if not texts or role not in (*_COUNTED, "returned") or any(re.match(r"\s*[+\-−]?\d+\b(?!/)", t) for t in texts):
        return role
    if any(not _WORDS.search(t) or LEFT_ROW.search(t) or WHOLE.search(t) for t in texts):
        return role
    said = [t for t in texts if len(_WORDS.findall(t)) > 1 or re.search(r"\d", t)]
    return "" if 2 * len(said) > len(texts) else role


def _as_a_customer_means(roles: Sequence[str], headers: Sequence[str]) -> list[str]:
    """What a customer expected is what was ordered, what it counted is what it received."""
    result = list(roles)
    if "received" not in result and "counted" in result:
        result = ["received" if role == "counted" else role for role in result]
    if "ordered" not in result and "received" in result and "billed" not in result:
        result = ["ordered" if role == "book" else role for role in result]
    ordered = [at for at, role in enumerate(result) if role == "ordered"]
    delivered = [at for at in ordered if _DELIVERED.search(headers[at])]
    if len(ordered) == 2 and len(delivered) == 1 and "received" not in result:
        result[delivered[0]] = "received"
    return result


def _by_sums(rows: Sequence[Row], columns: Sequence[tuple[Column, ...]], roles: list[str]) -> list[str]:
    """Where one column is two others together, the unsaid one is what is left: of what came, kept or back."""
    if not rows or "returned" in roles or "variance" in roles:
        return roles
    values = [_values(rows, column, role) for column, role in zip(columns, roles, strict=True)]
    counting = [at for at, each in enumerate(values) if each is not None]
    for whole, part, rest in permutations(counting, 3):
        on_hand = roles[part] == "kept" and roles[whole] in ("", "counted", "received") and columns[whole][0].header
        if not (roles[whole] in _WHOLES or on_hand) or roles[part] not in _PARTS:
            continue
        if roles[rest] or not columns[rest][0].header:
            continue
        sums = list(zip(values[whole] or (), values[part] or (), values[rest] or (), strict=True))
        if all(a == b + c for a, b, c in sums) and any(b and c for _, b, c in sums):
            roles[rest] = "returned"
            return roles
    return roles


_CENTS = re.compile(r"\D{0,3}\d[\d.,]*[.,](\d\d)\D{0,4}")


def _money(columns: Sequence[tuple[Column, ...]], roles: Sequence[str]) -> list[str]:
    """Columns whose numbers have cents are money, and so is a difference written like them."""
    result = list(roles)
    written = [[m for each in column if (m := _CENTS.fullmatch(each.cell.text.strip()))] for column in columns]
    for at, found in enumerate(written):
        if result[at] in ("", "billed", "book", "ordered", "variance", "counted") and any(m[1] != "00" for m in found):
            result[at] = "money"
    if "money" in result:
        result = ["money" if role == "variance" and written[at] else role for at, role in enumerate(result)]
    return result


_SIGNED = re.compile(r"\s*[+\-−]\s?\d[\d.,]*\s*")


def _signed(columns: Sequence[tuple[Column, ...]], roles: list[str]) -> list[str]:
    """A column of numbers with signs is what is more or less, where none says that it is."""
    if "variance" in roles:
        return roles
    for at, column in enumerate(columns):
        texts = [each.cell.text for each in column if not _NOTHING.fullmatch(each.cell.text)]
        numbers = [each for each in column if cell_number(each.cell.text) is not None]
        if roles[at] in ("", "counted") and any(_SIGNED.fullmatch(t) for t in texts) and len(numbers) >= len(texts):
            return [*roles[:at], "variance", *roles[at + 1 :]]
    return roles


def _by_what_is_left(rows: Sequence[Row], columns: Sequence[tuple[Column, ...]], roles: list[str]) -> list[str]:
    """Beside what was ordered, received or kept the one column more that counts, and never more than those, is what
    goes back."""
    wholes = [at for at, role in enumerate(roles) if role in ("ordered", "billed", "received")]
    if not wholes or set(roles) & {"returned", "variance", "quantity", "money"}:
        return roles
    unsaid = [at for at, role in enumerate(roles) if not role and columns[at][0].header and not _numbered(columns[at])]
    left = [(at, values) for at in unsaid if (values := _values(rows, columns[at], "")) is not None]
    if len(left) != 1:
        return roles
    at, values = left[0]
    whole = _values(rows, columns[wholes[-1]], roles[wholes[-1]])
    if whole is None or any(part > all_ for part, all_ in zip(values, whole, strict=True)) or values == whole:
        return roles
    return [*roles[:at], "returned", *roles[at + 1 :]]


def _values(rows: Sequence[Row], column: Sequence[Column], role: str) -> list[Decimal] | None:
    """A column's numbers, nothing counted as zero; None where it does not count."""
    if role not in (*_COUNTED, "") or (not role and (column_of(column[0].header) or _numbered(column))):
        return None
    values: list[Decimal] = []
    for row, each in zip(rows, column, strict=True):
        number = Decimal(0) if _NOTHING.fullmatch(each.cell.text) else row.value(each.cell)
        if number is None:
            return None
        values.append(number)
    return values if any(values) else None


def _numbered(column: Sequence[Column]) -> bool:
    return bool(_NUMBERED.search(column[0].header))
