"""Messages in other languages: written by one, approved by another who speaks the language, tried on oneself."""

from bot.domain.staff import Role


async def _text(answer):
    return await answer.text()


async def _seen(browser, path):
    page = await _text(await browser.get(path))
    return page.partition('name="seen" value="')[2].partition('"')[0]


async def _write(browser, text="متن"):
    answer = await browser.post(
        "/console/messages/mmr/renditions",
        data={"form": "write", "language": "ur", "text": text},
        allow_redirects=False,
    )
    assert answer.status == 303
    return answer.headers["Location"].partition("?")[0]


async def _state(house, path):
    async with house.desk.db.read() as uow:
        return (await uow.messages.rendition(int(path.rpartition("/")[2]))).state


async def test_a_second_speaker_approves(house):
    await house.message()
    tess, rani = await house.signed_in("Tess"), await house.signed_in("Rani")
    path = await _write(tess)
    assert "MMR protects in Urdu" in " ".join((await _text(await rani.get("/console/"))).replace("</bdi>", "").split())
    page = await _text(await rani.get(path))
    assert 'lang="ur" dir="rtl"' in page
    assert "It protects children." in page, "the English stands beside it"
    await rani.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(rani, path)})
    assert await _state(house, path) == "approved"
    again = await tess.post("/console/messages/mmr/renditions", data={"form": "write", "language": "ur", "text": "x"})
    assert again.status == 409


async def test_its_maker_and_who_does_not_speak_it_cannot(house):
    await house.message()
    await house.staff("Paul", Role.REVIEWER, languages=("pl",))
    rani, paul = await house.signed_in("Rani"), await house.signed_in("Paul")
    path = await _write(rani)
    for browser in (rani, paul):
        assert "approve-button" not in await _text(await browser.get(path))
        async with house.desk.db.read() as uow:
            seen = await house.desk.renditions.content_hash(uow, int(path.rpartition("/")[2]))
        answer = await browser.post(f"{path}/approve", data={"form": "approve", "seen": seen})
        assert answer.status == 403
    assert await _state(house, path) == "draft"


async def test_a_rewrite_after_reading_is_not_approved(house):
    await house.message()
    tess, rani = await house.signed_in("Tess"), await house.signed_in("Rani")
    path = await _write(tess)
    seen = await _seen(rani, path)
    await _write(tess, "کچھ اور")
    answer = await rani.post(f"{path}/approve", data={"form": "approve", "seen": seen})
    assert answer.status == 409
    assert await _state(house, path) == "draft"


async def test_a_draft_goes_to_my_own_chat_only(house):
    await house.message(ur_draft="مسودہ")
    tess = await house.signed_in("Tess")
    assert (await tess.post("/console/renditions/2/test-send", data={})).status == 200
    async with house.desk.db.read() as uow:
        rows = await uow.outbox.queued(7, limit=10, now=house.clock.now())
    assert [(each.kind, each.chat, each.language) for each in rows] == [("test.card", b"sealed chat of Tess", "ur")]
    assert rows[0].params["card"]["draft"] is True


async def test_withdrawing(house):
    await house.message(ur="متن")
    rani = await house.signed_in("Rani")
    assert (await rani.post("/console/renditions/2/withdraw", data={})).status == 200
    assert await _state(house, "/console/renditions/2") == "withdrawn"
    assert (await rani.post("/console/renditions/2/withdraw", data={})).status == 409
    assert (await rani.post("/console/renditions/2/test-send", data={})).status == 409


async def test_an_unknown_language_keeps_the_text(house):
    await house.message()
    tess = await house.signed_in("Tess")
    answer = await tess.post(
        "/console/messages/mmr/renditions", data={"form": "write", "language": "xx", "text": "Typed with care"}
    )
    assert answer.status == 404
    assert "Typed with care" in await _text(answer)
