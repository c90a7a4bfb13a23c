"""What every ERP adapter keeps: look-ups by any reference, postings once a key, never more back than shipped."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.demo import files
from tools.adapters.file_erp import FileErp
from tools.adapters.sandbox import SandboxErp
from tools.erp import AdjustmentLine, CreditLine, ErpReader, ErpRefused, ReturnLine


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[SandboxErp]:
    sandbox = SandboxErp.at(tmp_path / "erp.sqlite")
    sandbox.load(json.loads(files.erp_file().read_text()))
    yield sandbox
    sandbox.close()


@pytest.fixture(params=["sandbox", "file"])
def reader(request: pytest.FixtureRequest, erp: SandboxErp) -> ErpReader:
    return erp if request.param == "sandbox" else FileErp(json.loads(files.erp_file().read_text()))


def back(quantity: int, order_no: str = "KS-700121", sku: str = "PRV-34") -> ReturnLine:
    return ReturnLine(order_no=order_no, sku=sku, quantity=Decimal(quantity), uom="EA", reason_code="OTHER")


def test_every_reference_of_an_order_leads_to_it(reader: ErpReader) -> None:
    order = reader.order("ks 700121")
    assert order is not None
    shipment = order.shipments[0]
    for reference in (order.customer_po, order.invoices[0].invoice_no, shipment.shipment_no, shipment.tracking_no):
        assert [hit.order_no for hit in reader.find(reference.lower())] == [order.order_no]


def test_a_contact_is_found_before_its_domain_and_strangers_are_not(reader: ErpReader) -> None:
    assert [c.id for c in reader.customers_by_email("Joe@FennimorePlumbing.example")] == ["K-304"]
    assert [c.id for c in reader.customers_by_email("new.hand@fennimoreplumbing.example")] == ["K-304"]
    assert reader.customers_by_email("joe@fennimore-plumbing.example") == ()
    assert {"fennimoreplumbing.example", "kestrelsupply.example"} <= reader.mail_domains()
    assert not any("@" in domain for domain in reader.mail_domains())


def test_a_customer_is_found_by_what_people_call_it(reader: ErpReader) -> None:
    for words in ("Fennimore wants credit", "fennimore plumbing called", "it is for FENNIMORE PLUMBING, again"):
        assert [c.id for c in reader.customers_named(words)] == ["K-304"]
    for words in ("they want credit for plumbing parts", "a union of pipes, cedar boards", ""):
        assert reader.customers_named(words) == ()
    assert {c.id for c in reader.customers_named("Cedar Point Clinic and Harbor Street Kitchens")} == {"K-301", "K-306"}


def test_an_item_is_found_by_sku_part_number_and_upc_in_any_spelling(reader: ErpReader) -> None:
    item = reader.item("PRV-34")
    assert item is not None
    for code in ("prv34", "PRV 34", item.mfr_part_no.lower(), item.upc):
        assert [found.sku for found in reader.items_by_code(code)] == ["PRV-34"]


def test_words_find_items_and_a_customers_orders_come_newest_first(reader: ErpReader) -> None:
    assert "PRV-34" in [item.sku for item in reader.items_like("pressure valve")]
    dates = [order.ordered_on for order in reader.orders_of("K-304")]
    assert dates == sorted(dates, reverse=True)
    assert len(reader.orders_of("K-304", limit=1)) == 1


def test_the_same_key_posts_once(erp: SandboxErp) -> None:
    first = erp.authorise_return("k-1", "K-304", [back(5)])
    again = erp.authorise_return("k-1", "K-304", [back(5)])
    assert (first.new, again.new) == (True, False)
    assert first.document_no == again.document_no
    assert erp.returned("KS-700121", "PRV-34") == 5
    assert erp.posting("k-1") == again


def test_no_more_comes_back_than_was_shipped_over_all_returns(erp: SandboxErp) -> None:
    erp.authorise_return("k-1", "K-304", [back(20)])
    with pytest.raises(ErpRefused, match="10 are left"):
        erp.authorise_return("k-2", "K-304", [back(11)])
    with pytest.raises(ErpRefused, match="10 are left"):
        erp.authorise_return("k-3", "K-304", [back(6), back(5)])
    assert erp.posting("k-2") is None
    erp.authorise_return("k-4", "K-304", [back(10)])


def test_another_customers_order_is_refused(erp: SandboxErp) -> None:
    with pytest.raises(ErpRefused, match="not an order of customer"):
        erp.authorise_return("k-1", "K-301", [back(1)])


def test_a_credit_beyond_what_was_billed_is_refused(erp: SandboxErp) -> None:
    line = CreditLine(
        order_no="KS-700121", sku="PRV-34", quantity=Decimal(1), uom="EA", reason_code="OTHER", amount=Decimal(99_999)
    )
    with pytest.raises(ErpRefused, match="not within what was billed"):
        erp.post_credit_memo("k-1", "K-304", "USD", [line])


def test_an_adjustment_of_an_unknown_item_is_refused(erp: SandboxErp) -> None:
    line = AdjustmentLine(sku="NOPE", quantity=Decimal(-1), uom="EA", reason_code="OTHER")
    with pytest.raises(ErpRefused, match="there is no item NOPE"):
        erp.post_adjustment("k-1", [line])


def test_loading_again_replaces_master_data_and_keeps_postings(erp: SandboxErp) -> None:
    erp.authorise_return("k-1", "K-304", [back(5)])
    erp.load(json.loads(files.erp_file().read_text()))
    assert erp.returned("KS-700121", "PRV-34") == 5
