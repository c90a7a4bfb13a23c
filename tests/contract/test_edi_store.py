"""EDI in the store, on both databases alike: numbers without gaps, each transaction once, each standing told once."""

import pytest

from assistant.domain.edi import Received
from assistant.domain.errors import NotFound
from assistant.domain.lifecycle import CaseEvent
from assistant.domain.message import Arrival
from assistant.domain.person import program
from assistant.domain.worklist import Verified
from assistant.store.sql import SqlStore
from tests.contract.test_events import opened

ACTOR = program("test")


def received(message_id: str, control: str = "0001") -> Received:
    return Received(
        partner_id="P", interchange="17", group="1", control=control, kind="180", reference="R", message_id=message_id
    )


def test_numbers_go_up_by_one_for_each_partner_also_after_a_rollback(store: SqlStore) -> None:
    def send(partner: str, key: str, *, fail: bool = False) -> int:
        with store.unit(ACTOR) as unit:
            control = unit.edi.next_control(partner)
            unit.edi.send(partner, "997", control, "ISA", key, "m-1")
            if fail:
                raise RuntimeError
        return control

    assert send("P", "a") == 1
    with pytest.raises(RuntimeError):
        send("P", "b", fail=True)
    assert [send("P", "c"), send("Q", "d"), send("P", "e")] == [2, 1, 3]
    with store.unit(ACTOR) as unit:
        assert [(out.partner_id, out.control) for out in unit.edi.outgoing()] == [
            ("P", 1), ("P", 2), ("Q", 1), ("P", 3),
        ]  # fmt: skip
        first = unit.edi.outgoing()[0]
        unit.edi.fetched(first.id)
        unit.edi.fetched(first.id)
        assert len(unit.edi.outgoing(unfetched=True)) == 3
        assert unit.edi.outgoing(limit=1, after=first.id)[0].control == 2
        assert unit.edi.sent("c") == unit.edi.outgoing()[1]
        assert unit.edi.sent("z") is None
        with pytest.raises(NotFound):
            unit.edi.get(99)
        assert isinstance(unit.audit.verify(), Verified)


def test_a_transaction_is_kept_once_and_an_interchange_known_by_its_number(store: SqlStore) -> None:
    with store.unit(ACTOR) as unit:
        message, _ = unit.messages.record(Arrival(channel="edi", raw=b"ISA"))
        assert unit.edi.interchange_known("P", "17") is None
        unit.edi.took("P", "17", message.id)
        assert unit.edi.interchange_known("P", "17") == message.id
        assert unit.edi.message_known(message.id)
        assert [unit.edi.keep(received(message.id)) for _ in range(2)] == [True, False]
        assert unit.edi.keep(received(message.id, "0002"))


def test_a_case_is_told_of_when_it_was_decided_and_again_when_it_went_on(store: SqlStore) -> None:
    case = opened(store)
    with store.unit(ACTOR) as unit:
        unit.edi.keep(received(case.message_id))
        unit.cases.move(case.id, CaseEvent.SUBMIT, 1)
        assert unit.edi.unanswered() == ()
        unit.cases.move(case.id, CaseEvent.APPROVE, 1)
        unit.cases.move(case.id, CaseEvent.AUTHORISE, 1)
        (due,) = unit.edi.unanswered()
        assert (due.case_id, due.key, due.received) == (case.id, "authorised-1", received(case.message_id))
        unit.edi.answered(due)
        assert unit.edi.unanswered() == ()
        unit.cases.move(case.id, CaseEvent.EXPIRE, 1)
        assert [each.key for each in unit.edi.unanswered()] == ["expired-1"]


def test_a_request_is_known_by_its_partner_and_a_case_by_the_partners_reference(store: SqlStore) -> None:
    case = opened(store)
    with store.unit(ACTOR) as unit:
        other, _ = unit.messages.record(Arrival(channel="email", raw=b"no EDI"))
        unit.edi.keep(received(case.message_id))
        assert (unit.edi.partner_of(case.message_id), unit.edi.partner_of(other.id)) == ("P", None)
        assert unit.edi.cases_called("P", "R") == (case.id,)
        assert unit.edi.cases_called("Q", "R") == unit.edi.cases_called("P", "R2") == ()
