"""The workflow: which stages a message, an approved case and a letter go through, run on a durable engine (DBOS).

The store says what there is to do; the engine only makes sure that it is done. Every stage can be repeated: the
engine is at-least-once for the stage in flight (decisions/0003). Only `serve` and `worker` launch it, each holding a
slot of its own, whose name is the engine's executor id; a restart takes the slot up again and with it the work that
was in flight there. The sweep starts a short workflow for whatever the store holds and nobody works on.
"""

import fcntl
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from assistant.domain.errors import BackhaulError, ErpUnavailable, OurFault
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.domain.ports import Store
from assistant.steps.post import Poster
from assistant.steps.send import Sender
from assistant.steps.work import Desk

# What happens to a message, in order. A stage that answers None ends the matter.
STAGES = ("claim", "draft", "save", "propose")

APPLICATION_VERSION = "1"  # pinned: work in flight must find its way past an upgrade; raise it when STAGES change
MESSAGES, POSTINGS, LETTERS = "messages", "postings", "letters"
_CONCURRENCY = {MESSAGES: 2, POSTINGS: 1, LETTERS: 2}
_POLL_SECONDS = 0.05
_SWEEP_SECONDS = 0.5
_SLOTS = 64
ACTOR = program("sweep")
_log = logging.getLogger("backhaul.workflow")


@dataclass(frozen=True, slots=True)
class Stations:
    """The hands that do the work."""

    store: Store
    desk: Desk
    poster: Poster
    sender: Sender


_stations: Stations | None = None


def _at() -> Stations:
    if _stations is None:
        raise OurFault("the workflow runs only inside serve or worker")
    return _stations


def _lasting(error: BaseException) -> bool:
    """Whether trying again can help."""
    return not isinstance(error, OurFault)


_retried: dict[str, Any] = {
    "retries_allowed": True,
    "interval_seconds": 0.5,
    "max_attempts": 3,
    "backoff_rate": 3.0,
    "should_retry": _lasting,
}


@DBOS.step(name="claim", **_retried)
def _claim(message_id: str) -> bool:
    return _at().desk.claim(message_id)


@DBOS.step(name="draft", **_retried)
def _draft(message_id: str) -> dict[str, Any] | None:
    return _at().desk.draft(message_id)


@DBOS.step(name="save", **_retried)
def _save(message_id: str, draft: dict[str, Any]) -> tuple[str, int] | None:
    return _at().desk.save(message_id, draft)


@DBOS.step(name="propose", **_retried)
def _propose(case_id: str, revision: int) -> str:
    return _at().desk.propose(case_id, revision)


@DBOS.step(name="fail", **_retried)
def _fail(message_id: str, cause: str) -> None:
    _at().desk.fail(message_id, cause)


@DBOS.workflow(name="work_message")
def work_message(message_id: str) -> str:
    try:
        if not _claim(message_id):
            return "worked already"
        if (draft := _draft(message_id)) is None:
            return "ended at intake"
        if (saved := _save(message_id, draft)) is None:
            return "no case"
        return _propose(saved[0], saved[1])
    except Exception as error:  # noqa: BLE001 - whatever stopped it, a person must see it
        _fail(message_id, _in_words(error))
        return "failed"


@DBOS.step(name="post", retries_allowed=True, interval_seconds=1.0, max_attempts=5, backoff_rate=2.0)
def _post(case_id: str) -> str:
    return _at().poster.post(case_id)


@DBOS.step(name="stuck", **_retried)
def _stuck(case_id: str, cause: str) -> None:
    with _at().store.unit(ACTOR) as unit:
        unit.worklist.raise_trouble(
            f"case:{case_id}",
            cause,
            "The case and its approval are kept; what was posted is looked up before anything is tried again.",
            "Mend the cause; posting is tried again at the next start.",
        )


@DBOS.workflow(name="post_case")
def post_case(case_id: str) -> str:
    try:
        return _post(case_id)
    except Exception as error:  # noqa: BLE001 - whatever stopped it, a person must see it
        _stuck(case_id, _in_words(error))
        return "stuck"


@DBOS.step(name="send", **_retried)
def _send(mail_id: str) -> str:
    return _at().sender.send(mail_id)


@DBOS.workflow(name="send_letter")
def send_letter(mail_id: str) -> str:
    return _send(mail_id)


def _in_words(error: BaseException) -> str:
    causes = getattr(error, "errors", None)  # the engine wraps the last of several tries
    if causes:
        error = causes[-1]
    return str(error) if isinstance(error, BackhaulError | ErpUnavailable) else f"{type(error).__name__}: {error}"[:500]


class Engine:
    """The running workflow of one process. ``start`` launches it, ``stop`` lets what runs come to an end."""

    def __init__(self, stations: Stations, url: str, slots: Path) -> None:
        self._stations = stations
        self._url = url
        self._slots = slots
        self._held: IO[str] | None = None
        self._stop = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep_for_ever, name="sweep", daemon=True)

    def start(self) -> None:
        global _stations
        _stations = self._stations
        slot, self._held = _take_slot(self._slots)
        config: DBOSConfig = {
            "name": "backhaul",
            "system_database_url": self._url,
            "application_version": APPLICATION_VERSION,
            "executor_id": f"slot-{slot}",
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": 0.2,
        }
        DBOS(config=config)
        DBOS.launch()
        for queue, concurrency in _CONCURRENCY.items():
            DBOS.register_queue(queue, worker_concurrency=concurrency, polling_interval_sec=_POLL_SECONDS)
        self._take_up_what_was_left()
        self._sweeper.start()

    def stop(self) -> None:
        self._stop.set()
        self._sweeper.join(timeout=10)
        DBOS.destroy(workflow_completion_timeout_sec=10)
        if self._held is not None:
            self._held.close()

    def _take_up_what_was_left(self) -> None:
        """Resume what was in flight in slots that nobody holds any more."""
        for slot in range(_SLOTS):
            if (free := _try_slot(self._slots, slot)) is None:
                continue
            with free:
                for left in DBOS.list_workflows(status="PENDING", executor_id=f"slot-{slot}"):
                    DBOS.resume_workflow(left.workflow_id)

    def _sweep_for_ever(self) -> None:
        while not self._stop.is_set():
            try:
                self.sweep()
            except Exception:  # noqa: BLE001 - the store may be away for a while; the sweep is what comes back
                _log.warning("the sweep could not read the store; it tries again", exc_info=True)
            self._stop.wait(_SWEEP_SECONDS)

    def sweep(self) -> None:
        """Start a workflow for everything that waits. An id that was started before starts nothing."""
        with self._stations.store.unit(ACTOR) as unit:
            messages = unit.messages.unfinished()
            approved = unit.cases.list([CaseState.APPROVED])
            letters = unit.outbox.waiting()
        for message in messages:
            self._enqueue(MESSAGES, f"message-{message.id}-{message.attempt}", work_message, message.id)
        for case in approved:
            self._enqueue(POSTINGS, f"post-{case.id}-{case.revision.number}", post_case, case.id)
        for letter in letters:
            self._enqueue(LETTERS, f"letter-{letter.id}-{letter.attempts}", send_letter, letter.id)

    def _enqueue(self, queue: str, workflow_id: str, workflow: Callable[[str], str], subject: str) -> None:
        with SetWorkflowID(workflow_id):
            DBOS.enqueue_workflow(queue, workflow, subject)


def _take_slot(folder: Path) -> tuple[int, IO[str]]:
    """The lowest slot that no living process holds; the kernel lets go of it however the process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    for slot in range(_SLOTS):
        if (held := _try_slot(folder, slot)) is not None:
            return slot, held
    raise OurFault(f"more than {_SLOTS} workers hold slots in {folder}")


def _try_slot(folder: Path, slot: int) -> IO[str] | None:
    path = folder / f"slot-{slot}"
    held = path.open("a")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        return None
    return held
