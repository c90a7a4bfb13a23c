"""The campaign of mail: ``python -m tests.faults.mailboxes`` writes ``docs/reports/mail.md``.

Mails with attachments are delivered to a real Dovecot by LMTP and taken from it by IMAP IDLE, and then to our own
listener by SMTP, by senders that try again; all the while the process that takes them in is killed outright, again and
again, always while mail is flowing. Every mail must then be recorded once, byte for byte.
"""

import os
import platform
import random
import signal
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from assistant import bootstrap
from assistant.demo import files
from assistant.domain.person import program
from assistant.domain.worklist import Verified
from assistant.settings import Settings
from assistant.store.sql import SqlStore
from tests.dovecot import PASSWORD, Dovecot, dovecot, free_port
from tests.faults.memory import peak_mb, tree_mb

REPORT = Path(__file__).resolve().parents[2] / "docs" / "reports" / "mail.md"
MAILS, KILLS, SEED, DRAFTED = 2_000, 24, 2026, 100
USER = "returns@kestrelsupply.example"
SENDER = "joe@fennimoreplumbing.example"
STORE = "store.sqlite"
_IN_FLIGHT = 40  # delivered and not yet recorded: so few that the mailbox runs empty and IDLE is waited in
_SENDERS = 4
_STANDSTILL_SECONDS = 120.0


@dataclass
class Tally:
    """What came of one campaign; ``wrong`` names what must not happen."""

    way: str
    mails: int
    kills: int = 0
    seconds: float = 0.0
    recorded: int = 0
    twice: int = 0
    lost: int = 0
    tried_again: int = 0
    peak_mb: float = 0.0
    wrong: list[str] = field(default_factory=list)


def mail(number: int, seed: int, most_rows: int = 2_000) -> bytes:
    """A request with an attachment of up to 30 bytes a row; every one is another."""
    chance = random.Random(f"{seed}-{number}")
    letter = EmailMessage()
    letter["From"] = f"Joe Fennimore <{SENDER}>"
    letter["To"] = USER
    letter["Subject"] = f"valves {number}"
    letter["Message-ID"] = f"<{seed}-{number}@fennimoreplumbing.example>"
    letter.set_content(f"We no longer need {1 + number % 9} PRV-34 from order KS-700121, please credit. ({number})\n")
    rows = "\n".join(
        f"PRV-34,{chance.randrange(1, 9)},{chance.getrandbits(64):x}" for _ in range(chance.randrange(1, most_rows))
    )
    letter.add_attachment(rows.encode(), maintype="text", subtype="csv", filename=f"count-{number}.csv")
    letter.set_boundary(f"part-{number}")
    return letter.as_bytes().replace(b"\n", b"\r\n")


class Ingester:
    """`backhaul mail receive` as a process, over a data folder of its own."""

    def __init__(self, data: Path, **env: str) -> None:
        self.data = data
        self.smtp_port = free_port()
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("BACKHAUL_", "OPENAI_"))}
        self.env |= {"BACKHAUL_DATA": str(data), "BACKHAUL_SMTP_PORT": str(self.smtp_port), **env}
        self._log = data / "ingester.log"
        self.words: tuple[str, ...] = ("mail", "receive")
        self.process: subprocess.Popen[bytes] | None = None
        self.peak_mb = 0.0

    def start(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "assistant", *self.words]
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)

    def end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.peak_mb = max(self.peak_mb, peak_mb(self.process.pid))
        self.process.send_signal(how)
        self.process.wait(timeout=60)

    def require_living(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the ingester ended by itself: {self._log.read_text()[-2_000:]}")


@contextmanager
def house(**env: str) -> Iterator[tuple[SqlStore, Ingester]]:
    """A migrated store with the sample distributor, and an ingester over it that is not started yet."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        database = f"sqlite:///{data / STORE}"
        settings = Settings(
            data=data,
            database_url=database,
            workflow_url=f"sqlite:///{data / 'workflow.sqlite'}",
            erp=data / "erp.sqlite",
            today=date(2026, 11, 20),
        )
        sandbox = bootstrap.sandbox(settings)
        sandbox.load(bootstrap.erp_file(files.erp_file()))
        sandbox.close()
        store = bootstrap.store(settings, "kestrelsupply.example")
        ingester = Ingester(data, BACKHAUL_DATABASE_URL=database, **env)
        try:
            yield store, ingester
        finally:
            if ingester.process is not None and ingester.process.poll() is None:
                ingester.process.kill()
                ingester.process.wait(timeout=30)
            store.close()


def states(data: Path) -> dict[str, int]:
    """How many messages are in each state; read beside the writers, in nobody's way."""
    with closing(sqlite3.connect(f"file:{data / STORE}?mode=ro", uri=True, timeout=60)) as reader:
        return dict(reader.execute("SELECT state, count(*) FROM messages GROUP BY state").fetchall())


def count(ingester: Ingester) -> int:
    return sum(states(ingester.data).values())


def mailbox_file(folder: Path, server: Dovecot) -> Path:
    path = folder / "mailboxes.toml"
    lines = [
        'host = "127.0.0.1"',
        f"port = {server.imap_port}",
        f'user = "{USER}"',
        'password = "env:MAILBOX_PASSWORD"',
    ]
    path.write_text("[mailbox.returns]\n" + "\n".join([*lines, 'tls = "none"']) + "\n")
    return path


def by_imap(mails: int, kills: int, seed: int) -> Tally:
    """LMTP into Dovecot, IMAP out of it."""
    tally = Tally("LMTP to Dovecot, taken by IMAP IDLE", mails)
    with tempfile.TemporaryDirectory() as folder, dovecot(Path(folder) / "dovecot") as server:
        env = {"BACKHAUL_MAILBOXES": str(mailbox_file(Path(folder), server)), "MAILBOX_PASSWORD": PASSWORD}
        with house(**env) as (store, ingester):

            def recorded() -> int:
                return count(ingester)

            with ThreadPoolExecutor(1) as pool:
                delivered = pool.submit(_deliver, server, mails, seed, recorded)
                _ingest(ingester, recorded, tally, kills, random.Random(seed))
                delivered.result()
            _wait(lambda: server.mails(USER) == 0, ingester)
            ingester.end(signal.SIGINT)
            _check(store, tally, seed)
            if (kept := server.mails(USER, "Recorded")) < mails:
                tally.wrong.append(f"the folder of recorded mail holds {kept}")
        tally.peak_mb = ingester.peak_mb
    return tally


def _deliver(server: Dovecot, mails: int, seed: int, recorded: Callable[[], int]) -> None:
    """A few ahead of what is recorded, so that mail comes in while it is waited for."""
    with smtplib.LMTP("127.0.0.1", server.lmtp_port) as lmtp:
        for number in range(mails):
            while number % 10 == 0 and number - recorded() >= _IN_FLIGHT:
                time.sleep(0.01)
            lmtp.sendmail(SENDER, [USER], mail(number, seed))


def by_smtp(mails: int, kills: int, seed: int) -> Tally:
    """Senders that try again until they are told yes."""
    tally = Tally("SMTP to our listener, senders that try again", mails)
    with house() as (store, ingester):
        waiting = iter(range(mails))
        lock = threading.Lock()
        tries: Counter[str] = Counter()
        with ThreadPoolExecutor(_SENDERS) as pool:
            sent = [pool.submit(_send, ingester, waiting, lock, tries, seed) for _ in range(_SENDERS)]
            _ingest(ingester, lambda: count(ingester), tally, kills, random.Random(seed))
            for each in sent:
                each.result()
        ingester.end(signal.SIGINT)
        tally.tried_again = tries.total()
        _check(store, tally, seed)
    tally.peak_mb = ingester.peak_mb
    return tally


def _send(ingester: Ingester, waiting: Iterator[int], lock: threading.Lock, tries: Counter[str], seed: int) -> None:
    server: smtplib.SMTP | None = None
    while True:
        with lock:
            number = next(waiting, None)
        if number is None:
            break
        raw = mail(number, seed)
        while True:
            try:
                server = server or smtplib.SMTP("127.0.0.1", ingester.smtp_port, timeout=60)
                server.sendmail(SENDER, [USER], raw)
                break
            except (OSError, smtplib.SMTPException) as error:
                with lock:
                    tries[type(error).__name__] += 1
                if server is not None:
                    server.close()
                server = None
                time.sleep(0.2)
    if server is not None:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def _ingest(ingester: Ingester, recorded: Callable[[], int], tally: Tally, kills: int, chance: random.Random) -> None:
    """Keep the ingester running until all is recorded; kill it each time that some more mails are in."""
    share = tally.mails // (kills + 1)
    at = [share * (n + 1) + chance.randrange(-share // 3, share // 3) for n in range(kills)]
    started = time.monotonic()
    ingester.start()
    seen, seen_at = 0, time.monotonic()
    while (now := recorded()) < tally.mails:
        if now > seen:
            seen, seen_at = now, time.monotonic()
        if at and now >= at[0]:
            at.pop(0)
            ingester.end(signal.SIGKILL)
            tally.kills += 1
            ingester.start()
        ingester.require_living()
        if time.monotonic() - seen_at > _STANDSTILL_SECONDS:
            raise AssertionError(f"{now} of {tally.mails} are recorded, and no more come")
        time.sleep(0.005)
    tally.seconds = time.monotonic() - started


def _wait(seen: Callable[[], bool], ingester: Ingester) -> None:
    end = time.monotonic() + _STANDSTILL_SECONDS
    while not seen():
        ingester.require_living()
        if time.monotonic() > end:
            raise AssertionError("recorded mail is still in the inbox")
        time.sleep(0.05)


def _check(store: SqlStore, tally: Tally, seed: int) -> None:
    """Every mail once, with all its bytes, and the audit log whole."""
    with store.unit(program("test")) as unit:
        kept = unit.messages.list(limit=tally.mails * 3)
        ids = Counter(message.internet_id for message in kept)
        tally.recorded = len(kept)
        tally.twice = sum(n - 1 for n in ids.values())
        tally.lost = sum(1 for n in range(tally.mails) if f"<{seed}-{n}@fennimoreplumbing.example>" not in ids)
        for message in kept:
            number = int(message.internet_id.partition("-")[2].partition("@")[0])
            if not unit.messages.raw(message.id).endswith(mail(number, seed)):
                tally.wrong.append(f"the bytes of mail {number} are not those that were sent")
        if not isinstance(verified := unit.audit.verify(), Verified):
            tally.wrong.append(f"the audit log is broken: {verified}")


@dataclass(frozen=True)
class Pace:
    """How fast one mode takes mail in, and what it takes of the machine."""

    mode: str
    mails: int
    seconds: float
    cpu_seconds: float
    mb: float


def pace(mails: int, seed: int, *, drafting: bool) -> Pace:
    """Nothing is killed; all mail stands in the mailbox before the start. Counted from the first mail to the last."""
    with tempfile.TemporaryDirectory() as folder, dovecot(Path(folder) / "dovecot") as server:
        with smtplib.LMTP("127.0.0.1", server.lmtp_port) as lmtp:
            for number in range(mails):
                lmtp.sendmail(SENDER, [USER], mail(number, seed, most_rows=20))
        env = {"BACKHAUL_MAILBOXES": str(mailbox_file(Path(folder), server)), "MAILBOX_PASSWORD": PASSWORD}
        with house(**env, BACKHAUL_PORT=str(free_port()), BACKHAUL_TODAY="2026-11-20") as (_, ingester):
            if drafting:
                ingester.words = ("serve",)
            ingester.start()
            assert ingester.process is not None
            most, first = 0.0, None
            while (done := _worked(ingester) if drafting else count(ingester)) < mails:
                ingester.require_living()
                if first is None and count(ingester):
                    first, cpu = time.monotonic(), _cpu_seconds(ingester.process.pid)
                most = max(most, tree_mb(ingester.process.pid))
                time.sleep(0.05)
            assert first is not None
            assert done == mails
            seconds = time.monotonic() - first
            used = _cpu_seconds(ingester.process.pid) - cpu
            ingester.end(signal.SIGINT)
    return Pace("taken in and drafted" if drafting else "taken in alone", mails, seconds, used, most)


def _worked(ingester: Ingester) -> int:
    return sum(number for state, number in states(ingester.data).items() if state not in ("recorded", "working"))


def _cpu_seconds(pid: int) -> float:
    """Of the process and of its children that ended or live."""
    from tests.faults.memory import tree

    ticks = 0
    for each in tree(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def report(tallies: list[Tally], paces: list[Pace]) -> str:
    today = date.today()  # noqa: DTZ011 - the day where this machine is
    rows = [
        f"| {t.way} | {t.mails:,} | {t.kills} | {t.recorded:,} | {t.twice} | {t.lost} | {t.tried_again:,} "
        f"| {t.seconds:,.0f} s | {t.peak_mb:,.0f} MB |"
        for t in tallies
    ]
    paced = [
        f"| {p.mode} | {p.mails:,} | {p.mails / p.seconds:,.1f} | {p.cpu_seconds / p.mails * 1000:,.0f} ms "
        f"| {p.mb:,.0f} MB |"
        for p in paces
    ]
    wrong = [f"- {t.way}: {each}" for t in tallies for each in t.wrong]
    return "\n".join(
        [
            "# Mail in, while the process that takes it is killed",
            "",
            f"{today.day} {today:%B %Y}, Python {platform.python_version()}, {os.cpu_count()} processors that other "
            f"work shared, seed {SEED}; made by `python -m tests.faults.mailboxes`.",
            "",
            "Each mail has an attachment of up to 60 KB. `backhaul mail receive` is killed (SIGKILL) whenever some "
            "more mails are in, and started anew. The time is that of the whole campaign, most of it the starts. "
            "Checked at the end: every mail is recorded once, its bytes are those sent, the mailbox is empty, the "
            "audit log verifies.",
            "",
            "| way | mails | kills | recorded | twice | lost | tries again | time | peak memory |",
            "|---|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "What must not happen: " + ("nothing did." if not wrong else ""),
            *wrong,
            "",
            "## Pace",
            "",
            "From a mailbox that is full at the start, by IMAP, one connection, nothing killed; SQLite; attachments of "
            "up to 20 rows. Memory is the most that the process and its children held at once; processor time is "
            "theirs.",
            "",
            "| mode | mails | mails/s | processor time a mail | memory |",
            "|---|---|---|---|---|",
            *paced,
            "",
        ]
    )


def main() -> int:
    tallies, paces = [], []
    for campaign in (by_imap, by_smtp):
        tallies.append(campaign(MAILS, KILLS, SEED))
        sys.stderr.write(f"{tallies[-1]}\n")
    for mails, drafting in ((MAILS, False), (DRAFTED, True)):
        paces.append(pace(mails, SEED + 1, drafting=drafting))
        sys.stderr.write(f"{paces[-1]}\n")
    REPORT.write_text(report(tallies, paces))
    sys.stdout.write(REPORT.read_text())
    return 1 if any(t.twice or t.lost or t.wrong for t in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
