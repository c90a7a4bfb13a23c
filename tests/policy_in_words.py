"""An app that knows the returns policy in words, without an index of meanings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from assistant.bootstrap import App
from assistant.domain.memory import Alike, Memory, Passage
from assistant.steps.case_book import CaseBook
from assistant.steps.recall import Recall, passages_of
from assistant.store.gate_ports import GateApprovals, GateAudit
from tools.catalog import CaseDesk, catalog
from tools.gate import Gate


class InOrder:
    """A memory that finds the policy's first paragraphs near to everything."""

    def __init__(self) -> None:
        self._kept: tuple[Passage, ...] = ()

    def keep_policy(self, passages: Sequence[Passage]) -> None:
        self._kept = tuple(passages)

    def passages(self, _words: str, limit: int) -> tuple[Alike[Passage], ...]:
        return tuple(Alike(found=passage, likeness=1.0) for passage in self._kept[:limit])


def with_policy(app: App, words: str) -> App:
    """With the returns policy in words, beside its tables."""
    recall = Recall(app.store, cast(Memory, InOrder()), passages_of(words))
    tools = catalog(app.erp, cast(CaseDesk, None), CaseBook(app.store, app.erp, recall))
    gate = Gate(tools, GateAudit(app.store), GateApprovals(app.store))
    return replace(app, review=replace(app.review, gate=gate))
