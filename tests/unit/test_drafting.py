"""The offline drafter on the sample mailbox, and what holds for every draft whatever the mail."""

from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bootstrap import erp_file
from assistant.demo import files
from assistant.domain.draft import Draft, FindingCode, Intent, Reason
from assistant.domain.evidence import Quoted
from assistant.domain.request import Request
from assistant.drafting.offline import OfflineDrafter
from assistant.steps.read import read
from tools.adapters.file_erp import FileErp

TODAY = date(2026, 11, 20)


@cache
def drafter() -> OfflineDrafter:
    return OfflineDrafter(FileErp(erp_file(files.erp_file())))


def drafted(raw: bytes) -> tuple[Request, Draft]:
    _, request = read(raw, TODAY)
    return request, drafter().draft(request)


def sample(number: int) -> Draft:
    return drafted(next(path for path in files.mailbox() if path.name.startswith(f"{number:02d}-")).read_bytes())[1]


def lines(draft: Draft) -> list[tuple[str | None, str | None, str]]:
    return [
        (line.sku, None if line.quantity is None else f"{line.quantity:f}", line.reason_code.value)
        for line in draft.lines
    ]


def test_a_plain_return_is_drafted_whole() -> None:
    draft = sample(1)
    assert draft.intent is Intent.RETURN_REQUEST
    assert draft.customer_id == "K-301"
    assert draft.order_nos == ("KS-700100",)
    assert lines(draft) == [("FSK-0440", "5", "ORDERED_IN_ERROR")]


def test_twenty_of_the_fifty_is_twenty() -> None:
    assert lines(sample(2)) == [("TPV-12", "20", "NO_LONGER_NEEDED")]


def test_damage_without_a_picture_asks_for_photos() -> None:
    draft = sample(3)
    assert draft.has(FindingCode.MISSING_PHOTOS)
    assert "photos" in draft.questions[0].text


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (4, [("GLV-N-M", "12", "ORDERED_IN_ERROR"), ("PTW-2P", "8", "ORDERED_IN_ERROR")]),
        (5, [("GLV-N-L", "6", "WRONG_ITEM")]),
        (6, [("GFC-20A", "35", "NO_LONGER_NEEDED"), ("LED-A19-9", "3", "NO_LONGER_NEEDED")]),
    ],
)
def test_lines_are_read_from_pdf_docx_and_xlsx(number: int, expected: list[tuple[str, str, str]]) -> None:
    assert lines(sample(number)) == expected


def test_a_shortage_is_a_credit_request() -> None:
    draft = sample(7)
    assert draft.intent is Intent.CREDIT_REQUEST
    assert draft.lines[0].reason_code is Reason.SHORT_SHIPMENT


def test_our_own_count_is_an_adjustment_with_signs() -> None:
    draft = sample(12)
    assert draft.intent is Intent.ADJUSTMENT
    assert lines(draft) == [("TPV-12", "-3", "OTHER"), ("GFC-20A", "5", "OTHER")]


def test_what_is_no_request_has_no_lines_and_no_findings() -> None:
    for number in (14, 15):
        draft = sample(number)
        assert draft.intent is Intent.NOT_A_REQUEST
        assert (draft.lines, draft.findings, draft.questions) == ((), (), ())


def test_a_stranger_is_told_nothing_of_the_order() -> None:
    draft = sample(16)
    assert draft.has(FindingCode.UNKNOWN_SENDER)
    assert all("Fennimore" not in question.text and "K-304" not in question.text for question in draft.questions)


def test_words_that_direct_a_program_change_nothing() -> None:
    draft = sample(17)
    assert draft.has(FindingCode.INJECTION_ATTEMPT)
    assert lines(draft) == [("PTW-2P", "4", "NO_LONGER_NEEDED")]


def ungrounded(request: Request, draft: Draft) -> list[str]:
    """Fields whose quoted words do not stand where they are said to."""
    wrong = []
    for line in draft.lines:
        for name, proofs in line.evidence.items():
            for proof in proofs:
                if isinstance(proof, Quoted):
                    document = next((d for d in request.documents if d.path == proof.at.document), None)
                    if document is None or document.text[proof.at.start : proof.at.end] != proof.quote:
                        wrong.append(name)
        wrong += [
            name
            for name in ("sku", "quantity", "order_no", "lot")
            if getattr(line, name) is not None and not line.evidence.get(name)
        ]
    return wrong


@pytest.mark.parametrize("path", files.mailbox(), ids=lambda path: path.stem)
def test_every_value_of_the_samples_stands_where_its_evidence_says(path: Path) -> None:
    assert ungrounded(*drafted(path.read_bytes())) == []


VOCABULARY = """return 3 three PRV-34 TPV-12 KS-700121 FP-5521 lot serial the whole lot not keep of 40
    damaged credit - , . of the 100 dozen boxes wrong item total qty"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=40))
def test_whatever_the_words_every_value_is_grounded(words: list[str]) -> None:
    mail = EmailMessage()
    mail["From"] = "joe@fennimoreplumbing.example"
    mail["Subject"] = "return"
    mail.set_content(" ".join(words))
    assert ungrounded(*drafted(mail.as_bytes())) == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_drafting_raise(raw: bytes) -> None:
    drafted(raw)
