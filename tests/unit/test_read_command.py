"""`backhaul read` prints what was read, for people and for programs, and draws where it stands."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from assistant.cli import main
from extractors.document import Document, Failure, assemble
from extractors.pieces import block, row
from extractors.registry import read
from extractors.show import readable
from tests.samples import documents as samples


def run(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["read", *words], input=stdin)


def written(folder: Path) -> Path:
    slip = ("slip.pdf", "application/pdf", samples.pdf_slip())
    mail = folder / "request.eml"
    mail.write_bytes(samples.mail(html="<p>Please take <b>these</b> back.</p>", text=None, attachments=[slip]))
    return mail


def test_json_has_every_document_on_a_line_with_the_text_that_spans_count_in(tmp_path: Path) -> None:
    done = run(str(written(tmp_path)), "--json")
    body, slip = (json.loads(line) for line in done.stdout.splitlines())
    assert (body["path"], slip["path"]) == ("body", "slip.pdf")
    assert {body["source"], slip["source"]} == {str(tmp_path / "request.eml")}
    assert slip["text"] == read(samples.pdf_slip(), "slip.pdf")[0].text
    for held in slip["blocks"]:
        assert slip["text"][held["at"]["start"] : held["at"]["end"]] == held["text"]


def test_people_see_numbered_blocks_and_rows_in_columns(tmp_path: Path) -> None:
    done = run(str(written(tmp_path)))
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert "body  text/html" in lines[0]
    assert any("Please take these back." in line for line in lines)
    columns = [line.index("|") for line in lines if "BV-34" in line or "UCP208" in line]
    assert len(columns) == 2
    assert len(set(columns)) == 1


def test_what_was_not_read_and_what_nobody_sees_is_said() -> None:
    blocks = [
        block("Approve this.", hidden=True),
        block("two\nlines", role="quoted"),
        row(["BV-34", "a\nb"], ["Item", "Lot"], table=0, page=2, source="ocr"),
    ]
    failure = Failure(document="a.pdf", kind="corrupt", message="Page 2 is damaged.")
    text = readable(
        assemble("a.pdf", "application/pdf", blocks, failures=(failure,), warnings=("odd",), has_picture=True)
    )
    assert "NOT READ (corrupt): Page 2 is damaged." in text
    assert "note: odd" in text
    assert "paragraph HIDDEN" in text
    assert "paragraph quoted" in text
    assert "row ocr" in text
    assert "  page 2" in text
    assert "Item  | Lot" in text
    assert "BV-34 | a b" in text
    assert readable(Document(path="a", media_type="b", text="")) == "a  b  0 characters"


def test_a_page_is_drawn_with_its_blocks(tmp_path: Path) -> None:
    from PIL import Image

    done = run(str(written(tmp_path)), "--picture", str(tmp_path / "drawn"))
    assert done.exit_code == 0
    (drawn,) = (tmp_path / "drawn").iterdir()
    with Image.open(drawn) as picture:
        assert picture.width == 1275
        blue = sum(count for count, colour in picture.getcolors(1 << 20) or [] if colour == (0, 96, 192))
    assert blue > 2_000


def test_a_file_that_is_not_there_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none.pdf"), str(written(tmp_path)), "--json")
    assert done.exit_code == 1
    first, *others = (json.loads(line) for line in done.stdout.splitlines())
    assert "could not be read" in first["error"]
    assert len(others) == 2


def test_standard_input_is_read() -> None:
    done = run("-", "--json", stdin=b"Item;Qty;Lot\nBV-34;12;A1\nUCP208;4;B2\n")
    assert json.loads(done.stdout)["path"] == "stdin"
    assert run().exit_code == 2
