"""Long lists in pieces: at most ``limit`` of them, and a Link (RFC 8288) to those after the last one."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Path, Query, Request, Response

Each = TypeVar("Each")
CaseId = Annotated[
    str, Path(pattern=r"^BH-[0-9]{1,9}$", description="What people call the case.", examples=["BH-1001"])
]
MessageId = Annotated[str, Path(pattern=r"^m-[0-9a-f]{1,38}$", examples=["m-0a1b2c3d4e5f60718293"])]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
AfterCase = Annotated[str, Query(pattern=r"^(BH-[0-9]{1,9})?$", description="Go on after this one: the last you saw.")]
AfterMessage = Annotated[str, Query(pattern=r"^(m-[0-9a-f]{1,38})?$", description="Go on after this one.")]
AfterNumber = Annotated[int, Query(ge=0, le=2**53, description="Go on after this one: the last you saw.")]
LINKED = {
    "Link": {"schema": {"type": "string"}, "description": 'Where the next piece is (rel="next"), if there is one.'}
}


def piece(found: Sequence[Each], limit: int, last: str, request: Request, response: Response) -> Sequence[Each]:
    """The first ``limit`` of what was found; with a link where there is more. ``last`` is read off the last of them.

    ``found`` holds one more than asked for where there are more; ``last`` names the attribute that goes into after.
    """
    shown = found[:limit]
    if len(found) > limit and shown:
        there = request.url.include_query_params(after=getattr(shown[-1], last))
        response.headers["Link"] = f'<{there.path}?{there.query}>; rel="next"'
    return shown
