"""Choices that look random and never change: drawn from a hash of what they are for, alike on every Python."""

from hashlib import sha256


def pick(*what: object, of: int) -> int:
    """A number from 0 up to, not including, ``of``."""
    return int.from_bytes(sha256(repr(what).encode()).digest()[:8]) % of


def digits(*what: object, count: int) -> str:
    """So many decimal digits."""
    return str(pick(*what, of=10**count)).zfill(count)
