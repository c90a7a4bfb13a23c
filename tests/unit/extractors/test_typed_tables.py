"""Tables that people type into a mail become rows; prose stays prose."""

import pytest

from extractors.document import Block
from extractors.html.reader import mail_html_blocks
from extractors.text.prose import mail_paragraphs

TYPED = {
    "blanks": "Item         Qty   Reason\nBV-34          4   leaking\nUCP208 block   2   wrong size\n",
    "ruled": "Item    Qty  Reason\n------  ---  ----------\nBV-34   4    leaking\nUCP208 block  2  wrong size\n",
    "apart": "Item           Qty  Reason\n\nBV-34           4   leaking\n\nUCP208 block    2   wrong size\n",
    "tabs": "Item\tQty\tReason\nBV-34\t4\tleaking\nUCP208 block\t2\twrong size\n",
    "pipes": "Item | Qty | Reason\nBV-34 | 4 | leaking\nUCP208 block | 2 | wrong size\n",
    "markdown": "| Item | Qty | Reason |\n|---|--:|---|\n| BV-34 | 4 | leaking |\n| UCP208 block | 2 | wrong size |\n",
    "commas": 'Item,Qty,Reason\nBV-34,4,leaking\n"UCP208 block",2,wrong size\n',
    "semicolons": "Item;Qty;Reason\nBV-34;4;leaking\nUCP208 block;2;wrong size\n",
    "quoted": "> Item         Qty   Reason\n> BV-34          4   leaking\n> UCP208 block   2   wrong size\n",
}
PROSE = [
    "I sent it back.  Then we waited.  Nothing came.\nWe called on Friday.\nCredit us.  It has been 3 weeks.",
    "Dear team, we ordered, as you know, ten valves,\n"
    "but, sadly, two of them, the small ones, leak,\nso, please, credit those.",
    "We took    two of the pumps out of the crate on Monday and they do not run at all, which is why I write\n"
    "to you    today and ask for two new ones, if you have them on the shelf, or else for the money back please",
    "Order no:      SO-12345\nItem:          BV-34\nQuantity:      4",
    "PO 4711  please credit",
]


def cells(blocks: list[Block]) -> list[dict[str, str]]:
    return [{cell.header: cell.text for cell in block.cells} for block in blocks if block.kind == "row"]


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_table_is_rows_under_its_headings(name: str) -> None:
    found = cells(mail_paragraphs(f"Please take back:\n\n{TYPED[name]}\nThanks\n", "Re: x"))
    assert found[-2:] == [
        {"Item": "BV-34", "Qty": "4", "Reason": "leaking"},
        {"Item": "UCP208 block", "Qty": "2", "Reason": "wrong size"},
    ]


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_no_table(text: str) -> None:
    assert [block.kind for block in mail_paragraphs(text, "x")] == ["paragraph"]


def test_rows_without_headings_keep_their_columns() -> None:
    found = mail_paragraphs("Would like to return:\n\n   3   GP22CC\n   1   MCB3P-100     (X814953)\n", "x")
    assert [[cell.text for cell in block.cells] for block in found[1:]] == [
        ["3", "GP22CC", ""],
        ["1", "MCB3P-100", "(X814953)"],
    ]


def test_two_tables_of_a_mail_are_told_apart() -> None:
    text = f"Back:\n{TYPED['blanks']}\nThese stay with us, thanks:\n\n{TYPED['pipes']}"
    assert sorted({block.table for block in mail_paragraphs(text, "x") if block.table is not None}) == [0, 1]


def test_a_table_typed_into_html_is_rows() -> None:
    found = mail_html_blocks(f"<p>Dear all,</p><pre>{TYPED['blanks']}</pre>", "x")
    assert cells(found)[-1] == {"Item": "UCP208 block", "Qty": "2", "Reason": "wrong size"}
