"""X8: every answer carries the security headers, nothing personal is kept, nobody is sent to another site."""

import pytest

from bot.http.app import guarded_app
from bot.http.headers import content_policy
from bot.web.routes import ROUTES

EXPECTED = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _path(route, number="1"):
    return route.path.replace("{key:[a-z0-9-]{2,40}}", "mmr").replace(r"{id:\d{1,15}}", number)


def _check(answer):
    for name, value in EXPECTED.items():
        assert answer.headers.get(name) == value, (str(answer.url), name)
    assert answer.headers["Cache-Control"] == "no-store", str(answer.url)
    location = answer.headers.get("Location", "/")
    assert location.startswith("/"), location
    assert not location.startswith(("//", "/\\")), location


@pytest.mark.parametrize("who", [None, "Tess", "Rani", "Percy", "Ada"])
async def test_every_answer_has_them(house, who):
    await house.message(ur="متن")
    await house.flag("Is this true?")
    browser = await house.signed_in(who) if who else house.browser()
    for route in sorted(ROUTES, key=lambda route: route.path.endswith("sign-out")):
        for number in ("1", "424242"):
            data = {"next": "//evil.example", "t": "x"} if route.method == "POST" else None
            answer = await browser.request(
                route.method, _path(route, number), data=data, allow_redirects=False,
                params={"next": "https://evil.example", "done": "//evil.example", "state": "//evil.example"},
            )  # fmt: skip
            assert answer.status != 500, route.path
            if not route.path.startswith("/console/media/") or answer.status != 200:
                _check(answer)


async def test_errors_too(house):
    browser = await house.signed_in("Tess")
    for method, path, status in (
        ("GET", "/nowhere", 404),
        ("GET", "/console/nowhere", 404),
        ("DELETE", "/console/", 405),
        ("GET", "/static/../conftest.py", 404),
        ("GET", "/static/vendor/VENDORED.md", 404),
        ("GET", "/console/rumours/" + "9" * 15, 404),
        ("GET", "/console/rumours/" + "9" * 30, 404),
        ("GET", "/healthz", 200),
    ):
        answer = await browser.request(method, path, allow_redirects=False)
        assert answer.status == status, path
        _check(answer)


async def test_a_fault_of_ours_is_a_page_without_its_cause(aiohttp_client, caplog):
    async def broken(_request):
        raise RuntimeError("Amina 07700 900123")

    app = guarded_app(https=False)
    app.router.add_get("/broken", broken)
    answer = await (await aiohttp_client(app)).get("/broken")
    text = await answer.text()
    assert answer.status == 500
    assert "reference <strong>" in text
    assert "Amina" not in text + caplog.text
    _check(answer)


async def test_https_is_insisted_on_where_there_is_some(house, secure_house):
    answer = await secure_house.browser().get("/console/sign-in")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = await house.browser().get("/console/sign-in")
    assert "Strict-Transport-Security" not in plain.headers


async def test_static_files_are_kept_by_their_version(house):
    browser = house.browser()
    page = await (await browser.get("/console/sign-in")).text()
    urls = {part.split('"')[0] for part in page.split('="')[1:] if part.startswith("/static/")}
    assert len(urls) == 6
    for url in urls:
        answer = await browser.get(url)
        assert answer.status == 200, url
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        stale = await browser.get(url.partition("?")[0], params={"v": "0"})
        assert stale.headers["Cache-Control"] == "no-cache"
        raw = await browser.get(url, headers={"Accept-Encoding": "identity"})
        assert await raw.read() == await answer.read()
