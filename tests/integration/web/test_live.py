"""Live parts: nothing while nothing changes, the new state when it does, the page again when it is another one."""


async def _url(browser, path):
    page = await (await browser.get(path)).text()
    return page.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")


async def test_nothing_comes_while_nothing_changes(house):
    await house.flag("First")
    tess = await house.signed_in("Tess")
    url = await _url(tess, "/console/rumours")
    assert (await tess.get(url)).status == 204
    await house.flag("Second")
    changed = await tess.get(url)
    page = await changed.text()
    assert changed.status == 200
    assert "Second" in page
    newer = page.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert newer != url
    assert (await tess.get(newer)).status == 204


async def test_the_first_page_shows_a_request_as_it_comes(house):
    rumour_id = await house.flag("Is it true?")
    percy, tess = await house.signed_in("Percy"), await house.signed_in("Tess")
    url = await _url(percy, "/console/")
    path = f"/console/rumours/{rumour_id}"
    await tess.post(
        f"{path}/write", data={"title": "No", "truth": "It is not.", "claim": "Some say so.", "why": "They guess."}
    )
    await tess.post(f"{path}/ask", data={"approver": "Percy"})
    assert f'data-testid="approval-answer-{rumour_id}"' in await (await percy.get(url)).text()


async def test_another_state_asks_for_the_whole_page(house):
    await house.message()
    percy = await house.signed_in("Percy")
    await percy.post("/console/broadcasts/new", data={"message": "mmr"})
    url = await _url(percy, "/console/broadcasts/1")
    assert "HX-Refresh" not in (await percy.get(url)).headers
    await percy.post("/console/broadcasts/1/cancel", data={})
    assert (await percy.get(url)).headers["HX-Refresh"] == "true"
