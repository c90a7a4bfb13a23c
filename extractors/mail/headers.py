"""Header fields of a mail as plain values, whatever state they arrive in. Nothing here raises."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.utils import getaddresses, parsedate_to_datetime

from extractors.charset import decode
from extractors.pieces import one_line

_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]]+")
_MESSAGE_ID = re.compile(r"<[^<>]+>")
# A date outside is a broken clock or a joke: better none than a wrong one.
_YEARS = range(1980, 2200)
# The standard library reads the year 0001 as 2001.
_NO_YEAR = re.compile(r"(?<![+\-:\d])0\d{3}(?!\d)")


# No program writes longer fields; what lies beyond only costs time.
_LONGEST_FIELD = 50_000


class Fields:
    """The header fields of one part: names in lower case, all values in order of appearance."""

    def __init__(self, part: Part) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in part.raw_items():
            self._values.setdefault(str(name).lower(), []).append(_unescaped(str(value)[:_LONGEST_FIELD]))

    def raw(self, name: str) -> str:
        """The first value of that name as it stands (RFC 2047 words not decoded), or ''."""
        return self._values.get(name, [""])[0]

    def text(self, name: str) -> str:
        """The first value of that name, decoded, on one line."""
        return decoded(self.raw(name))

    def addresses(self, name: str) -> tuple[tuple[str, str], ...]:
        """(display name, address) of every mailbox in the field."""
        return mailboxes(self.raw(name))

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that name, topmost first, decoded, each on one line."""
        return tuple(decoded(value) for value in self._values.get(name, ()))

    def names(self) -> frozenset[str]:
        """Which fields there are."""
        return frozenset(self._values)


def _unescaped(value: str) -> str:
    """Raw 8-bit headers come as lone surrogates: back to their bytes, then decoded by what fits."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return decode(value.encode("utf-8", "surrogateescape"))
    return value


def decoded(value: str) -> str:
    """RFC 2047 words decoded; an unknown charset is guessed."""
    try:
        pieces = decode_header(re.sub(r"\r?\n[ \t]*", " ", value))
    except (HeaderParseError, ValueError, LookupError):
        return one_line(value)
    words = [piece if isinstance(piece, str) else decode(piece, charset or "") for piece, charset in pieces]
    return one_line("".join(words))


def mailboxes(value: str) -> tuple[tuple[str, str], ...]:
    """(display name, address) pairs of an address field; addresses in lower case."""
    flat = re.sub(r"\r?\n\s*", " ", value)
    try:
        pairs = [(decoded(name), address.strip().lower()) for name, address in getaddresses([flat])]
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    good = tuple((name, address) for name, address in pairs if _ADDRESS.fullmatch(address))
    if good:
        return good
    # An unquoted comma or a stray bracket: what looks like an address still is one.
    loose = [found.group().lower() for found in _ADDRESS.finditer(decoded(flat))]
    name = decoded(flat.split("<")[0]).strip(' "') if "<" in flat else ""
    return tuple((name if number == 0 else "", address) for number, address in enumerate(loose))


def message_ids(value: str) -> tuple[str, ...]:
    """The ids of a References or In-Reply-To field, with their angle brackets."""
    flat = re.sub(r"\s+", " ", value)
    return tuple(found.group().replace(" ", "") for found in _MESSAGE_ID.finditer(flat))


def moment(value: str) -> datetime | None:
    """A Date field in UTC, or None for what is no date of our times."""
    if _NO_YEAR.search(value):
        return None
    try:
        said = parsedate_to_datetime(re.sub(r"\s+", " ", value).strip())
        aware = said if said.tzinfo else said.replace(tzinfo=UTC)
        utc = aware.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return utc if utc.year in _YEARS else None


def parameters(part: Part) -> Mapping[str, str]:
    """Parameters of Content-Type (charset, format, report-type, name), decoded, names in lower case."""
    try:
        pairs = part.get_params(failobj=[], unquote=True)
    except Exception:  # noqa: BLE001 - the email package raises many kinds on broken parameters
        return {}
    found: dict[str, str] = {}
    for name, value in pairs or []:
        plain = value if isinstance(value, str) else _extended(value)
        found.setdefault(str(name).lower(), decoded(_unescaped(plain)))
    return found


def _extended(value: object) -> str:
    """RFC 2231 values come as (charset, language, percent-decoded text in latin-1)."""
    if isinstance(value, tuple) and len(value) == 3:
        charset, _, text = value
        return decode(str(text).encode("latin-1", "replace"), str(charset or ""))
    return str(value)


def filename(part: Part) -> str:
    """The name the sender gave the part, without folders, or ''."""
    try:
        name = part.get_filename("") or ""
    except Exception:  # noqa: BLE001 - the email package raises many kinds on broken parameters
        name = parameters(part).get("name", "")
    plain = decoded(_unescaped(str(name))).replace("\\", "/")
    return plain.rsplit("/", 1)[-1].strip(" .\"'")[:160]


def kind_of(part: Part) -> str:
    """The declared media type in lower case, ``text/plain`` where it makes no sense."""
    try:
        return part.get_content_type()
    except Exception:  # noqa: BLE001 - the email package raises many kinds on broken headers
        return "text/plain"


def disposition(part: Part) -> str:
    """``inline``, ``attachment`` or ''."""
    try:
        return part.get_content_disposition() or ""
    except Exception:  # noqa: BLE001 - the email package raises many kinds on broken headers
        return ""
