"""The memory: embedded and on a Chroma server alike."""

import gc
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import vectors
from assistant.domain.draft import Reason, Resolution
from assistant.domain.memory import Memory, MemorySilent, Passage, Precedent
from assistant.memory import ChromaMemory

# chromadb's client of a server leaves a socket of its own open (chroma-core/chroma issue 4293)
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = _free_port()
    folder = tmp_path_factory.mktemp("chroma")
    command = ["run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    chroma = Path(sys.executable).parent / "chroma"
    with subprocess.Popen([str(chroma), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(params=["embedded", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "memory") if request.param == "embedded" else str(request.getfixturevalue("server"))


@pytest.fixture
def memory(place: str, request: pytest.FixtureRequest) -> Iterator[Memory]:
    memory = ChromaMemory(place, vectors.vectors, f"words {abs(hash(request.node.name))}")
    yield memory
    memory.close()
    gc.collect()  # so that the warning is told here


def _precedent(case_id: str, words: str, reason: Reason, **more: str) -> Precedent:
    return Precedent(
        case_id=case_id,
        summary=f"About {words}",
        words=words,
        reasons=(reason,),
        resolution=Resolution.CREDIT,
        outcome="rejected" if more else "approved",
        **more,
    )


BROKEN = _precedent("BH-1", "cartons crushed, pump housing cracked in transport", Reason.DAMAGED_IN_TRANSIT)
SURPLUS = _precedent(
    "BH-2", "ordered too many cable glands, no longer needed", Reason.NO_LONGER_NEEDED, why="Too late."
)


def test_the_most_alike_comes_first_and_whole(memory: Memory) -> None:
    memory.remember([BROKEN, SURPLUS])

    first, second = memory.similar("the crate was smashed and the pump is cracked", limit=5)

    assert first.found == BROKEN
    assert second.found == SURPLUS
    assert first.likeness > second.likeness


def test_a_case_is_remembered_once_as_it_was_last_told(memory: Memory) -> None:
    memory.remember([BROKEN])
    memory.remember([_precedent("BH-1", "pump housing cracked", Reason.CONCEALED_DAMAGE)])

    assert [each.found.reasons for each in memory.similar("cracked pump")] == [(Reason.CONCEALED_DAMAGE,)]


def test_it_knows_which_cases_it_holds(memory: Memory) -> None:
    memory.remember([BROKEN])

    assert memory.known(["BH-1", "BH-9"]) == {"BH-1"}
    assert memory.known([]) == frozenset()


def test_nothing_is_alike_where_nothing_is_kept_or_nothing_is_said(memory: Memory) -> None:
    assert memory.similar("anything") == ()
    memory.remember([BROKEN])
    assert memory.similar("  ") == ()


def test_the_policy_in_force_replaces_the_one_before(memory: Memory) -> None:
    window = Passage(heading="Window", text="Goods come back within thirty days of delivery.")
    hazmat = Passage(heading="Hazardous goods", text="Chemicals travel only with our labels.")
    memory.keep_policy([window, hazmat])
    memory.keep_policy([hazmat, Passage(heading="Fee", text="A restocking fee is taken.")])

    found = [each.found for each in memory.passages("drum of chemicals, labels", limit=5)]

    assert found[0] == hazmat
    assert window not in found
    assert len(found) == 2


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    first, second = (ChromaMemory(str(tmp_path), vectors.vectors, "words") for _ in range(2))
    first.remember([BROKEN])
    first.close()

    assert second.known(["BH-1"]) == {"BH-1"}
    second.close()


def test_a_server_that_is_not_there_is_said_to_be_silent() -> None:
    gone = ChromaMemory(f"http://127.0.0.1:{_free_port()}", vectors.vectors, "words")

    with pytest.raises(MemorySilent, match="does not answer"):
        gone.similar("anything")
