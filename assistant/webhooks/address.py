"""Where events may go: public addresses over TLS, so that no webhook makes us call our own network (SSRF)."""

import ipaddress
import socket
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from assistant.domain.errors import OperatorMustAct, ReviewerMustAct

_LONGEST = 2_000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``path`` is the path with its query; ``tls`` False only where private addresses are allowed."""

    host: str
    port: int
    path: str
    tls: bool


def place_of(url: str, *, private: bool) -> Place:
    """Raises ReviewerMustAct saying what is wrong with the address. With ``private`` plain HTTP goes too."""
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise ReviewerMustAct(f"An address has up to {_LONGEST:,} printable ASCII characters. Nothing was kept.")
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise ReviewerMustAct(f"That is no address: {error}. Nothing was kept.") from error
    if split.scheme != "https" and not (private and split.scheme == "http"):
        raise ReviewerMustAct("Events go to https addresses only. Nothing was kept.")
    if not host or split.username is not None or split.password is not None or split.fragment:
        raise ReviewerMustAct("An address has a host, and no user, password or fragment. Nothing was kept.")
    tls = split.scheme == "https"
    query = f"?{split.query}" if split.query else ""
    place = Place(host=host, port=port or (443 if tls else 80), path=(split.path or "/") + query, tls=tls)
    if (literal := _literal(host)) is not None and not private and not is_public(literal):
        raise ReviewerMustAct(f"{host} is no public address. Nothing was kept.")
    return place


def addresses(place: Place, *, private: bool, seconds: float = 5.0) -> tuple[str, ...]:
    """What the host's name stands for now. Raises OperatorMustAct where one of them is no public address, or nobody
    says so in that time.

    Whoever connects uses exactly these: a name looked up a second time could stand for another (DNS rebinding).
    """
    try:
        found = _looked_up(place, seconds)
    except (OSError, UnicodeError) as error:
        raise OperatorMustAct(f"{place.host} is not known: {error}.") from error
    told = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    for each in told:
        if not private and not is_public(ipaddress.ip_address(each.partition("%")[0])):
            raise OperatorMustAct(f"{place.host} stands for {each}, which is no public address; nothing was sent.")
    return told


def _looked_up(place: Place, seconds: float) -> list[Any]:
    """In a thread of its own, since the system's resolver takes as long as it likes; TimeoutError is an OSError."""
    answer: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put(socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - raised again by who waits
            answer.put(error)

    Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer from the DNS in {seconds:g} s") from None
    if isinstance(found, Exception):
        raise found
    return found


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Also of what is wrapped in an IPv6 address (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(each is not None and not is_public(each) for each in inner):
            return False
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
