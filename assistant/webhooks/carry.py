"""One POST to a checked address: no redirects, no proxies, little time, and none of the answer but its status."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from standardwebhooks import Webhook

from assistant.domain.errors import OperatorMustAct
from assistant.webhooks.address import Place, addresses, place_of

_LOOK_UP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCourier:
    """Implements assistant.domain.outside_ports.Courier. ``seconds`` bound a delivery from its first byte to its last;
    the look-up before it has five of its own.

    ``private`` lets events go to addresses that are no public ones, and over plain HTTP: for tests, and for receivers
    in one's own network.
    """

    private: bool = False
    seconds: float = 15.0

    def check(self, url: str) -> None:
        place_of(url, private=self.private)

    def carry(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        place = place_of(url, private=self.private)
        found = addresses(place, private=self.private, seconds=min(_LOOK_UP_SECONDS, self.seconds))
        connection = _Pinned(place, found, self.seconds)
        watch = threading.Timer(self.seconds, connection.cut)  # a receiver that drips its answer has no longer
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", place.path, body=body, headers=dict(headers))
            status = connection.getresponse().status
            if connection.is_cut:
                raise TimeoutError
            return status
        except (OSError, http.client.HTTPException, ValueError) as error:
            told = f"no answer in {self.seconds:g} s" if connection.is_cut else str(error) or type(error).__name__
            raise OperatorMustAct(f"{place.host}:{place.port} did not take it: {told}.") from error
        finally:
            watch.cancel()
            connection.close()

    def signature(self, secret: str, message_id: str, at: datetime, body: bytes) -> str:
        return Webhook(secret).sign(message_id, at, body.decode())


class _Pinned(http.client.HTTPConnection):
    """Connects to the first address that answers of those that were checked, under the name that was asked for."""

    def __init__(self, place: Place, checked: Sequence[str], seconds: float) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self._place = place
        self._checked = checked
        self._seconds = seconds
        self.is_cut = False

    def connect(self) -> None:
        *others, last = self._checked
        for address in others:
            with suppress(OSError):
                return self._connect(address, self._seconds / len(self._checked))
        return self._connect(last, self._seconds)

    def _connect(self, address: str, seconds: float) -> None:
        plain = socket.create_connection((address, self._place.port), seconds)
        plain.settimeout(self._seconds)
        self.sock = plain
        if self._place.tls:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._place.host)

    def cut(self) -> None:
        self.is_cut = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
