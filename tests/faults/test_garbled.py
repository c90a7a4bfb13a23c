"""However a request is garbled, it is drafted, and every value of its draft stands in it."""

import random
from pathlib import Path

import pytest

from assistant.drafting.offline import OfflineDrafter
from evals.grounds import ungrounded
from evals.labelled import labelled_in
from tests.faults.garbled import garbled

SETS = [Path(f"evals/sets/{name}") for name in ("volt", "labor", "fleet", "pipe", "food")]


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_a_garbled_request_is_drafted_and_its_draft_is_grounded() -> None:
    read = [
        (case.name, case.request, case.erp)
        for case in labelled_in(SETS)
        if b"image/" not in case.raw and b"application/pdf" not in case.raw  # these take long to read
    ]
    papers = [document for _, request, _ in read for document in request.documents[1:]]
    chance = random.Random(20261120)
    for name, request, erp in chance.choices(read, k=400):
        broken = garbled(request, papers, chance)
        assert ungrounded(OfflineDrafter(erp).draft(broken), broken, erp) == (), name
