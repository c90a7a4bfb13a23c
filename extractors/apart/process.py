"""The process that reads what strangers send; started and ended by ``extractors.apart.isolated``, one job at a time.

It holds no credentials, and what it says is bounded and checked by whoever started it. Where the system knows
resource limits, it sets its own before it reads anything.
"""

import json
import os
import select
import sys
from collections.abc import Iterator, Mapping
from typing import IO, cast

from extractors import wire
from extractors.apart import frames
from extractors.apart.frames import Job
from extractors.document import Failure, FailureKind
from extractors.limits import Limits
from extractors.mail.reader import read_message
from extractors.registry import read
from extractors.units import attempt

try:
    import resource
except ImportError:  # Windows: only the time on the clock is bounded, from outside
    resource = None  # type: ignore[assignment] # stands for the missing module


def main(limits: Limits, idle_seconds: float) -> None:
    """Answer jobs from standard input until it ends or nothing comes for ``idle_seconds``."""
    answers = _own_output()
    _bound_process(limits)
    frames.put(answers, frames.READY)
    jobs = os.fdopen(os.dup(0), "rb", buffering=0)
    while _comes(jobs, idle_seconds):
        head = _exactly(jobs, 8)
        if len(head) < 8:
            return
        job = frames.job_of(json.loads(_exactly(jobs, int.from_bytes(head, "big"))))
        _answer(job, _exactly(jobs, job.size), limits, answers)


def _comes(jobs: IO[bytes], seconds: float) -> bool:
    if os.name != "posix":
        return True
    return bool(select.select([jobs], [], [], seconds)[0])


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = stream.read(min(size - len(data), 1 << 20))
        if not more:
            break
        data += more
    return bytes(data)


def _own_output() -> IO[bytes]:
    """Standard output for answers alone: what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _bound_process(limits: Limits) -> None:
    """Memory, files written and core dumps; on Linux data memory only, since libraries map far more than they use."""
    if resource is None:
        return
    bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: limits.bytes_unpacked}
    if sys.platform == "linux":
        # The one who started us looks at the memory in use and ends us at ``memory_bytes``; this stops one big gulp.
        bounds[resource.RLIMIT_DATA] = limits.memory_bytes * 2
    for what, most in bounds.items():
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # a stricter limit is set already
            continue


class _Teller:
    """Sends which unit is begun and ended, and gives each its own share of processor time."""

    def __init__(self, answers: IO[bytes], limits: Limits) -> None:
        self._answers = answers
        self._seconds = limits.cpu_seconds

    def begun(self, depth: int, path: str) -> None:
        self.wind()
        data = frames.DEPTH.pack(depth) + path.encode("utf-8", "surrogatepass")
        frames.put(self._answers, frames.BEGUN, data)

    def ended(self, depth: int) -> None:
        self.wind()
        frames.put(self._answers, frames.ENDED, frames.DEPTH.pack(depth))

    def wind(self) -> None:
        if resource is None:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + self._seconds + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


class _GivenUp(Mapping[str, Failure]):
    """The units that an attempt passes over."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._only = None if job.only is None else {"body", job.path, *job.only}

    def __getitem__(self, path: str) -> Failure:
        told = self._job.given_up.get(path)
        if told is None and self._only is not None and path not in self._only:
            told = (self._job.rest[0], self._job.rest[1].format(path=path))
        if told is None:
            raise KeyError(path)
        return Failure(document=path, kind=cast(FailureKind, told[0]), message=told[1])

    def __iter__(self) -> Iterator[str]:
        return iter(self._job.given_up)

    def __len__(self) -> int:
        return len(self._job.given_up)


def _answer(job: Job, data: bytes, limits: Limits, answers: IO[bytes]) -> None:
    teller = _Teller(answers, limits)
    teller.wind()
    try:
        with attempt(_GivenUp(job), teller):
            result = _result(job, data, limits)
    except Exception as problem:  # noqa: BLE001 - told as what it is, and laid to the unit that was being read
        frames.put(answers, frames.RAISED, type(problem).__name__.encode())
        return
    if len(result) > limits.output_bytes:
        frames.put(answers, frames.LARGE)
        return
    frames.put(answers, frames.DONE, result)


def _result(job: Job, data: bytes, limits: Limits) -> bytes:
    if job.path:
        return wire.documents_to_json(read(data, job.path, job.declared_type, limits))
    return wire.to_json(read_message(data, limits))


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    main(Limits(**told["limits"]), told["idle_seconds"])
