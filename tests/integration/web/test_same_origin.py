"""X1: nothing that changes anything can be set off from another site, nor by a link."""

import pytest

from bot.domain.staff import Role
from bot.web.routes import ROUTES

EVERYTHING = tuple(Role)
FORMS = {
    "key": "mmr", "title": "A title", "text": "A text", "approver": "Percy", "reason": "A reason", "outcome": "spam",
    "urgent": "yes", "flag": "1", "question": "Who?", "language": "ur", "message": "mmr", "name": "New Person",
    "roles": "triager", "deputy": "Percy", "rendition": "1", "seen": "x",
}  # fmt: skip
FOREIGN = {
    "no headers": {},
    "cross-site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "same-site": {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"},
    "cross-site with our origin": {"Sec-Fetch-Site": "cross-site", "Origin": "OURS"},
    "other origin": {"Origin": "https://evil.example"},
    "our name in another": {"Origin": "OURS.evil.example"},
    "origin null": {"Origin": "null"},
    "origin without a host": {"Origin": "http://"},
    "broken origin": {"Origin": "http://[::1"},
    "only a referer": {"Referer": "OURS/console/"},
}


def _path(route):
    path = route.path.replace("{key:[a-z0-9-]{2,40}}", "mmr")
    return path.replace(r"{id:\d{1,15}}", "1")


@pytest.fixture
async def busy(house):
    """Rumour 1, message mmr with renditions, broadcast 1 under way, and Bea who may do everything."""
    bea = await house.staff("Bea", *EVERYTHING, languages=("ur", "en-GB"))
    await house.message(ur="متن", pa_draft="ਪਾਠ")
    await house.residents("ur", 3)
    await house.flag("Is this true?")
    percy = await house.actor("Percy")
    async with house.desk.db.write() as uow:
        broadcast_id = await house.desk.broadcasts.create(uow, percy, key="mmr")
        await house.desk.approvals.approve_directly(uow, await house.actor("Petra"), "broadcast", broadcast_id)
    assert (bea, broadcast_id) == (6, 1)
    return house


@pytest.mark.parametrize("case", FOREIGN)
async def test_no_unsafe_route_takes_a_foreign_request(busy, case):
    browser = await busy.signed_in("Bea")
    session = next(iter(browser.session.cookie_jar)).value
    ours = str(browser.make_url("")).rstrip("/")
    headers = {name: value.replace("OURS", ours) for name, value in FOREIGN[case].items()}
    before = await busy.everything()
    foreign = busy.browser(jar=False)
    foreign.session.headers.clear()
    unsafe = [route for route in ROUTES if route.method != "GET"]
    assert len(unsafe) >= 30
    for route in unsafe:
        cookies = {"Cookie": f"vouch_session={session}"}
        answer = await foreign.post(_path(route), data=FORMS, headers=headers | cookies, allow_redirects=False)
        assert answer.status == 403, f"{case}: {route.path}"
    assert await busy.everything() == before


async def test_every_unsafe_route_of_the_application_is_in_the_table(house):
    table = {(route.method, route.path) for route in ROUTES}
    for route in house.app.router.routes():
        if route.method not in {"GET", "HEAD"}:
            canonical = {(method, path) for method, path in table if method == route.method}
            assert any(_canonical(path) == route.resource.canonical for _, path in canonical)


def _canonical(path):
    return path.replace(r"{id:\d{1,15}}", "{id}").replace("{key:[a-z0-9-]{2,40}}", "{key}")


async def test_a_link_changes_nothing(busy):
    browser = await busy.signed_in("Bea")
    before = await busy.everything()
    pages = {route.path for route in ROUTES if route.method == "GET"}
    for route in ROUTES:
        if route.method == "GET":
            continue
        answer = await browser.get(_path(route), params=FORMS, allow_redirects=False)
        expected = {200, 404} if route.path in pages else {405}
        assert answer.status in expected, route.path
    assert await busy.everything() == before


async def test_another_content_type_is_not_taken(busy):
    browser = await busy.signed_in("Bea")
    before = await busy.everything()
    for route in ROUTES:
        if route.method != "POST":
            continue
        for content_type in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
            answer = await browser.post(
                _path(route), data="key=mmr&title=a&text=b", headers={"Content-Type": content_type}
            )
            assert answer.status == 400, (route.path, content_type)
    assert await busy.everything() == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "OURS"}])
async def test_our_own_pages_are_taken(busy, headers):
    browser = await busy.signed_in("Bea")
    session = next(iter(browser.session.cookie_jar)).value
    ours = str(browser.make_url("")).rstrip("/")
    plain = busy.browser(jar=False)
    plain.session.headers.clear()
    sent = {name: value.replace("OURS", ours) for name, value in headers.items()}
    answer = await plain.post(
        "/console/rumours/1/urgent", data={"urgent": "yes"}, allow_redirects=False,
        headers=sent | {"Cookie": f"vouch_session={session}"},
    )  # fmt: skip
    assert answer.status == 303
    async with busy.desk.db.read() as uow:
        assert (await uow.rumours.get(1)).urgent


@pytest.mark.parametrize("body", [b"text=%00", b"text=\xff\xfe", b"title=a&text=b%00c"])
async def test_what_is_not_text_is_refused(busy, body):
    browser = await busy.signed_in("Bea")
    before = await busy.everything()
    for charset in ("", "; charset=utf-8", "; charset=nonsense"):
        answer = await browser.post(
            "/console/rumours/1/write", data=body,
            headers={"Content-Type": f"application/x-www-form-urlencoded{charset}"},
        )  # fmt: skip
        assert answer.status == 400
    assert await busy.everything() == before
