"""Misbehaviour on demand, and the truth about it."""

import asyncio

import aiohttp
import pytest

from bot.sandbox.faults import KINDS


async def text(api, person, words, seconds=5.0):
    async with asyncio.timeout(seconds):
        return await api.raw("sendMessage", chat_id=person.id, text=words)


@pytest.mark.parametrize(
    ("kind", "applied"),
    [("drop", False), ("reset", False), ("apply-then-drop", True), ("apply-then-reset", True), ("cut-body", True)],
)
async def test_connections_that_end_before_the_answer(api, amina, kind, applied):
    await api.order("faults", method="sendMessage", kind=kind, count=1)
    with pytest.raises(aiohttp.ClientError):
        await (await text(api, amina, "x")).json()
    assert len(await api.see("sent")) == int(applied)
    attempt = (await api.see("attempts"))[-1]
    assert (attempt["applied"], attempt["fault"], attempt["result"]) == (applied, kind, 0)
    assert (await text(api, amina, "y")).status == 200


@pytest.mark.parametrize(("kind", "applied"), [("hang", False), ("apply-then-hang", True)])
async def test_calls_that_hang(api, amina, kind, applied):
    await api.order("faults", method="sendMessage", kind=kind)
    with pytest.raises(TimeoutError):
        await text(api, amina, "x", seconds=0.2)
    assert len(await api.see("sent")) == int(applied)
    assert (await api.client.delete("/sandbox/api/faults")).status == 200
    assert (await text(api, amina, "y")).status == 200


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [("500-before", 500, False), ("500-after", 500, True), ("502-html", 502, False), ("garbage", 200, True)],
)
async def test_wrong_answers(api, amina, kind, status, applied):
    await api.order("faults", method="*", kind=kind, count=1)
    assert (await text(api, amina, "x")).status == status
    assert len(await api.see("sent")) == int(applied)


async def test_429_says_how_long_and_applies_nothing(api, amina):
    await api.order("faults", method="sendMessage", kind="429", count=1, retry_after=30)
    body = await (await text(api, amina, "x")).json()
    assert body["parameters"] == {"retry_after": 30}
    assert await api.see("sent") == []


async def test_share_and_count(api, amina):
    await api.order("limits", enabled=False)
    await api.order("faults", method="sendMessage", kind="500-before", share=0.3)
    results = [(await text(api, amina, "x")).status for _ in range(200)]
    assert 35 < results.count(500) < 85
    assert await api.see("counters") == {str(amina.id): results.count(200)}


async def test_unknown_faults_are_refused(api):
    response = await api.client.post("/sandbox/api/faults", json={"method": "*", "kind": "explode"})
    assert response.status == 400
    error = (await response.json())["error"]
    assert all(kind in error for kind in KINDS)


async def test_the_log_is_read_from_a_number_on(api, sandbox):
    people = [sandbox.add_person(f"P{n}", "en", started=True) for n in range(5)]
    for person in people:
        await text(api, person, "hello")
    assert [entry["n"] for entry in await api.see("sent?since=3")] == [4, 5]
    assert [entry["chat_id"] for entry in await api.see("sent")] == [person.id for person in people]
    assert len({entry["text_hash"] for entry in await api.see("sent")}) == 1


async def test_people_are_made_in_bulk(api):
    people = await api.order("people", count=60, languages=["ur", "pl", "bn"], started=True)
    assert [p["language_code"] for p in people[:4]] == ["ur", "pl", "bn", "ur"]
    assert len({p["id"] for p in people}) == 60
    assert all(10**9 <= p["id"] < 10**10 for p in people)
    await api("sendMessage", chat_id=people[59]["id"], text="x")


async def test_other_sites_cannot_use_the_control_api(api):
    response = await api.client.post("/sandbox/api/limits", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status == 403
