"""A case's and a message's life is what the tables say, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.errors import NotAllowedNow
from assistant.domain.lifecycle import (
    CASE_TRANSITIONS,
    MESSAGE_TRANSITIONS,
    CaseEvent,
    CaseState,
    MessageEvent,
    MessageState,
    after,
)


@given(st.sampled_from(CaseState), st.sampled_from(CaseEvent))
def test_a_step_the_table_does_not_name_is_refused(state: CaseState, event: CaseEvent) -> None:
    if (state, event) in CASE_TRANSITIONS:
        assert after(CASE_TRANSITIONS, state, event) is CASE_TRANSITIONS[state, event]
    else:
        with pytest.raises(NotAllowedNow):
            after(CASE_TRANSITIONS, state, event)


@given(st.lists(st.sampled_from(CaseEvent), max_size=30))
def test_no_run_of_events_writes_without_an_approval(events: list[CaseEvent]) -> None:
    state, approved = CaseState.DRAFT, False
    for event in events:
        try:
            state = after(CASE_TRANSITIONS, state, event)
        except NotAllowedNow:
            continue
        approved = (approved or event is CaseEvent.APPROVE) and event is not CaseEvent.REVISE
        if state in {CaseState.AUTHORISED, CaseState.RECEIVED, CaseState.INSPECTED, CaseState.SETTLED}:
            assert approved


def test_what_is_closed_rejected_by_nobody_or_expired_stays_so() -> None:
    for state in (CaseState.CLOSED, CaseState.CANCELLED, CaseState.EXPIRED):
        assert not [event for (from_state, event) in CASE_TRANSITIONS if from_state is state]


def test_every_message_that_ended_badly_can_be_run_again() -> None:
    for state in (MessageState.PARKED, MessageState.FAILED):
        assert after(MESSAGE_TRANSITIONS, state, MessageEvent.RUN_AGAIN) is MessageState.RECORDED
