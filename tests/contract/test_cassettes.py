"""Kept answers of a strong reader lead to the drafts they led to: a changed prompt, parser or check shows here."""

from pathlib import Path

import pytest

from evals import cassettes_kept
from evals.cassettes_kept import static_of
from evals.labelled import labelled_in
from evals.relayed import replayed, told
from evals.run import Result
from prompts.loader import load

FOLDER = Path("evals/cassettes")
SETS = {
    "tune": ("volt", "fleet", "labor", "chem", "mro", "turf", "pack"),
    "held": ("bolt", "medic", "roof", "vet", "brew", "sign"),
}
PROMPTS = {load(prompt).schema["title"]: load(prompt) for prompt in ("draft.v4", "recheck.v2")}


def test_every_answer_was_given_to_the_prompt_as_it_stands() -> None:
    kept = [cassettes_kept.read(path) for path in sorted(FOLDER.glob("*.json"))]
    assert len(kept) >= 280
    for cassette in kept:
        assert cassette.made
        assert cassette.on >= "2026"
        for take in cassette.takes:
            prompt = PROMPTS[take.prompt]
            assert take.static == static_of(prompt.system, prompt.schema), f"{cassette.request} needs a new answer"


@pytest.mark.slow
@pytest.mark.parametrize("split", SETS)
def test_a_strong_reader_s_answers_give_drafts_that_need_no_edit(split: str) -> None:
    folders = [Path(f"evals/sets/{name}/{split}") for name in SETS[split]]
    runs: list[Result] = [
        done for folder in folders for case in labelled_in([folder]) if (done := replayed(case, FOLDER))
    ]
    assert len(runs) >= 50
    reached = told(runs)
    assert reached["zero_edit"] >= 0.95, [(done.name, done.grade.misses) for done in runs]
    assert reached["ungrounded"] == 0
    assert reached["calls_median"] == 1
    assert reached["one_call_share"] >= 0.9
