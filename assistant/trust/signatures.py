"""DKIM (RFC 6376, RFC 8301): whether the sender's own domain signed the mail as it came here.

The mail, the signature and the key are all a stranger's: each is bounded before dkimpy works on it.
"""

import logging
import re
from typing import Literal

from assistant.trust.domains import domain_of, same_organisation
from assistant.trust.names import Names, Unreachable
from extractors.mail.parts import HEAD_BYTES

Signed = Literal["good", "broken", "unknown", "not"]
_MOST_SIGNATURES = 5  # of the sender's; a mail has one or two
_MOST_FIELDS = 1_000
_MOST_NAMES = 200  # in h=
_LONGEST_KEY = 1_500  # characters of a record: RSA with 8192 bits has 1,420, and takes half a second
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_quiet = logging.getLogger("backhaul.dkim")
_quiet.setLevel(logging.CRITICAL)  # what is wrong with a stranger's signature is told to reviewers, not to the log


def signed_by(raw: bytes, domain: str, names: Names, *, strict: bool = False) -> Signed:
    """Whether ``domain``, or its organisation where not ``strict``, vouches for the whole mail.

    ``unknown``: a signature is there and its key could not be looked up. Signatures of others are not looked at, nor
    those that cover only the beginning of the text (l=), because anybody could have written the rest.
    """
    end = _BLANK_LINE.search(raw[: HEAD_BYTES + 4])
    head = raw[: end.start()] if end is not None else raw
    if len(head) > HEAD_BYTES or head.count(b"\n") > _MOST_FIELDS:
        return "not"
    body = raw[end.end() :] if end is not None else b""
    found: Signed = "not"
    for place in _of_domain(head, domain, strict=strict)[:_MOST_SIGNATURES]:
        match _checked(head, body, place, names):
            case "good":
                return "good"
            case "unknown":
                found = "unknown"
            case "broken" if found == "not":
                found = "broken"
            case _:
                pass
    return found


def _of_domain(head: bytes, domain: str, *, strict: bool) -> list[int]:
    """The places, among the mail's signatures, of those that are this domain's and that count."""
    import dkim  # type: ignore[import-untyped] # it has no types

    places = []
    try:
        mail = dkim.DKIM(head + b"\r\n\r\n", logger=_quiet)
        count = sum(1 for name, _ in mail.headers if name.lower() == b"dkim-signature")
    except Exception:  # noqa: BLE001 - dkimpy raises many kinds on broken heads
        return []
    for place in range(count):
        try:
            prepared = mail.verify_headerprep(place)
        except Exception:  # noqa: BLE001, S112 - and on broken signatures
            continue
        tags = prepared[0] if prepared else {}
        signer = domain_of("@" + tags.get(b"d", b"").decode("ascii", "replace"))
        theirs = signer == domain or (not strict and same_organisation(signer, domain))
        if theirs and b"l" not in tags and tags[b"a"] != b"rsa-sha1" and tags[b"h"].count(b":") < _MOST_NAMES:
            places.append(place)
    return places


def _checked(head: bytes, body: bytes, place: int, names: Names) -> Signed:
    import dkim

    reached = True

    def key(name: bytes, timeout: float = 0.0) -> bytes | None:  # noqa: ARG001 - dkimpy names it
        nonlocal reached
        try:
            found = names.texts(name.decode("ascii", "replace").rstrip("."))
        except Unreachable:
            reached = False
            return None
        return found[0].encode() if found and len(found[0]) <= _LONGEST_KEY else None

    try:
        mail = dkim.DKIM(head + b"\r\n\r\n", logger=_quiet)
        prepared = mail.verify_headerprep(place)
        if prepared and prepared[0].get(b"c", b"").endswith(b"/relaxed"):
            # The same to that form's eyes, and it keeps dkimpy from work that grows with the square of a run of blanks.
            body = re.sub(rb"[\t ]+", b" ", body)
        mail = dkim.DKIM(head + b"\r\n\r\n" + body, logger=_quiet)
        good = mail.verify(place, dnsfunc=key)
    except Exception:  # noqa: BLE001 - a broken signature raises, and so does a key that is none
        good = False
    if not reached:
        return "unknown"
    return "good" if good else "broken"
