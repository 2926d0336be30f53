"""Every screen in every language is a message that Telegram takes, whatever people put into it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.renderer import SCREENS, ChatRenderer
from bot.chat.screens.screen import Screen
from bot.domain.messaging import OutgoingMessage
from bot.errors import NotFound
from bot.i18n import Catalogs, utf16_len
from bot.sandbox.markup import message_text
from tests.factories import CATALOGS, CONTROLLER, REGISTRY
from tests.unit.chat.conftest import HOSTILE, card, everything

ROOT = Path(__file__).parents[3]
LANGUAGES = ["en-GB", "ur", "pl", "pa", "bn", "ar"]
RESIDENTS = sorted(kind for kind in SCREENS if not kind.startswith(("staff.", "test.")))
STAFF_WORDS = re.compile(
    r"\b(rumours?|tickets?|flag(s|ged)?|queues?|misinformation|disinformation|triag\w+|broadcasts?|deliver(y|ies)|renditions?|"
    r"resident|audience|spam|amplif\w+)\b", re.IGNORECASE,
)  # fmt: skip


def _valid(message: OutgoingMessage, where: str) -> str:
    text = message_text(message.html, "HTML").plain
    assert utf16_len(text) <= 4096, where
    for row in message.buttons:
        assert row, where
        for button in row:
            assert button.url.startswith("https://") or 1 <= len(button.data.encode()) <= 64, (where, button.data)
            assert button.label.strip(), where
            assert utf16_len(button.label) <= 64, (where, button.label)
    return text


def test_there_is_a_sample_of_every_screen() -> None:
    assert {kind for kind, _ in everything("x")} == set(SCREENS)


CARDS = {"leader.card", "message.card", "group.known"}
"""Shown in the language of the card, whoever reads."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_valid_whatever_stands_in_it(renderer: ChatRenderer, language: str) -> None:
    for text in HOSTILE:
        for kind, params in everything(text):
            shown = _valid(renderer.render(kind, params, language), f"{kind} in {language} with {text!r}")
            assert "{" not in shown or "{" in text, f"an unfilled place in {kind} in {language}: {shown}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_from_outside_are_shown_not_obeyed(renderer: ChatRenderer, language: str) -> None:
    for kind, params in everything("<b>x</b>&amp;"):
        html = renderer.render(kind, params, language).html
        assert "<b>x</b>&amp;" not in html, kind
    told = renderer.render("answer.told", {"card": card("x"), "code": "A", "asked": "<u>1 & 2</u>"}, language)
    assert "<u>1 & 2</u>" in message_text(told.html, "HTML").plain


def test_a_text_cannot_turn_the_screen_around(renderer: ChatRenderer) -> None:
    for kind, params in everything("\u202eevil\u2066\u2069\u2069"):
        html = renderer.render(kind, params, "en-GB").html
        if kind.startswith(("staff.", "test.")) or kind in {
            "message.card",
            "check.known",
            "check.recognised",
            "proof.code",
            "answer.told",
            "answer.update",
            "recording.heard",
            "leader.card",
            "answer.changed",
            "group.known",
            "learn.step",
            "wish.answered",
        }:
            continue  # what a second person has read and approved, or staff read themselves
        assert "\u202e" not in html, kind
        assert html.count("\u2068") == html.count("\u2069"), kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_card_fits(renderer: ChatRenderer, language: str) -> None:
    """3,500 units of text, as many as a rendition may have, with everything that stands around it."""
    for text in ("x" * 3500, "&" * 3500, "😱" * 1750, "ہ" * 3500):
        sources = [{"title": "t", "url": "https://example.org/" + "p" * 60}] * 3
        long = card(text, title="T" * 120, text_language=language, missing="so", sources=sources)
        for kind, params in (
            ("message.card", long), ("check.known", {"card": long, "draft": "1"}),
            ("answer.told", {"card": long, "code": "A", "asked": "q" * 120}),
        ):  # fmt: skip
            shown = _valid(renderer.render(kind, params, language), f"{kind} in {language}")
            assert text in shown, "not one approved word is cut"


@pytest.mark.parametrize("kind", RESIDENTS)
def test_residents_never_read_the_words_of_the_office(renderer: ChatRenderer, kind: str) -> None:
    for name, params in everything("x"):
        if name != kind:
            continue
        message = renderer.render(kind, params, "en-GB")
        shown = "\n".join([message.html, *(button.label for row in message.buttons for button in row)])
        # The topic 'How to check rumours' is an invitation to learn, and said in everybody's word.
        found = STAFF_WORDS.search(shown.replace("How to check rumours", ""))
        assert found is None, found


@pytest.mark.parametrize("kind", RESIDENTS)
@pytest.mark.parametrize("language", ["ur", "pl", "pa", "bn", "ar"])
def test_residents_screens_are_translated(renderer: ChatRenderer, kind: str, language: str) -> None:
    """Every screen with words of its own says something else in another language."""
    for name, params in everything("x"):
        if name == kind:
            english, own = renderer.render(kind, params, "en-GB"), renderer.render(kind, params, language)
            assert own.html != english.html or kind in CARDS


def test_rows_of_buttons_are_mirrored_for_right_to_left_readers() -> None:
    params = {"joined": True, "staff": False}
    screens = (Screen(CATALOGS.translator(tag), CONTROLLER, CATALOGS) for tag in ("en-GB", "ur"))
    ltr, rtl = (SCREENS["menu"](screen, params).buttons for screen in screens)
    assert [[button.data for button in row] for row in rtl] == [[button.data for button in row][::-1] for row in ltr]


def test_arrows_point_the_way_that_is_read() -> None:
    ltr, rtl = (Screen(CATALOGS.translator(tag), CONTROLLER, CATALOGS).pages("lp", 1, 3)[0] for tag in ("en-GB", "ur"))
    assert [each.label for each in ltr] == ["◀", "2 / 3", "▶"] == [each.label for each in rtl]
    assert [each.data for each in ltr] == ["lp:0", "lp:1", "lp:2"]
    assert [each.data for each in rtl] == ["lp:2", "lp:1", "lp:0"], "forward is to the left"


def test_a_card_is_in_one_language_with_an_honest_line(renderer: ChatRenderer) -> None:
    shown = renderer.render("message.card", card("Drink water", "en-GB", missing="so", title="Heat"), "so").html
    assert "Soomaali" in shown.splitlines()[0]
    urdu = renderer.render("message.card", card("پانی پئیں", "ur", title="Heat"), "ur").html
    assert "Heat" not in urdu
    assert not re.search(r"Where this comes from|Sent by|Valid until", urdu)


def test_a_draft_is_labelled_wherever_it_is_shown(renderer: ChatRenderer) -> None:
    assert "DRAFT" in renderer.render("message.card", card("x", "en-GB", draft=True), "en-GB").html
    assert "DRAFT" not in renderer.render("message.card", card("x", "en-GB"), "en-GB").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_emergency_numbers_stand_in_every_language(renderer: ChatRenderer, language: str) -> None:
    shown = message_text(renderer.render("danger", {"draft": ""}, language).html, "HTML").plain
    for number in ("999", "55", "111", "116 123"):
        assert number in shown
    assert "999" in renderer.render("danger.passed", {"code": "A"}, language).html
    about = renderer.render("about", {}, language).html
    assert "999" in about
    assert "111" in about


def test_a_controller_without_facts_claims_none() -> None:
    bare = ChatRenderer(CATALOGS, replace(CONTROLLER, organisation="", contact="", bot_name="", council_url=""))
    for kind, params in everything("x"):
        for language in LANGUAGES:
            shown = _valid(bare.render(kind, params, language), kind)
            assert "None" not in shown
    hostile = ChatRenderer(CATALOGS, replace(CONTROLLER, organisation="<A> & 'B'", contact="<c>", bot_name="x_y"))
    for kind, params in everything("x"):
        _valid(hostile.render(kind, params, "ur"), kind)


@pytest.mark.parametrize("text", ["x" * 4000, "😱" * 2000, "&" * 4000])
def test_long_words_of_the_office_fit_and_say_that_they_go_on(renderer: ChatRenderer, text: str) -> None:
    for kind, params in everything("x"):
        details = params.get("details", {})
        long = {
            **params,
            "details": {**details, **{name: text for name in ("text", "source", "asked") if name in details}},
        }
        if kind == "staff.approval_settled":
            long["reason"] = text
        if kind in {"staff.approval", "staff.approval_settled"} and not details.get("blind"):
            shown = _valid(renderer.render(kind, long, "en-GB"), kind)
            assert "It goes on" in shown or params.get("about") == "broadcast"


def test_a_screen_that_is_not_translated_comes_whole_in_the_next_language_and_says_so(tmp_path: Path) -> None:
    """Half translated is not mixed: one missing text, and all of it is English, buttons and direction too."""
    po = tmp_path / "ur" / "LC_MESSAGES" / "bot.po"
    po.parent.mkdir(parents=True)
    header = next(iter((ROOT / "locales/ur/LC_MESSAGES/bot.po").read_text("utf-8").split("\n\n")))
    po.write_text(f'{header}\n\nmsgid "You get messages again."\nmsgstr "پیغامات پھر آئیں گے۔"\n', "utf-8")
    renderer = ChatRenderer(Catalogs.load(REGISTRY, tmp_path), CONTROLLER)
    for language in ("ur", "phr"):
        message = renderer.render("resumed", {}, language)
        assert message.html.startswith("We do not write this in \u2068اردو\u2069 yet. Here it is in English.\n\n")
        assert "پیغامات" not in message.html
        assert message.html.endswith("You get messages again.")
    assert "We do not write" not in renderer.render("resumed", {}, "en-GB").html


def test_an_unknown_screen_is_an_error() -> None:
    with pytest.raises(NotFound):
        ChatRenderer(CATALOGS, CONTROLLER).render("no.such", {}, "ur")
