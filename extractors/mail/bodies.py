"""Which parts of a mail are its own text, and their words as blocks."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from extractors.document import Block
from extractors.limits import Limits
from extractors.mail import headers
from extractors.mail.parts import Leaf
from extractors.mail.uuencoded import without_encoded
from extractors.pieces import clean
from extractors.text.prose import mail_paragraphs, unflowed

_BODY_KINDS = ("text/plain", "text/html")
# Forms of the same text that a reader never sees beside the others.
_TWINS = ("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext")
_STUB = re.compile(
    r"(view|read|see|open|display|show|support|enable)\w*\b.{0,60}\b(html|browser)|html.{0,40}(view|support|mail|message)",
    re.IGNORECASE | re.DOTALL,
)
_STUB_LENGTH = 300
_WORD = re.compile(r"[^\W_]+")
_HTML_START = re.compile(r"\s*<(!doctype html|html|body)\b", re.IGNORECASE)


def is_body(leaf: Leaf) -> bool:
    """Whether a part is text to be shown as the mail's own, not a file."""
    shown = leaf.kind in _BODY_KINDS and headers.disposition(leaf.part) != "attachment"
    return shown and not headers.filename(leaf.part)


def chosen(leaves: Sequence[Leaf]) -> tuple[list[Leaf], list[Leaf]]:
    """(the parts that make up the mail's own text, the attachments); of alternatives one is taken."""
    texts = [leaf for leaf in leaves if is_body(leaf)]
    if not texts:
        shown = (leaf for leaf in leaves if headers.disposition(leaf.part) != "attachment")
        texts = [leaf for leaf in shown if leaf.kind in _BODY_KINDS][:1]
    best: dict[int, str] = {}
    for group in {text.group for text in texts if text.group}:
        best[group] = _better_form([text for text in texts if text.group == group])
    taken = [text for text in texts if best.get(text.group, text.kind) == text.kind]
    others = [leaf for leaf in leaves if leaf not in texts and not (leaf.group and leaf.kind in _TWINS)]
    return taken, others


def _better_form(forms: Sequence[Leaf]) -> str:
    """Plain text, unless it is a stub or loses the columns of a table that the HTML form has."""
    kinds = {form.kind for form in forms}
    if len(kinds) == 1:
        return kinds.pop()
    plain = clean("\n".join(form.text() for form in forms if form.kind == "text/plain")).strip()
    stub = not plain or (len(plain) < _STUB_LENGTH and bool(_STUB.search(plain)))
    return "text/html" if stub or any(_has_table(form) for form in forms) else "text/plain"


def _has_table(form: Leaf) -> bool:
    if form.kind != "text/html":
        return False
    text = form.text()
    if "<table" not in text.lower():
        return False
    from extractors.html.reader import holds_table

    return holds_table(text)


def body_blocks(texts: Sequence[Leaf], subject: str, limits: Limits, sender: str = "") -> list[Block]:
    """The blocks of the mail's own text, with roles; ``sender`` is the From field's name."""
    blocks: list[Block] = []
    for leaf in texts:
        tables = next((made.table + 1 for made in reversed(blocks) if made.table is not None), 0)
        blocks += [
            made if made.table is None else replace(made, table=made.table + tables)
            for made in _leaf_blocks(leaf, subject, limits, sender)
        ]
    return blocks


def twin_blocks(leaves: Sequence[Leaf], taken: Sequence[Leaf], own: Sequence[Block], limits: Limits) -> list[Block]:
    """What is hidden in the HTML form of a text that is read in its plain form, and that the plain form does not say.

    The mail program of whoever gets it shows the HTML, and whoever hides words in it means programs to read them.
    """
    groups = {leaf.group for leaf in taken if leaf.group and leaf.kind == "text/plain"}
    twins = [leaf for leaf in leaves if leaf.group in groups and leaf.kind == "text/html" and leaf not in taken]
    if not any(is_body(leaf) for leaf in twins):
        return []
    from extractors.html.reader import unseen_blocks

    said = _words("\n".join(made.text for made in own))
    found = [made for leaf in twins if is_body(leaf) for made in unseen_blocks(leaf.text()[: limits.characters * 8])]
    return [made for made in found if _words(made.text) not in said]


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _leaf_blocks(leaf: Leaf, subject: str, limits: Limits, sender: str) -> list[Block]:
    parameters = headers.parameters(leaf.part)
    text = leaf.text()[: limits.characters * 8]
    if leaf.kind == "text/html" or _HTML_START.match(text):
        from extractors.html.reader import mail_html_blocks

        return mail_html_blocks(text, subject, sender)
    if parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=parameters.get("delsp", "").lower() == "yes")
    return mail_paragraphs(without_encoded(text)[: limits.characters + 1], subject, sender)
