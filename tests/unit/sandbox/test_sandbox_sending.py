"""What the stand-in takes and refuses when the bot sends: strict where Telegram is strict."""

import aiohttp
import pytest

from bot.sandbox.samples import SAMPLE_FILES, sample_file


async def test_a_text_arrives_with_its_entities(api, amina):
    sent = await api("sendMessage", chat_id=amina.id, text="<b>سلام</b> &amp; 😀 <i>x</i>", parse_mode="HTML")
    assert sent["text"] == "سلام & 😀 x"
    assert sent["entities"] == [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "italic", "offset": 10, "length": 1},
    ]
    seen = await api.see(f"people/{amina.id}/messages")
    assert [m["text"] for m in seen] == ["سلام & 😀 x"]
    assert seen[0]["out"] is False


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"text": ""}, "400 Bad Request: message text is empty"),
        ({"text": " \n "}, "400 Bad Request: message text is empty"),
        ({"text": "a" * 4097}, "400 Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "400 Bad Request: message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"text": "<h1>x</h1>", "parse_mode": "HTML"}, 'Unsupported start tag "h1" at byte offset 0'),
        ({"text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 1"),
        ({"text": "é<b>x</i>", "parse_mode": "HTML"}, 'at byte offset 6, expected "</b>", found "</i>"'),
        ({"text": "2 < 3", "parse_mode": "HTML"}, 'Unsupported start tag "" at byte offset 2'),
        ({"text": "x", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        ({"text": "x", "txet": "y"}, 'unknown parameter "txet"'),
        ({"text": "x", "disable_web_page_preview": True}, "unknown parameter"),
        ({"text": 5}, 'invalid value of parameter "text"'),
        ({"text": "x", "protect_content": "maybe"}, 'invalid value of parameter "protect_content"'),
        ({"text": "x", "reply_parameters": {"message_id": 1}}, "message to be replied not found"),
        ({"text": "x", "link_preview_options": {"disabled": True}}, "unknown field"),
        ({"text": "x", "chat_id": "@nobody_here"}, "400 Bad Request: chat not found"),
        ({"text": "x", "chat_id": 42}, "400 Bad Request: chat not found"),
    ],
)
async def test_wrong_messages_are_refused_in_telegrams_words(api, amina, parameters, refusal):
    assert refusal in await api.refused("sendMessage", **{"chat_id": amina.id, **parameters})
    assert await api.see("sent") == []


async def test_length_counts_after_parsing(api, amina):
    sent = await api("sendMessage", chat_id=amina.id, text=f"<b>{'a' * 4096}</b>", parse_mode="HTML")
    assert len(sent["text"]) == 4096


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        ({"text": "a", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": "ਪ" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "a"}, "Text buttons are unallowed"),
        ({"text": "", "callback_data": "x"}, "non-empty"),
        ({"text": "a", "callback_data": "x", "url": "https://example.org"}, "Text buttons are unallowed"),
        ({"text": "a", "url": "http://localhost:8080/m/x"}, "Wrong HTTP URL"),
        ({"text": "a", "url": "http://127.0.0.1/x"}, "Wrong HTTP URL"),
        ({"text": "a", "url": "javascript:alert(1)"}, "is invalid"),
        ({"text": "a", "callback_dat": "x"}, "unknown field"),
    ],
)
async def test_wrong_buttons_are_refused(api, amina, button, refusal):
    markup = {"inline_keyboard": [[button]]}
    assert refusal in await api.refused("sendMessage", chat_id=amina.id, text="x", reply_markup=markup)


async def test_good_buttons_are_taken(api, amina):
    rows = [[{"text": "ہاں", "callback_data": "r1:yes"}], [{"text": "Page", "url": "https://example.org/a?b=1"}]]
    sent = await api("sendMessage", chat_id=amina.id, text="x", reply_markup={"inline_keyboard": rows})
    assert sent["reply_markup"]["inline_keyboard"] == rows


async def test_the_bot_cannot_write_first_nor_to_the_blocked_or_gone(api, sandbox, amina):
    stranger = sandbox.add_person("Marek", "pl")
    first = await api.refused("sendMessage", chat_id=stranger.id, text="x")
    assert first == "403 Forbidden: bot can't initiate conversation with a user"
    await api.do(stranger, "start")
    await api("sendMessage", chat_id=stranger.id, text="x")
    await api.do(amina, "block")
    assert await api.refused("sendMessage", chat_id=amina.id, text="x") == "403 Forbidden: bot was blocked by the user"
    await api.do(amina, "unblock")
    await api("sendMessage", chat_id=amina.id, text="x")
    await api.do(amina, "deactivate")
    assert await api.refused("sendMessage", chat_id=amina.id, text="x") == "403 Forbidden: user is deactivated"


async def test_a_moved_chat_names_its_new_number(api, amina):
    moved = (await api.do(amina, "migrate"))["migrate_to_chat_id"]
    body = await api("sendMessage", chat_id=amina.id, text="x")
    assert body["parameters"] == {"migrate_to_chat_id": moved}
    await api("sendMessage", chat_id=moved, text="again")
    assert (await api.see(f"people/{amina.id}/messages"))[-1]["text"] == "again"


@pytest.mark.parametrize("kind", ["photo", "voice", "video", "video_note", "audio", "document", "animation"])
async def test_media_is_uploaded_once_and_sent_again_by_id(api, amina, kind):
    name, data = sample_file(kind)
    method = "send" + "".join(part.title() for part in kind.split("_"))
    form = aiohttp.FormData({"chat_id": str(amina.id)})
    form.add_field(kind, data, filename=name)
    response = await api.client.post(f"/bot{api.token}/{method}", data=form)
    first = (await response.json())["result"]
    part = first[kind][-1] if kind == "photo" else first[kind]
    again = await api(method, chat_id=amina.id, **{kind: part["file_id"]})
    part_again = again[kind][-1] if kind == "photo" else again[kind]
    assert part_again["file_unique_id"] == part["file_unique_id"]
    if kind in ("voice", "video", "video_note"):
        assert part["duration"] > 1
    path = (await api("getFile", file_id=part["file_id"]))["file_path"]
    assert await (await api.client.get(f"/file/bot{api.token}/{path}")).read() == data
    assert (await api.client.get(f"/file/bot9:other/{path}")).status == 401


async def test_a_file_id_fits_one_kind_and_one_bot(api, amina, photo):
    stored = await api.do(amina, "voice", sample="voice")
    voice = (await api.see(f"people/{amina.id}/messages"))[-1]["voice"]["file_id"]
    assert stored["message_id"]
    refusal = await api.refused("sendPhoto", chat_id=amina.id, photo=voice)
    assert "can't use file of type VoiceNote as Photo" in refusal
    for unknown in ("AgADnothing", "https://example.org/x.jpg"):
        refusal = await api.refused("sendPhoto", chat_id=amina.id, photo=unknown)
        assert refusal == "400 Bad Request: wrong file identifier/HTTP URL specified"


async def test_a_caption_may_have_1024_units_and_a_photo_must_be_one(api, amina):
    await api.do(amina, "photo")
    file_id = (await api.see(f"people/{amina.id}/messages"))[-1]["photo"][-1]["file_id"]
    await api("sendPhoto", chat_id=amina.id, photo=file_id, caption="a" * 1024)
    refusal = await api.refused("sendPhoto", chat_id=amina.id, photo=file_id, caption="a" * 1025)
    assert refusal == "400 Bad Request: message caption is too long"
    form = aiohttp.FormData({"chat_id": str(amina.id)})
    form.add_field("photo", b"<svg/>", filename="x.png")
    answer = await (await api.client.post(f"/bot{api.token}/sendPhoto", data=form)).json()
    assert answer["description"] == "Bad Request: IMAGE_PROCESS_FAILED"


async def test_a_file_over_20_mb_cannot_be_downloaded(api, sandbox, amina):
    sent = sandbox.hands.media(amina, "video", sample_file("video")[1] + bytes(21 * 1024 * 1024), "long.mp4")
    assert await api.refused("getFile", file_id=sent["video"]["file_id"]) == "400 Bad Request: file is too big"
    copy = await api("copyMessage", chat_id=amina.id, from_chat_id=amina.id, message_id=sent["message_id"])
    assert copy["message_id"] > sent["message_id"]


async def test_an_album_needs_two_and_takes_attached_files(api, amina, photo):
    form = aiohttp.FormData({"chat_id": str(amina.id)})
    form.add_field(
        "media", '[{"type":"photo","media":"attach://a","caption":"x"},{"type":"photo","media":"attach://b"}]'
    )
    form.add_field("a", photo, filename="a.jpg")
    form.add_field("b", photo, filename="b.jpg")
    sent = (await (await api.client.post(f"/bot{api.token}/sendMediaGroup", data=form)).json())["result"]
    assert len({m["media_group_id"] for m in sent}) == 1
    assert [m.get("caption") for m in sent] == ["x", None]
    assert "2-10" in await api.refused("sendMediaGroup", chat_id=amina.id, media=[{"type": "photo", "media": "x"}])


async def test_copies_have_no_source_and_forwards_do(api, amina, sandbox):
    team = sandbox.add_person("Jo", "en", kind="staff", started=True)
    original = sandbox.hands.text(amina, "is this true?")
    await api("copyMessage", chat_id=team.id, from_chat_id=amina.id, message_id=original["message_id"])
    forwarded = await api("forwardMessage", chat_id=team.id, from_chat_id=amina.id, message_id=original["message_id"])
    copied = (await api.see(f"people/{team.id}/messages"))[0]
    assert copied["text"] == forwarded["text"] == "is this true?"
    assert "forward_origin" not in copied
    assert forwarded["forward_origin"]["sender_user"]["id"] == amina.id
    refusal = await api.refused("copyMessage", chat_id=team.id, from_chat_id=amina.id, message_id=1)
    assert "message to copy not found" in refusal


async def test_edits_change_delete_removes_and_same_content_is_refused(api, amina):
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
    sent = await api("sendMessage", chat_id=amina.id, text="one", reply_markup=markup)
    where = {"chat_id": amina.id, "message_id": sent["message_id"]}
    assert "message is not modified" in await api.refused("editMessageText", **where, text="one", reply_markup=markup)
    edited = await api("editMessageText", **where, text="two")
    assert (edited["text"], edited.get("reply_markup")) == ("two", None)
    await api("editMessageReplyMarkup", **where, reply_markup=markup)
    assert "no caption" in await api.refused("editMessageCaption", **where, caption="x")
    assert await api("deleteMessage", **where) is True
    assert await api.see(f"people/{amina.id}/messages") == []
    assert "message to edit not found" in await api.refused("editMessageText", **where, text="three")


async def test_the_bot_cannot_edit_what_a_person_wrote(api, amina):
    sent = await api.do(amina, "text", text="mine")
    refusal = await api.refused("editMessageText", chat_id=amina.id, message_id=sent["message_id"], text="yours")
    assert refusal == "400 Bad Request: message can't be edited"


async def test_a_pressed_button_is_answered_once_and_in_time(api, amina, clock):
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await api("sendMessage", chat_id=amina.id, text="?", reply_markup=markup)
    press = await api.do(amina, "press", message_id=sent["message_id"], label="Yes")
    query = press["callback_query_id"]
    assert await api("answerCallbackQuery", callback_query_id=query, text="Thanks", show_alert=True) is True
    assert (await api.see(f"people/{amina.id}"))["last_answer"]["text"] == "Thanks"
    assert "query is too old" in await api.refused("answerCallbackQuery", callback_query_id=query)
    late = (await api.do(amina, "press", message_id=sent["message_id"], data="y"))["callback_query_id"]
    clock.move(15 * 60 + 1)
    assert "query is too old" in await api.refused("answerCallbackQuery", callback_query_id=late)
    assert "no such button" in (await api.do(amina, "press", message_id=sent["message_id"], data="z"))["error"]


async def test_unknown_methods_and_tokens(api):
    assert await api.refused("sendNothing") == "404 Not Found"
    response = await api.client.get("/bot1:wrong/getMe")
    assert (response.status, await response.json()) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )


async def test_forms_query_and_json_all_work(api, amina):
    url = f"/bot{api.token}/sendMessage"
    await api.client.get(url, params={"chat_id": str(amina.id), "text": "query"})
    await api.client.post(url, data={"chat_id": str(amina.id), "text": "form", "protect_content": "true"})
    await api.client.post(url, json={"chat_id": amina.id, "text": "json"})
    seen = await api.see(f"people/{amina.id}/messages")
    assert [(m["text"], m.get("has_protected_content")) for m in seen] == [
        ("query", None),
        ("form", True),
        ("json", None),
    ]


async def test_commands_and_descriptions_per_two_letter_language(api):
    commands = [{"command": "start", "description": "Begin"}]
    await api("setMyCommands", commands=commands, language_code="ur")
    assert await api("getMyCommands", language_code="ur") == commands
    assert await api("getMyCommands") == []
    assert "language code" in await api.refused("setMyDescription", description="x", language_code="yue")
    assert "too long" in await api.refused("setMyShortDescription", short_description="x" * 121)


def test_samples_are_small_and_there():
    for kind in SAMPLE_FILES:
        assert 0 < len(sample_file(kind)[1]) < 60_000


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": []}}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": "no"}}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": 5}]]}}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://[x"}]]}}),
        ("sendMessage", {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 9}]}),
        ("sendMessage", {"text": "x", "entities": "[{"}),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": 1}, 7]}),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x", "caption": 5}, 7]}),
        ("sendPhoto", {"photo": "attach://missing"}),
        ("sendChatAction", {"action": "dancing"}),
    ],
)
async def test_malformed_values_are_refused_and_never_break_the_stand_in(api, amina, method, parameters):
    assert (await api.refused(method, chat_id=amina.id, **parameters)).startswith("400 Bad Request")


async def test_marks_of_old_bidirectional_text_are_removed_and_isolates_stay(api, amina):
    sent = await api("sendMessage", chat_id=amina.id, text="\u202ea\u202c \u2068سلام\u2069\r\n\x07b")
    assert sent["text"] == "a \u2068سلام\u2069\n b"
