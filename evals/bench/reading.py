"""What it costs to read in a process of its own, and what memory large files take there and here."""

import io
import os
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median

from assistant.demo import files
from evals.bench.figures import say
from extractors import wire
from extractors.apart.isolated import Reader
from extractors.document import assemble
from extractors.limits import Limits
from extractors.mail.reader import read_message
from extractors.message import Message
from extractors.pieces import row

_RUNS = 20
_PAGES = 500
_PAGE_MARK = b"BT /F1 9 Tf 12 TL 50 740 Td "


def main() -> None:
    _overhead()
    _start()
    _large_document()
    # The clock is left out of it: the machine that measures may be busy with other things.
    patient = Limits(bytes_per_document=120_000_000, pages=_PAGES, wall_seconds=600.0, message_seconds=600.0)
    with Reader(patient) as reader:
        reader.read(b"warm", "a.txt")
        (pid,) = reader.processes()
        before = _status_mb("self", "VmRSS")
        for title, name, data in (
            ("an archive of 100 MB of unknown files", "large.zip", large_archive()),
            ("an archive of 24 MB of 195 lists", "lists.zip", archive_of_lists(24_000_000)),
            ("an archive of 100 MB of 195 lists", "lists.zip", archive_of_lists(100_000_000)),
            ("a PDF of 500 pages", "large.pdf", large_pdf()),
        ):
            started = _processor_seconds(pid)
            documents = reader.read(data, name)
            said: dict[str, float] = {"limit": 1_000, "characters": sum(len(document.text) for document in documents)}
            said["processor_seconds"] = round(_processor_seconds(pid) - started, 2)
            say(f"most memory of the reading process, {title}", _status_mb(str(pid), "VmHWM"), "MB", **said)
            del documents, data
        say("growth of the service's memory over all", _status_mb("self", "VmRSS") - before, "MB")


def _overhead() -> None:
    """Mails of the sample mailbox read here and in a warm process, in turn; processor time of both sides."""
    mails = [path.read_bytes() for path in files.mailbox()]
    here = apart = 0.0
    with Reader(jobs_per_worker=10_000) as reader:
        for raw in mails:
            reader.read_message(raw)
            read_message(raw)
        (pid,) = reader.processes()
        for _ in range(_RUNS):
            for raw in mails:
                started = time.process_time()
                read_message(raw)
                here += time.process_time() - started
                started = time.process_time() + _processor_seconds(pid)
                reader.read_message(raw)
                apart += time.process_time() + _processor_seconds(pid) - started
    count = _RUNS * len(mails)
    say("processor time to read a mail in process, mean", here / count * 1_000, "ms", mails=len(mails))
    say("a warm process of its own adds, mean", (apart - here) / count * 1_000, "ms", limit=5)


def _processor_seconds(pid: int) -> float:
    """What a process has used so far, in steps of the system's clock (10 ms); 0 where there is no /proc."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _start() -> None:
    """The first mail, from no process to its text; of the plainest kind, so that no library is counted."""
    taken = []
    for _ in range(5):
        with Reader() as reader:
            taken.append(_seconds(time.perf_counter, reader.read_message, b"From: a@b.example\n\nwords\n"))
    say("the first mail of a reader, process started for it, median", median(taken), "seconds", limit=0.5)


def _large_document() -> None:
    """The way between the processes alone: JSON of a document of 500 pages."""
    box = (1.5, 2.25, 3.125, 4.0)
    rows = [
        row(
            [f"BV-{n}", "Brass ball valve", "12", "A26918"],
            ["Item", "Description", "Qty", "Lot"],
            boxes=[box] * 4,
            page=p,
        )
        for p in range(_PAGES)
        for n in range(40)
    ]
    message = Message(documents=(assemble("large.pdf", "application/pdf", rows),))
    data = wire.to_json(message)
    say(
        "processor time of a document of 500 pages to JSON",
        min(_seconds(time.process_time, wire.to_json, message) for _ in range(3)),
        "seconds",
    )
    say(
        "and back",
        min(_seconds(time.process_time, wire.from_json, data) for _ in range(3)),
        "seconds",
        megabytes=round(len(data) / 1e6, 1),
    )


def large_pdf() -> bytes:
    """500 printed pages of 50 lines."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject(k): NameObject(v)
            for k, v in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Helvetica"))
        }
    )
    for page in range(_PAGES):
        lines = b" ".join(b"(Item BV-%d  Brass ball valve  12  A%05d) Tj T*" % (line, page) for line in range(50))
        content = DecodedStreamObject()
        content.set_data(_PAGE_MARK + lines + b" ET")
        made = writer.add_blank_page(612, 792)
        made[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        made[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    out = io.BytesIO()
    writer.write(out)
    assert len(PdfReader(out).pages) == _PAGES  # noqa: S101 - what the figure says
    return out.getvalue()


def large_archive() -> bytes:
    """100 MB of files that do not shrink, 100 of them; no reader knows them."""
    import random

    chance = random.Random(1)  # noqa: S311 - bytes to fill a file
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(100):
            archive.writestr(f"{number}.bin", chance.randbytes(1_000_000))
    return out.getvalue()


def archive_of_lists(size: int) -> bytes:
    """195 lists of goods, stored as they are, of ``size`` bytes in all."""
    import random

    chance = random.Random(2)  # noqa: S311 - words to fill a list
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(195):
            rows = (
                f"BV-{chance.randrange(100_000):05};{chance.randrange(90):02};A{chance.randbytes(20).hex()};x"
                for _ in range(size // 195 // 56)
            )
            archive.writestr(f"{number}.csv", "\n".join(["Item;Qty;Lot;Note", *rows]))
    return out.getvalue()


def _seconds(clock: Callable[[], float], work: Callable[..., object], *given: object) -> float:
    started = clock()
    work(*given)
    return clock() - started


def _status_mb(pid: str, field: str) -> float:
    """A figure of /proc/PID/status; 0 where there is none."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1_000
    return 0.0
