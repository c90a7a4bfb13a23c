"""HTML as it is seen: tables, lists, headings, quotes."""

from extractors.html.reader import mail_html_blocks


def rows(html: str) -> list[dict[str, str]]:
    blocks = mail_html_blocks(html, "x")
    return [{c.header: c.text for c in block.cells} for block in blocks if any(c.header for c in block.cells)]


def test_cells_over_several_rows_and_columns_keep_the_columns() -> None:
    head = "<tr><th rowspan=2>Item<th colspan=2>Qty<tr><th>good<th>bad"
    assert rows(f"<table>{head}<tr><td rowspan=2>BV-34<td>1<td>2<tr><td>3<td>4</table>") == [
        {"Item": "BV-34", "Qty good": "1", "Qty bad": "2"},
        {"Item": "BV-34", "Qty good": "3", "Qty bad": "4"},
    ]


def test_a_layout_table_is_unrolled_around_the_table_it_holds() -> None:
    inner = "<table><tr><th>Item<th>Qty<tr><td>A-1<td>3</table>"
    blocks = mail_html_blocks(f"<table><tr><td><p>Hello there</p>{inner}</td><td>aside</td></tr></table>", "x")
    assert [(block.kind, block.text) for block in blocks] == [
        ("paragraph", "Hello there"),
        ("row", "Item  Qty"),
        ("row", "A-1  3"),
        ("paragraph", "aside"),
    ]


def test_a_caption_and_words_between_rows_are_kept() -> None:
    text = "".join(
        block.text for block in mail_html_blocks("<table>lost<caption>Cap</caption><tr><td>a<td>1</table>", "x")
    )
    assert "Cap" in text
    assert "lost" in text


def test_lists_show_their_marks() -> None:
    blocks = mail_html_blocks("<ul><li>valves<li>pumps</ul><ol><li>open<li>look</ol><h2>Why</h2>", "x")
    assert [block.text for block in blocks] == ["• valves\n• pumps", "1. open\n2. look", "Why"]
    assert blocks[-1].kind == "heading"


def test_answers_between_quotes_stay_where_they_stand() -> None:
    html = (
        '<div>yes</div><div class="gmail_quote">On Mon, Nov 9, 2026 at 10:10 AM A &lt;a@b.example&gt; wrote:<br>'
        "<blockquote class=gmail_quote>How many?</blockquote><div>Four</div>"
        "<blockquote class=gmail_quote>Which?</blockquote><div>BV-34</div></div>"
    )
    assert [block.role for block in mail_html_blocks(html, "Re: x")] == [
        "body", "quoted", "quoted", "body", "quoted", "body",
    ]  # fmt: skip


def test_an_indent_is_no_quote() -> None:
    html = (
        "<p>Here is what we would like to send back to you this week:</p>"
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">two pumps</blockquote>'
    )
    assert {block.role for block in mail_html_blocks(html, "Re: x")} == {"body"}
