"""Calendar invitations (RFC 5545) as the words a person reads in them."""

import re
from collections.abc import Iterator

_SHOWN = {"SUMMARY": "", "DESCRIPTION": "", "LOCATION": "Location: ", "DTSTART": "Start: ", "DTEND": "End: "}
_FIELD = re.compile(r"^([A-Z-]{1,40})(?:;[^:\n]{0,500})?:(.*)$", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")


def is_invitation(text: str) -> bool:
    """Whether the text is a calendar's."""
    return text.lstrip("\ufeff \t\r\n")[:15].upper() == "BEGIN:VCALENDAR"


def invitation_text(text: str) -> str:
    """Subject, description, place and times of every entry, a paragraph for each field."""
    return "\n\n".join(_shown(text))


def _shown(text: str) -> Iterator[str]:
    # Lines are folded at 75 bytes, the rest of them indented by a blank.
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        field = _FIELD.match(line)
        if field and field.group(1).upper() in _SHOWN and field.group(2).strip():
            value = _ESCAPED.sub(lambda found: "\n" if found.group(1) in "nN" else found.group(1), field.group(2))
            yield _SHOWN[field.group(1).upper()] + value.strip()
