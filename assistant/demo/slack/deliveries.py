"""Events on their way to the app: sent in order, repeated until acknowledged, or held back for a test to send."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from assistant.demo.slack.lines import Acknowledged, Line, NoLine, Retry
from assistant.demo.slack.records import JSON

RETRY_SECONDS = (0.0, 60.0, 300.0)  # Slack's: nearly at once, after a minute, after five
MOST_KEPT = 20_000  # of the log, which is for tests and lookers-on


@dataclass(slots=True, kw_only=True)
class Sent:
    """One event and every answer it got."""

    body: JSON
    answers: list[Acknowledged] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        return any(answer.ok for answer in self.answers)


class Deliveries:
    """``line`` may change at any time. ``settled`` waits for the app; nothing is sent while ``hold`` is on."""

    def __init__(self, retry_seconds: tuple[float, ...] = RETRY_SECONDS) -> None:
        self.line: Line = NoLine()
        self.log: list[Sent] = []
        self.held: list[Sent] = []
        self._holding = False
        self._retry_seconds = retry_seconds
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="slack-events")
        self._state = threading.Condition()
        self._open = 0
        self._timers: set[threading.Timer] = set()
        self._closed = False

    def tell(self, body: JSON) -> None:
        sent = Sent(body=body)
        with self._state:
            if self._closed:
                return
            if len(self.log) >= MOST_KEPT:
                del self.log[: MOST_KEPT // 2]
            self.log.append(sent)
            if self._holding:
                self.held.append(sent)
                return
            self._open += 1
            self._sender.submit(self._send, sent, None)

    def hold(self) -> None:
        with self._state:
            self._holding = True

    def release(self, order: Iterable[int] | None = None) -> None:
        """Send what was held, in the order of the given places (each as often as it stands there)."""
        with self._state:
            self._holding = False
            held, self.held = self.held, []
            chosen = held if order is None else [held[place] for place in order]
            self._open += len(chosen)
            for sent in chosen:
                self._sender.submit(self._send, sent, None)

    def again(self, sent: Sent, *, number: int = 1, reason: str = "http_timeout") -> Acknowledged:
        """The same event once more, as Slack repeats what it thinks unheard."""
        answer = self.line.send("events_api", sent.body, Retry(number, reason))
        sent.answers.append(answer)
        return answer

    def settled(self, seconds: float = 10.0) -> bool:
        """Whether every event was acknowledged or given up within so many seconds."""
        with self._state:
            return self._state.wait_for(lambda: self._open == 0, seconds)

    def close(self) -> None:
        with self._state:
            self._closed = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        self._sender.shutdown(cancel_futures=True)

    def _send(self, sent: Sent, retry: Retry | None) -> None:
        answer = self.line.send("events_api", sent.body, retry)
        sent.answers.append(answer)
        number = retry.number if retry else 0
        if answer.ok or answer.no_retry or number >= len(self._retry_seconds):
            self._one_less()
            return
        again = Retry(number + 1, answer.reason)
        self._later(self._retry_seconds[number], lambda: self._send(sent, again))

    def _later(self, seconds: float, send: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, lambda: self._due(timer, send))
        timer.daemon = True
        with self._state:
            if self._closed:
                return
            self._timers.add(timer)
        timer.start()

    def _due(self, timer: threading.Timer, send: Callable[[], None]) -> None:
        with self._state:
            self._timers.discard(timer)
            if not self._closed:
                self._sender.submit(send)

    def _one_less(self) -> None:
        with self._state:
            self._open -= 1
            self._state.notify_all()
