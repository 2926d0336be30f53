"""What is remembered between two messages: little, bounded, and readable by an older or a newer version."""

from bot.chat import (
    checking,
    choosing,
    circle,
    joining,
    leading,
    learning,
    proving,
    recognising,
    recording,
    rights,
    speaking,
    staffing,
    translating,
    wishing,
    wording,
)
from bot.chat.conversation import BUTTONS, COMMANDS
from bot.chat.menu import profiles
from bot.chat.state import MAX_DRAFTS, State
from bot.services.rumours import Submission
from tests.factories import CATALOGS, CONTROLLER


def test_a_state_comes_back_as_it_was() -> None:
    state = State(language="ur", listen="phr", area="pleck", step="question:5", joining=True)
    state.add_draft({"kind": "text", "text": "x"})
    assert State.load(state.dump()) == state


def test_a_state_of_another_version_is_read() -> None:
    assert State.load({"language": "ur", "of_a_later_version": 1}) == State(language="ur")


def test_the_oldest_draft_gives_way_and_numbers_are_never_used_again() -> None:
    state = State()
    numbers = [state.add_draft({"text": str(each)}) for each in range(12)]
    assert len(set(numbers)) == 12
    assert list(state.drafts) == numbers[-MAX_DRAFTS:]


def test_every_command_of_the_menu_is_understood_and_fits_telegrams_limits() -> None:
    for tag, profile in profiles(CATALOGS, CONTROLLER).items():
        assert len(profile.description) <= 512, tag
        for name, words in profile.commands:
            assert name in COMMANDS
            assert 1 <= len(words) <= 256
    for promised in (
        "start",
        "stop",
        "pause",
        "settings",
        "check",
        "mine",
        "mydata",
        "forget",
        "privacy",
        "about",
        "console",
    ):
        assert promised in COMMANDS


def test_button_names_are_short_and_hold_no_colon() -> None:
    assert all(":" not in name and len(name) <= 12 for name in BUTTONS)


def test_a_submission_without_anything_has_no_keys() -> None:
    assert Submission("text", "", None, forwarded=False).keys == []


def test_no_two_rooms_answer_to_the_same_button_or_command() -> None:
    rooms = (
        joining, choosing, checking, rights, staffing, leading, recording, speaking, translating, proving, recognising,
        learning, wishing, wording, circle,
    )  # fmt: skip
    assert sum(len(each.BUTTONS) for each in rooms) == len(BUTTONS)
    assert sum(len(getattr(each, "COMMANDS", ())) for each in rooms) == len(COMMANDS)
