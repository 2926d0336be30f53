"""Broadcasts: the dry run, the second person, live counts, pausing and cancelling, and a correction from a rumour."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.db.tables import deliveries
from bot.domain.paid import PaidTerms


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
    assert not re.findall(r'name="(?:languages|areas)" [^>]*checked', form)
    assert "where=spread" in await _text(await percy.get(path))
    there = await _text(await percy.get(f"/console/broadcasts/new?rumour={rumour_id}&where=spread"))
    ticked = re.findall(r'<input[^>]*name="(languages|areas)"[^>]*value="([^"]+)"[^>]*checked', there)
    assert set(ticked) == {("languages", "en-GB")}
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


async def _sent(borough, percy, petra, **fields):
    """A broadcast under way, with 8 of its 12 deliveries sent and one each failed, skipped and unconfirmed."""
    path = await _create(percy, **fields)
    await percy.post(f"{path}/ask", data={"form": "ask", "approver": "Petra"})
    await petra.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(petra, path)})
    ends = {**dict.fromkeys(range(1, 9), (2, None)), 9: (3, "=1+1"), 10: (5, "paused meanwhile"), 11: (6, "no answer")}
    async with borough.desk.db.write() as uow:
        await uow.meta.set("listing_salt", "sample")
        for resident_id, (state, error) in ends.items():
            await uow.connection.execute(
                update(deliveries)
                .where(deliveries.c.resident_id == resident_id)
                .values(state=state, error=error, message_ref=resident_id, changed_at=borough.clock.now())
            )
    return path


async def test_speed_and_finishing_time_are_shown_while_it_is_sent(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    path = await _sent(borough, percy, petra)
    borough.clock.forward(seconds=20)
    live = await _text(await percy.get(f"{path}/live?state=sending"))
    progress = live.partition('data-testid="progress"')[2].partition("</p>")[0]
    assert "<strong>0.5</strong> a second" in progress
    assert "done about <time" in progress
    borough.clock.forward(seconds=40)
    live = await _text(await percy.get(f"{path}/live?state=sending"))
    progress = live.partition('data-testid="progress"')[2].partition("</p>")[0]
    assert "Nothing has left in the last half minute" in progress
    assert "done about" not in progress
    await percy.post(f"{path}/pause", data={})
    assert 'data-testid="progress"' not in await _text(await percy.get(path))


async def test_the_list_of_who_got_it_and_its_sheet(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    path = await _sent(borough, percy, petra)
    page = await _text(await percy.get(f"{path}/deliveries"))
    assert page.count("v-code") == 12
    failed = await _text(await percy.get(f"{path}/deliveries?state=failed"))
    assert failed.count("v-code") == 1
    assert "<bdi>=1+1</bdi>" in failed
    assert "deliveries.csv?state=failed" in failed
    urdu = await _text(await percy.get(f"{path}/deliveries?language=ur&state=sent&page=1"))
    assert urdu.count("v-code") == 5
    for odd in ("?state=nonsense", "?language=xx", "?page=abc", "?page=0", "?page=99999999999999999999"):
        assert (await percy.get(f"{path}/deliveries{odd}")).status == 200
    answer = await percy.get(f"{path}/deliveries.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert 'filename="broadcast-1.csv"' in answer.headers["Content-Disposition"]
    lines = (await answer.text()).split("\r\n")
    assert lines[0] == '"resident","message","revision","language","form","state","sent_at","error"'
    assert len(lines) == 14
    assert any(line.endswith('"failed","","\'=1+1"') for line in lines)


async def test_a_long_list_has_pages(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    await borough.residents("ur", 110)
    path = await _sent(borough, percy, petra)
    pages = [await _text(await percy.get(f"{path}/deliveries?page={at}")) for at in (1, 2, 3, 4)]
    assert [page.count("v-code") for page in pages] == [50, 50, 22, 0]
    assert ['data-testid="next-page"' in page for page in pages] == [True, True, False, False]
    assert 'data-testid="previous-page"' in pages[2]


async def test_taking_back_and_sending_again(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    path = await _sent(borough, percy, petra)
    await percy.post(f"{path}/cancel", data={})
    page = await _text(await percy.get(path))
    assert "Send again to these 1" in page
    assert "Send to the rest, 2" in page, "the failed one and the one that was cut off, not who is on a break"
    draft = await percy.post(f"{path}/resend", data={"kind": "rest"})
    text = await _text(draft)
    assert 'data-testid="dry-run-size">2<' in text
    assert "Broadcast 1 did not reach them." in text
    assert (await percy.post(f"{path}/resend", data={"kind": "all"})).status == 400
    confirm = await _text(await percy.get(f"{path}/recall"))
    assert "<strong>8</strong> delivered messages are taken back" in confirm
    assert "1 are not confirmed and cannot be taken back" in confirm
    recalled = await _text(await percy.post(f"{path}/recall", data={"form": "recall", "reason": "wrong number"}))
    assert 'data-testid="recall-queued">8<' in recalled
    assert 'data-testid="again"' not in recalled, "what was taken back is not sent again"
    untouched = await _create(percy)
    assert (await percy.post(f"{untouched}/recall", data={"form": "recall"})).status == 409


async def test_a_price_is_agreed_to_by_name(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    assert 'name="paid"' not in await _text(await percy.get("/console/broadcasts/new")), "switched off"
    assert (
        await percy.post("/console/broadcasts/new", data={"form": "new", "message": "mmr", "paid": "yes"})
    ).status == 409
    borough.desk.prices.terms = PaidTerms(rate=1000, stars_per_month=2)
    assert 'name="paid"' in await _text(await percy.get("/console/broadcasts/new"))
    path = await _create(percy, paid="yes")
    page = await _text(await percy.get(path))
    assert "it costs up to <strong>1.2 Stars</strong>. Of this month's 2, 2 are left" in page
    await percy.post(f"{path}/ask", data={"form": "ask", "approver": "Petra"})
    seen = await _seen(petra, path)
    unticked = await petra.post(f"{path}/approve", data={"form": "approve", "seen": seen})
    assert unticked.status == 400
    assert "up to 1.2 Stars" in await _text(unticked)
    await borough.residents("ur", 1)
    grown = await petra.post(f"{path}/approve", data={"form": "approve", "seen": seen, "price": "12"})
    assert grown.status == 400, "the price that was agreed to is not the price any more"
    done = await petra.post(f"{path}/approve", data={"form": "approve", "seen": seen, "price": "13"})
    assert 'data-testid="broadcast-state">Sending<' in await _text(done)


@pytest.mark.parametrize(
    ("fields", "rule", "coming"),
    [
        ({"repeat": "day"}, "FREQ=DAILY", "Wed 2 Dec 2026, 10:00"),
        ({"repeat": "week"}, "FREQ=WEEKLY", "Tue 8 Dec 2026, 10:00"),
        ({"repeat": "month", "at": "2026-12-31T10:00"}, "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "31 Jan"),
        ({"repeat": "own", "rule": "freq=weekly;byday=tu,th"}, "FREQ=WEEKLY;BYDAY=TU,TH", "Thu 3 Dec 2026, 10:00"),
    ],
)  # fmt: skip
async def test_a_series_from_the_form_shows_its_rule_and_what_comes(borough, fields, rule, coming):
    percy = await borough.signed_in("Percy")
    page = await _text(await percy.get(await _create(percy, **{"at": "2026-12-01T10:00", **fields})))
    series = page.partition('data-testid="series"')[2].partition("</section>")[0]
    assert f"<code>{rule}</code>" in series
    assert coming in series


@pytest.mark.parametrize(
    "fields",
    [
        {"repeat": "day"}, {"repeat": "month"}, {"repeat": "now and then", "at": "2026-12-01T10:00"},
        {"repeat": "own", "at": "2026-12-01T10:00"}, {"repeat": "own", "rule": "FREQ=HOURLY", "at": "2026-12-01T10:00"},
    ],
)  # fmt: skip
async def test_what_cannot_repeat_is_said_and_the_form_kept(borough, fields):
    percy = await borough.signed_in("Percy")
    answer = await percy.post("/console/broadcasts/new", data={"form": "new", "message": "mmr", **fields})
    page = await _text(answer)
    assert answer.status == 400
    assert 'data-testid="problem"' in page
    if "rule" in fields:
        assert 'value="FREQ=HOURLY"' in page


async def test_one_of_a_series_is_cancelled_alone_or_all_of_it(borough):
    percy, petra = await borough.signed_in("Percy"), await borough.signed_in("Petra")
    path = await _create(percy, at="2026-12-01T10:00", repeat="day")
    await percy.post(f"{path}/ask", data={"form": "ask", "approver": "Petra"})
    await petra.post(f"{path}/approve", data={"form": "approve", "seen": await _seen(petra, path)})
    assert "the series goes on" in await _text(await percy.get(f"{path}/cancel"))
    page = await _text(await percy.post(f"{path}/cancel", data={}))
    assert 'data-testid="broadcast-state">Cancelled<' in page
    assert "Wed 2 Dec 2026, 10:00" in page, "the next is made"
    page = await _text(await percy.get(f"{path}/cancel"))
    assert "Cancel the whole series" in page
    assert "Cancel this one alone" not in page, "it has ended already"
    page = await _text(await percy.post(f"{path}/cancel", data={"series": "yes"}))
    assert "It has ended." in page
    assert "cancel-series-link" not in page
