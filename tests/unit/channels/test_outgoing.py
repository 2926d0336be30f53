"""What goes out: parameters, and what an answer means."""

import json

import pytest

from bot.channels.telegram.api import Answered, Lost, NeverSent
from bot.channels.telegram.outcomes import outcome_of
from bot.channels.telegram.outgoing import edit_call, file_in, needs_own_text, text_body, visible_length
from bot.domain.events import MediaKind
from bot.domain.messaging import (
    Blocked,
    Button,
    InDoubt,
    Moved,
    NotSent,
    OutgoingMessage,
    Rejected,
    RetryLater,
    SendOutcome,
    Sent,
)


def test_a_plain_message_has_no_empty_parameters() -> None:
    assert json.loads(text_body(5, OutgoingMessage("hello"))) == {
        "chat_id": 5, "text": "hello", "parse_mode": "HTML", "link_preview_options": {"is_disabled": True},
    }  # fmt: skip


def test_a_quiet_message_with_preview_and_buttons() -> None:
    message = OutgoingMessage(
        "x", ((Button("Yes", "y"), Button("Site", url="https://example.org")), ()), quiet=True, preview=True
    )
    params = json.loads(text_body(5, message))
    assert params["disable_notification"] is True
    assert "link_preview_options" not in params
    assert params["reply_markup"] == {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "Site", "url": "https://example.org"}]]
    }


def test_an_edit_names_its_message() -> None:
    method, params = edit_call(5, 9, OutgoingMessage("x", edit_ref=9))
    assert (method, params["message_id"]) == ("editMessageText", 9)


def test_length_is_counted_as_telegram_counts() -> None:
    assert visible_length("<b>a</b> &amp; \U0001f64f") == 6
    assert not needs_own_text(OutgoingMessage("<b>" + "a" * 1024 + "</b>"), MediaKind.VOICE)
    assert needs_own_text(OutgoingMessage("\U0001f64f" * 513), MediaKind.VOICE)
    assert needs_own_text(OutgoingMessage("a"), MediaKind.ROUND)
    assert not needs_own_text(OutgoingMessage(""), MediaKind.ROUND)


def test_the_form_in_which_a_file_ended_up() -> None:
    assert file_in({"photo": [{"file_id": "s"}, {"file_id": "l"}]}, MediaKind.PHOTO) == (MediaKind.PHOTO, "l")
    silent = {"animation": {"file_id": "a"}, "document": {"file_id": "a"}}
    assert file_in(silent, MediaKind.VIDEO) == (MediaKind.ANIMATION, "a")
    assert file_in({"voice": "nonsense"}, MediaKind.VOICE) is None


def refused(status: int, description: str = "", **parameters: object) -> Answered:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return Answered(status, body)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (NeverSent("the connection was refused"), NotSent("the connection was refused")),
        (Lost("no answer in time"), InDoubt("no answer in time")),
        (Answered(200, {"ok": True, "result": {"message_id": 3}}), Sent(3)),
        (Answered(200, {"ok": False}), InDoubt("the answer named no message")),
        (Answered(200, {"ok": True, "result": True}), InDoubt("the answer named no message")),
        (Answered(200, {"ok": True, "result": {"message_id": "3"}}), InDoubt("the answer named no message")),
        (refused(429, retry_after=7), RetryLater(7.0)),
        (refused(429, retry_after="10"), RetryLater(10.0)),
        (refused(429, retry_after=0), RetryLater(1.0)),
        (refused(429, retry_after=99999), RetryLater(3600.0)),
        (refused(429, retry_after=-4), RetryLater(5.0)),
        (refused(429, retry_after="soon"), RetryLater(5.0)),
        (refused(429), RetryLater(5.0)),
        (Answered(429, {}), RetryLater(5.0)),
        (
            refused(403, "Forbidden: bot was blocked by the user"),
            Blocked("Forbidden: bot was blocked by the user"),
        ),
        (refused(400, "Bad Request: chat not found"), Blocked("Bad Request: chat not found")),
        (refused(400, "Bad Request: PEER_ID_INVALID"), Blocked("Bad Request: PEER_ID_INVALID")),
        (refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100), Moved(-100)),
        (
            refused(400, "Bad Request: can't parse entities: unclosed"),
            Rejected("Bad Request: can't parse entities: unclosed", content=True),
        ),
        (
            refused(400, "Bad Request: message is too long"),
            Rejected("Bad Request: message is too long", content=True),
        ),
        (
            refused(400, "Bad Request: BUTTON_DATA_INVALID"),
            Rejected("Bad Request: BUTTON_DATA_INVALID", content=True),
        ),
        (refused(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN"), Rejected("Bad Request: VOICE_MESSAGES_FORBIDDEN")),
        (refused(401, "Unauthorized"), Rejected("the bot token is not accepted", content=True)),
        (refused(404, "Not Found"), Rejected("the bot token is not accepted", content=True)),
        (refused(500, "Internal Server Error"), InDoubt("the server answered 500")),
        (Answered(502, {}), InDoubt("the server answered 502")),
        # A page of something between us and Telegram says nothing about the person.
        (Answered(403, {}), InDoubt("the server answered 403")),
        (Answered(302, {}), InDoubt("the server answered 302")),
    ],
)
def test_outcomes(answer: Answered | NeverSent | Lost, outcome: SendOutcome) -> None:
    assert outcome_of(answer) == outcome


def test_reasons_hold_no_long_numbers_and_are_short() -> None:
    outcome = outcome_of(refused(400, "Bad Request: user 5551234567 \n is odd " + "x" * 200))
    assert isinstance(outcome, Rejected)
    assert outcome.reason.startswith("Bad Request: user ##### is odd")
    assert len(outcome.reason) == 100
