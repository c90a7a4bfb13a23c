"""What a clause's words make of its reason: plain ones are told and placed, negations are not taken for the fault."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.draft import Reason
from assistant.drafting import reason_words
from evals import learn_reasons
from tests.unit.drafting_world import drafted

# Sentences that stand in no corpus, with what a clerk would put down.
FRESH = (
    ("The driver backed over one of the cartons and it is flat as a board.", Reason.DAMAGED_IN_TRANSIT),
    ("Two of the sacks were torn open when they came off the trailer.", Reason.DAMAGED_IN_TRANSIT),
    ("Drei Kartons kamen aufgerissen und nass bei uns an.", Reason.DAMAGED_IN_TRANSIT),
    ("The carton looked perfect, but once we opened it the lens was cracked.", Reason.CONCEALED_DAMAGE),
    ("L'emballage était intact, la casse est apparue au déballage.", Reason.CONCEALED_DAMAGE),
    ("Brand new and it will not turn on.", Reason.DEFECTIVE_ON_ARRIVAL),
    ("Ran fine all summer and quit last week, it should still be under warranty.", Reason.WARRANTY_FAILURE),
    ("Trabajó bien cuatro meses y ahora no enciende.", Reason.WARRANTY_FAILURE),
    ("We ordered the blue ones and you sent red.", Reason.WRONG_ITEM),
    ("Das ist nicht der Artikel, den wir bestellt haben.", Reason.WRONG_ITEM),
    ("The slip says ten and we only counted eight.", Reason.SHORT_SHIPMENT),
    ("Il manque deux cartons sur la palette.", Reason.SHORT_SHIPMENT),
    ("You sent us four more than we ordered.", Reason.OVER_SHIPMENT),
    ("The same order was delivered a second time on Friday.", Reason.DUPLICATE_SHIPMENT),
    ("It arrived ten days after the promised date and the job was over.", Reason.LATE_DELIVERY),
    ("My mistake, I typed the wrong part number on the order.", Reason.ORDERED_IN_ERROR),
    ("Nothing wrong with them, the job is done and these are left over.", Reason.NO_LONGER_NEEDED),
    ("Nicht beschädigt, wir haben einfach zu viele davon übrig.", Reason.NO_LONGER_NEEDED),
    ("The invoice has a higher unit price than your quote.", Reason.PRICING_ERROR),
    ("Best before date is next week, we cannot sell these.", Reason.EXPIRED_OR_SHORT_DATED),
    ("The threads are out of tolerance and the coating flakes off.", Reason.QUALITY_NONCONFORMANCE),
    ("These serials are on the list in the manufacturer's safety notice.", Reason.RECALL),
    ("The old starters go back to you for the deposit.", Reason.CORE_RETURN),
    ("Please send a label to our receiving desk.", Reason.OTHER),
    ("The other five are fine and stay here.", Reason.OTHER),
    ("Anbei die Fotos und der Lieferschein.", Reason.OTHER),
)


def test_most_sentences_never_seen_are_told_right() -> None:
    right = [reason for text, reason in FRESH if reason_words.first_of(reason_words.chances(text)) is reason]

    assert len(right) >= 0.85 * len(FRESH)


def test_the_sentences_of_this_test_stand_in_no_corpus() -> None:
    assert not {text for text, _ in FRESH} & {text for _, text in learn_reasons.corpus()}


def test_a_sentence_that_plainly_gives_a_reason_is_told_and_placed() -> None:
    text = "Hello all. The wrecked pieces are on the dock, the driver dropped the whole pallet. Please call."

    found = max(reason_words.heard_in(text), key=lambda heard: heard.chances[Reason.DAMAGED_IN_TRANSIT])

    assert found.first is Reason.DAMAGED_IN_TRANSIT
    assert "driver dropped the whole pallet" in text[found.start : found.end]


def test_clauses_of_two_goods_are_heard_apart() -> None:
    text = "Four of the lamps came smashed by the carrier, and the other six clamps are just surplus from the job."

    told = {heard.first for heard in reason_words.heard_in(text)}

    assert {Reason.DAMAGED_IN_TRANSIT, Reason.NO_LONGER_NEEDED} <= told


@pytest.mark.parametrize("text", ["", "Hi", "\u200b \u200b", "4.", "Order 41-0098455, lot B25744, 12 boxes."])
def test_captions_and_numbers_are_not_heard(text: str) -> None:
    assert reason_words.heard_in(text) == ()


@given(st.text(max_size=300))
def test_chances_of_any_text_sum_to_one_and_places_lie_within_it(text: str) -> None:
    for heard in reason_words.heard_in(text, 1):
        assert 0 <= heard.start < heard.end <= len(text)
        assert sum(heard.chances.values()) == pytest.approx(1, abs=1e-4)


def test_the_same_corpus_teaches_the_same_and_is_kept_almost_so(tmp_path: Path) -> None:
    pairs = learn_reasons.corpus()[::25]

    one, other = learn_reasons.fitted(pairs), learn_reasons.fitted(pairs)
    learn_reasons.keep(one, tmp_path / "weights.npz")
    with (tmp_path / "weights.npz").open("rb") as file:
        kept = reason_words.weights_in(file)

    assert (one.scores == other.scores).all()
    said = [(reason_words.chances(text, one), reason_words.chances(text, kept)) for _, text in pairs]
    assert all(first[reason] == pytest.approx(second[reason], abs=0.05) for first, second in said for reason in first)


def test_the_weights_are_those_of_the_corpus() -> None:
    with np.load(learn_reasons.WEIGHTS) as kept:
        assert str(kept["corpus"]) == learn_reasons.digest(), "run python -m evals.learn_reasons"


def test_what_happened_to_a_delivery_outranks_the_state_of_its_goods() -> None:
    text = "PO-77120. The skid was crushed on the truck, the driver noted the damage on the delivery receipt."
    rows = [["Item", "Shipped", "Good", "Bad", "Remark"], ["BV-34", "40", "36", "4", "handles snapped off"]]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    _, draft = drafted("", html=f"<p>{text}</p><table>{table}</table>")
    assert [line.reason_code.value for line in draft.lines] == ["DAMAGED_IN_TRANSIT"]
