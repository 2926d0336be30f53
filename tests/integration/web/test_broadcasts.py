"""Broadcasts: the dry run, the second person, live counts, pausing and cancelling, and a correction from a rumour."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.db.tables import deliveries


async def _text(answer):
    return await answer.text()


async def _seen(browser, path):
    page = await _text(await browser.get(path))
    return page.partition('name="seen" value="')[2].partition('"')[0]


@pytest.fixture
async def borough(house):
    """Readers of Urdu (approved), Punjabi (a draft) and English; a message in force."""
    await house.message(ur="متن", pa_draft="ਪਾਠ")
    await house.residents("ur", 5, "north")
    await house.residents("pa", 3)
    await house.residents("en-GB", 4)
    return house


async def _create(browser, **fields):
    answer = await browser.post(
        "/console/broadcasts/new", data={"form": "new", "message": "mmr", **fields}, allow_redirects=False
    )
    assert answer.status == 303, await _text(answer)
    return answer.headers["Location"].partition("?")[0]


def _cells(page):
    table = page.partition("Their language")[2].partition("</table>")[0]
    rows = table.split("<tr")[1:]
    return [" ".join("".join(part.partition(">")[2] for part in row.split("<")).split()) for row in rows]


async def test_the_dry_run_says_who_gets_what(borough):
    percy = await borough.signed_in("Percy")
    page = await _text(await percy.get(await _create(percy)))
    assert 'data-testid="dry-run-size">12<' in page
    rows = _cells(page)
    assert any("Urdu" in row and "Urdu, text" in row and row.endswith("5") for row in rows)
    assert any("Punjabi" in row and "falls back English, text" in row and row.endswith("3") for row in rows)


async def test_from_draft_to_done(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    path = await _create(percy)
    early = await petra.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(petra, path)})
    assert early.status == 409, "its author has not asked yet"
    await percy.post(f"{path}/ask", data={"form": "ask", "approver": "Petra"})
    assert "Petra</bdi></strong> is asked for a yes" in await _text(await percy.get(path))
    own = await percy.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(petra, path)})
    assert own.status == 403
    await petra.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(petra, path)})
    page = await _text(await percy.get(path))
    assert 'data-testid="broadcast-state">Sending<' in page
    assert 'data-testid="count-queued">12<' in page
    async with borough.desk.db.write() as uow:
        await uow.connection.execute(update(deliveries).where(deliveries.c.resident_id <= 7).values(state=2))
    live = await _text(await percy.get(f"{path}/live?state=sending"))
    assert 'data-testid="count-sent">7<' in live
    assert 'data-testid="sent-ur">5<' in live
    assert (await percy.post(f"{path}/pause", data={})).status == 200
    assert (await percy.post(f"{path}/pause", data={})).status == 409
    assert (await percy.post(f"{path}/resume", data={})).status == 200
    assert "7 of 12 are sent and stay sent" in await _text(await percy.get(f"{path}/cancel"))
    ended = await _text(await percy.post(f"{path}/cancel", data={}))
    assert 'data-testid="broadcast-state">Cancelled<' in ended
    assert 'data-testid="count-skipped">5<' in ended


async def test_a_draft_language_is_refused_and_the_form_kept(borough):
    percy = await borough.signed_in("Percy")
    fields = {"form": "new", "message": "mmr", "languages": "pa", "areas": "south", "until": "2026-12-02T10:00"}
    answer = await percy.post("/console/broadcasts/new", data=fields)
    page = await _text(answer)
    assert answer.status == 409
    assert "not approved by a second speaker" in page
    for kept in ('value="pa" checked', 'value="south" checked', 'value="2026-12-02T10:00"', 'value="mmr" selected'):
        assert kept in page
    path = await _create(percy, languages="pa", fallback="yes")
    assert "falls back" in await _text(await percy.get(path))


@pytest.mark.parametrize(
    "fields",
    [
        {"message": ""}, {"message": "no-such"}, {"at": "yesterday"}, {"at": "2020-01-01T10:00"},
        {"at": "2027-03-28T01:30"}, {"until": "2026-11-01T10:00"}, {"areas": "atlantis"}, {"languages": "xx"},
        {"rumour": "abc"}, {"rumour": "999"},
    ],
)  # fmt: skip
async def test_what_cannot_be_is_said(borough, fields):
    percy = await borough.signed_in("Percy")
    answer = await percy.post("/console/broadcasts/new", data={"form": "new", "message": "mmr", **fields})
    assert answer.status in {400, 404, 409}
    assert 'data-testid="problem"' in await _text(answer)
    async with borough.desk.db.read() as uow:
        assert await uow.broadcasts.page() == []


async def test_times_are_the_boroughs(borough):
    borough.clock.forward(days=-150)
    now = borough.clock.now()
    async with borough.desk.db.write() as uow:
        await uow.messages.change(1, valid_from=now - timedelta(days=1))
    percy = await borough.signed_in("Percy")
    path = await _create(percy, at="2026-07-05T22:00", until="2026-07-05T23:00")
    page = await _text(await percy.get(path))
    assert "Sun 5 Jul 2026, 22:00" in page
    assert 'datetime="2026-07-05T21:00:00+00:00"' in page, "summer time"


async def test_a_correction_from_an_answered_rumour(borough):
    percy, petra, tess = [await borough.signed_in(name) for name in ("Percy", "Petra", "Tess")]
    rumour_id = await borough.flag("MMR is poison")
    path = f"/console/rumours/{rumour_id}"
    early = await percy.post(
        "/console/broadcasts/new", data={"form": "new", "message": "mmr", "rumour": str(rumour_id)}
    )
    assert early.status == 409, "an answer first"
    await tess.post(f"{path}/use-message", data={"form": "use", "key": "mmr"})
    await tess.post(f"{path}/ask", data={"form": "ask", "approver": "Petra"})
    await petra.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(petra, path)})
    form = await _text(await percy.get(f"/console/broadcasts/new?rumour={rumour_id}"))
    assert 'value="mmr" selected' in form
    made = await _create(percy, rumour=str(rumour_id))
    assert "a correction" in await _text(await percy.get(made))


async def test_a_test_send_from_the_broadcast(borough):
    percy = await borough.signed_in("Percy")
    path = await _create(percy)
    assert (await percy.post(f"{path}/test-send", data={"rendition": "2"})).status == 200
    await borough.message("other")
    assert (await percy.post(f"{path}/test-send", data={"rendition": "4"})).status == 400
    async with borough.desk.db.read() as uow:
        rows = await uow.outbox.queued(7, limit=10, now=borough.clock.now())
    assert [(each.kind, each.chat) for each in rows] == [("test.card", b"sealed chat of Percy")]
