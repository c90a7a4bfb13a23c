"""Check sets of labelled requests against their master data: `python -m evals.check_set FOLDER...`.

A set is a folder with an ``erp.json`` and requests in it (``ID/message.eml`` and ``ID/gold.json``), at once or one
folder deeper (``tune/ID``). What the ERP decides of a label (window, lots, quantities, sender) is computed here from
the contract's wording and compared; what only a reader can decide is taken as labelled.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import click

from assistant.domain.draft import FindingCode, Intent, Reason, Resolution
from evals.graders import spelled

# what a reader of the request decides; the rest follows from the master data and the label's own lines
_READ = {
    FindingCode.UNKNOWN_ORDER,
    FindingCode.MISSING_ORDER_REFERENCE,
    FindingCode.MISSING_PHOTOS,
    FindingCode.UNREADABLE_ATTACHMENT,
    FindingCode.INJECTION_ATTEMPT,
}
_COMPUTED = set(FindingCode) - _READ
_SCHEMA: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "why": str,
    "intent": str,
    "customer_id": (str, type(None)),
    "order_nos": list,
    "lines": list,
    "resolution": str,
    "identifiers": dict,
    "problems": list,
}
_LINE = {"sku", "quantity", "reason_code", "lot", "serials"}
_IDENTIFIERS = {"customer_po", "invoice_no", "tracking_no", "customer_ref"}
# of these nothing comes back even in a return request; what came too late may
_MONEY_ONLY = {Reason.SHORT_SHIPMENT, Reason.PRICING_ERROR}
_DAMAGE = {Reason.DAMAGED_IN_TRANSIT, Reason.CONCEALED_DAMAGE}
_SOLD_GOODS = {Intent.RETURN_REQUEST, Intent.CREDIT_REQUEST}


@dataclass(frozen=True, slots=True)
class Erp:
    """The import format, by key."""

    domain: str
    customers: dict[str, dict[str, Any]]
    items: dict[str, dict[str, Any]]
    orders: dict[str, dict[str, Any]]
    shipments: list[dict[str, Any]]
    invoices: list[dict[str, Any]]

    @classmethod
    def load(cls, path: Path) -> "Erp":
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            domain=data["company"]["intake_address"].partition("@")[2],
            customers={c["id"]: c for c in data["customers"]},
            items={i["sku"]: i for i in data["items"]},
            orders={o["order_no"]: o for o in data["orders"]},
            shipments=data["shipments"],
            invoices=data["invoices"],
        )

    def shipped(self, order_nos: list[str], sku: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The shipments of those orders that hold the item, each with the item's line."""
        return [
            (shipment, line)
            for shipment in self.shipments
            if shipment["order_no"] in order_nos
            for line in shipment["lines"]
            if line["sku"] == sku
        ]

    def sender(self, message: EmailMessage) -> str | None:
        """The sender's customer; None for the unknown, the unauthenticated and our own."""
        address = parseaddr(str(message["From"]))[1].lower()
        if "dmarc=fail" in str(message["Authentication-Results"]):
            return None
        for key, customer in self.customers.items():
            contacts = {contact["email"].lower() for contact in customer["contacts"]}
            if address in contacts or address.partition("@")[2] in customer["email_domains"]:
                return key
        return None


def check(folder: Path, erp: Erp) -> Iterator[str]:
    """What is wrong with one labelled request, in words."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    faults = list(_shape(gold, folder.name))
    if faults:
        yield from faults
        return
    message = message_from_bytes((folder / "message.eml").read_bytes(), policy=policy.default)
    if message["Date"] is None or getattr(message["Date"], "datetime", None) is None:
        yield "message.eml has no readable Date"
        return
    if not message["Message-ID"]:
        yield "message.eml has no Message-ID"
    unknown = list(_known(gold, erp))
    if unknown:
        yield from unknown
        return
    yield from _identifiers(gold, erp)
    yield from _customer(gold, erp, message)
    yield from _problems(gold, erp, message)


def _shape(gold: dict[str, Any], name: str) -> Iterator[str]:
    for key, kind in _SCHEMA.items():
        if not isinstance(gold.get(key, ...), kind):
            yield f"{key} is missing or no {kind}"
    if set(gold) - set(_SCHEMA) - {"intent_also"}:
        yield f"unknown keys {sorted(set(gold) - set(_SCHEMA))}"
    if gold.get("id") != name:
        yield f"id {gold.get('id')} in folder {name}"
    if not {gold.get("intent"), *gold.get("intent_also", ())} <= set(Intent):
        yield f"intent {gold.get('intent')}"
    if gold.get("resolution") not in set(Resolution):
        yield f"resolution {gold.get('resolution')}"
    if set(gold.get("identifiers", ())) != _IDENTIFIERS:
        yield "identifiers are not the four"
    problems = Counter(gold.get("problems", ()))
    if set(problems) - set(FindingCode) or any(n > 1 for n in problems.values()):
        yield f"problems {sorted(problems.elements())}"
    for number, line in enumerate(gold.get("lines", ())):
        yield from (f"line {number}: {fault}" for fault in _line_shape(line, gold.get("intent") == "adjustment"))


def _line_shape(line: dict[str, Any], signed: bool) -> Iterator[str]:
    if set(line) != _LINE:
        yield f"keys {sorted(line)}"
        return
    if line["sku"] is None and line["quantity"] is None:
        yield "neither item nor quantity"
    if not line["reason_code"] or not set(line["reason_code"]) <= set(Reason):
        yield f"reasons {line['reason_code']}"
    if line["quantity"] is not None:
        try:
            quantity = Decimal(line["quantity"])
        except (InvalidOperation, TypeError):
            yield f"quantity {line['quantity']}"
        else:
            if quantity == 0 or (quantity < 0 and not signed):
                yield f"quantity {quantity}"
            if line["serials"] and len(line["serials"]) > abs(quantity):
                yield "more serials than pieces"


def _known(gold: dict[str, Any], erp: Erp) -> Iterator[str]:
    if gold["customer_id"] is not None and gold["customer_id"] not in erp.customers:
        yield f"no customer {gold['customer_id']}"
    yield from (f"no order {number}" for number in gold["order_nos"] if number not in erp.orders)
    ordered = {
        line["sku"] for number in gold["order_nos"] if number in erp.orders for line in erp.orders[number]["lines"]
    }
    for line in gold["lines"]:
        if line["sku"] is None:
            continue
        if line["sku"] not in erp.items:
            yield f"no item {line['sku']}"
        elif gold["order_nos"] and line["sku"] not in ordered:
            yield f"{line['sku']} is on none of the orders"
    if gold["intent"] == "not_a_request" and (gold["lines"] or gold["resolution"] != "unspecified"):
        yield "no request, but lines or a resolution"


def _identifiers(gold: dict[str, Any], erp: Erp) -> Iterator[str]:
    """A reference that the ERP knows leads to an order of the label, where the label names orders."""
    records = {"customer_po": erp.orders.values(), "invoice_no": erp.invoices, "tracking_no": erp.shipments}
    for key, written in gold["identifiers"].items():
        if not written or key not in records:
            continue
        orders = {r["order_no"] for r in records[key] if r.get(key) and spelled(r[key]) == spelled(written)}
        if orders and not orders & set(gold["order_nos"]):
            yield f"{key} {written} is order {', '.join(sorted(orders))}"
        if not orders and "UNKNOWN_ORDER" not in gold["problems"]:
            yield f"no order has {key} {written}"


def _customer(gold: dict[str, Any], erp: Erp, message: EmailMessage) -> Iterator[str]:
    sender = erp.sender(message)
    buyers = {erp.orders[number]["customer_id"] for number in gold["order_nos"]}
    expected = {sender} if sender else buyers or {None}
    if gold["customer_id"] not in expected:
        yield f"customer {gold['customer_id']}, but sender and orders say {sorted(map(str, expected))}"


def _problems(gold: dict[str, Any], erp: Erp, message: EmailMessage) -> Iterator[str]:
    labelled, computed = set(gold["problems"]), set(_computed(gold, erp, message))
    yield from (f"{code} is computed, not labelled" for code in sorted(computed - labelled))
    yield from (f"{code} is labelled, not computed" for code in sorted(labelled & _COMPUTED - computed))
    about_sold_goods = gold["intent"] in _SOLD_GOODS
    no_order = {"UNKNOWN_ORDER", "MISSING_ORDER_REFERENCE"} & labelled
    if about_sold_goods and not gold["order_nos"] and not no_order:
        yield "no order, and neither UNKNOWN_ORDER nor MISSING_ORDER_REFERENCE"
    if "MISSING_ORDER_REFERENCE" in labelled and (gold["order_nos"] or not about_sold_goods):
        yield "MISSING_ORDER_REFERENCE with an order, or where none is asked for"
    damaged = any(line["reason_code"][0] in _DAMAGE for line in gold["lines"])
    if damaged and not _pictures(message) and "MISSING_PHOTOS" not in labelled:
        yield "damage without any picture, and no MISSING_PHOTOS"
    if "MISSING_PHOTOS" in labelled and not damaged:
        yield "MISSING_PHOTOS without damage"
    if "UNREADABLE_ATTACHMENT" in labelled and not any(part.get_filename() for part in message.walk()):
        yield "UNREADABLE_ATTACHMENT without an attachment"


def _pictures(message: EmailMessage) -> bool:
    """Whether some part is a picture or may hold one; whether it is a logo is for a reader to say."""
    names = [(part.get_filename() or "").lower() for part in message.walk()]
    held = any(name.endswith((".zip", ".pdf", ".docx", ".jpg", ".jpeg", ".png", ".heic")) for name in names)
    return held or any(part.get_content_maintype() == "image" for part in message.walk())


def _computed(gold: dict[str, Any], erp: Erp, message: EmailMessage) -> Iterator[str]:
    sender = erp.sender(message)
    ours = parseaddr(str(message["From"]))[1].lower().endswith("@" + erp.domain)
    if sender is None and not ours and gold["intent"] != "not_a_request":
        yield "UNKNOWN_SENDER"
    if sender and any(erp.orders[number]["customer_id"] != sender for number in gold["order_nos"]):
        yield "CUSTOMER_MISMATCH"
    sent = message["Date"].datetime.date()
    pieces: dict[str, Decimal] = {}
    for line in gold["lines"]:
        if line["quantity"] is None:
            yield "MISSING_QUANTITY"
        if line["sku"] is None:
            yield "MISSING_ITEM"
            continue
        if line["quantity"] is not None:
            pieces[line["sku"]] = pieces.get(line["sku"], Decimal(0)) + Decimal(line["quantity"])
        if erp.items[line["sku"]]["hazmat"]:
            yield "HAZMAT"
        back = gold["intent"] == "return_request" and line["reason_code"][0] not in _MONEY_ONLY
        yield from _of_line(line, gold, erp, sent if back else None)
    if gold["intent"] in _SOLD_GOODS and gold["order_nos"]:
        for sku, count in pieces.items():
            if count > sum(Decimal(line["quantity"]) for _, line in erp.shipped(gold["order_nos"], sku)):
                yield "QTY_EXCEEDS_SHIPPED"


def _of_line(line: dict[str, Any], gold: dict[str, Any], erp: Erp, back_on: date | None) -> Iterator[str]:
    """``back_on``: the request's date where goods come back, else None."""
    item = erp.items[line["sku"]]
    shipped = erp.shipped(gold["order_nos"], line["sku"])
    if gold["order_nos"]:
        if line["lot"] and spelled(line["lot"]) not in {spelled(lot) for _, held in shipped for lot in held["lots"]}:
            yield "LOT_NOT_ON_SHIPMENT"
        serials = {spelled(serial) for _, held in shipped for serial in held["serials"]}
        if any(spelled(serial) not in serials for serial in line["serials"]):
            yield "SERIAL_NOT_ON_SHIPMENT"
    if back_on is None:
        return
    if not item["returnable"]:
        yield "NON_RETURNABLE"
    if item["tracking"] == "lot" and not line["lot"]:
        yield "MISSING_LOT"
    if item["tracking"] == "serial" and not line["serials"]:
        yield "MISSING_SERIAL"
    # of several shipments those of the lot count, and of these the latest
    of_lot = [pair for pair in shipped if line["lot"] in pair[1]["lots"]] or shipped
    delivered = [date.fromisoformat(shipment["delivered_on"]) for shipment, _ in of_lot if shipment["delivered_on"]]
    customer = erp.customers.get(gold["customer_id"])
    if delivered and customer:
        window = timedelta(days=customer["return_window_days"])
        if not _in_time(line, item, max(delivered), back_on, window):
            yield "OUTSIDE_RETURN_WINDOW"


def _in_time(line: dict[str, Any], item: dict[str, Any], delivered: date, sent: date, window: timedelta) -> bool:
    if line["reason_code"][0] == "WARRANTY_FAILURE" and item["warranty_months"]:
        months = delivered.month - 1 + item["warranty_months"]
        if sent <= date(delivered.year + months // 12, months % 12 + 1, min(delivered.day, 28)):
            return True
    return sent <= delivered + window


def requests(folder: Path) -> Iterator[Path]:
    """The folders of a set's requests, in order."""
    found = [*folder.glob("*/gold.json"), *folder.glob("*/*/gold.json")]
    yield from sorted(path.parent for path in found)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folders: tuple[Path, ...]) -> None:
    count, faulty = 0, 0
    seen: Counter[str] = Counter()
    for folder in folders:
        erp = Erp.load(folder / "erp.json")
        for request in requests(folder):
            faults = list(check(request, erp))
            count, faulty = count + 1, faulty + bool(faults)
            seen[f"{folder.resolve()}:{request.name}"] += 1
            for fault in faults:
                click.echo(f"{request}: {fault}")
    for name in (name for name, times in seen.items() if times > 1):
        click.echo(f"{name}: twice")
    click.echo(f"{count} requests, {faulty} with faults")
    raise SystemExit(1 if faulty or not count or max(seen.values()) > 1 else 0)


if __name__ == "__main__":
    main()
