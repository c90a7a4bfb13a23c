"""Which revision of a case the caller saw: the ETag of the case, sent back as If-Match (RFC 9110, 13.1.1)."""

import re
from typing import Annotated

from fastapi import Header

from assistant.channels.api.problems import RevisionNeeded, Stale
from assistant.domain.case import Case

IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag of the case as you saw it. Without it 428; 412 where it has changed.",
        examples=['"1"'],
    ),
]
TAGGED = {"ETag": {"schema": {"type": "string"}, "description": "The revision, in quotes; a decision sends it back."}}


def etag(case: Case) -> str:
    return f'"{case.revision.number}"'


def seen_revision(if_match: str) -> int:
    """Raises RevisionNeeded where none is named, Stale where it is none of ours."""
    told = if_match.strip()
    if not told or told == "*" or "," in told:
        raise RevisionNeeded("Send the ETag of the one revision you saw as If-Match. Nothing was changed.")
    if (found := re.fullmatch(r'"([1-9][0-9]{0,8})"', told)) is None:
        raise Stale(f"{told} is the ETag of no revision. Fetch the case again. Nothing was changed.")
    return int(found[1])
