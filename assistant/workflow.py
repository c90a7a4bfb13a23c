"""The workflow: which stages a message, an approved case and a letter go through, run on a durable engine (DBOS).

The store says what there is to do; the engine only makes sure that it is done. Every stage can be repeated: the
engine is at-least-once for the stage in flight (decisions/0003). Only `serve` and `worker` launch it, each holding a
slot of its own, whose name is the engine's executor id; what was in flight in a slot that nobody holds any more is
taken up by whoever lives. The sweep starts a short workflow for whatever the store holds and nobody works on.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, SetWorkflowID

from assistant.domain.case import Case
from assistant.domain.errors import BackhaulError, OperatorMustAct, OurFault
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.domain.ports import Store, Unit
from assistant.domain.slack import CHANNEL
from assistant.edi.answers import Answerer
from assistant.edi.desk import EdiDesk
from assistant.steps.announce import Announcer
from assistant.steps.expiry import Expiry
from assistant.steps.post import Poster
from assistant.steps.remind import Reminder
from assistant.steps.seal import Sealer
from assistant.steps.send import Sender
from assistant.steps.talk import MessageDesk
from assistant.store.connection import has_table
from assistant.store.slots import Slot, Slots

# What happens to a message, in order. A stage that answers None ends the matter.
STAGES = ("claim", "draft", "save", "propose")

# Pinned, and part of every workflow's id: raise it when STAGES change, and the sweep starts anew whatever an older
# version left unfinished, which this engine would never run.
APPLICATION_VERSION = "3"
MESSAGES, POSTINGS, LETTERS, TALKS, DELIVERIES = "messages", "postings", "letters", "slack", "deliveries"
_CONCURRENCY = {MESSAGES: 2, POSTINGS: 1, LETTERS: 2, TALKS: 2, DELIVERIES: 4}
_POLL_SECONDS = 0.05
_SWEEP_SECONDS = 0.5
_TAKE_UP_SECONDS = 3.0
_REMIND_SECONDS = 60.0
_EXPIRY_SECONDS = 900.0
_SLOTS = 64
_FORGET_AT_ONCE = 500
ACTOR = program("sweep")
_log = logging.getLogger("backhaul.workflow")


@dataclass(frozen=True, slots=True)
class Stations:
    """The hands that do the work."""

    store: Store
    desk: MessageDesk
    poster: Poster
    sender: Sender
    reminder: Reminder
    expiry: Expiry
    announcer: Announcer
    answerer: Answerer
    edi: EdiDesk
    sealer: Sealer


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
    if _at().edi.takes(message_id):
        return False
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
            "Mend the cause, then post it again from the exceptions.",
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


@DBOS.step(name="deliver", **_retried)
def _deliver(delivery_id: str) -> str:
    return _at().announcer.deliver(delivery_id)


@DBOS.workflow(name="deliver_event")
def deliver_event(delivery_id: str) -> str:
    return _deliver(delivery_id)


def _in_words(error: BaseException) -> str:
    causes = getattr(error, "errors", None)  # the engine wraps the last of several tries
    if causes:
        error = causes[-1]
    return str(error) if isinstance(error, BackhaulError) else f"{type(error).__name__}: {error}"[:500]


class Engine:
    """The running workflow of one process. ``start`` launches it, ``stop`` lets what runs come to an end."""

    def __init__(self, stations: Stations, url: str, slots: Slots) -> None:
        self._stations = stations
        self._url = url
        self._slots = slots
        self._held: Slot | None = None
        self._stop = threading.Event()
        self._taken_up_at = 0.0
        self._reminded_at = time.monotonic()
        self._expiry_at = time.monotonic() - _EXPIRY_SECONDS + _REMIND_SECONDS  # the first look soon after the start
        self._sweeper = threading.Thread(target=self._sweep_for_ever, name="sweep", daemon=True)

    def start(self) -> None:
        global _stations
        _stations = self._stations
        self._held = _first_free(self._slots)
        config: DBOSConfig = {
            "name": "backhaul",
            "system_database_url": self._url,
            "application_version": APPLICATION_VERSION,
            "executor_id": _executor(self._held.number),
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": 0.2,
        }
        DBOS(config=config)
        DBOS.launch()
        for queue, concurrency in _CONCURRENCY.items():
            DBOS.register_queue(queue, worker_concurrency=concurrency, polling_interval_sec=_POLL_SECONDS)
        self._sweeper.start()

    def stop(self) -> None:
        self._stop.set()
        self._sweeper.join(timeout=10)
        DBOS.destroy(workflow_completion_timeout_sec=10)
        try:
            self._stations.sealer.seal()
        except Exception:  # noqa: BLE001 - a head that can't be signed keeps nobody from stopping
            _log.warning("the audit log's head could not be signed while stopping", exc_info=True)
        if self._held is not None:
            self._held.release()
        self._slots.close()

    def _sweep_for_ever(self) -> None:
        while not self._stop.is_set():
            try:
                if time.monotonic() - self._taken_up_at >= _TAKE_UP_SECONDS:
                    self._take_up_what_was_left()
                    self._taken_up_at = time.monotonic()
                self.sweep()
                self._stations.answerer.answer()
                if time.monotonic() - self._reminded_at >= _REMIND_SECONDS:
                    self._reminded_at = time.monotonic()
                    self._stations.reminder.remind()
                    self._stations.sealer.seal_daily()
                if time.monotonic() - self._expiry_at >= _EXPIRY_SECONDS:
                    self._expiry_at = time.monotonic()
                    self._stations.expiry.look()
            except Exception:  # noqa: BLE001 - the store may be away for a while; the sweep is what comes back
                _log.warning("the sweep could not read the store; it tries again", exc_info=True)
            self._stop.wait(_SWEEP_SECONDS)

    def _take_up_what_was_left(self) -> None:
        """Resume what is in flight in slots that nobody holds any more; what an older version left is ended."""
        in_flight = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        for number in range(_SLOTS):
            left = [flow for flow in in_flight if flow.executor_id == _executor(number)]
            if not left or (free := self._slots.hold(number)) is None:
                continue
            try:
                for flow in left:
                    if flow.app_version == APPLICATION_VERSION:
                        DBOS.resume_workflow(flow.workflow_id)
                    else:
                        DBOS.cancel_workflow(flow.workflow_id)
            finally:
                free.release()

    def sweep(self) -> None:
        """Start a workflow for everything that waits. An id that was started before starts nothing."""
        with self._stations.store.unit(ACTOR) as unit:
            messages = unit.messages.unfinished()
            approved = [
                (case, len(unit.cases.decisions(case.id)), unit.worklist.latest_trouble(f"case:{case.id}"))
                for case in _approved(unit)
            ]
            letters = unit.outbox.waiting()
            deliveries = unit.webhooks.due()
        for message in messages:
            queue = TALKS if message.channel == CHANNEL else MESSAGES  # people who talk don't wait for the mail
            self._enqueue(queue, f"message-{message.id}-{message.attempt}", work_message, message.id)
        for case, decided, trouble in approved:
            if trouble is None or trouble.resolved_by:  # a person resolved it: that asks for another try
                tries = 0 if trouble is None else trouble.id
                name = f"post-{case.id}-{case.revision.number}-{decided}-{tries}"  # approved anew is posted anew
                self._enqueue(POSTINGS, name, post_case, case.id)
        for letter in letters:
            self._enqueue(LETTERS, f"letter-{letter.id}-{letter.attempts}", send_letter, letter.id)
        for due in deliveries:
            self._enqueue(DELIVERIES, f"delivery-{due.id}-{due.tries}", deliver_event, due.id)

    def _enqueue(self, queue: str, name: str, workflow: Callable[[str], str], subject: str) -> None:
        with SetWorkflowID(f"v{APPLICATION_VERSION}-{name}"):
            DBOS.enqueue_workflow(queue, workflow, subject)


def forget_finished(url: str, days: int) -> int:
    """Remove what the engine keeps of workflows that ended so long ago: their steps hold drafts. Answers how many."""
    if not has_table(url, "workflow_status", postgres_schema="dbos"):
        return 0  # no worker ever ran
    client = DBOSClient(system_database_url=url)
    until = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    forgotten = 0
    try:
        ended = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
        while found := client.list_workflows(
            status=ended, completed_before=until, limit=_FORGET_AT_ONCE, load_input=False, load_output=False
        ):
            client.delete_workflows([flow.workflow_id for flow in found])
            forgotten += len(found)
    finally:
        client.destroy()
    return forgotten


def _approved(unit: Unit) -> Iterable[Case]:
    return unit.cases.list([CaseState.APPROVED])


def _executor(slot: int) -> str:
    return f"slot-{slot}"


def _first_free(slots: Slots) -> Slot:
    for number in range(_SLOTS):
        if (held := slots.hold(number)) is not None:
            return held
    raise OperatorMustAct(f"{_SLOTS} workers run already; no more can work on one store. Nothing was started.")
