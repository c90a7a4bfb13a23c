"""Hands: threads that work what was kept. They begin with what an earlier process left, and hold what they work on."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from assistant.domain.person import program
from assistant.domain.ports import Clock, Store
from assistant.domain.slack import Delivery

ACTOR = program("slack")
_log = logging.getLogger("backhaul.slack")
_HELD = timedelta(seconds=20)
_RENEWED_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_TRIES = 6


class Hands:
    """``work`` does one delivery; it may be done twice where a process dies over it, so doing it twice changes nothing.

    ``work`` answers why something waits, '' where it is done; ``look`` brings our messages up to date.
    """

    def __init__(
        self, store: Store, clock: Clock, work: Callable[[Delivery], str], look: Callable[[], int], threads: int = 4
    ) -> None:
        self._store, self._clock, self._work, self._look = store, clock, work, look
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="slack")
        self._wake, self._stop = threading.Event(), threading.Event()
        self._changed = threading.Event()
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._loops = [
            threading.Thread(target=loop, name=name, daemon=True)
            for name, loop in (("slack-feed", self._feed), ("slack-hold", self._hold), ("slack-board", self._board))
        ]

    def start(self) -> None:
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        self._changed.set()
        for loop in self._loops:
            loop.join(timeout=10)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wake(self) -> None:
        self._wake.set()

    def look_again(self) -> None:
        self._changed.set()

    def _feed(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                fed = self._feed_once()
            except Exception:  # noqa: BLE001 - the store may be away for a while; what is kept is worked when it is back
                _log.warning("what Slack handed over could not be read from the store; tried again", exc_info=True)
                fed = 0
            if not fed:
                self._wake.wait(_LOOK_SECONDS)

    def _feed_once(self) -> int:
        with self._lock:
            free = self._threads - len(self._busy)
        if free <= 0:
            self._wake.wait(0.2)
            return 0
        with self._store.unit(ACTOR) as unit:
            taken = unit.slack.take(free, self._clock.now() + _HELD)
        for delivery in taken:
            with self._lock:
                self._busy.add(delivery.id)
            self._pool.submit(self._one, delivery)
        return len(taken)

    def _one(self, delivery: Delivery) -> None:
        try:
            self._worked(delivery)
        except Exception:  # noqa: BLE001 - it is held for a while, and taken again after that
            _log.warning("the outcome of a delivery could not be kept; it comes again", exc_info=True)
        finally:
            with self._lock:
                self._busy.discard(delivery.id)
            self._wake.set()
            self._changed.set()

    def _worked(self, delivery: Delivery) -> None:
        try:
            parked = self._work(delivery)
        except Exception as error:  # noqa: BLE001 - whatever stopped it, it is tried again, then a person sees it
            self._failed(delivery, error)
            return
        with self._store.unit(ACTOR) as unit:
            if parked:
                unit.slack.park(delivery.id, parked)
            else:
                unit.slack.worked(delivery.id)

    def _failed(self, delivery: Delivery, error: Exception) -> None:
        why = f"{type(error).__name__}: {error}"[:200]
        _log.warning("a delivery of Slack could not be worked (%s), try %s", type(error).__name__, delivery.attempts)
        with self._store.unit(ACTOR) as unit:
            if delivery.attempts < _TRIES:
                unit.slack.put_back(delivery.id, why, self._clock.now() + timedelta(seconds=2**delivery.attempts))
                return
            unit.slack.fail(delivery.id, why)
            unit.worklist.raise_trouble(
                f"slack:{delivery.id}"[:200],
                f"Something from Slack could not be worked: {why}",
                "That it came is kept; what was said stands in Slack.",
                "Mend the cause, and ask who said it to say it again.",
            )

    def _hold(self) -> None:
        while not self._stop.wait(_RENEWED_SECONDS):
            with self._lock:
                mine = tuple(self._busy)
            if not mine:
                continue
            try:
                with self._store.unit(ACTOR) as unit:
                    unit.slack.hold(mine, self._clock.now() + _HELD)
            except Exception:  # noqa: BLE001 - at worst another one works it, too
                _log.warning("what is being worked could not be held", exc_info=True)

    def _board(self) -> None:
        while not self._stop.is_set():
            self._changed.clear()
            try:
                self._look()
            except Exception:  # noqa: BLE001 - the store or Slack may be away for a while
                _log.warning("the messages in Slack could not be brought up to date; tried again", exc_info=True)
            self._changed.wait(_LOOK_SECONDS)
