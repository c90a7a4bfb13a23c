"""A mail's words when its reader had to be stopped: every step here takes time in proportion to its bytes."""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.charset import decode
from extractors.document import Block, Failure, assemble
from extractors.limits import Limits
from extractors.mail import headers
from extractors.mail.parts import Leaf
from extractors.message import Message
from extractors.pieces import block, bounded, one_line
from extractors.text.prose import paragraphs

_HEAD_BYTES = 16_000
_FIELD = re.compile(r"^(from|subject|message-id):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w.-]{1,200}")
_TAG = re.compile(r"<[^<>]*>")


def plain_parts(leaves: Sequence[Leaf]) -> tuple[list[Leaf], list[Leaf]]:
    """(the mail's own text, the rest): its first part in plain text, or the first in HTML."""
    shown = [leaf for leaf in leaves if headers.disposition(leaf.part) != "attachment"]
    for kind in ("text/plain", "text/html"):
        for leaf in shown:
            if leaf.kind == kind and not headers.filename(leaf.part):
                return [leaf], [other for other in leaves if other is not leaf and other.group == 0]
    return [], list(leaves)


def plain_blocks(texts: Sequence[Leaf], limits: Limits) -> list[Block]:
    """Paragraphs without roles or tables; of HTML what stands between the tags."""
    blocks: list[Block] = []
    for leaf in texts:
        text = leaf.text()[: limits.characters]
        blocks += paragraphs(_TAG.sub("\n", text) if leaf.kind == "text/html" else text)
    return blocks


def bare_message(raw: bytes, limits: Limits, why: Failure) -> Message:
    """The source of a mail that cannot be taken apart, as text, with sender and subject where they are plain to see."""
    head, _, rest = raw.replace(b"\r\n", b"\n").lstrip().partition(b"\n\n")
    told = {name.lower(): value for name, value in _FIELD.findall(decode(head[:_HEAD_BYTES]))}
    subject = headers.decoded(told.get("subject", ""))
    sender = headers.decoded(told.get("from", ""))
    address = _ADDRESS.search(sender)
    opening = [block(subject, kind="heading", label="subject")] if subject else []
    text = rest[: limits.characters].decode("utf-8", "replace")
    body = bounded(assemble("body", "text/plain", [*opening, *paragraphs(text)]), limits)
    return Message(
        message_id=one_line(told.get("message-id", "")),
        sender_name=_ADDRESS.sub("", sender).strip(' "<>'),
        sender_address=address.group(0) if address else "",
        subject=subject,
        documents=(replace(body, failures=(*body.failures, why)),),
        failures=(why,),
    )
