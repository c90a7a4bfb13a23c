"""A short form of the campaign of hostile files (see ``hostile_files``): nothing escapes, the service stays whole."""

from collections.abc import Iterator

import pytest

from extractors.apart.isolated import Reader
from extractors.limits import Limits
from tests.faults.hostile_files import Case, attack, built, mutations, own_memory

pytestmark = pytest.mark.slow

# Large for a damaged sample and enough for a bomb scaled down; what takes longer is ended, which is an answer too.
LIMITS = Limits(wall_seconds=5.0, cpu_seconds=5, message_seconds=15.0)
SEED = 7


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS, workers=1) as made:
        yield made


def faults(reader: Reader, cases: Iterator[Case]) -> list[str]:
    results = [attack(reader, case) for case in cases]
    assert results
    return [f"{result.case}: {result.fault}" for result in results if result.fault]


def test_damaged_files_end_as_text_or_failure(reader: Reader) -> None:
    attack(reader, next(mutations(1, SEED)))
    before = own_memory()
    assert faults(reader, mutations(200, SEED)) == []
    assert own_memory() - before < 100


def test_bombs_end_as_text_or_failure(reader: Reader) -> None:
    before = own_memory()
    assert faults(reader, built(scale=0.01)) == []
    assert own_memory() - before < 100
