"""How a case is shown: to its reviewers, and to who spoke for the customer."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.channels.slack import blocks as kit
from assistant.channels.slack.blocks import Block, words
from assistant.domain.case import Case
from assistant.domain.draft import CaseLine, Draft
from assistant.domain.errors import BackhaulError
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.lifecycle import CaseState
from assistant.domain.memory import Alike, Precedent
from assistant.domain.money import from_minor, plain
from assistant.domain.policy import Step
from assistant.domain.ports import Unit
from assistant.domain.posting import Posting
from assistant.steps.recall import Recall
from assistant.steps.review import Review
from assistant.steps.standing import Standing
from tools.erp import ErpReader

FINAL = frozenset(set(CaseState) - {CaseState.DRAFT, CaseState.NEEDS_INFO, CaseState.IN_REVIEW, CaseState.APPROVED})
_MOST_LINES, _MOST_FINDINGS, _MOST_QUOTES = 20, 12, 4
_QUOTE_CHARACTERS = 160
_SIGN = {"blocking": "⛔", "warning": "⚠️", "info": "i"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message: its words for notifications, its blocks, and which state of the case they show."""

    text: str
    blocks: list[Block]
    state: str
    final: bool


@dataclass(frozen=True, slots=True)
class Showing:
    erp: ErpReader
    review: Review
    recall: Recall | None
    own_url: str

    def link(self, case_id: str) -> str:
        return f"{self.own_url.rstrip('/')}/cases/{case_id}"

    def state_of(self, unit: Unit, case: Case) -> str:
        """What a message about a case depends on, in short."""
        decided = len(unit.cases.decisions(case.id))
        posted = "".join(posting.state.value[0] for posting in unit.postings.of_case(case.id))
        return f"{case.state.value} r{case.revision.number} d{decided} {posted}"

    # -- for reviewers

    def similar(self, case: Case) -> Sequence[Alike[Precedent]]:
        """How cases like it were decided; looked up outside any unit, because the memory reads the store itself."""
        if self.recall is None or case.state is not CaseState.IN_REVIEW:
            return ()
        return self.recall.similar(case.draft, other_than=case.id)

    def for_review(self, unit: Unit, case: Case, revision: int, similar: Sequence[Alike[Precedent]] = ()) -> Shown:
        """As it stands now: with buttons while this revision can be decided, with its outcome afterwards."""
        newer = case.revision.number != revision
        open_now = case.state is CaseState.IN_REVIEW and not newer
        standing, lacking = self._standing(unit, case) if open_now else (None, "")
        head = f"{case.id}: {self.customer(case)}, {case.kind}"
        more = f"This is not all of it: <{self.link(case.id)}|open {case.id} in the workbench>."
        shown = [kit.header(head), kit.fields(self._facts(case, standing)), kit.section(words(case.draft.summary))]
        shown += [kit.section(text) for text in _lines(case.draft)]
        shown += self._findings(case, standing, lacking)
        shown += [kit.section(text) for text in _policy(standing)]
        if similar and open_now:
            shown.append(kit.context("Decided alike: " + "; ".join(_precedent(each) for each in similar)))
        last = [self._buttons(case, standing)] if open_now else [kit.section(self._outcome(unit, case, revision))]
        return Shown(
            text=kit.text_of(f"{head}: {self._status(unit, case) if not newer else 'changed since'}"),
            blocks=kit.message(shown, last, more),
            state=self.state_of(unit, case),
            final=newer or case.state in FINAL,
        )

    def bare(self, unit: Unit, case: Case) -> Shown:
        """For a channel that outsiders read: that something waits, and nothing of it."""
        text = f"A case waits for its reviewers: <{self.link(case.id)}|open it in the workbench>."
        state = self.state_of(unit, case)
        return Shown(text="A case waits for its reviewers.", blocks=[kit.section(text)], state=state, final=True)

    def _standing(self, unit: Unit, case: Case) -> tuple[Standing | None, str]:
        try:
            standing = self.review.standing(unit, case)
            return standing, standing.lacking
        except BackhaulError as error:
            return None, str(error)

    def customer(self, case: Case) -> str:
        if case.kind == "adjustment":
            return "Own warehouse"
        customer = self.erp.customer(case.draft.customer_id) if case.draft.customer_id else None
        return customer.name if customer is not None else "Unknown customer"

    def _facts(self, case: Case, standing: Standing | None) -> list[tuple[str, str]]:
        amount = ""
        if standing is not None and standing.amount_minor:
            currency = self._currency(case)
            amount = f"{from_minor(standing.amount_minor, currency):,.2f} {currency}"
        told = [
            ("Customer", words(f"{self.customer(case)} ({case.draft.customer_id or '–'})")),
            ("Amount", amount or "–"),
            ("Orders", words(", ".join(case.draft.order_nos)) or "–"),
            ("Wants", case.draft.resolution.value),
        ]
        return [*told, ("From", words(case.party.address or "–")), ("Revision", str(case.revision.number))]

    def _currency(self, case: Case) -> str:
        order = next((found for no in case.draft.order_nos if (found := self.erp.order(no)) is not None), None)
        return order.currency if order is not None else self.erp.company().currency

    def _findings(self, case: Case, standing: Standing | None, lacking: str) -> list[Block]:
        found = case.draft.findings[:_MOST_FINDINGS]
        told = [f"{_SIGN[f.severity]} {words(f.message)}" for f in found]
        if lacking:
            told.append(f"⛔ {words(lacking)}")
        rejected = standing.rejected if standing is not None else {}
        told += [f"Line {number} was rejected: {words(reason)}" for number, reason in rejected.items()]
        return [kit.section("\n".join(told))] if told else []

    def _buttons(self, case: Case, standing: Standing | None) -> Block:
        digests = standing.digests if standing is not None else ()
        value = json.dumps({"case": case.id, "revision": case.revision.number, "digests": list(digests)})
        seen = json.dumps({"case": case.id, "revision": case.revision.number})
        made = [
            kit.button("Approve", "approve", value, style="primary"),
            kit.button("Reject …", "reject", seen, style="danger"),
            kit.button("Edit …", "edit", seen),
            kit.button("Open in the workbench", "open", url=self.link(case.id)),
        ]
        rejected = standing.rejected if standing is not None else {}
        if len(case.draft.lines) - len(rejected) > 1:
            made.insert(1, kit.button("Approve by line …", "choose_lines", value))
        if case.kind == "return" and standing is not None and not standing.asked_early:
            made.insert(-1, kit.button("Credit early …", "early_credit", seen))
        return kit.actions(made if digests else made[1:], block_id=f"decide-{case.id}-{case.revision.number}")

    def _outcome(self, unit: Unit, case: Case, revision: int) -> str:
        if case.revision.number != revision:
            return (
                f"*Changed since*: {case.id} is at revision {case.revision.number}; this shows revision {revision}. "
                f"<{self.link(case.id)}|Open it>"
            )
        told = [f"*{self._status(unit, case)}*"]
        for decision in unit.cases.decisions(case.id):
            if decision.revision == revision:
                verdict = decision.verdict.replace("_", " ")
                reason = f": {words(decision.reason)}" if decision.reason else ""
                told.append(f"{verdict} by {words(_name(unit, decision.by))}{reason}")
        return "\n".join(told)

    def _status(self, unit: Unit, case: Case) -> str:
        documents = [p.document_no for p in unit.postings.of_case(case.id) if p.document_no]
        state = case.state.value.replace("_", " ").capitalize()
        return f"{state} ({', '.join(documents)})" if documents else state

    # -- for who spoke

    def for_speaker(self, unit: Unit, case: Case, *, latest: bool) -> Shown:
        """What was understood, with its sources, and all that is missing; without the questions once more was said."""
        status = self._status(unit, case)
        status = f"{status[:1].lower()}{status[1:]}"
        head = f"*{case.id}*, {words(self.customer(case))}: {case.kind}, {status}"
        shown = [kit.section(head), *(kit.section(text) for text in _lines(case.draft))]
        asks = case.state is CaseState.NEEDS_INFO and latest
        blocking = [f for f in case.draft.findings if f.severity != "info"][:_MOST_FINDINGS]
        if blocking:
            shown.append(kit.section("\n".join(f"{_SIGN[f.severity]} {words(f.message)}" for f in blocking)))
        if asks:
            asked = "\n".join(f"{n}. {words(q.text)}" for n, q in enumerate(case.draft.questions, start=1))
            shown.append(kit.section(f"*To go on I need to know:*\n{asked}\nAnswer here, all at once or one by one."))
        elif case.state is CaseState.IN_REVIEW:
            shown.append(kit.context("It is with the reviewers now; somebody other than you decides it."))
        seen = json.dumps({"case": case.id, "revision": case.revision.number})
        buttons = [kit.button("Open in the workbench", "open", url=self.link(case.id))]
        if asks:
            buttons.insert(0, kit.button("Submit as it is", "submit_as_is", seen))
        more = f"This is not all of it: <{self.link(case.id)}|open {case.id} in the workbench>."
        return Shown(
            text=kit.text_of(f"{case.id}: {status}"),
            blocks=kit.message(shown, [kit.actions(buttons)], more),
            state=f"{self.state_of(unit, case)}{'' if latest else ' old'}",
            final=case.state in FINAL or not latest,
        )

    def outcome_for_speaker(self, unit: Unit, case: Case) -> str:
        """What became of it, for the customer who waits on the telephone."""
        if case.state is CaseState.REJECTED:
            reasons = [d.reason for d in unit.cases.decisions(case.id) if d.verdict == "rejected"]
            return f"{case.id} was rejected: {words(reasons[-1]) if reasons else 'see the workbench'}"
        told = [_document(posting) for posting in unit.postings.of_case(case.id) if posting.document_no]
        return f"{case.id}: {'; '.join(told) or self._status(unit, case).lower()}"


def _name(unit: Unit, person_id: str) -> str:
    person = unit.people.get(person_id)
    return person.name if person is not None else person_id


def _document(posting: Posting) -> str:
    kinds = {"authorise_return": "the return is authorised, RMA", "post_credit_memo": "credited, credit memo"}
    return f"{kinds.get(posting.tool, 'posted,')} {posting.document_no}"


def _lines(draft: Draft) -> Iterator[str]:
    for number, line in enumerate(draft.lines[:_MOST_LINES], start=1):
        yield _line(number, line)
    if len(draft.lines) > _MOST_LINES:
        yield f"… and {len(draft.lines) - _MOST_LINES} more lines."


def _line(number: int, line: CaseLine) -> str:
    quantity = f"{plain(line.quantity)} {line.uom or ''}".strip() if line.quantity is not None else "?"
    parts = [f"*{number}. {words(quantity)} × {words(line.sku or '?')}*"]
    if line.order_no:
        parts.append(f"order {words(line.order_no)}")
    parts.append(line.reason_code.value.replace("_", " ").lower())
    if line.lot:
        parts.append(f"lot {words(line.lot)}")
    if line.serials:
        parts.append(f"serial {words(', '.join(line.serials[:10]))}")
    if line.amount is not None:
        parts.append(f"claims {line.amount.money}")
    quotes = [quote for name in line.evidence for quote in _quotes(name, line.evidence[name])][:_MOST_QUOTES]
    return "\n".join([", ".join(parts), *(f">{quote}" for quote in quotes)])


def _quotes(name: str, proofs: Sequence[Evidence]) -> Iterator[str]:
    label = {"sku": "item", "order_no": "order", "reason_code": "reason"}.get(name, name)
    for proof in proofs[:1]:
        quote = words(kit.cut(" ".join(proof.quote.split()), _QUOTE_CHARACTERS))
        match proof:
            case Quoted(at=at):
                page = f", page {at.page}" if at.page is not None else ""
                yield f"{label}: “{quote}” ({words(at.document)}{page})"
            case Proven(record=record):
                yield f"{label}: {quote} (ERP {words(record)})"


def _policy(standing: Standing | None) -> Iterator[str]:
    if standing is None:
        return
    for number, rows in standing.judgement.refused_lines().items():
        yield f"⛔ The policy refuses line {number}: " + words(" ".join(dict.fromkeys(row.says for row in rows)))
    for step in standing.judgement.steps:
        given = standing.given.get(step.name)
        state = f"given by {words(given.by)}" if given is not None else "open"
        yield f"*{step_name(step)}*: {state}\n" + "\n".join(f">{words(row.id)}: {words(row.says)}" for row in step.rows)


def step_name(step: Step) -> str:
    return f"Step {step.place}, {step.role.value.replace('_', ' ')}"


def _precedent(alike: Alike[Precedent]) -> str:
    found = alike.found
    why = f" ({words(kit.cut(found.why, 80))})" if found.why else ""
    return f"{found.case_id} {found.outcome}{why}"
