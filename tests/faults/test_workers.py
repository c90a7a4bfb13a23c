"""Several workers on one store: none repeats another's step, and what one dies over is taken up by those that live."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.demo import files
from assistant.store.connection import engine_for
from assistant.store.slots import FileSlots, SqlSlots
from tests.contract.conftest import URL_VARIABLE
from tests.contract.postgres import new_database
from tests.journeys.backhaul import until
from tests.stub_llm import StubServer, hangs

pytestmark = pytest.mark.slow

OLD_VERSION = "import assistant.workflow as w; w.APPLICATION_VERSION = '1'; from assistant.cli import main; main()"


def environment(data: Path, url: str, **more: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BACKHAUL_", "OPENAI_"))}
    return env | {"BACKHAUL_DATA": str(data), "BACKHAUL_DATABASE_URL": url, "BACKHAUL_TODAY": "2026-11-20", **more}


def backhaul(env: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "-m", "assistant", *words], env=env, check=True, capture_output=True, timeout=60)


@contextmanager
def working(env: dict[str, str], *start: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, *(start or ("-m", "assistant")), "worker"], env=env)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


class Looker:
    """Reads the store's tables from outside."""

    def __init__(self, url: str) -> None:
        self._engine = engine_for(url)

    def counts(self, table: str, column: str) -> dict[str, int]:
        with self._engine.connect() as connection:
            rows = connection.execute(text(f"SELECT {column}, count(*) FROM {table} GROUP BY {column}"))
            return {row[0]: row[1] for row in rows}

    def drafts_saved(self) -> int:
        called = "SELECT count(*) FROM audit WHERE event = 'tool.called' AND details LIKE '%save_draft%'"
        with self._engine.connect() as connection:
            return int(connection.execute(text(called)).scalar_one())

    def settled(self) -> bool:
        states = self.counts("messages", "state")
        return bool(states) and set(states) <= {"drafted", "answered", "parked"}

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database's URL; one of its own on PostgreSQL too, since the workflow engine keeps its tables there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server = os.environ.get(URL_VARIABLE)
    if not server:
        pytest.skip(f"{URL_VARIABLE} is not set")
    with new_database(server) as url:
        yield url


@pytest.fixture
def looker(database_url: str) -> Iterator[Looker]:
    found = Looker(database_url)
    yield found
    found.close()


def recorded(env: dict[str, str], mails: Path) -> None:
    backhaul(env, "erp", "load", str(files.erp_file()))
    backhaul(env, "ingest", str(mails))


def test_two_living_workers_draft_each_message_once(tmp_path: Path, database_url: str, looker: Looker) -> None:
    env = environment(tmp_path, database_url)
    with working(env), working(env):
        recorded(env, files.mailbox()[0].parent)
        until(looker.settled, seconds=60)
        assert looker.drafts_saved() == sum(looker.counts("cases", "kind").values()) > 10


@pytest.mark.parametrize("start", [(), ("-c", OLD_VERSION)], ids=["same version", "older version"])
def test_what_a_killed_worker_had_in_hand_a_living_one_takes_up(
    tmp_path: Path,
    database_url: str,
    looker: Looker,
    start: tuple[str, ...],
) -> None:
    offline = environment(tmp_path, database_url)
    recorded(offline, files.mailbox()[0])
    with StubServer(hangs(300)) as model, working({**offline, "OPENAI_BASE_URL": model.url}, *start) as doomed:
        until(lambda: bool(model.bodies), seconds=60)  # it is in the midst of drafting
        with working(offline):
            doomed.kill()
            doomed.wait(timeout=10)
            until(looker.settled, seconds=60)
    assert looker.drafts_saved() == 1
    assert looker.counts("messages", "state") == {"drafted": 1}


def test_a_slot_is_held_by_one_at_a_time(tmp_path: Path, database_url: str) -> None:
    ours, theirs = (
        (SqlSlots(database_url), SqlSlots(database_url))
        if database_url.startswith("postgres")
        else (FileSlots(tmp_path), FileSlots(tmp_path))
    )
    held = ours.hold(3)
    assert held is not None
    assert theirs.hold(3) is None
    other = theirs.hold(4)
    assert other is not None
    held.release()
    again = theirs.hold(3)
    assert again is not None
    for slot in (other, again):
        slot.release()
    ours.close()
    theirs.close()
