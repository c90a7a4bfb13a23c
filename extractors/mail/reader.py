"""A mail of any state into a Message: its fields, its own text, and a Document for all it carries."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message as Part

from extractors.document import Block, Document, Failure, assemble
from extractors.kinds import OLE_MARK, picture_type
from extractors.language import language_of
from extractors.limits import Limits
from extractors.mail import headers
from extractors.mail.bodies import body_blocks, chosen, twin_blocks
from extractors.mail.last_resort import plain_blocks, plain_parts
from extractors.mail.parts import HEAD_BYTES, Leaf, as_text, enclosed_bytes, head_of, leaves, parsed
from extractors.mail.uuencoded import encoded_files
from extractors.message import Message
from extractors.pieces import block, bounded, refusal
from extractors.registry import read
from extractors.scan.picture import is_logo, letterhead
from extractors.units import unit

_SEALS = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_NAMES = {
    "message/rfc822": "fwd.eml",
    "message/delivery-status": "delivery-status.txt",
    "text/calendar": "invitation.ics",
    "text/html": "text.html",
    "text/plain": "text.txt",
}
_HEADERS_SHOWN = ("From", "Date", "To", "Cc", "Subject")


def read_message(raw: bytes, limits: Limits | None = None) -> Message:
    """The mail in ``raw`` (RFC 5322 bytes); never raises for what they hold."""
    limits = limits or Limits()
    if len(raw) > limits.bytes_per_message:
        message = f"The mail has {len(raw):,} bytes; more than {limits.bytes_per_message:,} are not read."
        whole = refusal("body", "message/rfc822", "too_large", message)
        return replace(_fields(head_of(raw[:HEAD_BYTES])), documents=(whole,), failures=whole.failures)
    if raw.startswith(OLE_MARK):
        from extractors.mail.msg import read_message_file

        return read_message_file(raw, limits)
    part, failures = parsed(raw)
    documents, more = _contents(part, "", limits)
    return replace(_fields(part), documents=documents, failures=(*failures, *more))


def read_mail(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """A mail that is itself a file: its body at ``path/body``, its attachments below ``path/``."""
    part, failures = parsed(data)
    return _enclosed(part, path, replace(limits, mail_depth=limits.mail_depth - 1), failures)


def _fields(part: Part) -> Message:
    fields = headers.Fields(part)
    senders = fields.addresses("from") or fields.addresses("sender")
    answer_to = fields.addresses("reply-to")
    answered = headers.message_ids(fields.raw("in-reply-to"))
    ids = headers.message_ids(fields.raw("message-id"))
    return Message(
        message_id=ids[0] if ids else fields.text("message-id"),
        in_reply_to=answered[0] if answered else "",
        references=headers.message_ids(fields.raw("references")),
        sender_name=senders[0][0] if senders else fields.text("from"),
        sender_address=senders[0][1] if senders else "",
        reply_to=answer_to[0][1] if answer_to else "",
        to=tuple(address for _, address in fields.addresses("to")),
        cc=tuple(address for _, address in fields.addresses("cc")),
        subject=fields.text("subject"),
        sent_at=headers.moment(fields.raw("date")),
        authentication_results=fields.text("authentication-results"),
        auto_submitted=fields.text("auto-submitted"),
        precedence=fields.text("precedence"),
        list_id=fields.text("list-id"),
        list_unsubscribe=fields.text("list-unsubscribe"),
        return_path=fields.text("return-path"),
        content_type=headers.kind_of(part),
        report_type=headers.parameters(part).get("report-type", ""),
        x_auto_response_suppress=fields.text("x-auto-response-suppress"),
        x_autoreply=fields.text("x-autoreply") or fields.text("x-autorespond"),
        x_failed_recipients=fields.text("x-failed-recipients"),
        x_loop=fields.text("x-loop"),
        feedback_id=fields.text("feedback-id"),
    )


@dataclass(slots=True)
class _Folder:
    """Where a mail's attachments go: paths below ``prefix``, each used once."""

    prefix: str
    used: set[str] = field(default_factory=lambda: {"body"})

    def path(self, leaf: Leaf, data: bytes = b"") -> str:
        """The path for a part, by its own name or by what it holds."""
        return self.named(headers.filename(leaf.part) or _NAMES.get(leaf.kind, "") or _named(leaf.kind, data))

    def named(self, name: str) -> str:
        """The path for a file of that name."""
        stem, dot, ending = name.rpartition(".")
        number = 1
        unused = name
        while unused.lower() in self.used:
            number += 1
            unused = f"{stem}-{number}{dot}{ending}" if stem else f"{name}-{number}"
        self.used.add(unused.lower())
        return self.prefix + unused


def _named(kind: str, data: bytes) -> str:
    ending = (picture_type(data[:64]) or kind).rpartition("/")[2]
    plain = re.sub(r"[^a-z0-9]+", "", ending.replace("octet-stream", "bin"))
    return f"attachment.{plain[:10] or 'bin'}"


def _contents(part: Part, prefix: str, limits: Limits) -> tuple[tuple[Document, ...], tuple[Failure, ...]]:
    """The body, then every attachment; the failures that belong to no document."""
    found = list(leaves(part, limits.parts + 1))
    failures: list[Failure] = []
    if len(found) > limits.parts:
        message = f"The mail has more than {limits.parts} parts; the rest was not read."
        failures.append(Failure(document=f"{prefix}body", kind="too_large", message=message))
        found = found[: limits.parts]
    subject = headers.Fields(part).text("subject")
    senders = headers.Fields(part).addresses("from")
    with unit(f"{prefix}body") as lost:
        texts, others = chosen(found) if lost is None else plain_parts(found)
        sender = senders[0][0] if senders else ""
        own = body_blocks(texts, subject, limits, sender) if lost is None else plain_blocks(texts, limits)
        unseen = twin_blocks(found, texts, own, limits) if lost is None else []
    failures += [lost] if lost is not None else []
    warnings = () if own else ("The mail's own text is empty.",)
    media_type = texts[0].kind if texts else "text/plain"
    opening = _opening(part, subject, nested=bool(prefix))
    language = language_of("\n".join(made.text for made in own if made.role == "body" and not made.hidden))
    body = assemble(f"{prefix}body", media_type, [*opening, *own, *unseen], warnings=warnings, language=language)
    documents = [bounded(body, limits)]
    folder = _Folder(prefix)
    shown = _shown_ids(found)
    inner = replace(limits, parts=max(1, limits.parts - len(found)))
    for text in texts:
        documents += _typed_in(text, folder, _less(inner, documents))
    for other in others:
        documents += _attached(other, folder, shown, _less(inner, documents))
    return tuple(documents), tuple(failures)


def _less(limits: Limits, documents: Sequence[Document]) -> Limits:
    """What may still be read where those documents have been."""
    taken = sum(len(document.text) for document in documents)
    return replace(limits, characters_in_all=limits.characters_in_all - taken)


def _opening(part: Part, subject: str, *, nested: bool) -> list[Block]:
    """The subject, where a fact may stand too; of an enclosed mail all that a reader sees above its text."""
    if not nested:
        return [block(subject, kind="heading", label="subject")] if subject else []
    fields = headers.Fields(part)
    lines = [f"{name}: {fields.text(name.lower())}" for name in _HEADERS_SHOWN if fields.text(name.lower())]
    return [block("\n".join(lines), role="forwarded_header")] if lines else []


def _shown_ids(found: list[Leaf]) -> set[str]:
    """Content ids that the mail's HTML shows inside its text."""
    if not any(leaf.kind.startswith("image/") for leaf in found):
        return set()
    shown: set[str] = set()
    for leaf in found:
        if leaf.kind == "text/html":
            ids = re.findall(rb"cid:([^\"'\s>)]{1,300})", leaf.data(), re.IGNORECASE)
            shown.update(name.decode("ascii", "replace").lower() for name in ids)
    return shown


def _attached(leaf: Leaf, folder: _Folder, shown: set[str], limits: Limits) -> tuple[Document, ...]:
    if leaf.kind in _SEALS:
        return ()
    payload = leaf.part.get_payload()
    if leaf.kind.startswith("message/") and isinstance(payload, list):
        return _message_part(leaf, [item for item in payload if isinstance(item, Part)], folder, limits)
    if isinstance(payload, str) and len(payload) > limits.bytes_per_document * 3 // 2:
        path = folder.path(leaf)
        message = f"{path} is larger than {limits.bytes_per_document:,} bytes and was not read."
        return (refusal(path, leaf.kind, "too_large", message),)
    data = leaf.data()
    path = folder.path(leaf, data)
    if picture_type(data[:64]):
        content_id = headers.Fields(leaf.part).text("content-id").strip("<> ").lower()
        inline = headers.disposition(leaf.part) == "inline" or content_id in shown
        if inline and is_logo(data):
            return (letterhead(data, path),)
    return read(data, path, leaf.kind, limits)


def _typed_in(leaf: Leaf, folder: _Folder, limits: Limits) -> Iterator[Document]:
    """The files that stand uuencoded in a text."""
    if leaf.kind != "text/plain":
        return
    text = leaf.text()[: limits.bytes_per_document * 2]
    if "begin " in text:
        for name, data in encoded_files(text):
            yield from read(data, folder.named(name or "attachment.bin"), "application/octet-stream", limits)


def _message_part(leaf: Leaf, held: list[Part], folder: _Folder, limits: Limits) -> tuple[Document, ...]:
    path = folder.path(leaf)
    if leaf.kind != "message/rfc822" or not held:
        text = "\n".join(map(as_text, held))
        return read(text.encode("utf-8", "surrogateescape"), path, "text/plain", limits)
    enclosed = held[0]
    if not enclosed.keys() and isinstance(enclosed.get_payload(), str):
        return read(enclosed_bytes(leaf.part, enclosed), path, "message/rfc822", limits)
    with unit(path) as lost:
        if lost is not None:
            return (refusal(path, leaf.kind, lost.kind, lost.message),)
        return _enclosed(enclosed, path, replace(limits, mail_depth=limits.mail_depth - 1), ())


def _enclosed(part: Part, path: str, limits: Limits, known: tuple[Failure, ...]) -> tuple[Document, ...]:
    if limits.mail_depth < 0:
        message = f"{path} is a mail inside too many others and was not read."
        return (refusal(path, "message/rfc822", "too_large", message),)
    documents, failures = _contents(part, f"{path}/", limits)
    body = documents[0]
    told = tuple(replace(failure, document=body.path) for failure in (*known, *failures))
    return (replace(body, failures=(*body.failures, *told)), *documents[1:])
