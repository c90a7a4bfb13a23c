"""One line an item, order, lot and reason: mentions of the same goods brought together, the better source first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.domain.evidence import Evidence
from assistant.drafting.found import LineFound
from assistant.drafting.vocabulary_lines import column_of


def merged(lines: Iterable[LineFound]) -> tuple[LineFound, ...]:
    """In reading order of the first mention. Forms and tables outweigh prose; prose fills what they leave open."""
    groups: dict[tuple[str, str], list[LineFound]] = {}
    for line in lines:
        groups.setdefault((line.item.sku, line.order.order_no if line.order is not None else ""), []).append(line)
    found = [line for group in groups.values() for line in _of_one_item(group)]
    found.sort(key=lambda line: (line.place.document.path != "body", line.place.block.at.start, line.position))
    return tuple(found)


def _of_one_item(group: Sequence[LineFound]) -> list[LineFound]:
    firm = _distinct([line for line in group if line.structured])
    loose = [line for line in group if not line.structured]
    if firm:
        firm = _added(firm)
        alone = len(firm) == 1
        return [_filled(line, loose) if alone else line for line in firm]
    return _prose(loose)


def _added(firm: Sequence[LineFound]) -> list[LineFound]:
    """One line of the rows of a table that tell of the same goods, lot and reason: two sites, two pallets."""
    kept: list[LineFound] = []
    for line in firm:
        same = next((each for each in kept if _alike(each, line)), None)
        if same is None or same.quantity is None or line.quantity is None or line.kind != "row":
            kept.append(line)
            continue
        words = (*same.evidence.get("quantity", ()), *line.evidence.get("quantity", ()))
        more: dict[str, tuple[Evidence, ...]] = {"quantity": words}
        if same.serials or line.serials:
            more["serials"] = (*same.evidence.get("serials", ()), *line.evidence.get("serials", ()))
        kept[kept.index(same)] = replace(
            same,
            quantity=same.quantity + line.quantity,
            serials=tuple(dict.fromkeys((*same.serials, *line.serials))),
            evidence={**same.evidence, **more},
        )
    return kept


def _alike(one: LineFound, other: LineFound) -> bool:
    return (one.lot or "").upper() == (other.lot or "").upper() and _why(one) == _why(other)


def _why(line: LineFound) -> str:
    return " ".join(c.text for c in line.place.block.cells if column_of(c.header) in ("reason", "status")).casefold()


def _distinct(firm: Sequence[LineFound]) -> list[LineFound]:
    """Without the same goods told twice: by a mark and a row, by two documents, or in two tables."""
    kept: list[LineFound] = []
    for line in sorted(firm, key=lambda each: (each.quantity is None, {"mark": 0, "row": 1}.get(each.kind, 2))):
        again = next((other for other in kept if _same_goods(line, other)), None)
        if again is None:
            kept.append(line)
        else:
            kept[kept.index(again)] = _filled(again, [line])
    kept.sort(key=lambda each: each.place.block.at.start)
    return kept


def _same_goods(line: LineFound, other: LineFound) -> bool:
    if line.lot and other.lot and line.lot.upper() != other.lot.upper():
        return False
    if line.serials and other.serials and not set(line.serials) & set(other.serials):
        return False
    same_table = (
        line.place.document.path == other.place.document.path
        and line.place.block.table == other.place.block.table
        and line.place.block.kind == other.place.block.kind == "row"
    )
    apart = line.place.block.at.start != other.place.block.at.start
    return not (same_table and apart and line.kind == other.kind and line.quantity is not None)


def _prose(lines: Sequence[LineFound]) -> list[LineFound]:
    """By lot where several are said; else one line with the surest quantity, a later one of the same rank last."""
    lots = dict.fromkeys(line.lot.upper() for line in lines if line.lot)
    if len(lots) > 1 and all(any(ln.lot and ln.lot.upper() == lot and ln.quantity for ln in lines) for lot in lots):
        return [_one([line for line in lines if line.lot and line.lot.upper() == lot]) for lot in lots]
    return [_one(lines)] if lines else []


def _one(lines: Sequence[LineFound]) -> LineFound:
    with_number = [line for line in lines if line.quantity is not None]
    best = min(with_number, key=lambda line: line.rank, default=lines[0])
    return _filled(best, [line for line in lines if line is not best])


def _filled(line: LineFound, others: Sequence[LineFound]) -> LineFound:
    for other in others:
        evidence = {**other.evidence, **line.evidence}
        line = replace(
            line,
            quantity=other.quantity if line.quantity is None else line.quantity,
            rank=other.rank if line.quantity is None else line.rank,
            lot=line.lot or other.lot,
            serials=line.serials or other.serials,
            reason=line.reason or other.reason,
            location=line.location or other.location,
            received=line.received or other.received,
            asked=line.asked or other.asked,
            evidence=evidence,
        )
    return line
