"""A lot that is on several orders of a customer: the goods beside it tell which."""

import pytest

from assistant.drafting.offline import OfflineDrafter
from assistant.steps.read import read
from tests.unit.drafting_world import TODAY, mail, master
from tools.adapters.file_erp import FileErp


@pytest.mark.parametrize(
    ("words", "orders"),
    [
        ("We have two boxes of the 1/4-20 screws, lot Z70001, to send back.", ("SO-500100",)),
        ("Two drums of degreaser of lot Z70001 are to go back, not needed.", ("SO-500200",)),
        ("Lot Z70001 is to go back.", ()),
    ],
)
def test_the_goods_beside_a_lot_tell_its_order(words: str, orders: tuple[str, ...]) -> None:
    data = master()
    for shipment in data["shipments"]:
        for line in shipment["lines"]:
            if (shipment["order_no"], line["sku"]) in {("SO-500100", "HCS8-1420-Z"), ("SO-500200", "SDG-20L")}:
                line["lots"] = ["Z70001"]
    draft = OfflineDrafter(FileErp(data)).draft(read(mail(words), TODAY)[1])
    assert draft.order_nos == orders
