"""Reading in a process that may be ended: a bomb, a loop or a crash costs the file that holds it and nothing else.

The whole mail is read in one go. When its process has to be ended, the unit being read is given up and the mail read
again without it; the mail's own text is then read plainly, and in the last resort shown as it came.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import TypeVar

from extractors import wire
from extractors.apart.frames import Job
from extractors.apart.worker import PROGRAM, CannotRead, Ended, Why, Worker
from extractors.document import Document, Failure, FailureKind
from extractors.kinds import picture_type
from extractors.limits import Limits
from extractors.mail.last_resort import bare_message
from extractors.mail.reader import read_message
from extractors.message import Message
from extractors.pieces import refusal
from extractors.registry import read

Result = TypeVar("Result")
_MOST_ENDED = 8
_PLAIN_BYTES = 64_000
_ANY_TYPE = re.compile(rb"^content-type[ \t]*:[ \t\r\n]*([^\s;]*)", re.MULTILINE)
# HTML that is called plain, what may hide it, and files inside the text (uuencode).
_MORE = re.compile(
    rb"<!doctype|<html|<body|=3c|=\r?\n *html|^content-transfer-encoding[ \t]*:\s*base64|^begin [0-7]", re.MULTILINE
)


class Reader:
    """Reads mails and files as ``extractors.mail.reader.read_message`` and ``extractors.registry.read`` do.

    May be called from several threads: up to ``workers`` processes read at once, started when needed. One that has
    read ``jobs_per_worker`` mails or holds more than ``grown_bytes`` is replaced, an idle one ends by itself.
    ``plain_here`` reads short mails of plain text without a process: for a command that a person can stop, since even
    such a mail can be written to take minutes. ``program`` is the module that reads.
    Raises ``worker.CannotRead`` where no process starts or the reader is closed, and nothing else.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        workers: int = 2,
        jobs_per_worker: int = 200,
        grown_bytes: int = 600_000_000,
        idle_seconds: float = 300.0,
        plain_here: bool = False,
        program: str = PROGRAM,
    ) -> None:
        self._limits = limits or Limits()
        self._room = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._jobs_per_worker = jobs_per_worker
        self._grown_bytes = grown_bytes
        self._idle_seconds = idle_seconds
        self._plain_here = plain_here
        self._program = program
        self._closed = False

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End every process. Whoever waits for one gets ``CannotRead``, and nothing is laid to what was being read."""
        with self._lock:
            self._closed = True
            ending = [*self._idle, *self._busy]
            self._idle.clear()
        for worker in ending:
            worker.end()

    def processes(self) -> tuple[int, ...]:
        """The ids of the processes there are now."""
        with self._lock:
            return tuple(worker.pid for worker in (*self._idle, *self._busy))

    def read_message(self, raw: bytes) -> Message:
        """The mail in ``raw``: RFC 5322 bytes or an Outlook message."""
        if self._plain_here and is_plain(raw):
            try:
                return read_message(raw, self._limits)
            except Exception:  # noqa: BLE001, S110 - the process that may be ended finds out what it is
                pass
        with self._room:
            return self._attempts("", "", raw, wire.from_json, lambda why: bare_message(raw, self._limits, why))

    def read(self, data: bytes, path: str, declared_type: str = "") -> tuple[Document, ...]:
        """Everything in one file; see ``extractors.registry.read``."""

        def refused(why: Failure) -> tuple[Document, ...]:
            picture = picture_type(data[:64])
            media_type = picture or declared_type or "application/octet-stream"
            return (refusal(path, media_type, why.kind, why.message, has_picture=bool(picture)),)

        if len(data) > self._limits.bytes_per_document:
            return read(data, path, declared_type, self._limits)  # refused by its size alone
        with self._room:
            return self._attempts(path, declared_type, data, wire.documents_from_json, refused)

    def _attempts(
        self,
        path: str,
        declared_type: str,
        data: bytes,
        decoded: Callable[[bytes], Result],
        without: Callable[[Failure], Result],
    ) -> Result:
        """Read until an attempt comes through, each without the units that ended those before it."""
        until = time.monotonic() + self._limits.message_seconds
        job = Job(path=path, declared_type=declared_type, size=len(data), given_up={})
        done: frozenset[str] = frozenset()
        for ended in range(_MOST_ENDED + 1):
            last = ended == _MOST_ENDED or time.monotonic() > until
            if last:
                until = time.monotonic() + self._limits.message_seconds
                job = replace(job, only=tuple(done), rest=("too_large", _rest(self._limits)))
            answer = self._ask(job, data, until)
            if isinstance(answer, bytes):
                try:
                    return decoded(answer)
                except ValueError:
                    answer = Ended("crash", "", frozenset())
            done |= answer.done
            why = _failure(answer.unit or path or "body", answer.why, self._limits, whole=bool(path))
            known = answer.unit in ("", path, *job.given_up)
            if last or (known and time.monotonic() <= until):
                break
            if not known:
                job = replace(job, given_up={**job.given_up, answer.unit: (why.kind, why.message)})
        return without(replace(why, document=path or "body"))

    def _ask(self, job: Job, data: bytes, until: float) -> bytes | Ended:
        for _ in range(_MOST_ENDED):
            worker = self._worker()
            try:
                answer = worker.ask(job, data, until)
            finally:
                self._put_back(worker)
            if self._closed and isinstance(answer, Ended):
                raise CannotRead("The reader is closed.")
            if not (isinstance(answer, Ended) and answer.why == "idle"):
                return answer
        return Ended("crash", "", frozenset())

    def _worker(self) -> Worker:
        with self._lock:
            if self._closed:
                raise CannotRead("The reader is closed.")
            worker = self._idle.pop() if self._idle else None
            if worker is not None:
                self._busy.add(worker)
        if worker is not None and worker.alive:
            return worker
        if worker is not None:
            self._put_back(worker)
        worker = Worker(self._limits, self._idle_seconds, self._program)
        with self._lock:
            self._busy.add(worker)
            closed = self._closed
        if closed:
            worker.end()
        return worker

    def _put_back(self, worker: Worker) -> None:
        good = worker.alive and worker.jobs < self._jobs_per_worker and worker.memory_bytes() < self._grown_bytes
        with self._lock:
            self._busy.discard(worker)
            keep = good and not self._closed
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.end()


def is_plain(raw: bytes) -> bool:
    """Whether a mail is short and nothing but plain text: no library in C and no unpacking is needed to read it."""
    if len(raw) > _PLAIN_BYTES or b"\n" not in raw:
        return False
    lowered = raw.lower()
    return not _MORE.search(lowered) and all(kind == b"text/plain" for kind in _ANY_TYPE.findall(lowered))


def _failure(unit: str, why: Why, limits: Limits, *, whole: bool) -> Failure:
    name = "The mail's own text" if unit == "body" else unit
    kept = "" if whole else "; the mail and the other attachments are kept"
    if unit == "body":
        kept = "; it is shown without its structure"
    kind: FailureKind = "too_large"
    match why:
        case "time":
            said = f"took longer than {limits.wall_seconds:g} seconds to read and was given up"
        case "processor":
            said = f"took more than {limits.cpu_seconds} seconds of processor time to read and was given up"
        case "memory":
            said = f"needed more than {limits.memory_bytes // 1_000_000:,} MB of memory to read and was given up"
        case "output":
            said = (
                f"holds more than the {limits.output_bytes // 1_000_000:,} MB of text that are taken and was given up"
            )
        case _:
            kind, said = "corrupt", "is damaged: the program that reads it broke off"
    return Failure(document=unit, kind=kind, message=f"{name} {said}{kept}.")


def _rest(limits: Limits) -> str:
    return f"{{path}} was not read: the mail took longer than {limits.message_seconds:g} seconds in all."
