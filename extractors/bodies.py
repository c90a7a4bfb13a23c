"""Which parts of a mail are its own text, and their words as blocks."""

import re
from collections.abc import Sequence
from email.message import Message as Part

from extractors import headers
from extractors.charset import decode
from extractors.document import Block
from extractors.limits import Limits
from extractors.pieces import clean
from extractors.prose import mail_paragraphs, unflowed

_BODY_KINDS = ("text/plain", "text/html")
# Forms of the same text that a reader never sees beside the others.
_TWINS = ("text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext")
_STUB = re.compile(
    r"(view|read|see|open|display|show|support|enable)\w*\b.{0,60}\b(html|browser)|html.{0,40}(view|support|mail|message)",
    re.IGNORECASE | re.DOTALL,
)
_STUB_LENGTH = 300
_HTML_START = re.compile(r"\s*<(!doctype html|html|body)\b", re.IGNORECASE)


def is_body(part: Part) -> bool:
    """Whether a part is text to be shown as the mail's own, not a file."""
    if headers.kind_of(part) not in _BODY_KINDS or headers.disposition(part) == "attachment":
        return False
    return not headers.filename(part)


def chosen(leaves: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """(the parts that make up the mail's own text, the attachments); of alternatives one is taken."""
    texts = [leaf for leaf in leaves if is_body(leaf)]
    if not texts:
        texts = [
            leaf
            for leaf in leaves
            if headers.kind_of(leaf) in _BODY_KINDS and headers.disposition(leaf) != "attachment"
        ][:1]
    taken = [text for text in texts if not _outdone(text, texts)]
    others = [leaf for leaf in leaves if leaf not in texts and not _is_twin(leaf)]
    return taken, others


def _is_twin(leaf: Part) -> bool:
    return bool(getattr(leaf, "alternative", 0)) and headers.kind_of(leaf) in _TWINS


def _outdone(text: Part, texts: Sequence[Part]) -> bool:
    """Whether another form of the same text is to be read instead."""
    group = getattr(text, "alternative", 0)
    if not group:
        return False
    plain = [other for other in texts if _in_group(other, group, "text/plain")]
    html = [other for other in texts if _in_group(other, group, "text/html")]
    if not plain or not html:
        return False
    best = html if _plain_is_stub(plain) or _has_table(html) else plain
    return text not in best


def _in_group(part: Part, group: int, kind: str) -> bool:
    return getattr(part, "alternative", 0) == group and headers.kind_of(part) == kind


def _plain_is_stub(plain: Sequence[Part]) -> bool:
    text = clean("\n".join(text_of(part) for part in plain)).strip()
    return not text or (len(text) < _STUB_LENGTH and bool(_STUB.search(text)))


def _has_table(html: Sequence[Part]) -> bool:
    """Plain text loses a table's columns, so that the HTML form tells more where it has one."""
    for part in html:
        text = text_of(part)
        if "<table" not in text.lower():
            continue
        from extractors.html import holds_table

        if holds_table(text):
            return True
    return False


def body_blocks(texts: Sequence[Part], subject: str, limits: Limits) -> list[Block]:
    """The blocks of the mail's own text, with roles."""
    blocks: list[Block] = []
    for part in texts:
        parameters = headers.parameters(part)
        text = text_of(part)[: limits.characters * 8]
        if headers.kind_of(part) == "text/html" or _HTML_START.match(text):
            from extractors.html import mail_html_blocks

            blocks += mail_html_blocks(text, subject)
            continue
        if parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delete_space=parameters.get("delsp", "").lower() == "yes")
        blocks += mail_paragraphs(text[: limits.characters + 1], subject)
    return blocks


def text_of(part: Part) -> str:
    """The part's text, by its declared charset or the best guess."""
    from extractors.payload import payload_of

    return decode(payload_of(part), headers.parameters(part).get("charset", ""))
