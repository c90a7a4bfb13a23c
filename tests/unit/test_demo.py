"""The demo's files: master data that agrees with itself, mails that arrive as mails do, labels that fit both."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.demo import files
from assistant.demo.people import PEOPLE
from assistant.domain.draft import FindingCode, Intent, Reason, Resolution
from assistant.domain.person import Role
from tools.adapters.file_erp import FileErp

MAILS = files.mailbox()
DEMO_DAY = date(2026, 11, 20)
Record = Mapping[str, Any]


@cache
def erp() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files.erp_file().read_text(encoding="utf-8"))
    return data


def by(records: list[Record], key: str) -> dict[str, Record]:
    found = {record[key]: record for record in records}
    assert len(found) == len(records), f"{key} is not unique"
    return found


def items() -> dict[str, Record]:
    return by(erp()["items"], "sku")


def orders() -> dict[str, Record]:
    return by(erp()["orders"], "order_no")


def customers() -> dict[str, Record]:
    return by(erp()["customers"], "id")


def mail(path: Path) -> EmailMessage:
    parsed = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def gold(path: Path) -> dict[str, Any]:
    label: dict[str, Any] = json.loads(files.gold_file(path).read_text(encoding="utf-8"))
    return label


def shipped(order_no: str, sku: str) -> list[Record]:
    return [
        line
        for shipment in erp()["shipments"]
        if shipment["order_no"] == order_no
        for line in shipment["lines"]
        if line["sku"] == sku
    ]


def test_the_distributor_is_large_enough_to_search_in() -> None:
    sizes = {name: len(erp()[name]) for name in ("customers", "items", "orders")}
    assert sizes == {"customers": 14, "items": 45, "orders": 60}
    assert {item["tracking"] for item in erp()["items"]} == {"none", "lot", "serial"}
    assert any(item["hazmat"] for item in erp()["items"])
    assert any(not item["returnable"] for item in erp()["items"])


def test_the_sandbox_loads_all_of_it() -> None:
    sandbox = FileErp(erp())
    assert all(sandbox.order(order_no) is not None for order_no in orders())
    gloves = sandbox.item("GLV-N-M")
    assert gloves is not None
    assert gloves.aliases[0].customer_id == "K-302"


def test_no_address_leads_out_of_the_demo() -> None:
    addresses = [contact["email"] for customer in erp()["customers"] for contact in customer["contacts"]]
    addresses += [erp()["company"]["intake_address"], *(person.id for person in PEOPLE)]
    assert all(address.endswith(".example") and address == address.lower() for address in addresses)
    assert len(set(addresses)) == len(addresses)


def test_every_contact_is_in_a_domain_of_the_customer() -> None:
    for customer in erp()["customers"]:
        for contact in customer["contacts"]:
            assert contact["email"].partition("@")[2] in customer["email_domains"]


def test_every_order_is_a_known_customers_for_known_items_in_their_unit() -> None:
    for order in orders().values():
        assert order["currency"] == customers()[order["customer_id"]]["currency"]
        assert [line["line"] for line in order["lines"]] == list(range(1, len(order["lines"]) + 1))
        for line in order["lines"]:
            assert line["uom"] == items()[line["sku"]]["uom"]
            assert Decimal(line["unit_price"]) > Decimal(items()[line["sku"]]["unit_cost"])


def test_order_numbers_rise_with_the_date_from_july_to_november() -> None:
    days = [order["ordered_on"] for _, order in sorted(orders().items())]
    assert days == sorted(days)
    assert days[0].startswith("2026-07")
    assert days[-1].startswith("2026-11")


def test_references_are_unique() -> None:
    by(erp()["orders"], "customer_po")
    by(erp()["shipments"], "shipment_no")
    by(erp()["shipments"], "tracking_no")
    by(erp()["invoices"], "invoice_no")


@pytest.mark.parametrize("kind", ["shipments", "invoices"])
def test_what_was_shipped_and_billed_is_what_was_ordered(kind: str) -> None:
    for order_no, order in orders().items():
        ordered = {(line["line"], line["sku"]): line["quantity"] for line in order["lines"]}
        left = [line for record in erp()[kind] if record["order_no"] == order_no for line in record["lines"]]
        assert {(line["line"], line["sku"]): line["quantity"] for line in left} == ordered, order_no
        assert len(left) == len(ordered), order_no


def test_some_orders_went_out_in_parts() -> None:
    parts = Counter(shipment["order_no"] for shipment in erp()["shipments"])
    assert 2 in parts.values()


def test_dates_follow_one_another() -> None:
    ordered = {order_no: order["ordered_on"] for order_no, order in orders().items()}
    for shipment in erp()["shipments"]:
        days = [ordered[shipment["order_no"]], shipment["shipped_on"], shipment["delivered_on"]]
        assert days == sorted(set(days)), shipment["shipment_no"]
        assert shipment["delivered_on"] <= DEMO_DAY.isoformat()
    for invoice in erp()["invoices"]:
        assert invoice["invoiced_on"] > ordered[invoice["order_no"]]


def test_lots_and_serials_stand_exactly_where_the_item_is_tracked_so() -> None:
    for shipment in erp()["shipments"]:
        for line in shipment["lines"]:
            tracking = items()[line["sku"]]["tracking"]
            assert bool(line["lots"]) == (tracking == "lot")
            assert len(line["serials"]) == (int(line["quantity"]) if tracking == "serial" else 0)


def test_a_serial_was_shipped_once_and_a_lot_is_one_items() -> None:
    lines = [line for shipment in erp()["shipments"] for line in shipment["lines"]]
    serials = [serial for line in lines for serial in line["serials"]]
    assert len(set(serials)) == len(serials)
    holders: dict[str, set[str]] = {}
    for line in lines:
        for lot in line["lots"]:
            holders.setdefault(lot, set()).add(line["sku"])
    assert all(len(skus) == 1 for skus in holders.values())


def test_invoice_totals_add_up_at_the_orders_prices() -> None:
    prices = {(no, line["line"]): line["unit_price"] for no, order in orders().items() for line in order["lines"]}
    for invoice in erp()["invoices"]:
        lines = invoice["lines"]
        assert Decimal(invoice["total"]) == sum(Decimal(li["quantity"]) * Decimal(li["unit_price"]) for li in lines)
        assert all(prices[invoice["order_no"], line["line"]] == line["unit_price"] for line in lines)
        assert invoice["currency"] == orders()[invoice["order_no"]]["currency"]


def test_a_upc_has_its_check_digit() -> None:
    for item in erp()["items"]:
        numbers = [int(digit) for digit in item["upc"]]
        assert len(numbers) == 12
        assert (3 * sum(numbers[::2]) + sum(numbers[1::2])) % 10 == 0, item["sku"]


def test_most_goods_can_still_come_back_on_the_demos_day() -> None:
    open_still = [
        date.fromisoformat(shipment["delivered_on"]) + timedelta(days=window) >= DEMO_DAY
        for shipment in erp()["shipments"]
        for window in [customers()[orders()[shipment["order_no"]]["customer_id"]]["return_window_days"]]
    ]
    assert sum(open_still) > len(open_still) / 2
    assert not all(open_still)


def test_the_people_can_draft_approve_and_settle_between_them() -> None:
    roles = Counter(role for person in PEOPLE for role in person.roles)
    assert roles == {Role.AGENT: 1, Role.RETURNS_APPROVER: 2, Role.FINANCE_APPROVER: 1, Role.WAREHOUSE: 1}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_parses_and_carries_what_a_receiving_server_adds(path: Path) -> None:
    message = mail(path)
    for part in message.walk():
        assert part.defects == []
        assert part.is_multipart() or part.get_content() or part.get_payload(decode=True)
    for header in ("Return-Path", "Received", "Authentication-Results", "Date", "From", "Subject"):
        assert message[header] is not None, header
    assert message["Authentication-Results"].startswith("mx.kestrelsupply.example;")
    assert erp()["company"]["intake_address"] in message["To"]
    sent = message["Date"].datetime
    assert sent.tzinfo is not None
    assert timedelta(0) <= DEMO_DAY - sent.date() <= timedelta(days=14)


def test_every_message_id_is_its_own() -> None:
    ids = [mail(path)["Message-ID"] for path in MAILS]
    assert len(set(ids)) == len(MAILS)
    assert all("@" in message_id for message_id in ids)


def test_mails_came_in_the_order_of_their_numbers_within_a_day() -> None:
    days = [mail(path)["Date"].datetime.date() for path in MAILS]
    assert days == sorted(days)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_the_sender_is_the_labels_customer_but_for_the_stranger(path: Path) -> None:
    address = parseaddr(mail(path)["From"])[1]
    contacts = {contact["email"]: key for key, customer in customers().items() for contact in customer["contacts"]}
    if "UNKNOWN_SENDER" in gold(path)["problems"]:
        domains = {domain for customer in erp()["customers"] for domain in customer["email_domains"]}
        assert address.partition("@")[2] not in domains
    else:
        assert contacts.get(address) == gold(path)["customer_id"]


def test_every_mail_has_its_label_and_no_label_is_left_over() -> None:
    labels = {path.stem for path in files.gold_file(MAILS[0]).parent.iterdir()}
    assert labels == {path.stem for path in MAILS} == {gold(path)["id"] for path in MAILS}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_label_speaks_of_what_the_master_data_holds(path: Path) -> None:
    label = gold(path)
    Intent(label["intent"])
    Resolution(label["resolution"])
    assert all(FindingCode(code) for code in label["problems"])
    for order_no in label["order_nos"]:
        assert orders()[order_no]["customer_id"] == label["customer_id"]
    for line in label["lines"]:
        assert all(Reason(code) for code in line["reason_code"])
        item = items()[line["sku"]]
        assert ("HAZMAT" in label["problems"]) >= item["hazmat"]
        sold = [out for order_no in label["order_nos"] for out in shipped(order_no, line["sku"])]
        if label["intent"] == Intent.ADJUSTMENT:
            continue
        assert sold, f"{line['sku']} is not on {label['order_nos']}"
        assert Decimal(line["quantity"] or 0) <= sum(Decimal(out["quantity"]) for out in sold)
        assert line["lot"] is None or any(line["lot"] in out["lots"] for out in sold)
        assert all(any(serial in out["serials"] for out in sold) for serial in line["serials"])


def test_the_mailbox_holds_every_kind_of_request() -> None:
    assert {gold(path)["intent"] for path in MAILS} == {intent.value for intent in Intent}
    kinds = {part.get_content_type() for path in MAILS for part in mail(path).walk()}
    assert {"text/html", "application/pdf", "text/csv", "image/jpeg"} <= kinds
    assert {kind.rpartition(".")[2] for kind in kinds if "officedocument" in kind} == {"document", "sheet"}


def content(raw: bytes) -> Iterator[tuple[str, object]]:
    """A mail's headers and parts; of an Office file its members, whose compressed bytes are zlib's own business."""
    for part in message_from_bytes(raw, policy=default).walk():
        yield "headers", part.items()
        data = b"" if part.is_multipart() else part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if data.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(data)) as office:
                yield from ((name, office.read(name)) for name in office.namelist())
        else:
            yield "data", data


def test_the_files_are_what_the_builder_writes(tmp_path: Path) -> None:
    pytest.importorskip("reportlab", reason="only the development environment has it")
    from assistant.demo.build import build

    build(tmp_path)
    assert (tmp_path / "erp.json").read_bytes() == files.erp_file().read_bytes()
    built = sorted((tmp_path / "mailbox").iterdir())
    assert [path.name for path in built] == [path.name for path in MAILS]
    for made, kept in zip(built, MAILS, strict=True):
        assert list(content(made.read_bytes())) == list(content(kept.read_bytes())), kept.name
        if b"officedocument" not in kept.read_bytes():
            assert made.read_bytes() == kept.read_bytes(), kept.name
