"""Who may do what, what a resident wants to hear, and which rumours can still be decided."""

import pytest

from bot.domain.residents import Preferences, wants
from bot.domain.rumours import CLOSING_REASONS, OPEN_STATES, RumourState, check_open
from bot.domain.staff import Act, Role, check_may, may
from bot.errors import Conflict, NotAllowed


@pytest.mark.parametrize("act", list(Act))
def test_everything_that_can_be_done_needs_a_role(act: Act) -> None:
    assert any(may([role], act) for role in Role)
    assert not may([], act)
    with pytest.raises(NotAllowed, match="This needs the role"):
        check_may([], act)


def test_an_admin_looks_after_people_and_decides_nothing_that_leaves() -> None:
    leaves = {
        Act.APPROVE_RENDITION,
        Act.APPROVE_BROADCAST,
        Act.APPROVE_ANSWER,
        Act.CREATE_BROADCAST,
        Act.STEER_BROADCAST,
    }
    assert not [act for act in leaves if may([Role.ADMIN], act)]
    assert [role for role in Role if may([role], Act.MANAGE_STAFF)] == [Role.ADMIN]
    assert [role for role in Role if may([role], Act.READ_AUDIT)] == [Role.ADMIN]


def test_what_residents_sent_is_read_by_those_who_answer_alone() -> None:
    assert {role for role in Role if may([role], Act.READ_RUMOURS)} == {Role.TRIAGER, Role.PUBLISHER}


@pytest.mark.parametrize(
    ("topics", "only", "topic", "emergency", "expected"),
    [
        ((), False, "health", False, True),
        (("scams",), False, "health", False, False),
        (("scams", "health"), False, "health", False, True),
        ((), True, "health", False, False),
        (("health",), True, "health", False, False),
        ((), True, "weather", True, True),
        (("scams",), False, "weather", True, True),
    ],
)
def test_what_comes_unasked(topics: tuple[str, ...], only: bool, topic: str, emergency: bool, expected: bool) -> None:
    chosen = Preferences("ur", "ur", topics=topics, emergencies_only=only)
    assert wants(chosen, topic=topic, emergency=emergency) is expected


@pytest.mark.parametrize("state", list(RumourState))
def test_a_decided_rumour_is_decided(state: RumourState) -> None:
    if state in OPEN_STATES:
        check_open(state)
    else:
        with pytest.raises(Conflict, match="already decided"):
            check_open(state)


def test_an_answer_is_no_way_of_closing() -> None:
    assert CLOSING_REASONS.isdisjoint({*OPEN_STATES, RumourState.ANSWERED})
