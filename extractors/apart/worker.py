"""The service's end of one process that reads: ask it, watch its time and memory, end it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal

from extractors.apart import frames
from extractors.apart.frames import Job
from extractors.limits import Limits

Why = Literal["time", "processor", "memory", "output", "crash", "idle"]
PROGRAM = "extractors.apart.process"
_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_GRACE_SECONDS = 0.3
_PATH_BYTES = 100_000
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4_096


class CannotRead(RuntimeError):
    """The process that reads does not start, or its reader is closed: never a document's fault, so try again later."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A job without a result: why, in which unit ('' for the mail or file itself), and which units were done before."""

    why: Why
    unit: str
    done: frozenset[str]


@dataclass(slots=True)
class _Progress:
    units: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    since: float = field(default_factory=time.monotonic)

    def take(self, mark: bytes, data: bytes) -> None:
        depth = frames.DEPTH.unpack_from(data)[0]
        if mark == frames.BEGUN:
            self.units = [*self.units[:depth], data[frames.DEPTH.size :].decode("utf-8", "surrogatepass")]
        else:
            self.done.update(self.units[depth : depth + 1])
            self.units = self.units[:depth]
        self.since = time.monotonic()


class Worker:
    """One process. ``jobs`` counts what it was asked; after an ``Ended`` it is gone."""

    def __init__(self, limits: Limits, idle_seconds: float, program: str = PROGRAM) -> None:
        self._limits = limits
        self.jobs = 0
        told = json.dumps({"limits": asdict(limits), "idle_seconds": idle_seconds})
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", program, told],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env=_environment(),
                start_new_session=os.name == "posix",
            )
            self._wait_until_ready(said)

    def _wait_until_ready(self, said: IO[bytes]) -> None:
        timer = threading.Timer(_START_SECONDS, self.end)
        timer.daemon = True
        timer.start()
        try:
            first = frames.take(self._process.stdout, 0)  # type: ignore[arg-type] # a pipe, since it was asked for
        except ValueError:
            first = None
        timer.cancel()
        if first is None:
            self.end()
            said.seek(0)
            raise CannotRead(f"The process that reads did not start: {said.read()[-500:].decode('utf-8', 'replace')}")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def memory_bytes(self) -> int:
        """What it has in memory now; 0 where the system does not tell."""
        try:
            return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * _PAGE_BYTES
        except (OSError, IndexError, ValueError):
            return 0

    def ask(self, job: Job, data: bytes, until: float) -> bytes | Ended:
        """The result as JSON. ``until`` is the moment (monotonic) when the whole job has to be done."""
        self.jobs += 1
        progress = _Progress()
        over: list[Why] = []
        finished = threading.Event()
        watch = threading.Thread(target=self._watch, args=(progress, until, over, finished), daemon=True)
        watch.start()
        try:
            answer = self._exchange(job, data, progress)
        except BaseException:  # stopped in the middle (Ctrl-C): its answer would be taken for the next job's
            self.end()
            raise
        finally:
            finished.set()
            watch.join()
        if isinstance(answer, bytes):
            return answer
        self.end()
        why = over[0] if over else (answer or self._why())
        if why == "crash" and not progress.units and not progress.done and self._process.returncode == 0:
            why = "idle"
        return Ended(why, progress.units[-1] if progress.units else "", frozenset(progress.done))

    def _exchange(self, job: Job, data: bytes, progress: _Progress) -> bytes | Why | None:
        head = json.dumps(job.plain()).encode()
        asked, answers = self._process.stdin, self._process.stdout
        if asked is None or answers is None:
            return None
        try:
            for piece in (len(head).to_bytes(8, "big"), head, data):
                asked.write(piece)
            asked.flush()
            while (frame := frames.take(answers, self._limits.output_bytes)) is not None:
                mark, held = frame
                if mark == frames.DONE:
                    return held
                if mark in (frames.BEGUN, frames.ENDED) and len(held) < _PATH_BYTES:
                    progress.take(mark, held)
                    continue
                return "output" if mark == frames.LARGE else "crash"
        except (OSError, ValueError):  # it is gone, or says what it never should
            return None
        return None

    def _watch(self, progress: _Progress, until: float, over: list[Why], finished: threading.Event) -> None:
        """End the process when a unit or the job takes too long, or its memory grows too large."""
        while not finished.wait(_LOOK_SECONDS):
            now = time.monotonic()
            if self.memory_bytes() > self._limits.memory_bytes:
                over.append("memory")
            elif now > until or now - progress.since > self._limits.wall_seconds:
                over.append("time")
            if over:
                self._kill()
                return

    def _why(self) -> Why:
        code = self._process.returncode
        if code == -getattr(signal, "SIGXCPU", 1_000):
            return "processor"
        if code == -getattr(signal, "SIGKILL", 1_000):  # the system's own guard of memory
            return "memory"
        return "crash"

    def _kill(self) -> None:
        """Its whole group: a library may have started a helper. Nothing where all of it is gone already."""
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def end(self) -> None:
        """End it and whatever it started; may be called again."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr] # a pipe, since it was asked for
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_SECONDS)  # one that is ending by itself says how
        self._kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._process.stdout.close()  # type: ignore[union-attr] # as above


def _environment() -> dict[str, str]:
    """What the process needs to find its modules, and nothing secret."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "VIRTUAL_ENV", "OMP_NUM_THREADS")
    held = {name: os.environ[name] for name in kept if name in os.environ}
    return {**held, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
