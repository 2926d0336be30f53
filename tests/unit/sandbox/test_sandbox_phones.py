"""The phones: everything is escaped, the policy is strict, changes are announced."""

import asyncio

from markupsafe import escape

from bot.sandbox.markup import read_text
from bot.sandbox.phones import CSP
from bot.sandbox.rendering import rich_text

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def show(html):
    return str(rich_text(*read_text(html, "HTML")))


def test_entities_become_safe_html():
    assert show("<b>a <i>b</i></b> &lt;script&gt;") == "<b>a <i>b</i></b> &lt;script&gt;"
    assert show('<a href="https://example.org/?a=1&amp;b=2">x</a>') == (
        '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">x</a>'
    )
    assert "javascript" not in show('<a href="javascript:alert(1)">x</a>')
    assert show("😀<b>😀</b>") == "😀<b>😀</b>"


def test_overlapping_entities_stay_nested():
    entities = [{"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 2, "length": 4}]
    assert str(rich_text("abcdef", entities)) == "<b>ab<i>cd</i></b><i>ef</i>"


async def test_hostile_names_texts_and_buttons_are_escaped(api, sandbox):
    person = sandbox.add_person(HOSTILE, "en", note=HOSTILE, started=True)
    sandbox.hands.text(person, HOSTILE)
    markup = {"inline_keyboard": [[{"text": HOSTILE, "callback_data": HOSTILE[:60]}]]}
    await api("sendMessage", chat_id=person.id, text=HOSTILE, reply_markup=markup)
    await api("setMyName", name=HOSTILE[:64])
    page = await (await api.client.get(f"/phones?show={person.id}")).text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert str(escape(HOSTILE)) in page


async def test_pages_carry_a_strict_policy_and_no_inline_script_or_style(api, amina):
    for path in ("/phones", f"/phones/{amina.id}", f"/phones/{amina.id}/chat", "/phones/static/phones.js"):
        response = await api.client.get(path)
        assert response.headers["Content-Security-Policy"] == CSP
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in await response.text()
    assert "unsafe" not in CSP


async def test_urdu_is_marked_for_its_script_and_english_is_not(api, amina):
    await api("sendMessage", chat_id=amina.id, text="گھر پر رہیں")
    await api("sendMessage", chat_id=amina.id, text="Stay at home")
    page = await (await api.client.get(f"/phones/{amina.id}/chat")).text()
    assert page.count('data-testid="bubble" lang="ur"') == 1
    assert page.count('class="words" dir="auto"') == 2


async def test_only_pictures_sound_and_film_open_in_the_page(api, sandbox, amina):
    sent = sandbox.hands.media(amina, "document", b"<script>alert(1)</script>", 'a"b.html')
    response = await api.client.get(f"/phones/media/{sent['document']['file_id']}")
    assert response.content_type == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="a_b.html"'
    voice = sandbox.hands.media(amina, "voice", b"OggS" + bytes(30))["voice"]["file_id"]
    part = await api.client.get(f"/phones/media/{voice}", headers={"Range": "bytes=1-3"})
    assert (part.status, await part.read(), part.headers["Content-Range"]) == (206, b"ggS", "bytes 1-3/34")


async def test_a_page_hears_of_changes(api, sandbox, amina):
    response = await api.client.get(f"/phones/events?show={amina.id}")
    await response.content.readline()
    await response.content.readline()
    await api("sendMessage", chat_id=amina.id, text="x")
    async with asyncio.timeout(5):
        assert await response.content.readline() == b'data: {"people":[%d]}\n' % amina.id
    response.close()


async def test_unknown_phones_are_not_found(api):
    assert (await api.client.get("/phones/123")).status == 404
    assert (await api.client.get("/phones/123/chat")).status == 404
    assert (await api.client.get("/phones/static/..%2Fserver.py")).status == 404
