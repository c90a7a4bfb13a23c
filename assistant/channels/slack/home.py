"""App Home: what waits for one person, what they drafted, what went wrong, the numbers of the day."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.channels.slack import blocks as kit
from assistant.channels.slack.blocks import Block, words
from assistant.channels.slack.shown import Showing
from assistant.domain.approval import editors
from assistant.domain.case import Case
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, program
from assistant.domain.ports import Clock, Store, Unit
from assistant.steps.standing import Staff

ACTOR = program("slack")
_MOST = 10
_LOOKED_AT = 100
_DRAFTING = (CaseState.DRAFT, CaseState.NEEDS_INFO, CaseState.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Home:
    store: Store
    clock: Clock
    showing: Showing

    def of(self, person: Person) -> Block:
        with self.store.unit(ACTOR) as unit:
            mine = self._to_decide(unit, person)
            drafted = [c for c in unit.cases.list(_DRAFTING, limit=_LOOKED_AT) if self._drafted(unit, c, person)]
            troubles = unit.worklist.troubles(limit=_MOST + 1)
            counts, received = unit.cases.counts(), unit.messages.counts()
            opened = sum(c.opened_at.date() == self.clock.now().date() for c in unit.cases.list(limit=_LOOKED_AT))
        url = self.showing.own_url.rstrip("/")
        numbers = {
            "Opened today": str(opened) if opened < _LOOKED_AT else f"{opened} and more",
            "In review": str(counts.get("in_review", 0)),
            "Need an answer": str(counts.get("needs_info", 0)),
            "Approved, not posted": str(counts.get("approved", 0)),
            "Mails being worked": str(received.get("recorded", 0) + received.get("working", 0)),
            "Failed": str(received.get("failed", 0)),
        }
        shown = [kit.header(f"Hello {person.name}"), kit.fields(numbers.items()), kit.divider()]
        shown += [kit.section("*My approvals*"), *self._listed(mine, "Nothing waits for you.")]
        shown += [kit.section("*My drafts*"), *self._listed(drafted, "None is open.")]
        if troubles:
            told = [f"• {words(kit.cut(t.cause, 200))}" for t in troubles[:_MOST]]
            shown += [kit.section(f"*Exceptions* (<{url}/exceptions|all>)"), kit.section("\n".join(told))]
        last = [kit.actions([kit.button("New request", "open_request"), kit.button("Workbench", "open", url=url)])]
        return {"type": "home", "blocks": kit.view(shown, last)}

    def for_nobody(self, text: str) -> Block:
        """For who is not linked: how to be."""
        return {"type": "home", "blocks": [kit.section(words(text))]}

    def _to_decide(self, unit: Unit, person: Person) -> list[Case]:
        staff = Staff.of(unit, self.clock.today())
        found = []
        for case in unit.cases.list([CaseState.IN_REVIEW], limit=_LOOKED_AT):
            try:
                self.showing.review.standing(unit, case).power_of(person, staff)
            except BackhaulError:
                continue
            found.append(case)
        return found

    @staticmethod
    def _drafted(unit: Unit, case: Case, person: Person) -> bool:
        return person.id in editors(unit.cases.revisions(case.id))

    def _listed(self, cases: Sequence[Case], none: str) -> list[Block]:
        if not cases:
            return [kit.context(none)]
        told = [
            f"• <{self.showing.link(case.id)}|{case.id}> {words(self.showing.customer(case))}, "
            f"{case.state.value.replace('_', ' ')}: {words(kit.cut(case.draft.summary, 140))}"
            for case in cases[:_MOST]
        ]
        if len(cases) > _MOST:
            told.append(f"… and {len(cases) - _MOST} more")
        return [kit.section("\n".join(told))]
