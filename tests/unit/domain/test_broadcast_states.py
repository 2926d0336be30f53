"""The life of a broadcast: what may follow what, and that an end is an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.broadcasts import END_STATES, BroadcastState, DeliveryState, check_step, seconds_to_send
from bot.errors import Conflict

S = BroadcastState
ENDS = {S.DONE, S.CANCELLED, S.MISSED}


def _may(now: BroadcastState, then: BroadcastState) -> bool:
    try:
        check_step(now, then)
    except Conflict:
        return False
    return True


@pytest.mark.parametrize("end", sorted(ENDS))
def test_an_end_is_an_end(end: BroadcastState) -> None:
    assert not [then for then in S if _may(end, then)]


@pytest.mark.parametrize("state", sorted(set(S) - ENDS))
def test_whatever_has_not_ended_can_be_cancelled(state: BroadcastState) -> None:
    check_step(state, S.CANCELLED)


def test_a_paused_or_stopped_broadcast_never_becomes_a_draft_again() -> None:
    """What has begun was approved as it is; another content needs another broadcast."""
    assert [now for now in S if _may(now, S.DRAFT)] == [S.SCHEDULED]


def test_only_what_was_approved_and_has_not_ended_can_be_missed() -> None:
    assert {now for now in S if _may(now, S.MISSED)} == {S.SCHEDULED, S.SENDING, S.PAUSED, S.STOPPED}


@given(st.sampled_from(list(S)), st.sampled_from(list(S)))
def test_a_refused_step_is_told_in_a_sentence(now: BroadcastState, then: BroadcastState) -> None:
    if not _may(now, then):
        with pytest.raises(Conflict, match=f"A broadcast that is {now} cannot be "):
            check_step(now, then)


def test_a_delivery_is_open_or_has_one_of_five_ends() -> None:
    assert {each.name for each in set(DeliveryState) - END_STATES} == {"RESTING", "QUEUED", "SENDING"}
    assert all(each < 2 for each in set(DeliveryState) - END_STATES)  # the index of open rows says `state < 2`


def test_how_long_sending_takes() -> None:
    assert seconds_to_send(6000, 25) == 240
    assert seconds_to_send(6000, 0) == 0
