"""What holds for every document, whatever it was read from."""

from extractors.document import SEPARATOR, Document


def assert_spans_hold(document: Document) -> None:
    """Every block and cell is exactly the text at its place, and the text is nothing but the blocks."""
    for block in document.blocks:
        assert document.text[block.at.start : block.at.end] == block.text
        assert block.at.document == document.path
        for cell in block.cells:
            assert document.text[cell.start : cell.end] == cell.text
            assert block.at.start <= cell.start <= cell.end <= block.at.end
    assert document.text == SEPARATOR.join(block.text for block in document.blocks)


def rows_of(document: Document) -> list[dict[str, str]]:
    """The rows that stand under headings, as heading -> text."""
    held = (block.cells for block in document.blocks if block.kind == "row")
    return [{cell.header: cell.text for cell in cells} for cells in held if any(cell.header for cell in cells)]
