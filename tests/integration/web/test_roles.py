"""X3 and X6: who may go where is written here a second time, and the console must agree with all of it."""

import pytest

from bot.domain.staff import Role
from bot.web.routes import ROUTES

# T triager, R reviewer, P publisher, A admin, S safeguarding; "open": anybody, signed in or not.
MATRIX = {
    "GET /console": "open",
    "GET /console/sign-in": "open",
    "POST /console/sign-in": "open",
    "GET /console/signed-out": "open",
    "POST /console/sign-out": "TRPAS",
    "GET /console/": "TRPAS",
    "GET /console/live": "TRPAS",
    "GET /console/rumours": "TP",
    "GET /console/rumours/live": "TP",
    "GET /console/rumours/{id}": "TP",
    "GET /console/rumours/{id}/live": "TP",
    "GET /console/rumours/{id}/known": "TP",
    "GET /console/matching": "TRPAS",
    "POST /console/rumours/{id}/use-message": "TP",
    "POST /console/rumours/{id}/write": "TP",
    "POST /console/rumours/{id}/ask": "TP",
    "POST /console/rumours/{id}/approve": "P",
    "POST /console/rumours/{id}/refuse": "P",
    "POST /console/rumours/{id}/close": "TP",
    "POST /console/rumours/{id}/reopen": "TP",
    "POST /console/rumours/{id}/urgent": "TP",
    "POST /console/rumours/{id}/language": "TP",
    "POST /console/rumours/{id}/question": "TP",
    "POST /console/rumours/close": "TP",
    "POST /console/rumours/{id}/here": "TP",
    "POST /console/rumours/{id}/assign": "TP",
    "POST /console/rumours/{id}/decline": "TP",
    "POST /console/rumours/{id}/due": "TP",
    "POST /console/rumours/{id}/harm": "TP",
    "POST /console/rumours/{id}/target": "TP",
    "POST /console/rumours/{id}/consulted": "TP",
    "POST /console/rumours/{id}/note": "TP",
    "POST /console/rumours/{id}/merge": "TP",
    "POST /console/rumours/{id}/split": "TP",
    "POST /console/rumours/{id}/undo": "TP",
    "POST /console/rumours/{id}/safeguard": "TPS",
    "POST /console/rumours/{id}/veil": "TP",
    "GET /console/replies": "TP",
    "POST /console/replies": "TP",
    "POST /console/replies/remove": "TP",
    "GET /console/safeguarding": "S",
    "GET /console/safeguarding/{id}": "S",
    "POST /console/safeguarding/{id}/question": "S",
    "POST /console/safeguarding/{id}/veil": "S",
    "POST /console/safeguarding/{id}/give-back": "S",
    "POST /console/safeguarding/{id}/end": "S",
    "GET /console/media/safeguarding/{id}": "S",
    "GET /console/gists": "TP",
    "POST /console/gists/{id}": "TP",
    "GET /console/heard": "TP",
    "POST /console/heard": "TP",
    "GET /console/wishes": "TP",
    "POST /console/wishes/{id}": "TP",
    "GET /console/claims": "TP",
    "GET /console/claims/{id}": "TP",
    "POST /console/claims/{id}": "TP",
    "POST /console/claims/{id}/ask": "TP",
    "POST /console/claims/{id}/approve": "P",
    "POST /console/claims/{id}/refuse": "P",
    "GET /console/media/flag/{id}": "TP",
    "GET /console/media/rendition/{id}": "TRPAS",
    "GET /console/messages": "TRPAS",
    "GET /console/messages/{key}": "TRPAS",
    "POST /console/messages/{key}/renditions": "TRP",
    "GET /console/renditions/{id}": "TRPAS",
    "POST /console/renditions/{id}/ask": "TRP",
    "POST /console/renditions/{id}/approve": "R",
    "POST /console/renditions/{id}/refuse": "R",
    "POST /console/renditions/{id}/withdraw": "RP",
    "GET /console/renditions/{id}/review": "TRPAS",
    "POST /console/renditions/{id}/review": "R",
    "POST /console/renditions/{id}/review/decide": "R",
    "POST /console/renditions/{id}/exception": "P",
    "POST /console/renditions/{id}/exception/approve": "P",
    "GET /console/leaders": "TRPAS",
    "POST /console/leaders": "PA",
    "GET /console/leaders/{id}": "TRPAS",
    "POST /console/leaders/{id}/change": "PA",
    "POST /console/leaders/{id}/invite": "PA",
    "POST /console/leaders/{id}/consent": "TP",
    "POST /console/leaders/{id}/withdraw": "RP",
    "POST /console/leaders/{id}/heard-again": "P",
    "GET /console/requests": "TRPAS",
    "POST /console/requests": "TP",
    "GET /console/requests/{id}": "TRPAS",
    "POST /console/requests/{id}/upload": "TP",
    "POST /console/requests/{id}/submit": "TP",
    "POST /console/requests/{id}/type-up": "TP",
    "POST /console/requests/{id}/cancel": "TP",
    "GET /console/media/take/{id}": "TRPAS",
    "GET /console/media/passage/{id}": "TRPAS",
    "GET /console/suggestions": "TP",
    "POST /console/suggestions/{id}": "TP",
    "POST /console/renditions/{id}/test-send": "TRPAS",
    "POST /console/renditions/{id}/renew": "TRP",
    "GET /console/messages/{key}/edit": "TRP",
    "POST /console/messages/{key}/edit": "TRP",
    "GET /console/revisions/{id}": "TRPAS",
    "POST /console/revisions/{id}/ask": "TRP",
    "POST /console/revisions/{id}/approve": "RP",
    "POST /console/revisions/{id}/refuse": "RP",
    "GET /console/coverage": "TRPAS",
    "GET /console/shelf": "TRPAS",
    "GET /console/shelf/{key}": "P",
    "POST /console/shelf/{key}": "P",
    "GET /console/shelf/taken/{id}": "TRPAS",
    "POST /console/shelf/taken/{id}/ask": "P",
    "POST /console/shelf/taken/{id}/approve": "P",
    "POST /console/shelf/taken/{id}/refuse": "P",
    "GET /console/circle": "RP",
    "POST /console/circle/{id}/show": "RP",
    "POST /console/circle/{id}/refuse": "RP",
    "GET /console/broadcasts": "TRPAS",
    "GET /console/broadcasts/live": "TRPAS",
    "POST /console/leaders/{id}/erase": "PA",
    "GET /console/broadcasts/new": "P",
    "POST /console/broadcasts/new": "P",
    "GET /console/broadcasts/{id}": "TRPAS",
    "GET /console/broadcasts/{id}/live": "TRPAS",
    "POST /console/broadcasts/{id}/ask": "P",
    "POST /console/broadcasts/{id}/approve": "P",
    "POST /console/broadcasts/{id}/refuse": "P",
    "POST /console/broadcasts/{id}/test-send": "TRPAS",
    "POST /console/broadcasts/{id}/pause": "P",
    "POST /console/broadcasts/{id}/resume": "P",
    "GET /console/broadcasts/{id}/cancel": "P",
    "POST /console/broadcasts/{id}/cancel": "P",
    "GET /console/broadcasts/{id}/recall": "P",
    "POST /console/broadcasts/{id}/recall": "P",
    "POST /console/broadcasts/{id}/resend": "P",
    "GET /console/broadcasts/{id}/deliveries": "TRPAS",
    "GET /console/broadcasts/{id}/deliveries.csv": "TRPAS",
    "GET /console/messages/{key}/film": "TP",
    "POST /console/messages/{key}/film": "TP",
    "GET /console/films": "TRPAS",
    "GET /console/films/{id}": "TRPAS",
    "GET /console/films/{id}/live": "TRPAS",
    "GET /console/media/film/{id}": "TRPAS",
    "GET /console/films/{id}/pack": "TP",
    "POST /console/films/{id}/ask": "TP",
    "POST /console/films/{id}/approve": "P",
    "POST /console/films/{id}/refuse": "P",
    "POST /console/films/{id}/stop": "P",
    "GET /console/staff": "A",
    "POST /console/staff": "A",
    "POST /console/staff/{id}/invite": "A",
    "POST /console/staff/{id}/roles": "A",
    "POST /console/staff/{id}/deputy": "A",
    "POST /console/staff/{id}/remove": "A",
    "GET /console/me": "TRPAS",
    "POST /console/me/deputy": "TRPAS",
    "POST /console/me/duty": "P",
    "GET /console/audit": "A",
}
PEOPLE = {"T": "Tess", "R": "Rani", "P": "Percy", "A": "Ada", "S": "Sam"}


def _canonical(path):
    return path.replace(r"{id:\d{1,15}}", "{id}").replace("{key:[a-z0-9-]{2,40}}", "{key}")


def test_every_way_in_is_in_the_matrix(house):
    table = {f"{route.method} {_canonical(route.path)}" for route in ROUTES}
    assert table == set(MATRIX)
    served = {
        f"{route.method} {route.resource.canonical}"
        for route in house.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/console")
    }
    assert served == set(MATRIX)


async def _decision(browser, way):
    """`in`, `no` (this person may not) or `out` (sign in first): what there is to see there does not matter."""
    method, path = way.split()
    path = path.replace("{id}", "999999").replace("{key}", "no-such-message")
    answer = await browser.request(method, path, data={} if method == "POST" else None, allow_redirects=False)
    text = await answer.text()
    if answer.status == 403 and "This needs the role" in text:
        return "no"
    if answer.headers.get("Location") == "/console/sign-in" or answer.status == 401:
        return "out"
    if answer.status == 286:
        assert "signed out" in text
        return "out"
    assert answer.status in {200, 303, 400, 403, 404, 409}, (way, answer.status)
    return "in"


def _order():
    return sorted(MATRIX, key=lambda way: way.endswith("sign-out"))


@pytest.mark.parametrize("letter", PEOPLE)
async def test_each_role_gets_where_the_matrix_says(house, letter):
    await house.staff("Sam", Role.SAFEGUARDING)
    browser = await house.signed_in(PEOPLE[letter])
    for way in _order():
        expected = "in" if MATRIX[way] == "open" or letter in MATRIX[way] else "no"
        assert await _decision(browser, way) == expected, way


@pytest.mark.parametrize("who", ["nobody", "a stranger's cookie", "somebody removed"])
async def test_nobody_else_gets_anywhere(house, who):
    browser = house.browser()
    if who == "a stranger's cookie":
        browser.session.cookie_jar.update_cookies({"vouch_session": "A" * 43})
    if who == "somebody removed":
        await house.staff("Rita", *Role)
        browser = await house.signed_in("Rita")
        async with house.desk.db.write() as uow:
            await house.desk.staff.remove(uow, None, "Rita")
    for way in _order():
        expected = "in" if MATRIX[way] == "open" else "out"
        assert await _decision(browser, way) == expected, way


async def _asked_broadcast(house):
    await house.message()
    await house.residents("en-GB", 2)
    async with house.desk.db.write() as uow:
        percy = await house.actor("Percy")
        broadcast_id = await house.desk.broadcasts.create(uow, percy, key="mmr")
        await house.desk.approvals.request(uow, percy, "broadcast", broadcast_id, ask="Petra")
        return broadcast_id, await house.desk.broadcasts.content_hash(uow, broadcast_id)


@pytest.mark.parametrize("how", ["role taken", "removed"])
async def test_a_role_taken_away_counts_at_the_next_click(house, how):
    broadcast_id, seen = await _asked_broadcast(house)
    petra, ada = await house.signed_in("Petra"), await house.signed_in("Ada")
    page = await petra.get(f"/console/broadcasts/{broadcast_id}")
    assert "approve-button" in await page.text()
    if how == "removed":
        taken = await ada.post("/console/staff/4/remove", data={})
    else:
        taken = await ada.post("/console/staff/4/roles", data={"roles": "triager"})
    assert taken.status == 200
    answer = await petra.post(f"/console/broadcasts/{broadcast_id}/approve", data={"seen": seen, "form": "approve"})
    assert answer.status == (401 if how == "removed" else 403)
    async with house.desk.db.read() as uow:
        row = await uow.broadcasts.get(broadcast_id)
        assert (row.state, row.approved_by) == ("draft", None)
        assert not await uow.deliveries.has_open(broadcast_id)


async def test_the_same_click_with_the_role_approves(house):
    broadcast_id, seen = await _asked_broadcast(house)
    petra = await house.signed_in("Petra")
    answer = await petra.post(f"/console/broadcasts/{broadcast_id}/approve", data={"seen": seen, "form": "approve"})
    assert answer.status == 200
    async with house.desk.db.read() as uow:
        assert (await uow.broadcasts.get(broadcast_id)).state == "sending"
