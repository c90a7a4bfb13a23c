"""Customers by what people call them: the words of their name that stand in a sentence."""

import re
from collections.abc import Iterable

from tools.erp import Customer

_PLAIN = frozenset(
    re.findall(
        r"\w+",
        """ag and care city co company corp de der die gmbh group hall house inc kg limited llc ltd of plc sa services
        sons st supply the und""",
    )
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def named(words: str, customers: Iterable[Customer]) -> tuple[Customer, ...]:
    """Those called by their whole name, else by two words of it, else by its first one, written large.

    All that are called equally well: who takes one looks that there is one.
    """
    said = [match[0] for match in _WORD.finditer(words)]
    small, large = {word.lower() for word in said}, {word.lower() for word in said if word[0].isupper()}
    flat = " ".join(re.findall(r"\w+", words.lower()))
    scored: list[tuple[int, Customer]] = []
    for customer in customers:
        told = [word.lower() for word in _WORD.findall(customer.name)]
        own = [word for word in told if word not in _PLAIN]
        if not own:
            continue
        hits = len(small & set(own))
        if f" {' '.join(re.findall(r'[a-z0-9à-ÿ]+', customer.name.lower()))} " in f" {flat} ":
            scored.append((100, customer))
        elif hits >= 2:
            scored.append((hits, customer))
        elif own[0] in large:
            scored.append((1, customer))
    best = max((score for score, _ in scored), default=0)
    return tuple(customer for score, customer in scored if score == best)
