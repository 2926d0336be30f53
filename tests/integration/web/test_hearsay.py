"""What was heard elsewhere is logged without a name, joins the rumour of the same words, and counts apart."""


async def _log(browser, **fields):
    given = {"form": "heard", "text": "Seawater cures all", "how": "phone", "people": "3", **fields}
    return await browser.post("/console/heard", data=given)


async def test_it_joins_the_rumour_and_is_no_flag(house):
    rumour_id = await house.flag("Seawater cures all!")
    tess = await house.signed_in("Tess")
    assert (await _log(tess, language="ur", area="north")).status == 200
    await _log(tess, how="person", people="2")
    async with house.desk.db.read() as uow:
        assert await uow.hearsay.counts() == {rumour_id: 5}
        assert (await uow.rumours.get(rumour_id)).flag_count == 1


async def test_what_nobody_sent_yet_opens_a_rumour(house):
    tess = await house.signed_in("Tess")
    await _log(tess, text="Something new")
    async with house.desk.db.read() as uow:
        [rumour] = await uow.rumours.queue(["new"])
    assert (rumour.text, rumour.flag_count) == ("Something new", 0)
    assert (await tess.get(f"/console/rumours/{rumour.id}")).status == 200
    assert "Rumour 1" in await (await tess.get("/console/heard")).text()


async def test_wrong_ones_are_not_taken(house):
    tess = await house.signed_in("Tess")
    for fields in (
        {"text": ""}, {"how": "dream"}, {"language": "xx"}, {"people": "0"}, {"people": "x"}, {"people": "100"},
    ):  # fmt: skip
        assert (await _log(tess, **fields)).status == 400, fields
    assert (await _log(tess, rumour="99")).status == 404
    async with house.desk.db.read() as uow:
        assert await uow.hearsay.counts() == {}
