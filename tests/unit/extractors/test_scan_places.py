"""Rules of places and lines, whatever was read."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import assemble
from extractors.scan.lines import Seen, blocks_of
from extractors.scan.turn import turn_corners
from tests.unit.extractors.spans import assert_spans_hold

NUMBER = st.integers(0, 600)
WORD = st.builds(
    lambda text, x, y, wide, high: Seen(text, (x, y, x + wide, y + high), (x, y, x + wide, y + high), 0.9),
    st.text("ABCQty:019-", min_size=1, max_size=8), NUMBER, NUMBER, st.integers(1, 200), st.integers(1, 40),
)  # fmt: skip


@given(st.lists(WORD, max_size=30))
def test_every_word_stands_once_with_its_own_place(words: list[Seen]) -> None:
    blocks = blocks_of(words, 1, 0)
    assert_spans_hold(assemble("a.png", "image/png", blocks))
    placed = [(block.text[word.start : word.end], word.box) for block in blocks for word in block.words]
    assert sorted(placed) == sorted((word.text, word.box) for word in words)
    tables = [block.table for block in blocks if block.table is not None]
    assert sorted(set(tables)) == list(range(len(set(tables))))


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=4, max_size=4), st.integers(0, 3))
def test_turning_there_and_back_changes_nothing(corners: list[tuple[int, int]], turn: int) -> None:
    given_corners = np.array(corners, dtype=np.float64)
    wide, high = 700, 610
    turned = turn_corners(given_corners, wide, high, turn)
    size = (high, wide) if turn % 2 else (wide, high)
    assert np.array_equal(turn_corners(turned, *size, -turn % 4), given_corners)
