"""Who may hand mail over, how much, and how many at once."""

import ipaddress
from collections import Counter
from threading import Lock

from assistant.mail_settings import Listening
from assistant.steps.rates import Rates, TooOften


class Doors:
    """Counts connections and mails of each peer. Our own relays are bound by the number of all connections alone."""

    def __init__(self, settings: Listening) -> None:
        self._settings = settings
        self._relays = [ipaddress.ip_network(each) for each in settings.relays]
        self._open: Counter[str] = Counter()
        self._lock = Lock()
        self._mails = Rates(max(settings.mails_per_minute, 1))

    def enter(self, peer: str) -> bool:
        """Whether one more connection is taken; each that is has to ``leave``."""
        with self._lock:
            few = self._open.total() < self._settings.connections
            own = self.relays(peer) or self._open[peer] < self._settings.connections_per_peer
            if few and own:
                self._open[peer] += 1
            return few and own

    def leave(self, peer: str) -> None:
        with self._lock:
            self._open[peer] -= 1
            self._open += Counter()  # forgets those with none

    def may_mail(self, peer: str) -> bool:
        """Whether one more mail is taken within this minute; it counts if so."""
        if not self.relays(peer):
            try:
                self._mails.count(peer)
            except TooOften:
                return False
        return True

    def relays(self, peer: str) -> bool:
        """Whether it is a server of ours, which has checked what it hands over."""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._relays)

    def is_for_us(self, recipient: str) -> bool:
        """An address that is wanted is also with something behind a plus: answers come to such ones (RFC 5233)."""
        wanted = self._settings.recipients
        local, _, domain = recipient.strip().lower().rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        return not wanted or bool({f"{local}@{domain}", plain, domain} & set(wanted))
