"""The HTTP client for a model's server: the answer is bounded in bytes and in time, whatever the server does."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


def client(max_bytes: int, seconds: float) -> "httpx.Client":
    """``seconds`` bounds the reading of one answer as a whole; httpx alone bounds only each read of it.

    Raises httpx.ReadTimeout or httpx.DecodingError while the answer is read.
    """
    import httpx

    class Bounded(httpx.SyncByteStream):
        def __init__(self, inner: httpx.SyncByteStream) -> None:
            self._inner = inner
            self._until = time.monotonic() + seconds

        def __iter__(self) -> Iterator[bytes]:
            left = max_bytes
            for chunk in self._inner:
                left -= len(chunk)
                if left < 0:
                    raise httpx.DecodingError(f"the answer is longer than {max_bytes} bytes")
                if time.monotonic() > self._until:
                    raise httpx.ReadTimeout(f"the answer took longer than {seconds:g} s")
                yield chunk

        def close(self) -> None:
            self._inner.close()

    def bound(response: httpx.Response) -> None:
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = Bounded(response.stream)

    return httpx.Client(
        event_hooks={"response": [bound]},
        timeout=seconds,
        # A call takes seconds, a connection milliseconds: none is kept, so that there is nothing to close.
        limits=httpx.Limits(max_keepalive_connections=0),
    )
