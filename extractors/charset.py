"""Bytes to text when the declared encoding may be missing, unknown or a lie."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What senders write, and what they mean by it: cp1252 holds latin-1 and the quotes Windows adds.
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}


def decode(data: bytes, declared: str = "") -> str:
    """The text of ``data``: by its byte order mark, its declared encoding, UTF-8, then by what fits best."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    wide = unmarked_wide(data)
    if wide:
        return data.decode(wide, errors="replace")
    name = declared.strip().strip("\"'").lower()
    for encoding in (_MEANT.get(name, name), "utf-8"):
        text = _strictly(data, encoding)
        if text is not None:
            return text
    if _MEANT.get(name) == "cp1252":
        return data.decode("latin-1")
    return _guess(data)


def unmarked_wide(data: bytes) -> str:
    """UTF-16 without its mark, told by Latin text in it: every second byte is zero; '' for anything else."""
    head = data[:400]
    if head.count(0) * 3 < len(head) or len(head) < 4:
        return ""
    low, high = head[::2].count(0), head[1::2].count(0)
    if high > 8 * low and high * 10 >= len(head) * 3:
        return "utf-16-le"
    return "utf-16-be" if low > 8 * high and low * 10 >= len(head) * 3 else ""


def _strictly(data: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return None


def _guess(data: bytes) -> str:
    western = _strictly(data, "cp1252")
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return western if western is not None else data.decode("latin-1")
    # Short western text is what arrives most and what a detector mistakes most; it decides only where enough
    # of the bytes lie outside ASCII for another alphabet.
    outside = sum(byte > 127 for byte in data[:20_000])
    if western is not None and outside * 5 < len(data[:20_000]):
        return western
    best = from_bytes(data[:20_000]).best()
    if best is not None:
        text = _strictly(data, best.encoding)
        if text is not None:
            return text
    return western if western is not None else data.decode("latin-1")
