"""Recall: past decisions beside a new draft; they may suggest, never change a value or keep work from going on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.demo import files
from assistant.domain.draft import CaseLine, Draft, DrafterRun, Identifiers, Intent, Reason, Resolution
from assistant.domain.evidence import Proven, Quoted
from assistant.domain.memory import Alike, MemorySilent, Passage, Precedent
from assistant.steps.recall import Recall, passages_of, words_of
from extractors.document import Locator


def _draft(reason: Reason, sure: float = 0.9) -> Draft:
    at = Locator(document="body", page=None, start=0, end=13, box=None, source="text")
    line = CaseLine(
        sku="P-1",
        quantity=Decimal(1),
        uom="EA",
        reason_code=reason,
        confidence={"reason_code": sure},
        evidence={
            "reason_code": (Quoted(quote="arrived broken", at=at),),
            "sku": (Quoted(quote="P-1", at=at), Proven(record="items/P-1", quote="P-1 Pump housing 2 in")),
        },
    )
    return Draft(
        intent=Intent.RETURN_REQUEST,
        summary="Lomax: return of 1 P-1",
        customer_id="C-1",
        order_nos=(),
        lines=(line,),
        resolution=Resolution.UNSPECIFIED,
        identifiers=Identifiers(),
        findings=(),
        questions=(),
        drafter=DrafterRun(name="offline"),
    )


def _precedent(case_id: str, reason: Reason, outcome: str = "approved") -> Precedent:
    return Precedent(
        case_id=case_id,
        summary="",
        words="",
        reasons=(reason,),
        resolution=Resolution.CREDIT,
        outcome="approved" if outcome == "approved" else "rejected",
    )


@dataclass
class Remembering:
    """A memory that answers what it is told to."""

    answers: tuple[Alike[Precedent], ...] = ()
    silent: bool = False
    kept: list[Passage] = field(default_factory=list)

    def close(self) -> None: ...

    def remember(self, precedents: Sequence[Precedent]) -> None: ...

    def known(self, case_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(case_ids)

    def similar(self, words: str, limit: int = 3) -> tuple[Alike[Precedent], ...]:
        if self.silent:
            raise MemorySilent("no answer")
        return self.answers

    def keep_policy(self, passages: Sequence[Passage]) -> None:
        if self.silent:
            raise MemorySilent("no answer")
        self.kept = list(passages)

    def passages(self, words: str, limit: int = 3) -> tuple[Alike[Passage], ...]:
        return tuple(Alike(each, 0.5) for each in self.kept)


class Empty:
    """A store without cases."""

    def unit(self, actor: object) -> "Empty":
        return self

    def __enter__(self) -> "Empty":
        return self

    def __exit__(self, *_: object) -> None: ...

    @property
    def cases(self) -> "Empty":
        return self

    def list(self, *_: object, **__: object) -> tuple[()]:
        return ()


def _recall(memory: Remembering, policy: tuple[Passage, ...] = ()) -> Recall:
    return Recall(Empty(), memory, policy)  # type: ignore[arg-type] # the store is only asked for its cases


ALIKE = (
    Alike(_precedent("BH-1", Reason.CONCEALED_DAMAGE), 0.8),
    Alike(_precedent("BH-2", Reason.DAMAGED_IN_TRANSIT), 0.7),
    Alike(_precedent("BH-3", Reason.RECALL, "rejected"), 0.9),
    Alike(_precedent("BH-4", Reason.LATE_DELIVERY), 0.1),
)


def test_an_unsure_reason_gets_those_of_approved_alike_cases_beside_it_and_stays() -> None:
    draft = _draft(Reason.OTHER)

    told = _recall(Remembering(ALIKE)).with_prior(draft)

    assert told.lines[0].reason_alternatives == (Reason.CONCEALED_DAMAGE, Reason.DAMAGED_IN_TRANSIT)
    assert replace(told.lines[0], reason_alternatives=()) == draft.lines[0]


def test_a_sure_reason_is_left_alone() -> None:
    draft = _draft(Reason.WRONG_ITEM)

    assert _recall(Remembering(ALIKE)).with_prior(draft) == draft


def test_cases_that_have_little_in_common_and_the_case_itself_are_not_shown() -> None:
    shown = _recall(Remembering(ALIKE)).similar(_draft(Reason.OTHER), other_than="BH-1")

    assert [each.found.case_id for each in shown] == ["BH-2", "BH-3"]


def test_a_silent_memory_stops_nothing() -> None:
    draft = _draft(Reason.OTHER)
    recall = _recall(Remembering(silent=True), (Passage(heading="A", text="b"),))

    assert recall.with_prior(draft) == draft
    assert recall.passages(draft) == ()


def test_the_policy_is_kept_before_it_is_looked_into() -> None:
    policy = (Passage(heading="Fee", text="A fee is taken."),)

    assert [each.found for each in _recall(Remembering(), policy).passages(_draft(Reason.OTHER))] == list(policy)


def test_what_a_draft_is_about_holds_its_reason_and_its_goods_and_no_name_or_number() -> None:
    assert words_of(_draft(Reason.DEFECTIVE_ON_ARRIVAL)) == "arrived broken. Pump housing 2 in. defective on arrival"


def test_a_policy_is_cut_into_its_paragraphs_each_under_its_heading() -> None:
    found = passages_of(
        "# Returns\n\n## Fee\nA fee\nis taken.\n\nNone at our fault.\n\n## Credit\n\nAfter inspection.\n"
    )

    assert [(each.heading, each.text) for each in found] == [
        ("Fee", "A fee is taken."),
        ("Fee", "None at our fault."),
        ("Credit", "After inspection."),
    ]


def test_the_sample_policy_has_a_heading_over_every_passage() -> None:
    assert all(each.heading and each.text for each in passages_of(files.returns_policy().read_text()))
