"""A conversation as one mail, whom it is about, and short answers to what is missing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import bootstrap
from assistant.demo import files
from assistant.domain.draft import Draft, FindingCode
from assistant.domain.evidence import Quoted
from assistant.domain.person import Person, Role
from assistant.domain.slack import Conversation, Turn
from assistant.drafting.offline import OfflineDrafter
from assistant.steps.answered import answered
from assistant.steps.eligible import mark
from assistant.steps.read import read
from assistant.steps.spoken import SharedFile, as_customer, customer_meant, files_in, mail_of
from assistant.steps.talk import known_speaker
from tools.adapters.file_erp import FileErp
from tools.erp import Company

MAYA = Person(id="maya@kestrelsupply.example", name="Maya Cole", roles=frozenset({Role.AGENT}))
KESTREL = Company(name="Kestrel", currency="USD", intake_address="returns@kestrelsupply.example")
TALK = Conversation(id="T/D/1700000000.1", team="T", channel="D", thread="1700000000.1", person_id=MAYA.id)


@pytest.fixture(scope="module")
def erp() -> FileErp:
    return FileErp(bootstrap.erp_file(files.erp_file()))


def turns(*texts: str) -> list[Turn]:
    return [Turn(ts=f"1700000000.{n}", person_id=MAYA.id, text=text) for n, text in enumerate(texts, start=1)]


def drafted(erp: FileErp, *texts: str) -> Draft:
    mail, request = read(mail_of(TALK, turns(*texts), (), MAYA, erp.company()).raw, date(2026, 11, 20))
    draft = known_speaker(OfflineDrafter(erp).draft(as_customer(request, erp)))
    return answered(draft, texts[1:], mail.documents[0], erp)


def test_files_go_into_the_mail_and_come_out_of_it(erp: FileErp) -> None:
    shared = [
        SharedFile(id="F2", name="Lieferschein ü\r\nX: y.txt", media_type="text/plain", data=b"a\r\nb\x00"),
        SharedFile(id="F1", name="", media_type="no type", data=b"\xff\xd8\xff"),
        SharedFile(id="F3", name="old.eml", media_type="message/rfc822", data=b"From: x\r\n\r\ny"),
    ]
    made = mail_of(TALK, turns("grüße", "—"), shared, MAYA, erp.company())
    again = mail_of(TALK, turns("grüße", "—"), list(reversed(shared)), MAYA, erp.company())
    assert made.raw == again.raw
    assert {file.id: file.data for file in files_in(made.raw)} == {file.id: file.data for file in shared}
    assert b"\r\nX: y" not in made.raw.split(b"\r\n\r\n")[0]
    grown = mail_of(TALK, turns("grüße", "—", "3"), files_in(made.raw), MAYA, erp.company())
    assert {file.id: file.data for file in files_in(grown.raw)} == {file.id: file.data for file in shared}


@given(st.lists(st.text(max_size=200), min_size=1, max_size=5))
def test_whatever_is_said_is_a_mail_that_can_be_read(texts: list[str]) -> None:
    made = mail_of(TALK, turns(*texts), (), MAYA, KESTREL)
    mail, _ = read(made.raw, date(2026, 11, 20))
    assert mail.sender_address == MAYA.id
    assert mail.documents[0].path == "body"


@pytest.mark.parametrize(
    ("words", "customer"),
    [
        ("Fennimore wants credit", "K-304"),
        ("joe@fennimoreplumbing.example called", "K-304"),
        ("customer wants credit", None),
        ("Fennimore Plumbing and Cedar Point Clinic", None),
    ],
)
def test_the_customer_is_whom_the_words_call(erp: FileErp, words: str, customer: str | None) -> None:
    found = customer_meant(words, erp)
    assert (found.id if found is not None else None) == customer


def test_our_person_is_no_unknown_sender_and_the_customer_is_asked_for(erp: FileErp) -> None:
    known = drafted(erp, "3 PRV-34 from KS-700121 go back, ordered too many")
    assert known.customer_id == "K-304"
    assert known.findings == ()
    unknown = drafted(erp, "they want to return 3 valves, arrived broken")
    assert unknown.customer_id is None
    assert next(q.field for q in unknown.questions) == "customer_id"
    assert [f.severity for f in unknown.findings if f.code is FindingCode.UNKNOWN_SENDER] == ["blocking"]


@pytest.mark.parametrize(
    ("said", "quantity"),
    [
        ("3", 3),
        ("three of them", 3),
        ("it's 12 pcs", 12),
        ("12 pieces please", 12),
        ("PO 4500", None),
        ("2 or 3", None),
        ("lot 26", None),
        ("-3", None),
        ("0", None),
        ("call me at 5", None),
    ],
)
def test_a_number_alone_is_how_many_and_any_other_is_not(erp: FileErp, said: str, quantity: int | None) -> None:
    line = drafted(erp, "Fennimore sends back PRV-34 from KS-700121, ordered too many", said).lines[0]
    assert line.quantity == (Decimal(quantity) if quantity is not None else None)
    if quantity is not None:
        (proof,) = line.evidence["quantity"]
        assert isinstance(proof, Quoted)
        assert proof.quote in said


def test_more_than_was_shipped_is_found_out(erp: FileErp) -> None:
    draft = drafted(erp, "Fennimore sends back PRV-34 from KS-700121, ordered too many", "900")
    assert FindingCode.QTY_EXCEEDS_SHIPPED in [f.code for f in draft.findings]


def test_lots_and_serials_are_those_of_the_order(erp: FileErp) -> None:
    order = erp.order("KS-699712")
    assert order is not None
    first = "2 SMP-12HP from KS-699712 come back, defective"
    bare = drafted(erp, first)
    assert FindingCode.MISSING_SERIAL in [f.code for f in bare.findings]
    full = drafted(erp, first, "sm97120145 and SM-9712-0221")
    assert [mark(serial) for serial in full.lines[0].serials] == ["SM97120145", "SM97120221"]
    assert FindingCode.MISSING_SERIAL not in [f.code for f in full.findings]
    strange = drafted(erp, first, "serial ABC-123")
    assert FindingCode.SERIAL_NOT_ON_SHIPMENT in [f.code for f in strange.findings]


def test_nothing_is_settled_where_two_lines_lack_it(erp: FileErp) -> None:
    draft = drafted(erp, "Fennimore sends back PRV-34 and TPV-12 from KS-700121, ordered too many", "3")
    assert [line.quantity for line in draft.lines] == [None, None]
