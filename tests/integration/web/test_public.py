"""What anybody may see: messages in force, feeds, and open data; never a draft, a resident or a small number."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from bot.services.audit import actor_of
from bot.web.public.openapi import description

ATOM = "{http://www.w3.org/2005/Atom}"


async def _answered(house, text, *askers, message="mmr", title="It protects."):
    """A rumour that these people asked about, as (language, area, count), answered with a message in force."""
    rumour_id = 0
    for language, area, count in askers:
        for _ in range(count):
            rumour_id = await house.flag(text, language=language, area=area)
    async with house.desk.db.write() as uow:
        tess = actor_of(await house.desk.staff.by_name(uow, "Tess"), "test")
        percy = actor_of(await house.desk.staff.by_name(uow, "Percy"), "test")
        await house.desk.answers.use_message(uow, tess, rumour_id, message)
        await house.desk.approvals.approve_directly(uow, percy, "answer", rumour_id)
    return rumour_id


async def _claim(house, rumour_id, *, approve=True):
    async with house.desk.db.write() as uow:
        tess = actor_of(await house.desk.staff.by_name(uow, "Tess"), "test")
        percy = actor_of(await house.desk.staff.by_name(uow, "Percy"), "test")
        await house.desk.reach.claims.word(uow, tess, rumour_id, text="A vaccine harms.", verdict="false")
        if approve:
            await house.desk.approvals.approve_directly(uow, percy, "claim", rumour_id)


async def test_a_share_page_is_in_its_language(house):
    await house.message(ur="یہ بچوں کو بچاتا ہے۔")
    answer = await house.browser().get("/m/mmr/ur")
    page = await answer.text()
    assert answer.status == 200
    assert '<html lang="ur" dir="rtl"' in page
    assert "یہ بچوں کو بچاتا ہے۔" in page
    assert "Somebody Sample" in page
    assert 'href="https://t.me/SampleVouchBot?start=l_ur"' in page
    assert "Set-Cookie" not in answer.headers
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in page


async def test_the_browser_chooses_the_language(house):
    await house.message(ur="متن", pl="Tekst")
    browser = house.browser()
    for header, language in (
        ("pl;q=0.5, ur", "ur"),
        ("pl", "pl"),
        ("xx, pl;q=0.1", "pl"),
        ("", "en-GB"),
        ("de", "en-GB"),
    ):
        answer = await browser.get("/m/mmr", headers={"Accept-Language": header})
        assert answer.headers["Content-Language"] == language, header


async def test_a_language_without_a_text_says_so(house):
    await house.message(ur_draft="Nobody has checked this.")
    page = await (await house.browser().get("/m/mmr/ur")).text()
    assert "Nobody has checked this." not in page
    assert 'data-testid="missing"' in page
    assert "اردو" in page


@pytest.mark.parametrize(
    "path", ["/m/mmr", "/m/mmr/en-GB", "/m/mmr/xx", "/m/nothing", "/m/mmr/ur/voice", "/feeds/xx.atom"]
)
async def test_what_is_not_in_force_is_not_there(house, path):
    await house.message()
    house.clock.forward(days=91)
    assert (await house.browser().get(path)).status == 404


async def test_unvetted_messages_are_not_there(house):
    message_id = await house.message()
    async with house.desk.db.write() as uow:
        await uow.messages.change(message_id, vetted_by=None)
    assert (await house.browser().get("/m/mmr")).status == 404
    assert "mmr" not in await (await house.browser().get("/api/v1/messages.json")).text()


async def test_a_recording_is_played_only_where_its_leader_agreed(house):
    message_id = await house.message(ur="متن")
    name = await house.desk.store.save(b"OggS sample", ".ogg")
    async with house.desk.db.write() as uow:
        media_id = await uow.media.create(kind="voice", mime="audio/ogg", size=11, seconds=1, path=name, state="stored",
                                          tries=0, created_at=house.clock.now())  # fmt: skip
        rendition_id = await uow.messages.add_rendition(
            message_id=message_id, language="ur", form="voice", text="متن", media_id=media_id, consent=["bot", "film"],
            state="approved", content_hash="x", created_at=house.clock.now(),
        )  # fmt: skip
    browser = house.browser()
    assert (await browser.get("/m/mmr/ur/voice")).status == 404
    assert "<audio" not in await (await browser.get("/m/mmr/ur")).text()
    async with house.desk.db.write() as uow:
        await uow.messages.change_rendition(rendition_id, consent=["bot", "partners"],
                                            consent_until=house.clock.now() + timedelta(days=1))  # fmt: skip
    assert await (await browser.get("/m/mmr/ur/voice")).read() == b"OggS sample"
    assert "<audio" in await (await browser.get("/m/mmr/ur")).text()
    house.clock.forward(days=2)
    assert (await browser.get("/m/mmr/ur/voice")).status == 404


async def test_hostile_text_stays_text(house):
    await house.message(
        title="<script>alert(1)</script>", ur='<img src=x onerror="a()"> **<b>** https://x.example/"><script>'
    )
    for path in ("/m/mmr/ur", "/m/mmr/en-GB"):
        page = await (await house.browser().get(path)).text()
        assert "<script" not in page
        assert "<img src=x" not in page


async def test_unchanged_answers_are_not_sent_again(house):
    await house.message()
    browser = house.browser()
    for path in ("/m/mmr/en-GB", "/feeds/en-GB.atom", "/api/v1/rumours.json"):
        first = await browser.get(path)
        again = await browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status, again.status) == (200, 304), path


async def test_feeds_hold_one_language(house):
    await house.message(ur="متن <ٹھیک>")
    await house.message("heat", title="Heat", pl="Upał")
    feed = ElementTree.fromstring(await (await house.browser().get("/feeds/ur.atom")).text())
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}content") for each in entries] == ["متن <ٹھیک>"]
    items = (await (await house.browser().get("/feeds/pl.json")).json())["items"]
    assert [each["url"] for each in items] == ["https://bot.example.org/m/heat/pl"]


async def test_counts_are_suppressed_and_add_up(house):
    await house.message()
    await _answered(house, "Is it true that A?", ("ur", "north", 9), ("pl", "north", 2), ("ps", None, 1))
    await _answered(house, "Is it true that B?", ("ur", "south", 4))
    answer = await house.browser().get("/api/v1/rumours.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    rows = {each["id"]: each for each in (await answer.json())["rumours"]}
    big, small = rows[1], rows[2]
    assert big["asked"] == 12
    assert big["asked_by_language"] is None, "nine and three would tell that three read something else"
    assert big["asked_by_area"] is None
    assert small["asked"] == "<5"
    assert small["asked_by_language"] is None


async def test_parts_of_a_larger_rumour(house):
    await house.message()
    await _answered(house, "Is it true that C?", ("ur", "north", 9), ("pl", "north", 4), ("ps", None, 3))
    row = (await (await house.browser().get("/api/v1/rumours.json")).json())["rumours"][0]
    assert row["asked_by_language"] == {"ur": 9, "other": 7}
    assert row["asked_by_area"] is None


async def test_nothing_that_residents_wrote_is_published(house):
    await house.message()
    rumour_id = await _answered(house, "My neighbour Sample Person says =SUM(1)", ("ur", "north", 6))
    await _claim(house, rumour_id)
    browser = house.browser()
    for path in ("rumours.json", "rumours.csv", "claims.jsonld", "messages.json"):
        assert "Sample Person" not in await (await browser.get(f"/api/v1/{path}")).text()
    csv = await (await browser.get("/api/v1/rumours.csv")).text()
    assert csv.splitlines()[1].startswith('"1","2026-12-01","2026-12-01","6","A vaccine harms.","false"')


async def test_claim_reviews_wait_for_a_second_person(house):
    await house.message(ur="یہ بچوں کو بچاتا ہے۔")
    rumour_id = await _answered(house, "Does it harm?", ("ur", None, 6))
    await _claim(house, rumour_id, approve=False)
    browser = house.browser()
    assert (await (await browser.get("/api/v1/claims.jsonld")).json(content_type=None))["dataFeedElement"] == []
    await _claim(house, rumour_id)
    feed = json.loads(await (await browser.get("/api/v1/claims.jsonld")).text())
    reviews = {each["item"]["inLanguage"]: each["item"] for each in feed["dataFeedElement"]}
    assert set(reviews) == {"en-GB", "ur"}
    urdu = reviews["ur"]
    assert urdu["@type"] == "ClaimReview"
    assert urdu["claimReviewed"] == "A vaccine harms."
    assert urdu["reviewRating"] == {
        "@type": "Rating", "ratingValue": 1, "worstRating": 1, "bestRating": 5, "alternateName": "False",
    }  # fmt: skip
    page = await browser.get(urdu["url"].removeprefix("https://bot.example.org"))
    assert urdu["reviewBody"] in await page.text()


async def test_a_claim_on_the_console(house):
    await house.message()
    rumour_id = await _answered(house, "Does it harm?", ("ur", None, 6))
    tess, percy = await house.signed_in("Tess"), await house.signed_in("Percy")
    path = f"/console/claims/{rumour_id}"
    await tess.post(path, data={"form": "word", "text": "Vaccines harm.", "verdict": "false"})
    shown = await (await percy.get(path)).text()
    seen = re.search(r'name="seen" value="([^"]+)"', shown)[1]
    refused = await tess.post(f"{path}/approve", data={"form": "approve", "seen": seen})
    assert refused.status == 403
    assert (await percy.post(f"{path}/approve", data={"form": "approve", "seen": seen})).status == 200
    assert "published" in await (await tess.get("/console/claims")).text()


async def test_the_description_names_what_is_there(house):
    await house.message()
    await _answered(house, "Does it harm?", ("ur", None, 6))
    browser = house.browser()
    document = await (await browser.get("/api/v1/openapi.json")).json()
    assert document == description("https://bot.example.org", "Sample Borough")
    for path, methods in document["paths"].items():
        answer = await browser.get(path)
        (mime,) = methods["get"]["responses"]["200"]["content"]
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(mime), path
    schema = document["paths"]["/api/v1/rumours.json"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    row = (await (await browser.get("/api/v1/rumours.json")).json())["rumours"][0]
    assert set(row) == set(schema["properties"]["rumours"]["items"]["properties"])
