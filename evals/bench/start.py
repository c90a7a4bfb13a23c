"""How soon the command answers, and how long a plain request takes."""

import os
import subprocess
import sys
import time
from datetime import date
from statistics import median

from assistant import bootstrap
from assistant.demo import files
from assistant.drafting.offline import OfflineDrafter
from assistant.steps.read import read
from evals.bench.figures import say
from tools.adapters.file_erp import FileErp

_RUNS = 5


def wall_seconds(*words: str) -> float:
    """The median wall time of a fresh process."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    taken = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "assistant", *words], check=True, capture_output=True, env=env)  # noqa: S603 - our own command
        taken.append(time.perf_counter() - started)
    return median(taken)


def warm_seconds() -> float:
    """The median time to read and draft a request of the sample mailbox in a warm process."""
    drafter = OfflineDrafter(FileErp(bootstrap.erp_file(files.erp_file())))
    mails = [path.read_bytes() for path in files.mailbox()]
    taken = []
    for raw in mails * 2:
        started = time.perf_counter()
        drafter.draft(read(raw, date(2026, 11, 20))[1])
        taken.append(time.perf_counter() - started)
    return median(taken[len(mails) :])


def main() -> None:
    say("backhaul --help", wall_seconds("--help"), "seconds", limit=0.4)
    plain = str(files.mailbox()[0])
    say(
        "backhaul draft, one plain mail",
        wall_seconds("draft", plain, "--erp", str(files.erp_file())),
        "seconds",
        limit=2.0,
    )
    say("read and draft, warm, median", warm_seconds(), "seconds", limit=0.15)
