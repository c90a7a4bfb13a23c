"""Texts that domains publish in the DNS: keys of signatures (RFC 6376) and policies (RFC 7489)."""

import threading
import time
from collections import OrderedDict
from typing import Protocol


class Unreachable(Exception):
    """Nobody could say what is published; that is no answer of any kind."""


class Names(Protocol):
    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, () where it has none. Raises Unreachable where that can't be told."""
        ...


class NoNames:
    """Implements Names where the DNS is not to be asked."""

    def texts(self, name: str) -> tuple[str, ...]:
        raise Unreachable(f"{name} was not looked up")


class Dns:
    """Implements Names by the machine's resolver. Answers are remembered for a while, by threads together."""

    def __init__(self, seconds: float = 3.0, remembered: int = 2_000, good_for_seconds: float = 600.0) -> None:
        self._seconds, self._remembered, self._good_for_seconds = seconds, remembered, good_for_seconds
        self._known: OrderedDict[str, tuple[float, tuple[str, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def texts(self, name: str) -> tuple[str, ...]:
        key = name.lower().rstrip(".")
        with self._lock:
            known = self._known.get(key)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        found = self._asked(key)
        with self._lock:
            self._known[key] = (time.monotonic() + self._good_for_seconds, found)
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return found

    def _asked(self, name: str) -> tuple[str, ...]:
        import dns.exception
        import dns.resolver

        try:
            answer = dns.resolver.resolve(name, "TXT", lifetime=self._seconds, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise Unreachable(f"{name} could not be looked up: {error}") from error
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)
