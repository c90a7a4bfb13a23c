"""Recorder: deliveries that come at the same moment are kept in one transaction, by one thread.

Slack waits three seconds for its answer. Where each delivery were a writer of its own they would stand in line for the
database, and behind whoever drafts; so they share one place in it. Who hands one over waits until it is on disk.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from assistant.domain.person import program
from assistant.domain.ports import Store
from assistant.domain.slack import Delivery

ACTOR = program("slack")
_AT_ONCE = 100
_PATIENCE_SECONDS = 20.0
_Waiting = tuple[Delivery, "Future[bool]"]


class Recorder:
    """``wake`` is called after something new was kept. The thread begins with the first delivery."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake
        self._queue: SimpleQueue[_Waiting] = SimpleQueue()
        self._begin = threading.Lock()
        self._thread: threading.Thread | None = None

    def keep(self, delivery: Delivery) -> bool:
        """Answers whether it is new, once it is kept. Raises what kept it from being kept: then it is no answer."""
        kept: Future[bool] = Future()
        self._queue.put((delivery, kept))
        with self._begin:
            if self._thread is None:
                self._thread = threading.Thread(target=self._for_ever, name="slack-recorder", daemon=True)
                self._thread.start()
        return kept.result(timeout=_PATIENCE_SECONDS)

    def _for_ever(self) -> None:
        while True:
            together = [self._queue.get()]
            while len(together) < _AT_ONCE:
                try:
                    together.append(self._queue.get_nowait())
                except Empty:
                    break
            self._keep_all(together)

    def _keep_all(self, together: list[_Waiting]) -> None:
        try:
            with self._store.unit(ACTOR) as unit:
                new = [unit.slack.receive(delivery) for delivery, _ in together]
        except Exception as error:  # noqa: BLE001 - whoever waits is told, and Slack sends it again
            if len(together) > 1:
                for each in together:  # one that can't be kept keeps no other one from being kept
                    self._keep_all([each])
                return
            together[0][1].set_exception(error)
            return
        for (_, kept), is_new in zip(together, new, strict=True):
            kept.set_result(is_new)
        if any(new):
            self._wake()
