"""X5 and X12: sessions and the one-time links that open them."""

import asyncio

import pytest


async def _in(browser):
    answer = await browser.get("/console/", allow_redirects=False)
    if answer.status == 200:
        return True
    assert (answer.status, answer.headers["Location"]) == (303, "/console/sign-in")
    return False


def _session(browser):
    return next(each.value for each in browser.session.cookie_jar if each.key == "vouch_session")


async def test_a_link_signs_in_once(house):
    token = await house.link("Tess")
    first, second = house.browser(), house.browser()
    for _ in range(3):
        page = await first.get("/console/sign-in", params={"t": token})
        assert "sign-in-button" in await page.text(), "looking does not use it up"
    answer = await first.post("/console/sign-in", data={"t": token}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/console/?done=signed_in")
    assert await _in(first)
    again = await second.post("/console/sign-in", data={"t": token}, allow_redirects=False)
    assert again.status == 403
    assert "does not work any more" in await again.text()
    assert not await _in(second)
    assert "does not work any more" in await (await second.get("/console/sign-in", params={"t": token})).text()


async def test_two_at_once_with_one_link_let_one_in(house):
    token = await house.link("Tess")
    browsers = [house.browser() for _ in range(4)]
    answers = await asyncio.gather(
        *(each.post("/console/sign-in", data={"t": token}, allow_redirects=False) for each in browsers)
    )
    assert sorted(each.status for each in answers) == [303, 403, 403, 403]


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "..%2f", "' or 1=1 --", "ٹوکن", "A" * 10_000])
async def test_a_wrong_link_lets_nobody_in(house, wrong):
    browser = house.browser()
    answer = await browser.post("/console/sign-in", data={"t": wrong}, allow_redirects=False)
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers
    assert not await _in(browser)


async def test_a_link_is_good_for_five_minutes(house):
    early, late = await house.link("Tess"), await house.link("Tess")
    house.clock.forward(minutes=4, seconds=59)
    browser = house.browser()
    assert (await browser.post("/console/sign-in", data={"t": early})).status == 200
    house.clock.forward(seconds=1)
    assert (await browser.post("/console/sign-in", data={"t": late})).status == 403


async def test_a_removed_persons_link_is_void(house):
    token = await house.link("Tess")
    async with house.desk.db.write() as uow:
        await house.desk.staff.remove(uow, None, "Tess")
    assert (await house.browser().post("/console/sign-in", data={"t": token})).status == 403


async def test_signing_in_makes_a_new_session_and_ends_the_old_one(house):
    browser = house.browser()
    browser.session.cookie_jar.update_cookies({"vouch_session": "planted"}, browser.make_url("/"))
    await browser.post("/console/sign-in", data={"t": await house.link("Tess")})
    first = _session(browser)
    assert first != "planted"
    await browser.post("/console/sign-in", data={"t": await house.link("Percy")})
    assert _session(browser) not in {first, "planted"}
    for old in (first, "planted"):
        other = house.browser()
        other.session.cookie_jar.update_cookies({"vouch_session": old}, other.make_url("/"))
        assert not await _in(other)


async def test_a_session_does_not_outlive_signing_out(house):
    browser, elsewhere = await house.signed_in("Tess"), await house.signed_in("Tess")
    kept = _session(browser)
    answer = await browser.post("/console/sign-out", data={}, allow_redirects=False)
    assert answer.headers["Location"] == "/console/signed-out"
    assert 'vouch_session=""' in answer.headers["Set-Cookie"]
    browser.session.cookie_jar.update_cookies({"vouch_session": kept}, browser.make_url("/"))
    assert not await _in(browser)
    assert await _in(elsewhere), "another browser of the same person stays"


async def test_half_an_hour_without_a_click_ends_it(house):
    browser = await house.signed_in("Tess")
    for _ in range(3):
        house.clock.forward(minutes=29)
        assert await _in(browser)
    house.clock.forward(minutes=30)
    assert not await _in(browser)


async def test_an_open_page_is_not_somebody_being_there(house):
    browser = await house.signed_in("Tess")
    for _ in range(6):
        house.clock.forward(minutes=4)
        assert (await browser.get("/console/live")).status == 200
    house.clock.forward(minutes=6)
    answer = await browser.get("/console/live")
    assert answer.status == 286, "htmx stops asking"
    assert "signed out" in await answer.text()


async def test_eight_hours_end_it_in_any_case(house):
    browser = await house.signed_in("Tess")
    for _ in range(23):
        house.clock.forward(minutes=20)
        assert await _in(browser)
    house.clock.forward(minutes=20)
    assert not await _in(browser)


async def test_what_was_written_is_not_lost_with_the_session(house):
    rumour_id = await house.flag("Is it true?")
    browser = await house.signed_in("Tess")
    house.clock.forward(hours=1)
    text = "A long answer that took me <b>twenty</b> minutes."
    answer = await browser.post(f"/console/rumours/{rumour_id}/write", data={"title": "T", "text": text})
    assert answer.status == 401
    assert "A long answer that took me &lt;b&gt;twenty&lt;/b&gt; minutes." in await answer.text()


async def test_the_cookie_on_a_loopback_address(house):
    answer = await house.browser().post("/console/sign-in", data={"t": await house.link("Tess")}, allow_redirects=False)
    name, _, flags = answer.headers["Set-Cookie"].partition("=")
    assert name == "vouch_session"
    assert {each.strip() for each in flags.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=Lax"}


async def test_the_cookie_anywhere_else(secure_house):
    browser = secure_house.browser(jar=False)
    answer = await browser.post("/console/sign-in", data={"t": await secure_house.link("Ada")}, allow_redirects=False)
    name, _, flags = answer.headers["Set-Cookie"].partition("=")
    assert name == "__Host-vouch_session"
    assert {each.strip() for each in flags.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}
    session = flags.partition(";")[0]
    for cookie, status in ((f"__Host-vouch_session={session}", 200), (f"vouch_session={session}", 303)):
        page = await browser.get("/console/", headers={"Cookie": cookie}, allow_redirects=False)
        assert page.status == status


async def test_trying_links_is_slowed_down(house):
    browser = house.browser()
    for _ in range(5):
        assert (await browser.post("/console/sign-in", data={"t": "wrong"})).status == 403
    good = await house.link("Tess")
    answer = await browser.post("/console/sign-in", data={"t": good})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    house.clock.forward(minutes=1)
    assert (await browser.post("/console/sign-in", data={"t": good})).status == 200, "the link was not used up"


async def test_one_address_does_not_lock_out_another(secure_house):
    browser = secure_house.browser()
    for _ in range(6):
        answer = await browser.post(
            "/console/sign-in", data={"t": "wrong"}, headers={"X-Forwarded-For": "1.1.1.1, 192.0.2.7"}
        )
    assert answer.status == 429
    for forwarded, status in (("192.0.2.7, 192.0.2.8", 403), ("8.8.8.8, 192.0.2.7", 429)):
        answer = await browser.post("/console/sign-in", data={"t": "wrong"}, headers={"X-Forwarded-For": forwarded})
        assert answer.status == status


async def test_good_links_are_never_slowed_down(house):
    for _ in range(8):
        await house.signed_in("Tess")
