"""Reading raw updates: every kind that matters, and nothing but InvalidInput for the rest."""

import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.updates import ALLOWED_UPDATES, keys_of, translate
from bot.domain.events import Event, EventKind, MediaKind
from bot.errors import InvalidInput

PRIVATE = {"id": 42, "type": "private"}
SENDER = {"id": 42, "is_bot": False, "first_name": "Sample", "language_code": "ur"}


def raw(**update: Any) -> bytes:
    return json.dumps({"update_id": 7, **update}).encode()


def message(**fields: Any) -> bytes:
    return raw(message={"message_id": 3, "date": 1, "chat": PRIVATE, "from": SENDER, **fields})


def read(data: bytes) -> Event:
    event = translate(data)
    assert event is not None
    return event


def test_a_text_keeps_what_was_written_and_the_app_language() -> None:
    event = read(message(text="  Is it true?\u202e "))
    assert (event.kind, event.chat_id, event.text) == (EventKind.TEXT, 42, "  Is it true?\u202e ")
    assert event.app_language == "ur"
    assert not event.forwarded


@pytest.mark.parametrize(
    ("text", "command", "payload"),
    [
        ("/start", "start", ""),
        ("/start l_ur-c_market", "start", "l_ur-c_market"),
        ("/Flag@SampleBot  salt water\ncures it", "flag", "salt water\ncures it"),
    ],
)
def test_commands(text: str, command: str, payload: str) -> None:
    event = read(message(text=text))
    assert (event.kind, event.command, event.payload) == (EventKind.COMMAND, command, payload)


def test_a_slash_alone_is_text() -> None:
    assert read(message(text="/ or not?")).kind is EventKind.TEXT


def test_a_forwarded_command_is_a_text_and_nothing_of_its_origin_is_kept() -> None:
    origin = {"type": "user", "date": 1, "sender_user": {"id": 99887766, "first_name": "Nobody"}}
    event = read(message(text="/stop everything", forward_origin=origin))
    assert event.kind is EventKind.TEXT
    assert event.forwarded
    assert "99887766" not in repr(event)
    assert event.senders == ("Nobody",), "only to take the name out of the text"
    assert "Nobody" not in repr(replace(event, senders=()))


def file(**fields: Any) -> dict[str, Any]:
    return {"file_id": "F", "file_unique_id": "U", **fields}


@pytest.mark.parametrize(
    ("fields", "kind", "mime"),
    [
        ({"voice": file(duration=5, mime_type="audio/ogg")}, MediaKind.VOICE, "audio/ogg"),
        ({"audio": file(mime_type="audio/mpeg")}, MediaKind.AUDIO, "audio/mpeg"),
        ({"video": file(mime_type="video/mp4")}, MediaKind.VIDEO, "video/mp4"),
        ({"video_note": file(length=240)}, MediaKind.ROUND, "video/mp4"),
        ({"document": file(), "animation": file(mime_type="video/mp4")}, MediaKind.ANIMATION, "video/mp4"),
        ({"document": file(mime_type="application/pdf")}, MediaKind.DOCUMENT, "application/pdf"),
        ({"sticker": file(is_video=True, is_animated=False)}, MediaKind.STICKER, "video/webm"),
    ],
)
def test_media(fields: dict[str, Any], kind: MediaKind, mime: str) -> None:
    event = read(message(**fields, caption="look"))
    assert event.kind is EventKind.MEDIA
    assert event.text == "look"
    assert event.media is not None
    assert (event.media.kind, event.media.mime, event.media.file_id) == (kind, mime, "F")


def test_of_a_photo_the_largest_size_is_taken() -> None:
    sizes = [file(file_id="small", width=90, height=90), file(file_id="big", width=800, height=600, file_size=9)]
    media = read(message(photo=[sizes[1], sizes[0]])).media
    assert media is not None
    assert (media.file_id, media.size, media.mime) == ("big", 9, "image/jpeg")


@pytest.mark.parametrize("name", ["location", "contact", "poll", "dice", "a_kind_of_tomorrow"])
def test_what_we_cannot_use_is_still_an_event(name: str) -> None:
    assert read(message(**{name: {}})).kind is EventKind.OTHER


def test_a_button() -> None:
    query = {"id": "900", "from": SENDER, "data": "r1:flag", "message": {"message_id": 5, "date": 0, "chat": PRIVATE}}
    event = read(raw(callback_query=query))
    assert event.kind is EventKind.BUTTON
    assert (event.chat_id, event.payload, event.message_ref, event.press_id) == (42, "r1:flag", 5, "900")


def test_a_button_of_an_inline_message_needs_nothing() -> None:
    assert translate(raw(callback_query={"id": "1", "from": SENDER, "data": "x", "inline_message_id": "i"})) is None


@pytest.mark.parametrize(("status", "kind"), [("kicked", EventKind.BLOCKED), ("member", EventKind.UNBLOCKED)])
def test_blocking_and_coming_back(status: str, kind: EventKind) -> None:
    change = {"chat": PRIVATE, "from": SENDER, "date": 1, "new_chat_member": {"status": status}}
    assert read(raw(my_chat_member=change)).kind is kind


def test_groups_are_left_alone_but_their_migration_is_told() -> None:
    group = {"id": -5, "type": "group"}
    assert translate(raw(message={"message_id": 1, "chat": group, "text": "hello"})) is None
    moved = read(raw(message={"message_id": 1, "chat": group, "migrate_to_chat_id": -1005}))
    assert (moved.kind, moved.new_chat_id, moved.private) == (EventKind.MIGRATED, -1005, False)


def test_edits_and_unknown_kinds_need_nothing() -> None:
    edited = {"message_id": 3, "chat": PRIVATE, "from": SENDER, "text": "changed"}
    assert translate(raw(edited_message=edited)) is None
    assert translate(raw(something_new={"x": 1})) is None
    assert translate(raw()) is None


# Links


def test_links_are_found_by_utf16_offsets() -> None:
    text = "\U0001f64f see https://example.org/a now"
    entities = [{"type": "url", "offset": 7, "length": 21}]
    event = read(message(text=text, entities=entities))
    assert event.links == ("https://example.org/a",)
    assert event.text == text


def test_a_hidden_link_is_shown_under_the_text() -> None:
    entities = [
        {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/hidden"},
        {"type": "text_link", "offset": 0, "length": 4, "url": "tg://user?id=1"},
    ]
    event = read(message(photo=[file(width=1, height=1)], caption="here", caption_entities=entities))
    assert event.text == "here\nhttps://example.org/hidden"
    assert event.links == ("https://example.org/hidden",)


def test_a_link_without_a_scheme_is_a_web_address_and_other_schemes_are_not() -> None:
    text = "example.org/x ftp://example.org"
    entities = [{"type": "url", "offset": 0, "length": 13}, {"type": "url", "offset": 14, "length": 17}]
    assert read(message(text=text, entities=entities)).links == ("http://example.org/x",)


# The chat whose order an update keeps


def test_everything_of_one_chat_keeps_one_order() -> None:
    chat = {"id": 5, "type": "private"}
    payloads: dict[str, dict[str, Any]] = {
        "message": {"chat": chat}, "edited_message": {"chat": chat}, "my_chat_member": {"chat": chat},
        "callback_query": {"id": "1", "from": {"id": 9}, "message": {"chat": chat}},
    }  # fmt: skip
    # An inline query says nothing of the chat that it is typed in, and is answered by itself.
    assert set(payloads) == set(ALLOWED_UPDATES) - {"inline_query"}
    for name, payload in payloads.items():
        assert keys_of(json.dumps({"update_id": 7, name: payload}).encode()) == (7, 5), name


@pytest.mark.parametrize("payload", [None, 7, [], {}, {"chat": 5}, {"chat": {}}, {"chat": {"id": "5"}}, {"message": 5}])
def test_a_chat_that_makes_no_sense_is_none(payload: object) -> None:
    assert keys_of(json.dumps({"update_id": 7, "message": payload}).encode()) == (7, 0)


# Hostile input


def test_lone_surrogates_are_replaced() -> None:
    data = message(text="SURROGATE ok").replace(b"SURROGATE", b"\\ud83d")
    event = read(data)
    assert event.text == "\ufffd ok"
    assert keys_of(data)[0] == 7


def test_invalid_utf8_is_replaced() -> None:
    assert read(message(text="BYTE").replace(b"BYTE", b"a\xffb")).text == "a\ufffdb"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"[]", b"5", b"{", b"NaN", b'{"update_id": NaN}', b"[" * 100_000, b'{"a":' * 50_000,
        b'{"update_id": "7"}', b'{"update_id": true}', b'{"update_id": 1.5}', b'{"update_id": -1}',
        b'{"update_id": 1180591620717411303424}', b'{"update_id": ' + b"9" * 5_000 + b"}", b"{}",
    ],
)  # fmt: skip
def test_what_has_no_number_is_invalid_input(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        keys_of(data)
    with pytest.raises(InvalidInput):
        translate(data)


@pytest.mark.parametrize(
    "data",
    [
        raw(message=5),
        raw(message={}),
        raw(message={"chat": {"id": 2**63, "type": "private"}, "text": "x"}),
        raw(message={"chat": {"id": True, "type": "private"}, "text": "x"}),
        message(text=5),
        message(text="x", entities={}),
        message(text="x", entities=[5]),
        message(text="x", entities=[{"type": "url", "offset": -1, "length": 1}]),
        message(text="x", entities=[{"type": "url", "offset": "0", "length": 1}]),
        message(text="x", entities=[{"type": "text_link"}]),
        message(photo=[]),
        message(photo=[5]),
        message(voice={"file_id": 5, "file_unique_id": "u"}),
        message(voice=file(file_size=2**70)),
        message(caption=["x"]),
        raw(callback_query={"id": 5}),
        raw(callback_query={"id": "5", "message": {"chat": PRIVATE}}),
        raw(my_chat_member={"chat": PRIVATE, "new_chat_member": []}),
    ],
)
def test_wrong_types_are_invalid_input(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        translate(data)


_NAMES = """
    update_id message callback_query my_chat_member edited_message chat from id type text caption entities offset
    length url photo voice sticker animation document file_id file_unique_id mime_type file_size duration width height
    forward_origin data message_id new_chat_member status migrate_to_chat_id language_code private text_link kicked
    is_video caption_entities
"""
NAMES = st.sampled_from(_NAMES.split())
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | NAMES
    | st.text(st.characters(), max_size=8) | st.sampled_from(["\ud800", "\x00", "/start", "https://example.org"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=25
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_generated_updates_raise_nothing_else(update: dict[str, Any]) -> None:
    for candidate in (update, {"update_id": 1, "message": {"chat": PRIVATE, **update}}):
        data = json.dumps(candidate).encode()
        try:
            event = translate(data)
        except InvalidInput:
            continue
        if event is not None:
            # What comes out can be stored and encoded.
            assert -(2**63) < event.chat_id < 2**63
            (event.text + event.payload + event.app_language + "".join(event.links)).encode()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_generated_bytes_raise_nothing_else(data: bytes) -> None:
    for read_it in (translate, keys_of):
        with contextlib.suppress(InvalidInput):
            read_it(data)
