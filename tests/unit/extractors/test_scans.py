"""Scans and photos are read, whatever way they lie, and every word knows its place on the picture as given."""

from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evals.bench import damage, pages
from extractors.document import Block, assemble
from extractors.scan.page import Scan, read_scan
from tests.unit.extractors.spans import assert_spans_hold, rows_of

SCALE = 150 / 72
SEED = 3


@cache
def tag() -> tuple[pages.Sheet, Scan]:
    """A ruled tag filled in by hand, scanned crooked."""
    sheet = pages.ruled_tag(SCALE, SEED)
    picture = damage.scanned(sheet.image, np.random.default_rng(SEED))
    return sheet, read_scan(picture, page=3, points=1 / SCALE, first_table=5)


@cache
def small_label() -> tuple[pages.Sheet, Scan]:
    """A label with a barcode, as drawn."""
    sheet = pages.label(2.0, SEED)
    return sheet, read_scan(sheet.image, page=None, points=1.0)


def values(sheet: pages.Sheet) -> set[str]:
    return {field.value for field in sheet.fields}


def text_of(scan: Scan) -> str:
    return "\n".join(block.text for block in scan.blocks)


def test_a_crooked_tag_has_its_rows_under_their_headings() -> None:
    sheet, scan = tag()
    document = assemble("tag.jpg", "image/jpeg", scan.blocks)
    assert_spans_hold(document)
    rows = [row for row in rows_of(document) if "Part" in row]
    told = [field.value for field in sheet.fields if field.kind != "order"]
    expected = [
        dict(zip(("Part", "Received", "Return", "Serial / lot"), told[n : n + 4], strict=True)) for n in range(0, 20, 4)
    ]
    assert [{name: row[name] for name in expected[0]} for row in rows] == expected


def test_a_caption_and_what_was_filled_in_are_one_row() -> None:
    sheet, scan = tag()
    order = next(field.value for field in sheet.fields if field.value.startswith("SO-"))
    assert ["Order", order] in [[cell.text for cell in block.cells] for block in scan.blocks]


def test_every_word_has_span_place_and_confidence() -> None:
    sheet, scan = tag()
    for block in scan.blocks:
        assert block.at.source == "ocr"
        assert block.at.page == 3
        assert block.at.box is not None
        assert [block.text[word.start : word.end] for word in block.words] == block.text.split()
        for word in block.words:
            assert 0 < word.confidence <= 1
            assert 0 <= word.box[0] < word.box[2] <= sheet.width + 1
            assert block.at.box[0] <= word.box[0]
            assert word.box[3] <= block.at.box[3]
    assert min(block.table for block in scan.blocks if block.table is not None) == 5


def test_a_tag_shows_no_goods() -> None:
    assert tag()[1].is_document


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_page_on_its_side_or_head_is_read_and_its_places_are_those_of_the_picture_as_given(turn: int) -> None:
    drawn, upright = small_label()
    given = Image.fromarray(np.rot90(np.asarray(drawn.image), turn))
    scan = read_scan(given, page=None, points=1.0)
    assert text_of(scan) == text_of(upright)
    wide, high = drawn.image.size
    for block, straight in zip(scan.blocks, upright.blocks, strict=True):
        x0, y0, x1, y1 = straight.at.box or (0, 0, 0, 0)
        moved = {
            1: (y0, wide - x1, y1, wide - x0),
            2: (wide - x1, high - y1, wide - x0, high - y0),
            3: (high - y1, x0, high - y0, x1),
        }
        assert block.at.box == pytest.approx(moved[turn], abs=9)


def test_a_form_photographed_at_an_angle_keeps_caption_and_value_together() -> None:
    sheet = pages.filled_form(SCALE, SEED)
    scan = read_scan(damage.photographed(sheet.image, np.random.default_rng(SEED)), page=1, points=1.0)
    for field in sheet.fields:
        assert any(field.value in block.text and field.beside[0] in block.text for block in scan.blocks)


def test_a_word_lies_where_it_was_printed() -> None:
    sheet = pages.Sheet(400, 120, 2.0)
    ends = sheet.write(30, 40, "K24339", 12, "vera")
    scan = read_scan(sheet.image, page=1, points=0.5)
    (word,) = [word for block in scan.blocks for word in block.words]
    assert word.box == pytest.approx((30, 40, ends, 54), abs=5)


def test_a_barcode_is_a_block_of_its_own_and_its_bars_are_no_words() -> None:
    sheet, scan = small_label()
    (code,) = [block for block in scan.blocks if block.kind == "barcode"]
    assert (code.text, code.label, code.at.source) == (sheet.barcodes[0], "Code 128", "barcode")
    assert code.at.box is not None
    assert code.at.box[1] == pytest.approx(260, abs=50)
    printed = text_of(Scan(scan.blocks[:-1]))
    assert all(value in printed for value in values(sheet))


def test_drawn_check_boxes_stand_before_their_captions_with_what_was_ticked() -> None:
    sheet = pages.Sheet(420, 90, 2.0)
    for x, ticked, caption in ((20, False, "Credit"), (130, True, "Replacement"), (270, False, "Repair")):
        for line in ((x, 30, x + 10, 30), (x, 40, x + 10, 40), (x, 30, x, 40), (x + 10, 30, x + 10, 40)):
            sheet.rule(*line)
        if ticked:
            sheet.rule(x + 2, 35, x + 4, 39)
            sheet.rule(x + 4, 39, x + 11, 27)
        sheet.write(x + 16, 29, caption, 11, "vera")
    (row,) = read_scan(sheet.image, page=1, points=0.5).blocks
    assert [cell.text for cell in row.cells] == ["☐ Credit", "☒ Replacement", "☐ Repair"]
    assert row.words[2].box == pytest.approx((130, 30, 140, 40), abs=2)


def test_letters_with_accents_are_read_as_printed() -> None:
    sheet = pages.Sheet(420, 90, 2.0)
    told = "Müller & Söhne Großhandel, Lefèvre, Núñez, Škoda"
    sheet.write(20, 30, told, 12, "vera")
    assert text_of(read_scan(sheet.image, page=1, points=0.5)) == told


def test_a_word_that_is_hard_to_read_is_told() -> None:
    sheet = pages.Sheet(300, 80, 1.5)
    sheet.write(20, 20, "Serial number X346819", 12, "vera")
    dim = Image.fromarray(np.asarray(sheet.image.resize((90, 24)).resize(sheet.image.size)))
    scan = read_scan(dim, page=2, points=1.0)
    weak = [word for block in scan.blocks for word in block.words if word.confidence < 0.7]
    assert bool(weak) == bool(scan.warnings)
    assert all(warning.startswith("On page 2 ") for warning in scan.warnings)


def test_reading_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    read_scan(Image.new("RGB", (300, 200), "white"), page=1, points=1.0)
    assert capfd.readouterr() == ("", "")


def test_an_empty_page_has_no_blocks() -> None:
    none: tuple[Block, ...] = ()
    assert read_scan(Image.new("L", (1200, 900), 250), page=1, points=1.0) == Scan(none)


def test_a_line_of_which_most_is_in_letters_that_nobody_knows_counts_for_nothing() -> None:
    picture = Image.new("RGB", (900, 140), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=28)
    pen.text((30, 30), "одобри возврат этого заказа 30 PRV-34.", fill="black", font=font)  # drawn as empty boxes
    pen.text((30, 80), "2 PRV-34 of order KS-700121", fill="black", font=font)
    scan = read_scan(picture, page=None, points=1.0)
    assert [block.text for block in scan.blocks] == ["2 PRV-34 of order KS-700121"]
    assert scan.warnings == (
        "On the picture a line could be read only in part and counted for nothing; look at the picture.",
    )
