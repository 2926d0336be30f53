"""The rumour desk: the queue, an answer and its second person, closing, asking back; and hostile words."""

import secrets

import pytest
from markupsafe import escape

from bot.domain.staff import Role
from bot.i18n import strip_controls

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 7*7 }}{% raw %}",
    "</textarea><script>alert(2)</script>",
    "javascript:alert(1)",
    "\u202egnp.exe\u2066 hidden \u200b",
    "ایم ایم آر <b>ویکسین</b>",
    "&lt;b&gt; & <!-- --> ]]>",
    "👩‍👩‍👧 नमस्ते \u0301\u0301\u0301\u0301",
]


async def _text(answer):
    return await answer.text()


async def test_the_queue_puts_urgent_first_and_counts(house):
    for _ in range(3):
        await house.flag("Garlic cures it", language="pl", area="north")
    await house.flag("They will come on Friday", urgent=True)
    await house.flag("Old claim")
    async with house.desk.db.write() as uow:
        await house.desk.rumours.close(uow, await house.actor("Tess"), 3, "spam", "a test")
    browser = await house.signed_in("Tess")
    page = await _text(await browser.get("/console/rumours"))
    assert page.index("They will come on Friday") < page.index("Garlic cures it")
    assert "<strong>3</strong> asked" in page
    assert "Polish" in page
    assert "<bdi>North</bdi>" in page
    assert "Old claim" not in page
    closed = await _text(await browser.get("/console/rumours?state=closed"))
    assert "Old claim" in closed
    assert "Garlic" not in closed


def parts(**changed):
    """An answer's form, as a browser sends it."""
    return {
        "form": "write", "draft": "", "title": "MMR is safe", "truth": "Large studies found it safe.",
        "claim": "A message says that it causes autism.", "why": "The study behind it was withdrawn.", "again": "",
        "sources": "NHS | https://www.nhs.uk/", **changed,
    }  # fmt: skip


async def _answered(house, writer, approver, *, text="MMR is safe."):
    rumour_id = await house.flag("MMR causes autism", language="ur", read="ur", tag=secrets.token_bytes(16))
    answer = await writer.post(f"/console/rumours/{rumour_id}/write", data=parts(truth=text))
    assert answer.status == 200
    asked = await writer.post(f"/console/rumours/{rumour_id}/ask", data={"form": "ask", "approver": approver})
    assert asked.status == 200
    return rumour_id


async def _seen(browser, path):
    page = await _text(await browser.get(path))
    return page.partition('name="seen" value="')[2].partition('"')[0]


async def test_an_answer_written_approved_and_told_once(house):
    tess, percy = await house.signed_in("Tess"), await house.signed_in("Percy")
    rumour_id = await _answered(house, tess, "Percy")
    path = f"/console/rumours/{rumour_id}"
    waiting = await _text(await percy.get("/console/"))
    assert f"Answer to rumour {rumour_id}" in waiting
    status = await _text(await tess.get(path))
    assert "<strong><bdi>Percy</bdi></strong> has the request" in status
    answer = await percy.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(percy, path)})
    page = await _text(answer)
    assert "Everyone who asked is being told now" in page
    assert "Write it in Urdu" in page, "the one who asked reads Urdu and got English for now"
    assert "make-broadcast" in page
    async with house.desk.db.read() as uow:
        told = [
            each for each in await uow.outbox.queued(7, limit=50, now=house.clock.now()) if each.kind == "answer.told"
        ]
    assert [each.language for each in told] == ["ur"]


async def test_nobody_approves_their_own_answer(house):
    await house.staff("Bea", *Role, languages=("en-GB",))
    bea, percy = await house.signed_in("Bea"), await house.signed_in("Percy")
    rumour_id = await _answered(house, bea, "Percy")
    path = f"/console/rumours/{rumour_id}"
    assert "approve-button" not in await _text(await bea.get(path))
    seen = await _seen(percy, path)
    assert seen
    answer = await bea.post(f"{path}/approve", data={"form": "approve", "seen": seen})
    assert answer.status == 403
    assert "ask a second person" in await _text(answer)
    async with house.desk.db.read() as uow:
        assert (await uow.rumours.get(rumour_id)).state == "answering"


async def test_a_yes_is_to_what_was_read(house):
    tess, percy = await house.signed_in("Tess"), await house.signed_in("Percy")
    rumour_id = await _answered(house, tess, "Percy")
    path = f"/console/rumours/{rumour_id}"
    seen = await _seen(percy, path)
    await tess.post(f"{path}/write", data=parts(truth="Something else."))
    unasked = await percy.post(f"{path}/approve", data={"form": "approve", "seen": seen})
    assert unasked.status == 409
    await tess.post(f"{path}/ask", data={"form": "ask", "approver": "Percy"})
    changed = await percy.post(f"{path}/approve", data={"form": "approve", "seen": seen})
    assert changed.status == 409
    assert "changed since you opened the page" in await _text(changed)
    async with house.desk.db.read() as uow:
        assert (await uow.rumours.get(rumour_id)).state == "answering"
        assert not [
            each for each in await uow.outbox.queued(7, limit=50, now=house.clock.now()) if "answer" in each.kind
        ]


async def test_a_refusal_goes_back_with_its_reason(house):
    tess, percy = await house.signed_in("Tess"), await house.signed_in("Percy")
    rumour_id = await _answered(house, tess, "Percy", text="MMR is safe, stupid.")
    path = f"/console/rumours/{rumour_id}"
    empty = await percy.post(f"{path}/refuse", data={"form": "refuse", "reason": " "})
    assert empty.status == 400
    await percy.post(f"{path}/refuse", data={"form": "refuse", "reason": "Kinder, please."})
    again = await tess.post(f"{path}/ask", data={"form": "ask", "approver": "Percy"})
    assert again.status == 409, "what was refused is not asked about again unchanged"
    page = await _text(await tess.get(path))
    assert "Kinder, please." in page
    assert "MMR is safe, stupid." in page, "the draft is there to be changed"


async def test_what_was_typed_stays_when_it_is_not_taken(house):
    rumour_id = await house.flag("Is it true?")
    tess = await house.signed_in("Tess")
    text = "An answer that took long to write. " * 150
    answer = await tess.post(f"/console/rumours/{rumour_id}/write", data=parts(truth=text))
    page = await _text(answer)
    assert answer.status == 400
    assert 'data-testid="problem"' in page
    assert 'href="#write"' in page
    assert text.strip() in page


async def test_closing_needs_a_reason_and_tells_who_asked(house):
    rumour_id = await house.flag("Buy followers now", read="pl")
    tess = await house.signed_in("Tess")
    path = f"/console/rumours/{rumour_id}"
    refused = await tess.post(f"{path}/close", data={"form": "close", "outcome": "spam", "reason": ""})
    assert refused.status == 400
    nonsense = await tess.post(f"{path}/close", data={"form": "close", "outcome": "new", "reason": "x"})
    assert nonsense.status == 400
    await tess.post(f"{path}/close", data={"form": "close", "outcome": "not_amplified", "reason": "Nobody believes it"})
    page = await _text(await tess.get(path))
    assert "Not amplified" in page
    assert "Nobody believes it" in page
    async with house.desk.db.read() as uow:
        queued = await uow.outbox.queued(7, limit=50, now=house.clock.now())
    assert [each.language for each in queued if each.kind == "rumour.closed"] == ["pl"]
    assert (await tess.post(f"{path}/reopen", data={})).status == 200
    assert (await tess.post(f"{path}/reopen", data={})).status == 409


async def test_asking_back_without_seeing_who(house):
    rumour_id = await house.flag("A voice said it", language=None, read="ur")
    tess = await house.signed_in("Tess")
    path = f"/console/rumours/{rumour_id}"
    async with house.desk.db.read() as uow:
        flag = (await uow.rumours.flags(rumour_id))[0]
    asked = await tess.post(f"{path}/question", data={"flag": str(flag.id), "question": "Where did you hear it?"})
    assert asked.status == 200
    async with house.desk.db.write() as uow:
        question = (await uow.rumours.questions([flag.id]))[0]
        await house.desk.questions.reply(uow, question.id, "<i>ایک گروپ میں</i>")
    page = await _text(await tess.get(path))
    assert "&lt;i&gt;ایک گروپ میں&lt;/i&gt;" in page
    other = await house.flag("Another rumour")
    crossed = await tess.post(f"/console/rumours/{other}/question", data={"flag": str(flag.id), "question": "Who?"})
    assert crossed.status == 400


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_only_words(house, text):
    await house.staff("Bea", *Role, languages=("en-GB", "ur"))
    await house.message("mmr", title=text[:100], ur=text)
    rumour_id = await house.flag(text, language="ur")
    browser = await house.signed_in("Bea")
    await browser.post("/console/staff", data={"form": "add", "name": text[:80], "roles": "triager"})
    path = f"/console/rumours/{rumour_id}"
    await browser.post(
        f"{path}/write",
        data=parts(title=text[:100], truth=text, why=text, again=text, sources=f"{text} | https://x.org"),
    )
    await browser.post(f"{path}/note", data={"form": "note", "note": text})
    await browser.post(f"{path}/target", data={"form": "target", "group": text[:80]})
    await browser.post(f"{path}/consulted", data={"form": "consulted", "consulted": text})
    await browser.post("/console/replies", data={"form": "reply", "language": "ur", "title": text[:80], "text": text})
    await browser.post(f"{path}/ask", data={"form": "ask", "approver": text})
    await browser.post("/console/broadcasts/new", data={"form": "new", "message": "mmr"})
    kept = await browser.post(f"{path}/close", data={"form": "close", "outcome": text, "reason": text})
    pages = [await _text(kept)]
    for address in (
        "/console/", "/console/rumours", path, "/console/messages", "/console/messages/mmr", "/console/renditions/1",
        "/console/renditions/2", f"/console/messages/answer-{rumour_id}", "/console/broadcasts",
        "/console/broadcasts/1", "/console/broadcasts/new", "/console/staff", "/console/audit", "/console/me",
        "/console/replies", f"{path}/live", "/console/rumours/live",
    ):  # fmt: skip
        answer = await browser.get(address, params={"done": text, "state": text, "language": text, "message": text})
        assert answer.status == 200, address
        pages.append(await _text(answer))
        if address == path:
            assert str(escape(strip_controls(text)[0].strip())) in pages[-1], "shown as it was written"
    for page in pages:
        for raw in ("<script>alert", "<img src=x", "</textarea><script", "<b>ویکسین", "<!-- -->", "onerror=alert(1)>"):
            assert raw not in page
        assert "49" not in page or "{{" not in text or "7*7" in page
        assert not {"\u202e", "\u2066", "\u200b"} & set(page), "nothing reorders or hides what stands around it"
        assert 'href="javascript:' not in page


async def test_hidden_characters_are_named(house):
    rumour_id = await house.flag("evil\u202etxt.exe")
    async with house.desk.db.write() as uow:
        await uow.rumours.change(rumour_id, text="evil\u202etxt.exe")
    page = await _text(await (await house.signed_in("Tess")).get(f"/console/rumours/{rumour_id}"))
    assert "Invisible characters were left out here: U+202E" in page


async def test_staff_put_the_language_of_a_question_right(house):
    number = await house.flag("yeh sach hai kya", language="ur")
    browser = await house.signed_in("Tess")
    assert "put it right" in await _text(await browser.get(f"/console/rumours/{number}"))
    done = await browser.post(f"/console/rumours/{number}/language", data={"form": "language", "language": "pa"})
    assert done.status == 200
    assert "Its language is put right" in await done.text()
    wrong = await browser.post(f"/console/rumours/{number}/language", data={"form": "language", "language": "xx"})
    assert wrong.status == 404
    async with house.desk.db.read() as uow:
        assert (await uow.rumours.get(number)).language == "pa"
        [kept] = await uow.languages.corrections()
    assert (kept.guessed, kept.corrected) == ("ur", "pa")
