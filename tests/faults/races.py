"""The campaign of races: ``python -m tests.faults.races`` writes ``docs/reports/races.md``.

Each round puts two or three cases over the same ten pieces before people and the poster, who all act at once. Whatever
the order they come in: nobody's approval counts for a revision they did not see, no more is authorised than was
shipped, and no revision has two winners. With BACKHAUL_TEST_DATABASE_URL set PostgreSQL is raced too.
"""

import os
import platform
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import Any

from sqlalchemy import text

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.channels.outgoing import post_for
from assistant.domain.case import Case
from assistant.domain.draft import Draft
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, Role, program
from assistant.domain.posting import PostingState
from assistant.domain.worklist import Verified
from assistant.settings import Settings
from assistant.store.connection import engine_for
from tests.worked import back, kept, poster, seen, submitted

REPORT = Path(__file__).resolve().parents[2] / "docs" / "reports" / "races.md"
ROUNDS, SEED, SHIPPED = 200, 2026, 10
_DAY = "2026-11-10"


def _person(name: str, *roles: Role) -> Person:
    return Person(id=f"{name}@house.example", name=name.title(), roles=frozenset(roles))


RETURNS = [_person(f"returns{n}", Role.RETURNS_APPROVER) for n in range(3)]
FINANCE = [_person(f"finance{n}", Role.FINANCE_APPROVER) for n in range(2)]
BOTH = _person("both", Role.RETURNS_APPROVER, Role.FINANCE_APPROVER)
AGENT = _person("agent", Role.AGENT)
PEOPLE = (*RETURNS, *FINANCE, BOTH, AGENT)
_ROLES = {person.id: {role.value for role in person.roles} for person in PEOPLE}


@dataclass
class Tally:
    """What came of the rounds. ``broken`` names every rule that did not hold; ``ended`` counts how acts ended."""

    rounds: int = 0
    acts: int = 0
    seconds: float = 0.0
    ended: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """What somebody had on the screen when they approved, and whether it was taken."""

    person: str
    case_id: str
    revision: int
    digests: tuple[str, ...]


def world(rounds: int) -> dict[str, Any]:
    """One order a round: ten pieces, cheap in even rounds and so dear in odd ones that finance approves too."""
    orders, shipments, invoices = [], [], []
    for n in range(rounds):
        price = "90.00" if n % 2 == 0 else "400.00"
        line = {"line": 1, "sku": "P-1", "quantity": str(SHIPPED), "uom": "EA", "unit_price": price}
        head = {"order_no": f"R-{n:04d}"}
        sold = {"customer_id": "C-1", "customer_po": f"PO-{n}", "ordered_on": _DAY, "currency": "USD"}
        orders.append({**head, **sold, "lines": [line]})
        shipped = {"line": 1, "sku": "P-1", "quantity": str(SHIPPED), "lots": [], "serials": []}
        days = {"shipped_on": _DAY, "delivered_on": _DAY, "carrier": "UPS"}
        marks = {"shipment_no": f"D-{n}", "tracking_no": f"T-{n}", "warehouse": "TOL"}
        shipments.append({**head, **days, **marks, "lines": [shipped]})
        total = str(SHIPPED * Decimal(price))
        invoices.append(
            {**head, "invoice_no": f"F-{n}", "invoiced_on": _DAY, "currency": "USD", "lines": [line], "total": total}
        )
    customer = {"id": "C-1", "name": "Buyer", "email_domains": [], "contacts": [], "tier": "gold", "currency": "USD"}
    item = {"sku": "P-1", "description": "Pump", "category": "plumbing", "uom": "EA", "tracking": "none"}
    plain = {"unit_cost": "50", "warranty_months": 0, "returnable": True, "hazmat": False}
    codes = {"vendor_id": "V-1", "mfr_part_no": "M1", "upc": ""}
    return {
        "company": {"name": "House", "currency": "USD", "intake_address": "returns@house.example"},
        "customers": [{**customer, "return_window_days": 60, "restocking_fee_pct": "15"}],
        "items": [{**item, **plain, **codes}],
        "orders": orders,
        "shipments": shipments,
        "invoices": invoices,
    }


@contextmanager
def racing(database_url: str, rounds: int) -> Iterator[App]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        url = database_url or f"sqlite:///{data / 'store.sqlite'}"
        settings = Settings(
            data=data,
            database_url=url,
            workflow_url=f"sqlite:///{data / 'workflow.sqlite'}",
            erp=data / "erp.sqlite",
            today=date(2026, 11, 20),
        )
        sandbox = bootstrap.sandbox(settings)
        sandbox.load(world(rounds))
        sandbox.close()
        app = bootstrap.app(settings, post_for)
        with app.store.unit(program("test")) as unit:
            for person in PEOPLE:
                unit.people.add(person, "x")
        try:
            yield app
        finally:
            app.close()


@contextmanager
def postgres_schema(server: str) -> Iterator[str]:
    """A schema of its own on the server, gone afterwards."""
    schema = f"race_{uuid.uuid4().hex}"
    engine = engine_for(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def run(app: App, rounds: int, seed: int) -> Tally:
    chance, tally, started = random.Random(seed), Tally(), time.monotonic()
    for number in range(rounds):
        _round(app, number, chance, tally)
        tally.rounds += 1
        if number % 20 == 19:
            print(f"{number + 1} of {rounds} rounds, {len(tally.broken)} rules broken", file=sys.stderr, flush=True)
    with app.store.unit(program("test")) as unit:
        if not isinstance(verified := unit.audit.verify(), Verified):
            tally.broken.append(f"the audit log does not verify: {verified}")
    tally.seconds = time.monotonic() - started
    return tally


def _round(app: App, number: int, chance: random.Random, tally: Tally) -> None:
    order_no = f"R-{number:04d}"
    wanted = [chance.choice((6, 8, 10)) for _ in range(chance.choice((2, 3)))]
    cases = [submitted(app, back("P-1", q, order_no=order_no), customer_id="C-1") for q in wanted]
    approvals: list[Seen] = []
    odd: list[str] = []
    for wave in range(4):
        acts = _acts(app, [kept(app, case.id) for case in cases], chance, approvals, first=wave == 0)
        for ending in _at_once(acts):
            tally.acts += 1
            tally.ended[ending] += 1
            if ending.startswith("!"):
                odd.append(ending)
    for case in cases:
        _say(lambda case_id=case.id: poster(app).post(case_id))  # type: ignore[misc] # what is approved is posted
    tally.broken += [f"round {number}: {fault}" for fault in (*odd, *_faults(app, order_no, cases, approvals))]
    tally.states.update(kept(app, case.id).state.value for case in cases)


def _acts(
    app: App, cases: Sequence[Case], chance: random.Random, approvals: list[Seen], *, first: bool
) -> list[Callable[[], object]]:
    """What happens at once: everybody looked before, at the same state, and acts on what they saw."""
    acts: list[Callable[[], object]] = []
    for case in cases:
        digests = seen(app, case) if case.state is CaseState.IN_REVIEW else ()
        approvers = chance.sample((*RETURNS, *FINANCE, BOTH), k=3 if first else 4)
        acts += [_approving(app, person, case, digests, approvals) for person in approvers]
        acts.append(lambda case_id=case.id: poster(app).post(case_id))  # type: ignore[misc] # bound now
        number = case.revision.number
        others: tuple[Callable[[], object], ...] = (
            lambda c=case, n=number: app.review.reject(somebody(RETURNS, c), c.id, n, "not as agreed"),  # type: ignore[misc] # bound now
            lambda c=case, n=number: app.review.reject_line(somebody(RETURNS, c), c.id, n, 1, "used"),  # type: ignore[misc] # bound now
            lambda c=case, n=number: app.review.cancel(AGENT, c.id, n, "not needed"),  # type: ignore[misc] # bound now
        )
        acts += [act for act in others if chance.random() < 0.1]
        if chance.random() < 0.4:
            acts.append(lambda c=case, n=number: app.review.revise(AGENT, c.id, n, _fewer(c), "counted again"))  # type: ignore[misc] # bound now
    chance.shuffle(acts)
    return acts


def somebody(people: Sequence[Person], case: Case) -> Person:
    return people[sum(map(ord, case.id)) % len(people)]


def _approving(
    app: App, person: Person, case: Case, digests: tuple[str, ...], approvals: list[Seen]
) -> Callable[[], object]:
    def approve() -> object:
        done = app.review.approve(person, case.id, case.revision.number, digests)
        approvals.append(Seen(person.id, case.id, case.revision.number, digests))
        return done

    return approve


def _fewer(case: Case) -> Draft:
    (line,) = case.draft.lines
    assert line.quantity is not None
    return replace(case.draft, lines=(replace(line, quantity=max(line.quantity - 1, Decimal(1))),))


def _at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    start = Barrier(len(acts))

    def act(one: Callable[[], object]) -> str:
        start.wait(timeout=60)
        return _say(one)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def _say(act: Callable[[], object]) -> str:
    """How it ended: done, or the kind of refusal. What is no refusal of ours starts with an exclamation mark."""
    try:
        act()
    except BackhaulError as refusal:
        return type(refusal).__name__
    except Exception as error:  # noqa: BLE001 - whatever it is, the report names it
        return f"! {type(error).__name__}: {str(error)[:200]}"
    return "done"


def _faults(app: App, order_no: str, cases: Sequence[Case], approvals: Sequence[Seen]) -> Iterator[str]:
    with app.store.unit(program("test")) as unit:
        held = unit.postings.held(order_no, "P-1")
        decisions = {case.id: unit.cases.decisions(case.id) for case in cases}
        postings = {case.id: unit.postings.of_case(case.id) for case in cases}
        events = {case.id: unit.audit.rows(case.id) for case in cases}
        now = {case.id: unit.cases.get(case.id) for case in cases}
    returned = app.erp.returned(order_no, "P-1")
    if returned + held > SHIPPED:
        yield f"{returned} authorised and {held} held of {SHIPPED} shipped"
    done = sum(
        Decimal(line["quantity"])
        for posted in postings.values()
        for posting in posted
        if posting.state is PostingState.DONE
        for line in posting.arguments["lines"]
    )
    if done != returned:
        yield f"{done} posted as we see it, {returned} in the ERP"
    said = Counter(approvals)
    for case_id, made in decisions.items():
        approved = [d for d in made if d.verdict == "approved"]
        for each in approved:
            if not said[Seen(each.by, case_id, each.revision, each.digests)]:
                yield f"{case_id}: {each.by} never approved revision {each.revision} as it was kept"
            drafted = now[case_id].revision.number
            if each.revision > drafted:
                yield f"{case_id}: an approval of revision {each.revision}, which is none"
        yield from _of_revisions(case_id, now[case_id], made, events[case_id], postings[case_id])


def _of_revisions(
    case_id: str, now: Case, made: Sequence[Any], events: Sequence[Any], postings: Sequence[Any]
) -> Iterator[str]:
    won: Mapping[tuple[str, int], int] = Counter(
        (row.event, row.details["revision"]) for row in events if row.event in {"case.approve", "case.reject"}
    )
    for revision in range(1, now.revision.number + 1):
        approvals = [d for d in made if d.revision == revision and d.verdict == "approved"]
        if won.get(("case.approve", revision), 0) + won.get(("case.reject", revision), 0) > 1:
            yield f"{case_id}: revision {revision} was decided twice"
        for each in approvals:
            if each.step.partition(":")[2] not in _ROLES[each.by]:
                yield f"{case_id}: {each.by} gave {each.step}"
        people = [someone for d in approvals for someone in d.people]
        if len(people) != len(set(people)) or len({d.step for d in approvals}) != len(approvals):
            yield f"{case_id}: one person, or one step, counts twice on revision {revision}"
        begun = [p for p in postings if p.revision == revision and p.state in {PostingState.STARTED, PostingState.DONE}]
        if begun and (revision != now.revision.number or not won.get(("case.approve", revision))):
            yield f"{case_id}: revision {revision} was posted without being approved as it stands"
        if begun and any(d.verdict == "rejected" and d.revision == revision for d in made):
            yield f"{case_id}: revision {revision} was rejected and posted"
    if now.state is CaseState.AUTHORISED and not any(p.document_no for p in postings):
        yield f"{case_id} is authorised without an RMA"


def _report(tallies: Mapping[str, Tally]) -> str:
    rows = [
        f"| {name} | {t.rounds} | {t.acts:,} | {t.seconds:.0f} s | {len(t.broken)} |" for name, t in tallies.items()
    ]
    parts = [
        "# Races\n",
        f"{date.today():%d %B %Y}, Python {platform.python_version()}, seed {SEED}; made by "  # noqa: DTZ011 - the machine's day
        "`python -m tests.faults.races`.\n",
        "Two or three cases over the same ten pieces; approvers, an editor, rejecters, cancelling agents and the "
        "poster act at once, four times a round, each on what they saw before. Checked after every round: every "
        "approval kept was given by that person to that revision and those writes; authorised and held together never "
        "exceed what was shipped; what we call posted is what the ERP holds; a revision is approved or rejected once; "
        "no rejected or edited revision is posted; a step is given by its role; no person and no step counts twice. At "
        "the end the audit log is verified.\n",
        "| store | rounds | acts | time | rules broken |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n",
    ]
    for name, tally in tallies.items():
        ended = "\n".join(f"- {what}: {count:,}" for what, count in tally.ended.most_common())
        states = ", ".join(f"{count} {state}" for state, count in tally.states.most_common())
        parts.append(f"## {name}\n\nHow acts ended:\n\n{ended}\n\nThe cases in the end: {states}.\n")
        parts += [f"- **{fault}**" for fault in tally.broken[:50]]
    return "\n".join(parts)


def _raced(name: str, server: str, rounds: int) -> tuple[str, Tally]:
    if not server:
        with racing("", rounds) as app:
            return name, run(app, rounds, SEED)
    with postgres_schema(server) as url, racing(url, rounds) as app:
        return name, run(app, rounds, SEED)


def main(rounds: int) -> int:
    """Each store is raced in a process of its own, at the same time."""
    server = os.environ.get("BACKHAUL_TEST_DATABASE_URL", "")
    stores = {"SQLite": "", **({"PostgreSQL": server} if server else {})}
    with ProcessPoolExecutor(len(stores), mp_context=get_context("spawn")) as pool:
        tallies = dict(pool.map(_raced, stores, stores.values(), [rounds] * len(stores)))
    REPORT.write_text(_report(tallies))
    return 1 if any(tally.broken for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
