"""Pages as pictures for a model that can see: only those that were read off a picture and not surely.

Only files attached to the mail itself are looked up; what lies in an archive or a forwarded mail is not sent.
"""

import io
from collections.abc import Iterator

from assistant.domain.model import Picture
from assistant.domain.request import Request
from extractors.drawing import plain_pages
from extractors.limits import Limits
from extractors.mail import headers
from extractors.mail.parts import leaves, parsed

_UNSURE = 0.85  # a word read less surely than this is worth a look
_MOST_PICTURES = 3
_LONGEST_SIDE, _QUALITY = 1_400, 75


def unsure_pages(request: Request) -> tuple[tuple[str, int], ...]:
    """(document, page) where a word was read off a picture with little confidence, in order."""
    found = {
        (document.path, block.at.page or 1): None
        for document in request.documents
        for block in document.blocks
        if block.at.source == "ocr" and any(word.confidence < _UNSURE for word in block.words)
    }
    return tuple(found)[:_MOST_PICTURES]


def pictures(request: Request) -> tuple[Picture, ...]:
    """Of the pages that are unsure. Never raises: a page that can't be drawn is left out."""
    wanted = unsure_pages(request)
    if not wanted or not request.raw:
        return ()
    try:
        held = _attached(request.raw)
    except Exception:  # noqa: BLE001 - what strangers send makes the mail parser raise all sorts of things
        return ()
    return tuple(picture for path, page in wanted if path in held for picture in _drawn(held[path], path, page))


def _attached(raw: bytes) -> dict[str, bytes]:
    found = leaves(parsed(raw)[0], Limits().parts)
    return {headers.filename(leaf.part): leaf.data() for leaf in found if headers.filename(leaf.part)}


def _drawn(data: bytes, path: str, page: int) -> Iterator[Picture]:
    try:
        for _, drawn in plain_pages(data, [page]):
            drawn.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            kept = io.BytesIO()
            drawn.convert("RGB").save(kept, "JPEG", quality=_QUALITY)
            yield Picture(name=f"{path} p{page}", media_type="image/jpeg", data=kept.getvalue())
    except Exception:  # noqa: BLE001 - the drawing library, too
        return
