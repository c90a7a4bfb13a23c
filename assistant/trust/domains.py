"""Domains of mail addresses: whose they are (the organisational domain of RFC 7489, 3.2), and which look alike."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_SHORTEST = 5  # letters of a name, below which one changed letter is chance
_LOOKS = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "3": "e", "5": "s", "8": "b", "9": "g", "2": "z"})
# Letters of other alphabets that are drawn like ours (Unicode TR 39, the part that mail domains are made of).
_FOREIGN = str.maketrans("аеорсухіјѕԁһԛԝӏɡɩοανρικτ", "aeopcyxijsdhqwlgioavpikt")


def domain_of(address: str) -> str:
    """In lower case and, where it is international, in its own letters; '' where there is none."""
    domain = address.rpartition("@")[2].strip().strip(".").lower() if "@" in address else ""
    try:
        return ".".join(
            label.encode("ascii").decode("idna") if label.startswith("xn--") else label for label in domain.split(".")
        )
    except (UnicodeError, ValueError):
        return domain


def organisation(domain: str) -> str:
    """The part that somebody registered: ``example.co.uk`` of ``mail.example.co.uk``."""
    plain = domain.strip(".").lower()
    return _suffixes().privatesuffix(plain) or plain


def same_organisation(one: str, other: str) -> bool:
    """Relaxed alignment."""
    return bool(one) and bool(other) and organisation(domain_of(f"@{one}")) == organisation(domain_of(f"@{other}"))


def look_alike(domain: str, known: Iterable[str]) -> str:
    """The known domain that this one could be taken for, or ''. A known one looks like nobody but itself."""
    own = organisation(domain)
    others = {organisation(each) for each in known if each}
    if not own or own in others:
        return ""
    return next((other for other in sorted(others) if _alike(own, other)), "")


def _alike(one: str, other: str) -> bool:
    name, known = _name(one), _name(other)
    if _drawn(name) == _drawn(known):
        return True  # the same under another ending, or drawn the same
    if len(known) < _SHORTEST:
        return False
    bare, known_bare = _bare(name), _bare(known)
    if bare == known_bare or _dressed(name, known):
        return True
    return OSA.distance(bare, known_bare, score_cutoff=1) <= 1


def _name(domain: str) -> str:
    """What stands before the public suffix."""
    suffix = _suffixes().publicsuffix(domain) or ""
    return domain.removesuffix(suffix).strip(".") or domain


def _drawn(name: str) -> str:
    """How it looks: accents off, letters that are drawn alike made one."""
    plain = unicodedata.normalize("NFKD", name.translate(_FOREIGN))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.replace("rn", "m").replace("vv", "w").replace("cl", "d").translate(_LOOKS)


def _bare(name: str) -> str:
    return re.sub(r"[^\w]|_", "", _drawn(name))


def _dressed(name: str, known: str) -> bool:
    """The known name with a word beside it: ``fennimore-billing``, ``payments-fennimore``."""
    words = re.split(r"[-_]", _drawn(name))
    return len(words) > 1 and _bare(known) in {*words, "".join(words[1:]), "".join(words[:-1])}


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
