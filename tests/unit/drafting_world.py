"""A small seller's master data, and a mail to it as it is drafted: what the drafting tests stand on."""

from datetime import date
from email.message import EmailMessage
from functools import cache
from typing import Any

from assistant.domain.draft import Draft
from assistant.domain.request import Request
from assistant.drafting.offline import OfflineDrafter
from assistant.steps.read import read
from tools.adapters.file_erp import FileErp

TODAY = date(2026, 11, 20)
ITEMS: tuple[tuple[str, str, str, str, bool, bool], ...] = (
    ("BV-34", "Brass ball valve full port 3/4 in", "EA", "none", True, False),
    ("BV-12", "Brass ball valve full port 1/2 in", "EA", "none", True, False),
    ("HCS8-1420-Z", "Hex cap screw grade 8 1/4-20 zinc, box of 100", "BX", "lot", True, False),
    ("MCB3P-60", "Molded case breaker 60 A 3 pole", "EA", "serial", True, False),
    ("NG6-L", "Nitrile gloves 6 mil size L, case of 1000", "CS", "lot", True, False),
    ("HMR/M", "Half mask respirator M", "EA", "none", True, False),
    ("SDG-20L", "Solvent degreaser 20 L drum", "DR", "lot", True, True),
    ("EPX2-1K", "Two-part epoxy 1 kg", "EA", "none", False, True),
    ("GP22CC", "Hydraulic gear pump 22 cc", "EA", "none", True, False),
    ("6308-2RS-C3", "Deep groove ball bearing 6308-2RS", "EA", "none", True, False),
)
ORDERS: tuple[tuple[str, str, str, tuple[tuple[str, int, tuple[str, ...], tuple[str, ...]], ...]], ...] = (
    (
        "SO-500100",
        "C-1",
        "PO-77120",
        (
            ("BV-34", 40, (), ()),
            ("BV-12", 100, (), ()),
            ("HCS8-1420-Z", 20, ("K11111", "K22222"), ()),
            ("MCB3P-60", 3, (), ("SN410001", "SN410002", "SN410003")),
            ("GP22CC", 6, (), ()),
        ),
    ),
    (
        "SO-500200",
        "C-1",
        "PO-77121",
        (
            ("NG6-L", 12, ("A25001",), ()),
            ("HMR/M", 50, (), ()),
            ("SDG-20L", 10, ("C26001",), ()),
            ("EPX2-1K", 4, (), ()),
            ("6308-2RS-C3", 60, (), ()),
        ),
    ),
    ("SO-500900", "C-2", "4500091", (("HCS8-1420-Z", 5, ("M99999",), ()), ("BV-34", 5, (), ()))),
)


def master() -> dict[str, Any]:
    """The master data in the import format."""
    items = [
        {
            "sku": sku,
            "description": described,
            "category": "MRO",
            "uom": uom,
            "tracking": tracking,
            "unit_cost": "10.00",
            "warranty_months": 12,
            "returnable": returnable,
            "hazmat": hazmat,
            "vendor_id": "V-1",
            "mfr_part_no": f"MF{index:05d}",
            "upc": f"0123456{index:05d}",
        }
        for index, (sku, described, uom, tracking, returnable, hazmat) in enumerate(ITEMS)
    ]
    units = {item["sku"]: item["uom"] for item in items}
    orders, shipments = [], []
    for index, (number, customer, po, lines) in enumerate(ORDERS):
        orders.append(
            {
                "order_no": number,
                "customer_id": customer,
                "customer_po": po,
                "ordered_on": "2026-10-20",
                "currency": "USD",
                "lines": [
                    {"line": row, "sku": sku, "quantity": str(count), "uom": units[sku], "unit_price": "20.00"}
                    for row, (sku, count, _, _) in enumerate(lines, 1)
                ],
            }
        )
        shipments.append(
            {
                "shipment_no": f"SH-{index + 1:05d}",
                "order_no": number,
                "shipped_on": "2026-11-02",
                "delivered_on": "2026-11-05",
                "carrier": "XPO",
                "tracking_no": f"55839165{index:02d}",
                "warehouse": "CLT",
                "lines": [
                    {"line": row, "sku": sku, "quantity": str(count), "lots": list(lots), "serials": list(serials)}
                    for row, (sku, count, lots, serials) in enumerate(lines, 1)
                ],
            }
        )
    customers = [
        {
            "id": key,
            "name": name,
            "email_domains": [domain],
            "contacts": [{"name": "Pat", "email": f"pat@{domain}", "phone": ""}],
            "tier": "A",
            "return_window_days": 30,
            "restocking_fee_pct": "15",
            "currency": "USD",
        }
        for key, name, domain in (("C-1", "Acme Mills", "acme.example"), ("C-2", "Other Works", "other.example"))
    ]
    company = {"name": "Norlake Supply", "currency": "USD", "intake_address": "returns@norlake.example"}
    return {
        "company": company,
        "customers": customers,
        "items": items,
        "orders": orders,
        "shipments": shipments,
        "invoices": [],
    }


@cache
def erp() -> FileErp:
    return FileErp(master())


@cache
def drafter() -> OfflineDrafter:
    return OfflineDrafter(erp())


def mail(text: str, *, sender: str = "pat@acme.example", subject: str = "", html: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "returns@norlake.example"
    message["Subject"] = subject
    message["Date"] = "Tue, 17 Nov 2026 09:00:00 -0500"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def drafted(text: str, **more: Any) -> tuple[Request, Draft]:
    _, request = read(mail(text, **more), TODAY)
    return request, drafter().draft(request)


def goods(text: str, **more: Any) -> list[tuple[str | None, str | None]]:
    """(sku, quantity) of each line drafted, in order."""
    _, draft = drafted(text, **more)
    return [(line.sku, None if line.quantity is None else f"{line.quantity:f}") for line in draft.lines]
