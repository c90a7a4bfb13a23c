"""Where a link leads, where that is not what it says: an address shown over another, or no address at all."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from extractors.pieces import one_line

_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?:[/:?#]\S*)?", re.IGNORECASE)
_MAILBOX = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE)
# Names of files look like names of hosts.
_FILES = {
    "pdf",
    "xls",
    "xlsx",
    "csv",
    "doc",
    "docx",
    "txt",
    "zip",
    "xml",
    "htm",
    "html",
    "jpg",
    "jpeg",
    "png",
    "eml",
    "msg",
}
_ACTIVE = ("javascript:", "vbscript:", "data:")
_LONGEST = 300
# What mail gateways put in a link's place; the address that was written stands inside.
_GATEWAYS = {
    "safelinks.protection.outlook.com": "url",
    "www.google.com": "q",
    "urldefense.proofpoint.com": "u",
}
_URLDEFENSE = re.compile(r"https://urldefense\.com/v3/__(.{1,2000}?)__", re.IGNORECASE)


def misleading_target(href: str, shown: str) -> str:
    """The target, shortened, of a link that runs a program, holds a document, or says another address; else ''."""
    target = re.sub(r"[\x00-\x20]+", "", href[:20_000])
    told = target[:_LONGEST]
    if target.lower().startswith(_ACTIVE):
        return told
    words = one_line(shown[:2_000])
    mailbox = _MAILBOX.fullmatch(words)
    if target.lower().startswith("mailto:"):
        written = unquote(target[7:].partition("?")[0]).lower()
        return told if mailbox and written and written != words.lower() else ""
    address = _ADDRESS.fullmatch(words)
    if address is None or mailbox or address[1].rpartition(".")[2].lower() in _FILES:
        return ""
    host = _host(_as_written(target))
    return told if host and not _same(host, _bare(address[1])) else ""


def _as_written(target: str) -> str:
    """The address that a gateway has wrapped into its own."""
    wrapped = _URLDEFENSE.match(target)
    if wrapped:
        return wrapped[1]
    host = _host(target)
    for gateway, name in _GATEWAYS.items():
        if host == _bare(gateway) or host.endswith(f".{gateway}"):
            inner = parse_qs(urlsplit(target).query).get(name, [""])[0]
            if name == "u":  # Proofpoint's second version has its own escapes
                inner = unquote(inner.replace("-", "%").replace("_", "/"))
            return inner or target
    return target


def _host(target: str) -> str:
    """'' for a target within the page, or none that can be taken apart."""
    try:
        return _bare(urlsplit(target).hostname or "")
    except ValueError:
        return ""


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.").rstrip(".")


def _same(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
