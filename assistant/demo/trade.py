"""The records that the sales of the demo's distributor left: orders, shipments and invoices."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assistant.demo.catalog import customers, items, price
from assistant.demo.chance import digits
from assistant.demo.sales import Sale, sales


def records() -> dict[str, list[dict[str, Any]]]:
    """Orders, shipments and invoices in the import format."""
    stock = {item["sku"]: item for item in items()}
    currency = {customer["id"]: customer["currency"] for customer in customers()}
    orders, shipments, invoices = [], [], []
    for sale in sales():
        head = {"order_no": f"KS-{sale.number}", "customer_id": sale.customer_id, "customer_po": sale.customer_po}
        money = currency[sale.customer_id]
        lines = [_order_line(place, stock[sku], quantity) for place, (sku, quantity) in enumerate(sale.lines, 1)]
        orders.append({**head, "ordered_on": sale.ordered_on.isoformat(), "currency": money, "lines": lines})
        for part, share in enumerate(_shipped_apart(sale, lines)):
            shipments.append(_shipment(sale, part, share, stock))
            invoices.append(_invoice(sale, part, share, money))
    return {"orders": orders, "shipments": shipments, "invoices": invoices}


def _order_line(place: int, item: dict[str, Any], quantity: int) -> dict[str, Any]:
    uom, unit_price = item["uom"], price(item)
    return {"line": place, "sku": item["sku"], "quantity": str(quantity), "uom": uom, "unit_price": unit_price}


def _shipped_apart(sale: Sale, lines: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Now and then an order goes out in two parts: its last line waits for stock."""
    return [lines[:-1], lines[-1:]] if sale.in_parts else [lines]


def _shipment(sale: Sale, part: int, lines: list[dict[str, Any]], stock: dict[str, dict[str, Any]]) -> dict[str, Any]:
    shipped_on = sale.ordered_on + timedelta(days=sale.days_to_ship + 2 * part)
    tracking_no = sale.tracking_no if part == 0 else f"1Z{digits('later', sale.number, count=9)}"
    return {
        "shipment_no": f"D{(sale.number - 660000 + part):06d}",
        "order_no": f"KS-{sale.number}",
        "shipped_on": shipped_on.isoformat(),
        "delivered_on": (shipped_on + timedelta(days=sale.days_on_the_road)).isoformat(),
        "carrier": sale.carrier,
        "tracking_no": tracking_no,
        "warehouse": sale.warehouse,
        "lines": [_shipment_line(sale, line, stock[line["sku"]]["tracking"]) for line in lines],
    }


def _shipment_line(sale: Sale, line: dict[str, Any], tracking: str) -> dict[str, Any]:
    sku, quantity = line["sku"], int(line["quantity"])
    lots, serials = [], []
    if tracking == "lot":
        lots = list(sale.tracked.get(sku, (_lot(sku, sale.ordered_on),)))
    elif tracking == "serial":
        serials = list(sale.tracked.get(sku, tuple(_serial(sku, sale.number, place) for place in range(quantity))))
    return {"line": line["line"], "sku": sku, "quantity": line["quantity"], "lots": lots, "serials": serials}


def _lot(sku: str, day: date) -> str:
    """One maker's lot lasts a month of sales, so several customers hold the same one."""
    month = chr(ord("A") + day.month - 1)
    return f"26{month}{digits('lot', sku, day.month, count=4)}"


def _serial(sku: str, number: int, place: int) -> str:
    return f"{sku[:2]}{str(number)[2:]}{place + 1:02d}{digits('serial', sku, number, place, count=2)}"


def _invoice(sale: Sale, part: int, lines: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    total = sum((Decimal(line["quantity"]) * Decimal(line["unit_price"]) for line in lines), Decimal(0))
    return {
        "invoice_no": f"F-{sale.number - 680000 + part:05d}",
        "order_no": f"KS-{sale.number}",
        "invoiced_on": (sale.ordered_on + timedelta(days=sale.days_to_ship + 1 + 2 * part)).isoformat(),
        "currency": currency,
        "lines": lines,
        "total": str(total),
    }
