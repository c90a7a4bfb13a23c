"""Recall: how cases like this one were decided, and what the returns policy says; shown to reviewers, never obeyed.

The memory is an index of what the store holds: before each look it takes in the decisions made since, so nothing is
lost with it, and an empty one fills itself.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.domain.approval import Decision
from assistant.domain.case import Case
from assistant.domain.draft import CaseLine, Draft, Reason
from assistant.domain.evidence import Proven, Quoted
from assistant.domain.lifecycle import CaseState
from assistant.domain.memory import Alike, Memory, MemorySilent, Passage, Precedent
from assistant.domain.person import program
from assistant.domain.ports import Store

ACTOR = program("recall")
_log = logging.getLogger("backhaul.recall")
_OPEN = {CaseState.DRAFT, CaseState.NEEDS_INFO, CaseState.IN_REVIEW, CaseState.CANCELLED, CaseState.EXPIRED}
_MOST_CASES = 1_000
_LEAST_LIKENESS = 0.35
_UNSURE = 0.6
_MOST_ALTERNATIVES = 2


@dataclass(frozen=True, slots=True)
class Recall:
    """Over the store, a memory of it, and the returns policy in words. A silent memory recalls nothing."""

    store: Store
    memory: Memory
    policy: tuple[Passage, ...] = ()

    def similar(self, draft: Draft, other_than: str = "") -> tuple[Alike[Precedent], ...]:
        try:
            self._catch_up()
            found = self.memory.similar(words_of(draft), limit=4)
        except MemorySilent as silence:
            _log.warning("%s; the draft stands without similar cases", silence)
            return ()
        near = [each for each in found if each.likeness >= _LEAST_LIKENESS and each.found.case_id != other_than]
        return tuple(near[:3])

    def passages(self, draft: Draft) -> tuple[Alike[Passage], ...]:
        return self.passages_about(words_of(draft))

    def passages_about(self, words: str) -> tuple[Alike[Passage], ...]:
        try:
            self.memory.keep_policy(self.policy)
            return self.memory.passages(words, limit=2)
        except MemorySilent as silence:
            _log.warning("%s; the page stands without the policy's words", silence)
            return ()

    def with_prior(self, draft: Draft) -> Draft:
        """Reasons of alike cases as alternatives, where a line's own reason is unsure. Changes no value."""
        if not any(_unsure(line) for line in draft.lines):
            return draft
        weight: dict[Reason, float] = {}
        for each in self.similar(draft):
            if each.found.outcome == "approved":
                for reason in each.found.reasons:
                    weight[reason] = weight.get(reason, 0.0) + each.likeness
        likely = sorted(weight, key=lambda reason: -weight[reason])
        return replace(draft, lines=tuple(_with_alternatives(line, likely) for line in draft.lines))

    def _catch_up(self) -> None:
        with self.store.unit(ACTOR) as unit:
            decided = unit.cases.list(set(CaseState) - _OPEN, limit=_MOST_CASES)
            known = self.memory.known([case.id for case in decided])
            new = [(case, unit.cases.decisions(case.id)) for case in decided if case.id not in known]
        precedents = [found for case, decisions in new if (found := precedent_of(case, decisions)) is not None]
        if precedents:
            self.memory.remember(precedents)


def precedent_of(case: Case, decisions: Sequence[Decision]) -> Precedent | None:
    """How the whole case was decided last; None where only lines of it were."""
    whole = [each for each in decisions if each.verdict in ("approved", "rejected")]
    if not whole:
        return None
    return Precedent(
        case_id=case.id,
        summary=case.draft.summary,
        words=words_of(case.draft),
        reasons=tuple(dict.fromkeys(line.reason_code for line in case.draft.lines)),
        resolution=case.draft.resolution,
        outcome="approved" if whole[-1].verdict == "approved" else "rejected",
        why=whole[-1].reason,
    )


def words_of(draft: Draft) -> str:
    """What a draft is about, without names and numbers: the words of its reasons and of its goods."""
    said: dict[str, None] = {}
    for line in draft.lines:
        for name in ("reason_code", "sku"):
            for proof in line.evidence.get(name, ()):
                if isinstance(proof, Quoted) and name == "reason_code":
                    said.setdefault(proof.quote)
                if isinstance(proof, Proven) and proof.record.startswith("items/"):
                    said.setdefault(proof.quote.partition(" ")[2])
        said.setdefault(line.reason_code.value.replace("_", " ").lower())
    return ". ".join(said)


def _unsure(line: CaseLine) -> bool:
    return line.reason_code is Reason.OTHER or line.confidence.get("reason_code", 1.0) < _UNSURE


def _with_alternatives(line: CaseLine, likely: Sequence[Reason]) -> CaseLine:
    if not _unsure(line):
        return line
    both = dict.fromkeys((*line.reason_alternatives, *likely))
    other = [reason for reason in both if reason is not line.reason_code and reason is not Reason.OTHER]
    return replace(line, reason_alternatives=tuple(other[:_MOST_ALTERNATIVES]))


def passages_of(text: str) -> tuple[Passage, ...]:
    """A policy written in Markdown or plain text, cut into its paragraphs, each under its nearest heading."""
    found: list[Passage] = []
    heading = ""
    for block in text.split("\n\n"):
        lines = block.strip().splitlines()
        while lines and lines[0].startswith("#"):
            heading = lines.pop(0).lstrip("# ").strip()
        if words := " ".join(line.strip() for line in lines):
            found.append(Passage(heading=heading, text=words))
    return tuple(found)
