"""What a model reads rightly and a check could take for wrong: worked out, more than ordered, misread by a scan."""

from dataclasses import replace
from typing import Literal

import pytest
from msgspec import structs

from assistant.domain.draft import FindingCode
from assistant.drafting.ground import Ground
from assistant.drafting.labelled import labelled
from assistant.drafting.places import Places
from assistant.drafting.proved_marks import Mark, marked
from tests.contract.test_model_drafter import answer, drafted, erp, goods, line, offline, request_of
from tests.stub_llm import answers


def test_more_than_was_ordered_said_in_so_many_words_stands_with_its_finding() -> None:
    request = request_of("On FP-5521 seventy of the toilet fill valves go back. The job was cancelled.")
    said = line(**{"in": "b2"}, qty="70", qty_as="seventy", why_as="cancelled")
    draft = drafted(request, answers(answer(said, refs=[], resolution="unspecified", resolution_as=None)))
    assert goods(draft) == [("TPV-12", "70")]
    assert draft.has(FindingCode.QTY_EXCEEDS_SHIPPED)


def test_a_number_worked_out_of_three_is_kept() -> None:
    words = "Of the twenty toilet fill valves of FP-5521 six are used and one is open"
    request = request_of(f"{words}. Take the others back, the job was cancelled.")
    said = line(**{"in": "b2"}, qty="13", qty_as=words, why_as="job was cancelled")
    draft = drafted(request, answers(answer(said, refs=[], resolution="unspecified", resolution_as=None)))
    assert goods(draft) == [("TPV-12", "13")]


@pytest.mark.parametrize(
    ("source", "written", "read"),
    [("ocr", "26H794l", "26H7941"), ("ocr", "26H7942", "26H7942"), ("text", "26H794l", "26H794l")],
)
def test_letters_that_a_scan_took_for_digits_are_read_as_the_items_own_lot(
    source: Literal["ocr", "text"], written: str, read: str
) -> None:
    """A digit for another digit is never mended, nor anything that somebody typed."""
    request = request_of(f"PVC cement, lot {written} on the can")
    blocks = [
        replace(each, passage=replace(each.passage, block=structs.replace(block, at=replace(block.at, source=source))))
        for each in labelled(request, erp().company())
        for block in [each.passage.block]
    ]
    ground = Ground(
        places=Places(blocks), erp=erp(), customer_id=None, ours=False, offline=offline(request), orders=(), named=()
    )
    item = erp().item("PVC-C32")
    assert item is not None
    found = marked(ground, written, "b2", item, None)
    assert isinstance(found, Mark)
    assert found.text == read


def test_many_times_what_was_ordered_is_not_taken_from_a_number_that_is_about() -> None:
    request = request_of("On FP-5521 twenty of the toilet fill valves go back, 4605 is our fax. The job was cancelled.")
    said = line(**{"in": "b2"}, qty="4605", qty_as="4605", why_as="cancelled")
    draft = drafted(request, answers(answer(said, refs=[], resolution="unspecified", resolution_as=None)))
    assert goods(draft) == [("TPV-12", "20")]
