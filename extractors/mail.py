"""A mail of any state into a Message: its fields, its own text, and a Document for all it carries."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.message import Message as Part
from email.parser import BytesHeaderParser

from extractors import headers
from extractors.bodies import body_blocks, chosen, is_body
from extractors.document import Block, Document, Failure, assemble
from extractors.limits import Limits
from extractors.message import Message
from extractors.picture import is_logo, letterhead
from extractors.pieces import block, bounded, refusal
from extractors.kinds import picture_type
from extractors.registry import read

_LOST_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?:content-|mime-)", re.IGNORECASE | re.MULTILINE)
_SEALS = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_NAMES = {"text/plain": "text.txt", "text/html": "text.html", "text/calendar": "invitation.ics", "message/rfc822": "fwd.eml"}
_HEADERS_SHOWN = ("From", "Date", "To", "Cc", "Subject")


def read_message(raw: bytes, limits: Limits | None = None) -> Message:
    """The mail in ``raw`` (RFC 5322 bytes); never raises for what they hold."""
    limits = limits or Limits()
    if len(raw) > limits.bytes_per_message:
        message = f"The mail has {len(raw):,} bytes; more than {limits.bytes_per_message:,} are not read."
        whole = refusal("body", "message/rfc822", "too_large", message)
        return replace(_fields(BytesHeaderParser().parsebytes(raw[:200_000])), documents=(whole,), failures=whole.failures)
    part, failures = _parsed(raw)
    message_fields = _fields(part)
    documents, more = _contents(part, "", limits)
    return replace(message_fields, documents=documents, failures=(*failures, *more))


def read_mail(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """A mail that is itself a file: its body at ``path/body``, its attachments below ``path/``."""
    part, failures = _parsed(data)
    documents, more = _enclosed(part, path, limits)
    return (replace(documents[0], failures=(*documents[0].failures, *failures, *more)), *documents[1:])


def _parsed(raw: bytes) -> tuple[Part, tuple[Failure, ...]]:
    data = raw.lstrip(b"\xef\xbb\xbf\r\n")
    for rules in (policy.default, policy.compat32):
        try:
            return email.message_from_bytes(data, policy=rules), ()
        except Exception:  # noqa: BLE001, S112 - the email package raises many kinds; the older rules forgive more
            continue
    part = BytesHeaderParser(policy=policy.compat32).parsebytes(data[:200_000])
    failure = Failure(document="body", kind="corrupt", message="The mail's structure is broken; only its head was read.")
    return part, (failure,)


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

    def path(self, part: Part, kind: str, data: bytes) -> str:
        name = headers.filename(part) or _NAMES.get(kind, "") or _named(kind, data)
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
    leaves = list(_leaves(part, limits.parts + 1))
    failures: list[Failure] = []
    if len(leaves) > limits.parts:
        message = f"The mail has more than {limits.parts} parts; the rest was not read."
        failures.append(Failure(document=f"{prefix}body", kind="too_large", message=message))
        leaves = leaves[: limits.parts]
    texts, others = chosen(leaves)
    subject = headers.Fields(part).text("subject")
    blocks: list[Block] = _opening(part, subject, nested=bool(prefix))
    blocks += body_blocks(texts, subject, limits)
    media_type = headers.kind_of(texts[0]) if texts else "text/plain"
    warnings = ("The mail's own text is empty.",) if not blocks else ()
    body = bounded(assemble(f"{prefix}body", media_type, blocks, warnings=warnings), limits)
    documents = [body]
    folder = _Folder(prefix)
    shown = _shown_ids(leaves)
    inner = replace(limits, mail_depth=limits.mail_depth - 1, parts=max(1, limits.parts - len(leaves)))
    for other in others:
        documents += _attached(other, folder, shown, inner)
    return tuple(documents), tuple(failures)


def _opening(part: Part, subject: str, *, nested: bool) -> list[Block]:
    """The subject, where a fact may stand too; of an enclosed mail all that a reader sees above its text."""
    if not nested:
        return [block(subject, kind="heading", label="subject")] if subject else []
    fields = headers.Fields(part)
    lines = [f"{name}: {fields.text(name.lower())}" for name in _HEADERS_SHOWN if fields.text(name.lower())]
    return [block("\n".join(lines), role="forwarded_header")] if lines else []


def _leaves(part: Part, most: int) -> Iterator[Part]:
    """The parts that hold something, in order; a multipart whose boundary is wrong is split by the one it uses."""
    waiting = [part]
    while waiting and most > 0:
        current = waiting.pop()
        kind = headers.kind_of(current)
        payload = current.get_payload()
        if isinstance(payload, list) and not kind.startswith("message/"):
            waiting.extend(_within(child, current) for child in reversed(payload) if isinstance(child, Part))
            continue
        found = _rescued(current) if kind.startswith("multipart/") else []
        if found:
            waiting.extend(reversed(found))
            continue
        most -= 1
        yield current


def _within(child: Part, parent: Part) -> Part:
    """The child, knowing the alternative it belongs to (see ``bodies.chosen``)."""
    group = id(parent) if headers.kind_of(parent) == "multipart/alternative" else getattr(parent, "alternative", 0)
    child.alternative = group  # type: ignore[attr-defined] # a note of ours on the package's object
    return child


def _rescued(part: Part) -> list[Part]:
    data = payload_of(part)
    boundary = _LOST_BOUNDARY.search(data)
    if boundary is None:
        return []
    head = b'Content-Type: multipart/mixed; boundary="' + boundary.group(1).replace(b'"', b"") + b'"\r\n\r\n'
    whole, failures = _parsed(head + data[boundary.start() :])
    payload = whole.get_payload()
    return [] if failures or not isinstance(payload, list) else [child for child in payload if isinstance(child, Part)]


def payload_of(part: Part) -> bytes:
    """The part's bytes with its transfer encoding taken off."""
    try:
        data = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - broken transfer encodings fail in many ways
        data = None
    if isinstance(data, bytes):
        return data
    held = part.get_payload()
    return held.encode("utf-8", "surrogateescape") if isinstance(held, str) else b""


def _shown_ids(leaves: list[Part]) -> set[str]:
    """Content ids that the mail's HTML shows inside its text."""
    if not any(headers.kind_of(leaf).startswith("image/") for leaf in leaves):
        return set()
    found: set[str] = set()
    for leaf in leaves:
        if headers.kind_of(leaf) == "text/html":
            ids = re.findall(rb"cid:([^\"'\s>)]{1,300})", payload_of(leaf), re.IGNORECASE)
            found.update(name.decode("ascii", "replace").lower() for name in ids)
    return found


def _attached(part: Part, folder: _Folder, shown: set[str], limits: Limits) -> tuple[Document, ...]:
    kind = headers.kind_of(part)
    if kind in _SEALS:
        return ()
    payload = part.get_payload()
    if kind.startswith("message/") and isinstance(payload, list):
        return _message_part(part, kind, payload, folder, limits)
    if isinstance(payload, str) and len(payload) > limits.bytes_per_document * 3 // 2:
        path = folder.path(part, kind, b"")
        message = f"{path} is larger than {limits.bytes_per_document:,} bytes and was not read."
        return (refusal(path, kind, "too_large", message),)
    data = payload_of(part)
    path = folder.path(part, kind, data)
    if picture_type(data[:64]):
        content_id = headers.Fields(part).text("content-id").strip("<> ").lower()
        inline = content_id in shown if content_id else headers.disposition(part) == "inline"
        if inline and is_logo(data):
            return (letterhead(data, path),)
    return read(data, path, kind, limits)


def _message_part(
    part: Part, kind: str, payload: list[Part], folder: _Folder, limits: Limits
) -> tuple[Document, ...]:
    path = folder.path(part, kind, b"")
    enclosed = payload[0] if payload else part
    if kind != "message/rfc822":
        text = "\n".join(str(item) for item in payload)
        return read(text.encode("utf-8", "surrogateescape"), path, "text/plain", limits)
    if not enclosed.keys() and isinstance(enclosed.get_payload(), str):
        # Some programs encode the enclosed mail as base64, which the standard forbids: undone here.
        return read(payload_of_encoded(part, enclosed), path, "message/rfc822", limits)
    documents, failures = _enclosed(enclosed, path, limits)
    return (replace(documents[0], failures=(*documents[0].failures, *failures)), *documents[1:])


def payload_of_encoded(part: Part, enclosed: Part) -> bytes:
    """The bytes of an enclosed mail that its own part encodes."""
    carrier = Part()
    carrier["Content-Transfer-Encoding"] = headers.Fields(part).text("content-transfer-encoding") or "8bit"
    carrier.set_payload(str(enclosed.get_payload()))
    return payload_of(carrier)


def _enclosed(part: Part, path: str, limits: Limits) -> tuple[tuple[Document, ...], tuple[Failure, ...]]:
    if limits.mail_depth <= 0:
        message = f"{path} is a mail inside too many others and was not read."
        return (refusal(path, "message/rfc822", "too_large", message),), ()
    return _contents(part, f"{path}/", limits)
