"""`backhaul draft` prints what its contract says, and stays quick by what it does not load."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.demo import files

SHARED = Path(__file__).resolve().parents[3] / "shared"
KEYS = {
    "source",
    "intent",
    "summary",
    "customer_id",
    "order_nos",
    "lines",
    "resolution",
    "identifiers",
    "findings",
    "questions",
    "drafter",
}
HEAVY = (
    *("langchain", "openai", "chromadb", "dbos", "sqlalchemy", "fastapi", "slack_bolt", "wordllama"),
    *("onnxruntime", "rapidocr", "openpyxl", "docx", "pypdf", "pypdfium2"),
)


def backhaul(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "BACKHAUL_"))}
    command = [sys.executable, "-m", "assistant", *words]
    return subprocess.run(command, input=stdin, capture_output=True, env=env, timeout=120, check=False)


def test_draft_prints_one_object_a_mail_in_the_order_given() -> None:
    paths = [str(path) for path in files.mailbox()[:3]]
    done = backhaul("draft", *paths, "--erp", str(files.erp_file()), "--today", "2026-11-20", "--json")
    assert done.returncode == 0, done.stderr
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["source"] for one in shown] == paths
    assert all(set(one) >= KEYS for one in shown)


def test_a_file_that_can_not_be_read_is_said_on_its_line_and_by_status_1(tmp_path: Path) -> None:
    done = backhaul("draft", str(tmp_path / "none.eml"), "--erp", str(files.erp_file()), "--json")
    assert done.returncode == 1
    assert "could not be read" in json.loads(done.stdout)["error"]


def test_wrong_usage_is_status_2() -> None:
    assert backhaul("draft").returncode == 2


def test_a_mail_comes_on_standard_input() -> None:
    raw = files.mailbox()[0].read_bytes()
    done = backhaul("draft", "-", "--erp", str(files.erp_file()), "--today", "2026-11-20", "--json", stdin=raw)
    assert json.loads(done.stdout)["source"] == "-"


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("help", "import assistant.cli"),
        (
            "a plain draft",
            "import sys; from click.testing import CliRunner; from assistant.cli import main; "
            f"words = ['draft', {str(files.mailbox()[0])!r}, '--erp', {str(files.erp_file())!r}]; "
            "r = CliRunner().invoke(main, words); "
            "assert r.exit_code == 0, r.output",
        ),
    ],
)
def test_heavy_libraries_stay_off_the_path_of(title: str, code: str) -> None:
    probe = f"{code}; import sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip().splitlines()[-1] == "[]", (title, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "requests").is_dir(), reason="the labelled requests are not here")
def test_every_labelled_request_is_answered_with_whole_json() -> None:
    mails = sorted(str(path) for path in (SHARED / "requests").glob("*/message.eml"))
    erp = str(SHARED / "requests" / "erp.json")
    done = backhaul("draft", *mails, "--erp", erp, "--today", "2026-11-20", "--json")
    assert done.returncode == 0, done.stderr
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["source"] for one in shown] == mails
    assert all(set(one) >= KEYS for one in shown)
