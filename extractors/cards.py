"""Address cards (vCard, RFC 6350) and appointments (iCalendar, RFC 5545): a labelled block for each thing they say."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from extractors.charset import decode
from extractors.document import Block, Document, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.pieces import block, clean, one_line
from extractors.text.prose import paragraphs

_CARD = {
    "fn": "Name", "org": "Company", "title": "Title", "role": "Role", "tel": "Phone", "email": "Email",
    "adr": "Address",
    "url": "Website", "note": "Note",
}  # fmt: skip
_EVENT = {
    "summary": "Summary", "description": "Description", "location": "Location", "dtstart": "Starts", "dtend": "Ends",
    "due": "Due", "organizer": "Organizer", "attendee": "Attendee", "status": "Status", "comment": "Comment",
}  # fmt: skip
_MOST = 500
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")


def read_vcard(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Names, companies, phones, addresses; the label says which and of what type."""
    return (_read(data, path, limits, "vcard", _CARD),)


def read_calendar(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """What, when, where and who of every appointment and task."""
    return (_read(data, path, limits, "calendar", _EVENT),)


def _read(data: bytes, path: str, limits: Limits, kind: str, names: dict[str, str]) -> Document:
    import vobject

    text = decode(data)[: limits.characters]
    blocks: list[Block] = []
    try:
        parts = vobject.readComponents(text, validate=False, transform=False, ignoreUnreadable=True)
        for component in islice(parts, _MOST):
            blocks += _blocks(component, names, 0)
    except Exception:  # noqa: BLE001 - vobject raises many kinds on damage; the lines are text all the same
        blocks = []
    return assemble(path, MEDIA_TYPES[kind], blocks or paragraphs(text))


def _blocks(component: Any, names: dict[str, str], depth: int) -> Iterator[Block]:
    for name, label in names.items():
        for line in component.contents.get(name, ()):
            said = _said(name, line)
            if said:
                yield block(said, kind="form_field", source="form_field", label=label + _kind(line))
    if depth < 3:
        for child in islice(component.components(), _MOST):
            if child.name in ("VEVENT", "VTODO", "VJOURNAL", "VCARD"):
                yield from _blocks(child, names, depth + 1)


def _kind(line: Any) -> str:
    """`` (work, cell)`` of a phone or an address."""
    told = [str(value).lower() for value in [*line.params.get("TYPE", []), *line.singletonparams]]
    kinds = [kind for kind in told if kind in ("work", "home", "cell", "fax", "main")]
    return f" ({', '.join(kinds)})" if kinds else ""


def _said(name: str, line: Any) -> str:
    value = str(line.value)
    if name in ("organizer", "attendee"):
        address = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
        return one_line(" ".join([*map(str, line.params.get("CN", [])), address]))
    if name in ("dtstart", "dtend", "due"):
        return _moment(value, [*line.params.get("TZID", []), ""][0])
    # A structured value divides by semicolons; commas and line ends are escaped.
    plain = re.sub(r"(?<!\\);", ", " if name == "adr" else " ", value) if name in ("adr", "org", "n") else value
    plain = re.sub(r"\\[nN]", "\n", plain)
    plain = re.sub(r"\\([,;\\])", r"\1", plain)
    plain = re.sub(r"^(, )+|(, )+(?=, |$)", "", plain) if name == "adr" else plain
    return clean(plain).strip() if name in ("description", "note", "comment") else one_line(plain)


def _moment(value: str, zone: str) -> str:
    found = _MOMENT.fullmatch(value)
    if not found:
        return one_line(value)
    year, month, day, hour, minute, utc = found.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute} {'UTC' if utc else one_line(zone)}".rstrip() if hour else "")
