"""Tokens: only who holds the key makes one, and mail programs may do to them what they do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.thread_key import ThreadKey

OURS, OTHERS = ThreadKey(b"ours"), ThreadKey(b"others")
CASES = st.integers(1, 10**9).map(lambda n: f"BH-{n}")


@given(CASES)
def test_a_mark_and_an_address_find_their_case(case_id: str) -> None:
    for text in (OURS.mark(case_id), OURS.address(case_id, "returns@x.example"), OURS.mark(case_id).upper()):
        assert OURS.marks_in([f"Re: valves [{text}] (x)"]).genuine == (case_id,)
        assert OTHERS.marks_in([text]).genuine == ()
        assert OTHERS.marks_in([text]).forged == (case_id,)


@given(CASES, CASES)
def test_a_token_is_of_one_case(one: str, other: str) -> None:
    moved = f"{other}#{OURS.token(one)}"
    assert OURS.marks_in([moved]).genuine == ((one,) if one == other else ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BH-1001",
        "[BH-1001]",
        "order BH-1001 # 4 pieces",
        "BH-1001#abc",
        "Done with BH-1001. Please",
        "XBH-1001#abcdefghijklmnop",
    ],
)
def test_what_is_no_mark_is_none(text: str) -> None:
    assert not OURS.marks_in([text]).genuine
    assert not OURS.marks_in([text]).forged


def test_only_our_own_mark_leaves_a_subject() -> None:
    ours, others = OURS.mark("BH-1001"), OTHERS.mark("BH-1001")
    assert OURS.without_marks(f"Re: valves [{ours}] [{others}]") == f"Re: valves [{others}]"


@given(st.text(max_size=300))
def test_any_text_may_be_looked_through(text: str) -> None:
    OURS.marks_in([text])
    OURS.without_marks(text)
