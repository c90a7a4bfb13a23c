"""Our own description of the API, held against its answers. The whole is `make api-conformance`."""

import pytest

from tests.conformance import ask

pytestmark = pytest.mark.slow


@pytest.mark.timeout(280)
def test_no_answer_is_a_fault_of_ours_or_undocumented() -> None:
    seen = ask(300)
    assert seen.total >= 300
    assert seen.faults == []
    assert len({label for label, _ in seen.answers}) >= 10  # every operation was asked


@pytest.mark.timeout(280)
def test_an_answer_that_is_not_described_is_found() -> None:
    seen = ask(100, without="401")
    assert any("401" in fault for fault in seen.faults)
