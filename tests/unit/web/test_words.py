"""The console's words: every state has some, times are in words, numbers keep their direction."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.broadcasts import BroadcastState, DeliveryState
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.domain.rumours import RumourState
from bot.domain.staff import Role
from bot.i18n import Registry
from bot.web import moments, words


def test_every_state_has_words():
    assert set(words.RUMOUR_STATES) == {str(each) for each in RumourState}
    assert set(words.RENDITION_STATES) == {str(each) for each in RenditionState}
    assert set(words.BROADCAST_STATES) == {str(each) for each in BroadcastState}
    assert set(words.DELIVERY_STATES) == {each.word for each in DeliveryState}
    assert set(words.FORMS) == {str(each) for each in Form}
    assert set(words.ROLES) == {str(each) for each in Role}


def test_a_telephone_number_in_urdu_is_read_from_its_start():
    shown = words.directed("فون کریں:\n0300 123 2040")
    assert shown == 'فون کریں:\n<bdi dir="ltr">0300 123 2040</bdi>'


def test_directed_text_is_escaped():
    assert words.directed("<b>1</b>\n<1>") == '&lt;b&gt;1&lt;/b&gt;\n<bdi dir="ltr">&lt;1&gt;</bdi>'


def test_a_language_that_left_the_registry_is_still_shown():
    names = words.LanguageNames(Registry.load())
    assert (names.english("ur"), names.direction("ur")) == ("Urdu", "rtl")
    assert (names.english("xx"), names.autonym("xx"), names.direction("xx")) == ("xx", "xx", "auto")
    assert (names.english(None), names.direction(None)) == ("unknown language", "auto")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 second"),
        (40, "40 seconds"),
        (60, "1 minute"),
        (250, "4 minutes"),
        (7200, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_lengths_of_time(seconds, said):
    assert moments.span(seconds) == said


def test_times_are_those_of_the_zone():
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert moments.clock_time(noon, "Europe/London") == "Wed 1 Jul 2026, 13:00"
    assert moments.age(noon, noon + timedelta(seconds=59)) == "just now"
    assert moments.age(noon, noon + timedelta(hours=3)) == "3 hours ago"
