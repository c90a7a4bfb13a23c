"""The case book: how cases stand and what the policy says, as the gate's reading tools tell it. Implements
tools.case_book.CaseBook."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.domain.approval import Decision
from assistant.domain.case import Case
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.domain.policy import LineJudgement
from assistant.domain.ports import Store, Unit
from assistant.steps.price import worth
from assistant.steps.recall import Recall
from tools.contract import Refused
from tools.erp import ErpReader
from tools.schemas import CaseOut, CasePolicy, CasesOut, CasesWanted, DecisionOut, PassageOut, RowOut

ACTOR = program("answers")
_OPEN = (CaseState.DRAFT, CaseState.NEEDS_INFO, CaseState.IN_REVIEW, CaseState.APPROVED, CaseState.AUTHORISED)
_CASE = re.compile(r"\s*BH[- ]?(\d{3,})\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\d{3,}")
_AT_ONCE, _MOST_LOOKED_AT = 200, 5_000


@dataclass(frozen=True, slots=True)
class CaseBook:
    """``recall`` holds the returns policy in words; None where there is no memory."""

    store: Store
    erp: ErpReader
    recall: Recall | None

    def named(self, reference: str) -> CaseOut | None:
        with self.store.unit(ACTOR) as unit:
            case = self._named(unit, reference)
            return None if case is None else self._told(unit, case)

    def found(self, wanted: CasesWanted, most: int) -> CasesOut:
        """Raises Refused for a customer that nobody knows, and where there are more cases than are looked through."""
        customers = self._customers(wanted.customer)
        with self.store.unit(ACTOR) as unit:
            fit = [
                (case, self._moved(case)[0])
                for case in _all(unit, _states(wanted.state))
                if (customers is None or case.draft.customer_id in customers) and self._is_about(case, wanted.reference)
            ]
            fit = [each for each in fit if _between(each[1], wanted)]
            fit.sort(key=lambda each: -each[1])
            return CasesOut(total=len(fit), cases=tuple(self._told(unit, case) for case, _ in fit[:most]))

    def policy_on(self, case_id: str) -> CasePolicy | None:
        with self.store.unit(ACTOR) as unit:
            if (case := unit.cases.find(case_id)) is None:
                return None
            said = unit.judgements.latest(case.id, case.revision.number)
        if said is None:
            return CasePolicy(case_id=case.id, policy_version="", rows=())
        rows = tuple(row for number, line in said.lines.items() for row in _rows(number, line))
        return CasePolicy(case_id=case.id, policy_version=said.policy_version, rows=rows)

    def passages(self, about: str) -> Sequence[PassageOut]:
        if self.recall is None or not self.recall.policy:
            return ()
        found = self.recall.passages_about(about)
        return [PassageOut(heading=each.found.heading, text=each.found.text) for each in found]

    def _named(self, unit: Unit, reference: str) -> Case | None:
        if (own := _CASE.fullmatch(reference)) is not None:
            return unit.cases.find(f"BH-{own[1]}")
        number = _DIGITS.search(reference)
        led_to_by = unit.postings.with_document(number[0]) if number is not None else None
        return unit.cases.get(led_to_by) if led_to_by is not None else None

    def _customers(self, name: str) -> frozenset[str] | None:
        """None: everybody's."""
        if not name.strip():
            return None
        if (one := self.erp.customer(name.strip())) is not None:
            return frozenset({one.id})
        called = self.erp.customers_named(name) or self.erp.customers_named(name.title())
        found = frozenset(customer.id for customer in called)
        if not found:
            raise Refused(f"no customer of ours is called {name.strip()}")
        return found

    def _is_about(self, case: Case, reference: str) -> bool:
        if not (wanted := _spelled(reference)):
            return True
        lines = case.draft.lines
        names = {
            case.id,
            *case.draft.order_nos,
            *(line.order_no or "" for line in lines),
            *(line.sku or "" for line in lines),
        }
        if wanted in {_spelled(name) for name in names}:
            return True
        return any(found.order_no in names for found in self.erp.find(reference))

    def _told(self, unit: Unit, case: Case) -> CaseOut:
        customer = self.erp.customer(case.draft.customer_id) if case.draft.customer_id else None
        amount, currency = self._moved(case)
        return CaseOut(
            case_id=case.id,
            kind=case.kind,
            state=case.state.value,
            customer_id=case.draft.customer_id or "",
            customer=customer.name if customer is not None else case.party.address,
            summary=case.draft.summary,
            amount=amount,
            currency=currency,
            opened_on=case.opened_at.date(),
            revision=case.revision.number,
            order_nos=case.draft.order_nos,
            documents=tuple(p.document_no for p in unit.postings.of_case(case.id) if p.document_no),
            decisions=tuple(
                _decided(each) for each in unit.cases.decisions(case.id) if each.revision == case.revision.number
            ),
        )

    def _moved(self, case: Case) -> tuple[Decimal, str]:
        """What its lines move, and in which currency; nothing where that is not known yet."""
        moved = [each for line in case.draft.lines if (each := worth(line, self.erp, kind=case.kind)) is not None]
        currency = moved[0][1] if moved else self.erp.company().currency
        return sum((amount for amount, _ in moved), Decimal(0)), currency


def _states(named: str) -> tuple[CaseState, ...]:
    if named == "open":
        return _OPEN
    return () if named == "any" else (CaseState(named),)


def _all(unit: Unit, states: Sequence[CaseState]) -> Iterator[Case]:
    after, seen = "", 0
    while together := unit.cases.list(states, limit=_AT_ONCE, after=after):
        yield from together
        after, seen = together[-1].id, seen + len(together)
        if seen >= _MOST_LOOKED_AT:
            raise Refused(f"more than {_MOST_LOOKED_AT:,} cases would have to be looked through; name a state")


def _between(amount: Decimal, wanted: CasesWanted) -> bool:
    above, below = wanted.above, wanted.below
    return (above is None or amount > above) and (below is None or amount < below)


def _rows(number: int, line: LineJudgement) -> Iterator[RowOut]:
    asks = {asked.row: asked.role.value for asked in line.asks}
    for row in dict.fromkeys((*line.rows, *line.refusals, *asks)):
        yield RowOut(
            line=number,
            table=row.table,
            row=row.id,
            says=row.says,
            asks=asks.get(row, ""),
            refuses=row in line.refusals,
        )


def _decided(decision: Decision) -> DecisionOut:
    verdict = decision.verdict.replace("_", " ")
    return DecisionOut(verdict=verdict, by=decision.by, on=decision.at.date(), reason=decision.reason)


def _spelled(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
