"""Whatever a reader does, its process is ended, that file is named, and the rest of the mail is read."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import extractors
from extractors.apart import frames
from extractors.apart.isolated import Reader, is_plain
from extractors.apart.worker import CannotRead, _environment
from extractors.document import Document
from extractors.limits import Limits
from extractors.mail.reader import read_message
from extractors.registry import read
from tests.samples import documents as samples

pytestmark = pytest.mark.slow

LIMITS = Limits(wall_seconds=1.2, message_seconds=5.0, memory_bytes=300_000_000, output_bytes=3_000_000)
MISBEHAVING = "tests.faults.misbehaving"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS, program=MISBEHAVING) as made:
        yield made


def attached(*words: str, subject: str = "Return") -> bytes:
    files = [(f"{number}.txt", "text/plain", word.encode()) for number, word in enumerate(words)]
    return samples.mail("Please take these back.\n", subject=subject, attachments=files)


def messages_of(document: Document) -> list[tuple[str, str]]:
    return [(failure.kind, failure.message) for failure in document.failures]


KEPT = "; the mail and the other attachments are kept."


@pytest.mark.parametrize(
    ("word", "kind", "said"),
    [
        ("LOOP", "too_large", "took longer than 1.2 seconds to read and was given up" + KEPT),
        ("SLEEP", "too_large", "took longer than 1.2 seconds to read and was given up" + KEPT),
        ("GULP", "too_large", "needs more memory to read than there is for it, and was given up."),
        ("CRASH", "corrupt", "is damaged: the program that reads it broke off" + KEPT),
        ("EXIT", "corrupt", "is damaged: the program that reads it broke off" + KEPT),
    ],
)
def test_one_attachment_is_given_up_and_the_rest_is_read(reader: Reader, word: str, kind: str, said: str) -> None:
    body, before, lost, after = reader.read_message(attached("first", word, "last")).documents
    assert "Please take these back." in body.text
    assert (before.text, lost.text, after.text) == ("first", "", "last")
    assert messages_of(lost) == [(kind, f"1.txt {said}")]
    assert (*body.failures, *before.failures, *after.failures) == ()


def test_memory_that_grows_without_end_is_taken_back() -> None:
    with Reader(replace(LIMITS, wall_seconds=30.0, message_seconds=60.0), program=MISBEHAVING) as patient:
        _, lost, after = patient.read_message(attached("EAT", "last")).documents
    said = "0.txt needed more than 300 MB of memory to read and was given up" + KEPT
    assert messages_of(lost) == [("too_large", said)]
    assert after.text == "last"


@pytest.mark.skipif(os.name != "posix", reason="processor time is bounded where the system can")
def test_processor_time_is_bounded_by_itself() -> None:
    with Reader(Limits(cpu_seconds=1), program=MISBEHAVING) as patient:
        (lost,) = patient.read(b"LOOP", "a.txt")
    said = "a.txt took more than 1 seconds of processor time to read and was given up."
    assert messages_of(lost) == [("too_large", said)]


def test_what_libraries_print_never_meets_the_answer(reader: Reader) -> None:
    assert reader.read_message(attached("TALK")).documents[1].text == "TALK"


def test_no_secret_of_the_service_is_known_where_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with Reader(LIMITS, program=MISBEHAVING) as fresh:
        text = fresh.read(b"ENV", "a.txt")[0].text
    assert "PYTHONPATH" in text
    assert "OPENAI" not in text


def test_an_answer_that_is_too_long_is_refused() -> None:
    with Reader(Limits(output_bytes=1_000_000, characters=50_000_000), program=MISBEHAVING) as narrow:
        (document,) = narrow.read(b"LONG", "a.txt")
        (next_one,) = narrow.read(b"next", "b.txt")
    assert messages_of(document) == [
        ("too_large", "a.txt holds more than the 1 MB of text that are taken and was given up.")
    ]
    assert next_one.text == "next"


@pytest.mark.parametrize("word", ["LOOP", "RAISE"])
def test_the_mails_own_text_survives_its_reader(reader: Reader, word: str) -> None:
    message = reader.read_message(attached("first", subject=f"Return {word}"))
    assert (message.subject, message.sender_address) == (f"Return {word}", "dana@customer.example")
    body, file = message.documents
    assert "Please take these back." in body.text
    assert file.text == "first"
    assert [failure.message for failure in body.failures or message.failures]


def test_a_mail_full_of_loops_has_one_time_for_all_and_keeps_what_was_read(reader: Reader) -> None:
    # Twenty loops at their own limit would take 24 seconds; five seconds hold four of them at most.
    message = reader.read_message(attached("first", *["LOOP"] * 20))
    assert [document.text for document in message.documents[1:]] == ["first", *[""] * 20]
    assert all(document.failures for document in message.documents[2:])
    said = [failure.message for document in message.documents[2:] for failure in document.failures]
    assert sum("took longer than 5 seconds in all" in words for words in said) >= 16
    assert "Please take these back." in message.documents[0].text


def test_several_threads_read_at_once(reader: Reader) -> None:
    mails = [attached(f"file {number}", "CRASH" if number % 5 == 0 else "whole") for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        read_back = list(pool.map(reader.read_message, mails))
    assert [message.documents[1].text for message in read_back] == ["file"] * 20
    assert [bool(message.documents[2].failures) for message in read_back] == [n % 5 == 0 for n in range(20)]


def test_time_spent_waiting_for_a_process_is_not_the_mails() -> None:
    limits = replace(LIMITS, wall_seconds=3.0, message_seconds=3.0)
    with Reader(limits, workers=1, program=MISBEHAVING) as narrow, ThreadPoolExecutor(8) as pool:
        read_back = list(pool.map(narrow.read_message, [attached("NAP")] * 8))
    assert [message.documents[1].text for message in read_back] == ["NAP"] * 8


def test_reading_is_the_same_in_and_out_of_process() -> None:
    files = [
        ("slip.pdf", "application/pdf", samples.pdf_slip()),
        ("form.docx", "application/octet-stream", samples.docx_form()),
        ("list.xlsx", "application/octet-stream", samples.xlsx_list()),
        ("fwd.eml", "application/octet-stream", samples.mail(attachments=[("a.txt", "text/plain", b"words")])),
    ]
    raw = samples.mail(html="<p>Please take <b>these</b> back.</p>", attachments=files)
    with Reader() as isolated:
        assert isolated.read_message(raw) == read_message(raw)
        assert isolated.read(samples.pdf_form(), "form.pdf") == read(samples.pdf_form(), "form.pdf")


def test_an_outlook_message_is_a_mail_too() -> None:
    raw = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "__properties_version1.0".encode("utf-16-le")
    with Reader() as made:
        message = made.read_message(raw)
    assert message.documents
    assert message.documents[0].text or message.failures


def test_processes_end_with_their_reader_and_when_idle() -> None:
    with Reader(program=MISBEHAVING, idle_seconds=0.2) as short:
        assert short.read(b"one", "a.txt")[0].text == "one"
        time.sleep(0.6)
        assert short.read(b"two", "a.txt")[0].text == "two"
        (pid,) = short.processes()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_is_replaced_after_its_share_of_work() -> None:
    with Reader(program=MISBEHAVING, jobs_per_worker=2) as short:
        pids: list[int] = []
        for _ in range(4):
            short.read(b"one", "a.txt")
            pids += short.processes()
    assert len(set(pids)) == 2


def test_a_process_that_does_not_start_is_no_documents_fault() -> None:
    with Reader(program="tests.faults.nowhere") as broken, pytest.raises(CannotRead, match=r"nowhere"):
        broken.read(b"one", "a.txt")


def test_a_closed_reader_lays_nothing_to_the_document() -> None:
    closing = Reader(replace(LIMITS, wall_seconds=30.0, message_seconds=60.0), program=MISBEHAVING)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(closing.read_message, attached("SLEEP"))
        while not closing.processes():
            time.sleep(0.02)
        closing.close()
        with pytest.raises(CannotRead):
            waiting.result()
    with pytest.raises(CannotRead):
        closing.read(b"one", "a.txt")


def test_an_answer_nobody_waited_for_is_never_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with Reader(LIMITS, program=MISBEHAVING) as stopped:
        with monkeypatch.context() as patch:
            patch.setattr("extractors.apart.frames.take", lambda *_: (frames.READY, b""))
            patch.setattr("extractors.apart.worker.Worker._exchange", interrupted)
            with pytest.raises(KeyboardInterrupt):
                stopped.read(b"one", "a.txt")
        assert stopped.read(b"two", "a.txt")[0].text == "two"


def test_no_large_file_is_written(tmp_path: Path) -> None:
    target = tmp_path / "large"
    with Reader(Limits(bytes_unpacked=100_000), program=MISBEHAVING) as narrow:
        (document,) = narrow.read(f"WRITE {target}".encode(), "a.txt")
    assert document.failures
    assert target.stat().st_size <= 100_000


@pytest.mark.parametrize(("here", "processes"), [(True, 0), (False, 1)])
def test_plain_mail_is_read_without_a_process_only_where_that_is_asked_for(here: bool, processes: int) -> None:
    with Reader(plain_here=here) as made:
        assert made.read_message(samples.mail()) == read_message(samples.mail())
        assert len(made.processes()) == processes


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (samples.mail(), True),
        (b"Subject: no type\n\nwords", True),
        (samples.mail(html="<p>x"), False),
        (samples.mail("<html>called plain"), False),
        (samples.mail("x" * 70_000), False),
        (samples.mail(attachments=[("a.txt", "text/plain", b"x")]), False),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nPGh0bWw+", False),
        (b"CONTENT-TYPE:\n application/pdf\n\n%PDF-", False),
    ],
)
def test_what_counts_as_short_plain_mail(raw: bytes, plain: bool) -> None:
    assert is_plain(raw) is plain


def test_the_process_that_reads_loads_this_tree_and_hides_no_standard_library(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import html, json, extractors; print(json.dumps([html.__file__, extractors.__file__]))")
    said = subprocess.run([sys.executable, "-P", program], env=_environment(), check=True, capture_output=True)
    standard, own = map(Path, json.loads(said.stdout))
    assert own == Path(extractors.__file__)
    assert own.parent not in standard.parents
