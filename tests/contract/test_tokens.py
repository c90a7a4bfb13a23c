"""What a draft with a model takes: bounded, and a third at most of what a plain tool-calling agent does."""

from pathlib import Path

import pytest

from evals.tokens import counted, medians

FOLDERS = [Path("../shared/requests"), Path("evals/sets/volt/tune")]


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=["shared", "volt"])
def test_the_tokens_of_a_request(folder: Path) -> None:
    if not folder.exists():
        pytest.skip(f"{folder} is not here")
    found = medians(list(counted([folder])))
    assert found["median_tokens_in"] <= 2_500
    assert found["median_tokens_out"] <= 500
    assert found["one_call_share"] >= 0.9
    assert found["median_share_of_bare_agent"] <= 1 / 3
    assert found["median_share_of_agent"] <= 1 / 3
