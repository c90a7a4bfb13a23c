"""What the demo's distributor sold from July to November 2026.

The first orders are the ones that the sample mails speak of, so their lots and serials are written down here; the
others are drawn (see chance). Order numbers rise with the date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from assistant.demo.catalog import customers, items
from assistant.demo.chance import digits, pick

_WAREHOUSES = ("TOL", "TOL", "FWA")
_CARRIERS = ("UPS", "FedEx Freight", "Saia", "Kestrel truck")
# how each customer numbers its purchase orders
_PURCHASE_ORDERS = {
    "K-301": "HSK-####",
    "K-302": "TUS-2026-###",
    "K-303": "MA#####",
    "K-304": "FP-####",
    "K-305": "BE-#####",
    "K-306": "CPC-###",
    "K-307": "RSE-####",
    "K-308": "LPC-####",
    "K-309": "BWC-####",
    "K-310": "UH-####",
    "K-311": "26-DPW-#####",
    "K-312": "SB/####/26",
    "K-313": "NG######",
    "K-314": "DBG #####",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One order as it went out. ``tracked`` holds the lots or serials of a line where they are given."""

    number: int
    customer_id: str
    customer_po: str
    ordered_on: date
    lines: tuple[tuple[str, int], ...]
    tracked: Mapping[str, tuple[str, ...]]
    carrier: str
    tracking_no: str
    warehouse: str = "TOL"
    days_to_ship: int = 2
    days_on_the_road: int = 3
    in_parts: bool = False


def _told(number: int, customer_id: str, po: str, day: date, lines: str, carrier: str, tracking_no: str) -> Sale:
    """``lines`` reads ``SKU quantity[: lot or serial ..]; ..``."""
    sold: list[tuple[str, int]] = []
    tracked: dict[str, tuple[str, ...]] = {}
    for line in lines.split("; "):
        goods, _, marks = line.partition(": ")
        sku, quantity = goods.split()
        sold.append((sku, int(quantity)))
        tracked |= {sku: tuple(marks.split())} if marks else {}
    return Sale(
        number=number,
        customer_id=customer_id,
        customer_po=po,
        ordered_on=day,
        lines=tuple(sold),
        tracked=tracked,
        carrier=carrier,
        tracking_no=tracking_no,
    )


_TOLD = (
    _told(700058, "K-301", "HSK-8790", date(2026, 9, 21), "RCK-G25 18; PAN-1826 40", "Saia", "1Z118830274"),
    _told(700100, "K-301", "HSK-8812", date(2026, 10, 20), "FSK-0440 20; CHF-2218 6", "FedEx Freight", "1Z177126710"),
    _told(
        700107,
        "K-302",
        "TUS-2026-114",
        date(2026, 10, 21),
        "GLV-N-M 40: Q3490; PTW-2P 60",
        "FedEx Freight",
        "1Z452795163",
    ),
    _told(
        700114,
        "K-303",
        "MA77120",
        date(2026, 10, 22),
        "IMX-5KW 4: HK141111 HK800675 HK181390 HK901710; CUP-12Z 10: T6140",
        "FedEx Freight",
        "1Z746567716",
    ),
    _told(
        700121,
        "K-304",
        "FP-5521",
        date(2026, 10, 23),
        "PRV-34 30; TPV-12 50; WTR-H50 12",
        "FedEx Freight",
        "1Z638199796",
    ),
    _told(700128, "K-305", "BE-44710", date(2026, 10, 24), "CHF-2218 12; DWD-20L 8: Q8474", "UPS", "1Z901908544"),
    _told(
        700135,
        "K-306",
        "CPC-903",
        date(2026, 10, 25),
        "GLV-N-L 24: P5422; HEP-VAC12 2: HK597128 HK830901",
        "Saia",
        "1Z069793197",
    ),
    _told(
        700142,
        "K-307",
        "RSE-3319",
        date(2026, 10, 26),
        "BRK-2P40 10: HK163616 HK866676 HK835567 HK424646 HK778563 HK706020 HK814328 HK961850 HK567288 HK398420; "
        "GFC-20A 100; LED-A19-9 15",
        "Saia",
        "1Z414240404",
    ),
    _told(
        700149, "K-308", "LPC-0081", date(2026, 10, 27), "MOP-24W 12; FLS-10L 6: T6685; PTW-2P 20", "UPS", "1Z495741541"
    ),
    _told(
        700156,
        "K-309",
        "BWC-6640",
        date(2026, 10, 28),
        "HEP-VAC12 3: HK472731 HK276211 HK740595; DWD-20L 10: P9088",
        "UPS",
        "1Z234298815",
    ),
    _told(
        700163,
        "K-310",
        "UH-1190",
        date(2026, 10, 29),
        "CUP-12Z 30: Q3119; OIL-FRY35 16: T5056; FSK-0440 10",
        "FedEx Freight",
        "1Z419779048",
    ),
)

# how many more orders a stretch of days brought, and the number that its first one has
_STRETCHES = (
    (date(2026, 7, 1), date(2026, 8, 31), 14, 699310),
    (date(2026, 9, 1), date(2026, 9, 20), 8, 699702),
    (date(2026, 9, 22), date(2026, 10, 19), 14, 700061),
    (date(2026, 10, 30), date(2026, 11, 11), 13, 700170),
)


def sales() -> Iterator[Sale]:
    """All sales, by order number."""
    drawn = [
        _drawn(first_number + 2 * place, first + (last - first) * place // (count - 1))
        for first, last, count, first_number in _STRETCHES
        for place in range(count)
    ]
    yield from sorted([*_TOLD, *drawn], key=lambda sale: sale.number)


def _drawn(number: int, day: date) -> Sale:
    buyers, stock = customers(), items()
    customer_id = buyers[pick("buyer", number, of=len(buyers))]["id"]
    lines: dict[str, int] = {}
    for place in range(1 + pick("lines", number, of=4)):
        item = stock[pick("item", number, place, of=len(stock))]
        most = 4 if item["tracking"] == "serial" else 36
        lines[item["sku"]] = 1 + pick("quantity", number, place, of=most)
    return Sale(
        number=number,
        customer_id=customer_id,
        customer_po=_purchase_order(customer_id, number),
        ordered_on=day,
        lines=tuple(lines.items()),
        tracked={},
        carrier=_CARRIERS[pick("carrier", number, of=len(_CARRIERS))],
        tracking_no=f"1Z{digits('tracking', number, count=9)}",
        warehouse=_WAREHOUSES[pick("warehouse", number, of=len(_WAREHOUSES))],
        days_to_ship=1 + pick("to ship", number, of=3),
        days_on_the_road=1 + pick("road", number, of=5),
        in_parts=len(lines) > 1 and pick("apart", number, of=6) == 0,
    )


def _purchase_order(customer_id: str, number: int) -> str:
    form = _PURCHASE_ORDERS[customer_id]
    return form.replace("#" * form.count("#"), digits("purchase order", number, count=form.count("#")))
