"""Sending text and files: what Telegram is asked to do, and what is told afterwards."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.files import StoredMedia
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.references import one_reference, parts_of
from bot.domain.events import MediaKind
from bot.domain.messaging import (
    Blocked,
    Button,
    InDoubt,
    NotSent,
    OutgoingDocument,
    OutgoingMedia,
    OutgoingMessage,
    Rejected,
    RetryLater,
    Sent,
)
from bot.errors import InvalidInput, NotFound, Unavailable
from bot.services.pacer import Pacer, Slot

from .conftest import FakeBotApi

BUTTONS = ((Button("Yes", "y"),),)


class Shelf:
    """A media source with one file."""

    def __init__(self, folder: Path, kind: MediaKind = MediaKind.VOICE, file_id: str | None = None) -> None:
        self.stored = StoredMedia(folder / "3f9a.ogg", "audio/ogg", kind, file_id)
        self.stored.path.write_bytes(b"OggS sample")
        self.failure: Exception | None = None

    async def open(self, media_id: int) -> StoredMedia:
        if self.failure:
            raise self.failure
        return self.stored


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def channel(api: BotApi, shelf: Shelf) -> TelegramMessenger:
    return TelegramMessenger(api, shelf)


def voice(html: str = "hello", file_id: str | None = None, kind: MediaKind = MediaKind.VOICE) -> OutgoingMessage:
    return OutgoingMessage(html, BUTTONS, OutgoingMedia(kind, 1, file_id))


def uploaded(telegram: FakeBotApi, method: str, body: dict[str, object]) -> None:
    telegram.will(method, 200, {"ok": True, "result": {"message_id": 71, **body}})


# Text


async def test_an_edit_that_changes_nothing_is_done(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.refuse("editMessageText", 400, "Bad Request: message is not modified: specified new message ...")
    assert await channel.send(5, OutgoingMessage("x", edit_ref=9)) == Sent(9)
    assert not telegram.of("sendMessage")


@pytest.mark.parametrize(
    "reason", ["message can't be edited", "message to edit not found", "there is no text in the message to edit"]
)
async def test_what_cannot_be_edited_is_sent_anew(
    telegram: FakeBotApi, channel: TelegramMessenger, reason: str
) -> None:
    telegram.refuse("editMessageText", 400, f"Bad Request: {reason}")
    assert isinstance(await channel.send(5, OutgoingMessage("x", BUTTONS, edit_ref=9)), Sent)
    (call,) = telegram.of("sendMessage")
    assert call.params["text"] == "x"
    assert "message_id" not in call.params


async def test_an_edit_in_doubt_is_not_sent_anew(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.will("editMessageText", 500, {"ok": False})
    assert isinstance(await channel.send(5, OutgoingMessage("x", edit_ref=9)), InDoubt)
    assert not telegram.of("sendMessage")


async def test_a_lone_surrogate_does_not_break_sending(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    assert isinstance(await channel.send(5, OutgoingMessage("a\ud800b")), Sent)
    assert telegram.of("sendMessage")[0].params["text"] == "a\ufffdb"


# Files


async def test_a_file_is_uploaded_once_and_then_sent_by_its_handle(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    uploaded(telegram, "sendVoice", {"voice": {"file_id": "H"}})
    outcomes = await asyncio.gather(*(channel.send(chat, voice()) for chat in range(1, 6)))
    assert outcomes.count(Sent(71, "H")) == 1
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    calls = telegram.of("sendVoice")
    assert [bool(call.files) for call in calls] == [True, False, False, False, False]
    name, content = calls[0].files["voice"]
    assert (name, content) == ("voice.ogg", b"OggS sample")
    assert calls[0].params["caption"] == "hello"
    assert "inline_keyboard" in calls[0].params["reply_markup"]
    assert all(call.params["voice"] == "H" for call in calls[1:])


async def test_a_known_handle_needs_no_file(telegram: FakeBotApi, channel: TelegramMessenger, shelf: Shelf) -> None:
    shelf.failure = NotFound("gone")
    assert await channel.send(5, voice(file_id="H")) == Sent(1)
    assert telegram.of("sendVoice")[0].params["voice"] == "H"


async def test_a_wrong_handle_is_forgotten_and_the_file_uploaded_once_for_all(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    for _ in range(3):
        telegram.refuse("sendVoice", 400, "Bad Request: wrong file identifier/HTTP URL specified")
    uploaded(telegram, "sendVoice", {"voice": {"file_id": "NEW"}})
    outcomes = await asyncio.gather(*(channel.send(chat, voice(file_id="OLD")) for chat in range(3)))
    assert outcomes.count(Sent(71, "NEW")) == 1
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert sum(bool(call.files) for call in telegram.of("sendVoice")) == 1
    await channel.send(9, voice(file_id="OLD"))
    assert telegram.of("sendVoice")[-1].params["voice"] == "NEW"


async def test_when_the_upload_fails_too_it_is_not_tried_again(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    for _ in range(2):
        telegram.refuse("sendVoice", 400, "Bad Request: wrong file identifier/HTTP URL specified")
    outcome = await channel.send(5, voice(file_id="OLD"))
    assert isinstance(outcome, Rejected)
    assert outcome.content
    assert len(telegram.of("sendVoice")) == 2


async def test_a_handle_that_the_store_remembers_is_used(api: BotApi, telegram: FakeBotApi, tmp_path: Path) -> None:
    channel = TelegramMessenger(api, Shelf(tmp_path, file_id="STORED"))
    assert await channel.send(5, voice()) == Sent(1)
    assert telegram.of("sendVoice")[0].params["voice"] == "STORED"


async def test_one_vain_upload_puts_one_message_in_doubt_and_no_other(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    telegram.will("sendVoice", 500, {"ok": False})
    outcomes = await asyncio.gather(*(channel.send(chat, voice()) for chat in range(4)))
    assert [type(outcome) for outcome in outcomes].count(InDoubt) == 1
    assert [type(outcome) for outcome in outcomes].count(NotSent) == 3
    assert len(telegram.of("sendVoice")) == 1


async def test_a_person_who_blocked_us_does_not_stop_the_upload(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    telegram.refuse("sendVoice", 403, "Forbidden: bot was blocked by the user")
    uploaded(telegram, "sendVoice", {"voice": {"file_id": "H"}})
    outcomes = await asyncio.gather(*(channel.send(chat, voice()) for chat in range(2)))
    assert {type(outcome) for outcome in outcomes} == {Blocked, Sent}


async def test_a_file_that_came_out_in_another_form_is_sent_in_that_form(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    uploaded(telegram, "sendVideo", {"animation": {"file_id": "A"}, "document": {"file_id": "A"}})
    assert await channel.send(5, voice(kind=MediaKind.VIDEO)) == Sent(71)
    await channel.send(6, voice(kind=MediaKind.VIDEO))
    assert telegram.of("sendAnimation")[0].params["animation"] == "A"


async def test_missing_and_unreachable_files(telegram: FakeBotApi, channel: TelegramMessenger, shelf: Shelf) -> None:
    shelf.failure = NotFound("gone")
    assert await channel.send(5, voice()) == Rejected("the media file is missing", content=True)
    shelf.failure = Unavailable("later")
    assert isinstance(await channel.send(5, voice()), NotSent)
    shelf.failure = None
    shelf.stored.path.unlink()
    assert await channel.send(5, voice()) == Rejected("the media file is missing", content=True)
    assert not telegram.calls


# Two parts


@pytest.mark.parametrize(
    ("html", "kind", "method"),
    [("long " * 300, MediaKind.VOICE, "sendVoice"), ("short", MediaKind.ROUND, "sendVideoNote")],
)
async def test_text_that_cannot_be_a_caption_follows_with_the_buttons(
    telegram: FakeBotApi, channel: TelegramMessenger, html: str, kind: MediaKind, method: str
) -> None:
    outcome = await channel.send(5, voice(html, "H", kind))
    assert [call.method for call in telegram.calls] == [method, "sendMessage"]
    assert "caption" not in telegram.calls[0].params
    assert "reply_markup" not in telegram.calls[0].params
    assert "reply_markup" in telegram.calls[1].params
    assert isinstance(outcome, Sent)
    assert parts_of(outcome.message_ref) == (1, 2), "both can be taken back later"


async def test_without_the_file_there_is_no_text(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.refuse("sendVideoNote", 429, "Too Many Requests", retry_after=3)
    assert await channel.send(5, voice("x", "H", MediaKind.ROUND)) == RetryLater(3.0)
    assert not telegram.of("sendMessage")


async def test_a_pause_before_the_text_does_not_repeat_the_file(
    telegram: FakeBotApi, api: BotApi, shelf: Shelf
) -> None:
    class Counting(Pacer):
        slots = 0

        async def slot(self) -> Slot:
            self.slots += 1
            return await super().slot()

    telegram.refuse("sendMessage", 429, "Too Many Requests", retry_after=1)
    pacer = Counting(0)
    channel = TelegramMessenger(api, shelf, pacer=pacer)
    assert isinstance(await channel.send(5, voice("x", "H", MediaKind.ROUND)), Sent)
    assert [call.method for call in telegram.calls] == ["sendVideoNote", "sendMessage", "sendMessage"]
    assert pacer.slots == 2


@pytest.mark.parametrize("retry_after", [60, None])
async def test_a_file_without_its_text_is_in_doubt(
    telegram: FakeBotApi, channel: TelegramMessenger, retry_after: int | None
) -> None:
    if retry_after:
        telegram.refuse("sendMessage", 429, "Too Many Requests", retry_after=retry_after)
    else:
        telegram.will("sendMessage", 500, {"ok": False})
    assert isinstance(await channel.send(5, voice("x", "H", MediaKind.ROUND)), InDoubt)


# The rest of the port


async def test_fetching_a_file(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.usual["getFile"] = lambda call: {"file_path": f"voice/{call.params['file_id']}.oga", "file_size": 4}
    telegram.files["voice/F.oga"] = web.Response(body=b"OggS", content_type="application/octet-stream")
    fetched = await channel.fetch("F", limit=10)
    assert (fetched.data, fetched.mime) == (b"OggS", "audio/ogg")
    with pytest.raises(InvalidInput):
        await channel.fetch("F", limit=3)


async def test_fetching_a_file_that_is_gone_or_out_of_reach(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.refuse("getFile", 400, "Bad Request: file is too big")
    with pytest.raises(InvalidInput):
        await channel.fetch("F", limit=10)
    telegram.will("getFile", 502, "oops")
    with pytest.raises(Unavailable):
        await channel.fetch("F", limit=10)


async def test_acknowledging_and_probing(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.refuse("answerCallbackQuery", 400, "Bad Request: query is too old")
    await channel.acknowledge("900")
    assert telegram.of("answerCallbackQuery")[0].params == {"callback_query_id": "900"}
    assert await channel.probe()
    telegram.will("getMe", 500, {"ok": False})
    assert not await channel.probe()


async def test_a_document_with_a_short_text_is_one_message(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    message = OutgoingMessage("short", BUTTONS, document=OutgoingDocument("my-data.json", "{}"))
    assert await channel.send(5, message) == Sent(1)
    [call] = telegram.calls
    assert (call.method, call.params["caption"], "reply_markup" in call.params) == ("sendDocument", "short", True)
    assert call.files["document"] == ("my-data.json", b"{}")


async def test_a_document_goes_before_a_text_too_long_for_its_caption(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    message = OutgoingMessage("x" * 2000, BUTTONS, document=OutgoingDocument("to-approve.txt", "اردو"))
    assert await channel.send(5, message) == Sent(one_reference(1, 2))
    first, second = telegram.calls
    assert (first.method, "caption" in first.params, "reply_markup" in first.params) == ("sendDocument", False, False)
    assert first.files["document"] == ("to-approve.txt", "اردو".encode())
    assert (second.method, "reply_markup" in second.params) == ("sendMessage", True)


async def test_a_refused_document_brings_no_text_to_decide_by(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    telegram.refuse("sendDocument", 403, "Forbidden: bot was blocked by the user")
    message = OutgoingMessage("x" * 2000, BUTTONS, document=OutgoingDocument("to-approve.txt", "words"))
    assert isinstance(await channel.send(5, message), Blocked)
    assert [each.method for each in telegram.calls] == ["sendDocument"]


# Taking an earlier message's place


async def test_what_cannot_be_edited_is_not_followed_where_nothing_new_may_be_sent(
    telegram: FakeBotApi, channel: TelegramMessenger
) -> None:
    telegram.refuse("editMessageText", 400, "Bad Request: message can't be edited")
    assert isinstance(await channel.send(5, OutgoingMessage("x", edit_ref=9, follow_up=False)), Rejected)
    assert [call.method for call in telegram.calls] == ["editMessageText"]


async def test_both_parts_go_before_the_new_message_comes(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    outcome = await channel.send(5, OutgoingMessage("sorry", delete_ref=one_reference(7, 8)))
    assert [call.method for call in telegram.calls] == ["deleteMessage", "deleteMessage", "sendMessage"]
    assert [call.params.get("message_id") for call in telegram.calls[:2]] == [7, 8]
    assert isinstance(outcome, Sent)
    assert outcome.removed


@pytest.mark.parametrize(
    ("reason", "removed"),
    [("message to delete not found", True), ("message can't be deleted for everyone", False)],
)
async def test_the_notice_follows_whether_or_not_it_could_be_removed(
    telegram: FakeBotApi, channel: TelegramMessenger, reason: str, removed: bool
) -> None:
    telegram.refuse("deleteMessage", 400, f"Bad Request: {reason}")
    outcome = await channel.send(5, OutgoingMessage("sorry", delete_ref=7))
    assert isinstance(outcome, Sent)
    assert outcome.removed is removed
    assert telegram.calls[-1].method == "sendMessage"


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [(429, "Too Many Requests", RetryLater), (403, "Forbidden: bot was blocked by the user", Blocked)],
)
async def test_nothing_new_is_sent_before_it_is_known_what_became_of_the_old(
    telegram: FakeBotApi, channel: TelegramMessenger, status: int, said: str, outcome: type
) -> None:
    telegram.refuse("deleteMessage", status, said)
    assert isinstance(await channel.send(5, OutgoingMessage("sorry", delete_ref=7)), outcome)
    assert [call.method for call in telegram.calls] == ["deleteMessage"]


async def test_removing_alone_is_enough_for_somebody_who_left(telegram: FakeBotApi, channel: TelegramMessenger) -> None:
    assert await channel.send(5, OutgoingMessage("x", delete_ref=7, follow_up=False)) == Sent(7, removed=True)
    assert [call.method for call in telegram.calls] == ["deleteMessage"]
    telegram.refuse("deleteMessage", 400, "Bad Request: message can't be deleted for everyone")
    assert isinstance(await channel.send(5, OutgoingMessage("x", delete_ref=7, follow_up=False)), Rejected)
