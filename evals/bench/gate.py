"""What a call costs at the gate beyond the tool itself, on SQLite: admission, digest, and two rows of the audit log.

Most of it by the clock is the disk, that has to say the rows are there before the answer leaves.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import cast

from assistant import bootstrap
from assistant.bootstrap import SystemClock
from assistant.demo import files
from assistant.store.gate_ports import GateApprovals, GateAudit
from assistant.store.migrate import migrate
from assistant.store.sql import SqlStore
from evals.bench.figures import say
from tools.adapters.sandbox import SandboxErp
from tools.case_book import CaseBook
from tools.catalog import CaseDesk, catalog
from tools.contract import Arguments, Caller, Effect, Result, Tool, ToolCall
from tools.gate import Gate
from tools.permissions import ERP_READ, model_for

_CALLS = 1_000
_WARM = 100


class _Nothing(Arguments):
    reference: str


class _Done(Result):
    pass


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Of one call: the median by the clock on the wall, and the mean of processor time."""
    taken = []
    used = 0.0
    for number in range(_CALLS + _WARM):
        if number == _WARM:
            used = time.process_time()
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1_000)
    return median(taken[_WARM:]), (time.process_time() - used) * 1_000 / _CALLS


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'store.sqlite'}"
        migrate(url)
        store = SqlStore(url, SystemClock())
        erp = SandboxErp.at(Path(folder) / "erp.sqlite")
        erp.load(bootstrap.erp_file(files.erp_file()))
        _measured(store, erp)
        store.close()
        erp.close()


def _measured(store: SqlStore, erp: SandboxErp) -> None:
    nothing = Tool(
        name="nothing",
        version="1",
        effect=Effect.READ,
        scope=ERP_READ,
        summary="",
        takes=_Nothing,
        gives=_Done,
        run=lambda *_: _Done(),
        owners=lambda _: frozenset(),
        max_calls_per_minute=10**9,
    )

    real = catalog(erp, cast(CaseDesk, None), cast(CaseBook, None))["lookup_order"]  # nothing here is of a case
    gate = Gate({"nothing": nothing}, GateAudit(store), GateApprovals(store))
    caller: Caller = model_for("K-304")
    wall, used = _milliseconds(lambda: gate.call(ToolCall("nothing", {"reference": "KS-700121"}), caller))
    say("gate, beyond the tool, SQLite, median of a call", wall, "milliseconds", limit=2.0, processor=round(used, 3))
    asked = real.takes.model_validate({"reference": "KS-700121"})
    tool, _ = _milliseconds(lambda: real.run(asked, ToolCall("lookup_order", {}), caller))
    say("lookup_order itself, sandbox ERP, median", tool, "milliseconds")


if __name__ == "__main__":
    main()
