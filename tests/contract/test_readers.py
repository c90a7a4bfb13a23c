"""Readers against requests and documents as they really arrive, where these lie beside the tree."""

import json
from functools import cache
from pathlib import Path

import pytest

from extractors.document import Document
from extractors.mail.reader import read_message
from extractors.registry import read
from tests.unit.extractors.spans import assert_spans_hold

SHARED = Path(__file__).parents[3] / "shared"
REQUESTS = sorted((SHARED / "requests").glob("*/message.eml"))
FILES = sorted((SHARED / "fixtures" / "documents").rglob("*.pdf"))

pytestmark = pytest.mark.skipif(not REQUESTS, reason="no requests lie beside the tree")


@cache
def request_at(name: str) -> tuple[Document, ...]:
    return tuple(read_message((SHARED / "requests" / name / "message.eml").read_bytes()).documents)


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.parent.name)
def test_a_request_is_read_and_its_facts_are_in_the_text(path: Path) -> None:
    documents = request_at(path.parent.name)
    for document in documents:
        assert_spans_hold(document)
    gold = json.loads((path.parent / "gold.json").read_text())
    text = "\n".join(document.text for document in documents).lower()
    written = [value for value in gold["identifiers"].values() if value]
    written += [serial for line in gold["lines"] for serial in line["serials"]]
    written += [line["lot"] for line in gold["lines"] if line["lot"]]
    assert [value for value in written if value.lower() not in text] == []


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.parent.name)
def test_an_item_and_its_quantity_stand_in_one_row_where_a_table_names_both(path: Path) -> None:
    """Rows of a table hold one item each: no row mentions two items of the request."""
    gold = json.loads((path.parent / "gold.json").read_text())
    skus = {line["sku"] for line in gold["lines"] if line["sku"]}
    for document in request_at(path.parent.name):
        for block in document.blocks:
            if block.kind == "row":
                assert len({cell.text for cell in block.cells} & skus) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_document_from_the_field_is_read_or_refused_in_words(path: Path) -> None:
    for document in read(path.read_bytes(), path.name):
        assert_spans_hold(document)
        assert all(failure.message and failure.document == document.path for failure in document.failures)


def test_the_marked_slip_says_what_was_written_on_it() -> None:
    documents = request_at("h002")
    notes = [block.text for block in documents[1].blocks if block.kind == "annotation"]
    assert "88 cs on the pallet. 12 short" in notes
    assert "got 8, 2 short" in notes


def test_the_filled_form_has_its_items_as_rows() -> None:
    documents = request_at("h046")
    rows = [{c.header: c.text for c in b.cells} for b in documents[1].blocks if b.at.source == "form_field" and b.cells]
    assert [(row["Supplier part no."], row["Qty to return"]) for row in rows] == [
        ("MCB3P-60", "2"),
        ("SDG-20L", "3"),
        ("EPX2-5K", "0"),
    ]


def test_a_photo_of_damage_is_a_picture_and_a_photo_of_a_form_is_read_and_is_none() -> None:
    damage, form = request_at("h010"), request_at("h017")
    assert [document.has_picture for document in damage if document.media_type == "image/jpeg"] == [True]
    (scanned,) = (document for document in form if document.media_type == "image/jpeg")
    assert not scanned.has_picture
    assert ["Quantity", "6"] in [[cell.text for cell in block.cells] for block in scanned.blocks]
