"""The checker of labelled sets: ours are clean, and a bent label is told apart from a right one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evals import check_set

SETS = sorted(path.parent for path in Path(check_set.__file__).parent.glob("sets/*/erp.json"))
VOLT = Path(check_set.__file__).parent / "sets" / "volt"


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: str(folder.name))
def test_a_set_of_ours_agrees_with_its_master_data(folder: Path) -> None:
    answer = CliRunner().invoke(check_set.main, [str(folder)])

    assert answer.exit_code == 0, answer.output


def _bend(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda gold: gold.update({key: value})


def _bend_line(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda gold: gold["lines"][0].update({key: value})


@pytest.mark.parametrize(
    ("request_id", "bend", "said"),
    [
        ("tune/e01", _bend("id", "e02"), "id e02"),
        ("tune/e01", _bend("customer_id", "HOF028"), "customer HOF028"),
        ("tune/e01", _bend("order_nos", ["41-0000001"]), "no order"),
        ("tune/e01", _bend_line("quantity", "25"), "QTY_EXCEEDS_SHIPPED is computed"),
        ("tune/e01", _bend_line("sku", "BR-3P/100A"), "on none of the orders"),
        ("tune/e01", _bend_line("reason_code", ["BROKEN"]), "reasons"),
        ("tune/e03", _bend_line("serials", []), "MISSING_SERIAL is computed"),
        ("tune/e03", _bend_line("serials", ["K7-999999"]), "SERIAL_NOT_ON_SHIPMENT is computed"),
        ("tune/e03", _bend_line("reason_code", ["QUALITY_NONCONFORMANCE"]), "OUTSIDE_RETURN_WINDOW is computed"),
        ("tune/e07", _bend("problems", []), "CUSTOMER_MISMATCH is computed"),
        ("tune/e15", _bend("problems", []), "NON_RETURNABLE is computed"),
        ("tune/e15", _bend_line("lot", None), "MISSING_LOT is computed"),
        ("tune/e15", _bend_line("lot", "C6-0932"), "LOT_NOT_ON_SHIPMENT is computed"),
        ("tune/e17", _bend("problems", ["HAZMAT", "MISSING_QUANTITY"]), "MISSING_QUANTITY is labelled"),
        ("tune/e21", _bend("problems", ["UNREADABLE_ATTACHMENT"]), "neither UNKNOWN_ORDER"),
        ("tune/e25", _bend("problems", []), "UNKNOWN_SENDER is computed"),
        ("tune/e06", _bend_line("reason_code", ["PRICING_ERROR"]), "MISSING_PHOTOS without damage"),
        ("tune/e32", _bend_line("quantity", None), "neither item nor quantity"),
    ],
)
def test_a_bent_label_is_named(
    tmp_path: Path, request_id: str, bend: Callable[[dict[str, Any]], None], said: str
) -> None:
    folder = tmp_path / Path(request_id).name
    shutil.copytree(VOLT / request_id, folder)
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    bend(gold)
    (folder / "gold.json").write_text(json.dumps(gold), encoding="utf-8")

    faults = list(check_set.check(folder, check_set.Erp.load(VOLT / "erp.json")))

    assert any(said in fault for fault in faults), faults
