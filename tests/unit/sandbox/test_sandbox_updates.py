"""Updates reach the bot: by polling, by webhook, once more after a failure, in order within a chat."""

import asyncio

import pytest
from aiohttp import web
from telegram import Update

from bot.sandbox import Sandbox
from bot.sandbox.webhook import SECRET_HEADER


async def test_polling_confirms_by_offset(api, amina):
    await api.do(amina, "start", payload="l_ur-p_library")
    await api.do(amina, "text", text="hello")
    first = await api("getUpdates")
    assert [u["message"]["text"] for u in first] == ["/start l_ur-p_library", "hello"]
    assert first[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert await api("getUpdates") == first
    assert await api("getUpdates", offset=first[0]["update_id"] + 1) == first[1:]
    assert await api("getUpdates", offset=first[1]["update_id"] + 1) == []


async def test_a_long_poll_answers_as_soon_as_something_comes(api, amina):
    waiting = asyncio.create_task(api("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await api.do(amina, "text", text="hello")
    assert [u["message"]["text"] for u in await asyncio.wait_for(waiting, 5)] == ["hello"]


async def test_a_second_poller_ends_the_first_with_409(api, amina):
    first = asyncio.create_task(api.refused("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(api("getUpdates", timeout=30))
    assert "409 Conflict: terminated by other getUpdates" in await asyncio.wait_for(first, 5)
    await api.do(amina, "text", text="x")
    assert len(await asyncio.wait_for(second, 5)) == 1


async def test_allowed_updates_stay_as_set_and_must_be_known(api, amina):
    assert "unknown update type" in await api.refused("getUpdates", allowed_updates=["mesage"])
    await api("getUpdates", allowed_updates=["callback_query"])
    await api.do(amina, "text", text="unseen")
    assert await api("getUpdates") == []
    await api("getUpdates", allowed_updates=[])
    await api.do(amina, "text", text="seen")
    assert len(await api("getUpdates")) == 1


async def test_updates_are_kept_for_24_hours(api, amina, clock):
    await api.do(amina, "text", text="old")
    clock.move(23 * 3600)
    await api.do(amina, "text", text="new")
    clock.move(2 * 3600)
    assert [u["message"]["text"] for u in await api("getUpdates")] == ["new"]


async def test_numbers_go_on_after_a_restart(sandbox, clock, amina):
    last = sandbox.core.updates.push("message", 1, {})
    clock.move(60)
    later = Sandbox("123456:sample", clock=clock)
    first = later.core.updates.push("message", 1, {})
    assert last is not None
    assert first is not None
    assert last < first < 2**31


async def test_everything_a_person_does_is_an_update_that_a_client_reads(api, amina, sandbox):
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await api("sendMessage", chat_id=amina.id, text="?", reply_markup=markup)
    await api.do(amina, "press", message_id=sent["message_id"], data="y")
    kinds = ["photo", "voice", "video", "video_note", "document", "audio", "sticker", "animation"]
    for kind in kinds:
        await api.do(amina, kind)
    await api.do(amina, "location", latitude=52.5, longitude=-1.9)
    await api.do(amina, "contact", phone_number="+440000000000", first_name="Sample")
    for origin in ("user", "hidden_user", "chat", "channel"):
        await api.do(amina, "forward", text="Sample rumour https://example.org/x", origin=origin)
    typed = await api.do(amina, "text", text="typo")
    await api.do(amina, "edit", message_id=typed["message_id"], text="typed")
    await api.do(amina, "block")
    await api.do(amina, "unblock")
    await api.do(amina, "migrate")
    updates = [Update.de_json(body, None) for body in await api("getUpdates")]
    assert updates[0].callback_query.data == "y"
    assert updates[0].callback_query.message.message_id == sent["message_id"]
    for update, kind in zip(updates[1:9], kinds, strict=True):
        assert getattr(update.message, kind)
        assert not update.message.api_kwargs
    assert updates[9].message.location.latitude == 52.5
    forwards = [u.message.forward_origin.type for u in updates[11:15]]
    assert forwards == ["user", "hidden_user", "chat", "channel"]
    assert updates[14].message.entities[0].type == "url"
    assert updates[16].edited_message.text == "typed"
    members = [u.my_chat_member.new_chat_member.status for u in updates[17:19]]
    assert members == ["kicked", "member"]
    assert updates[19].message.migrate_to_chat_id == updates[20].message.chat.id


class Listener:
    """A bot's webhook that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.seen = []
        self.answers = []
        self.busy = 0
        self.most_busy = 0
        self.delay = 0.0

    async def handle(self, request):
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        body = await request.json()
        self.seen.append((body["message"]["text"], request.headers.get(SECRET_HEADER)))
        await asyncio.sleep(self.delay)
        self.busy -= 1
        return self.answers.pop(0) if self.answers else web.Response()

    async def until(self, count):
        async with asyncio.timeout(10):
            while len(self.seen) < count:
                await asyncio.sleep(0.01)
        return [text for text, _ in self.seen]


@pytest.fixture
async def listener(aiohttp_server):
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.handle)
    server = await aiohttp_server(app)
    listener.url = str(server.make_url("/hook"))
    return listener


async def test_a_webhook_gets_the_secret_and_failed_updates_again_in_order(api, amina, listener):
    listener.answers = [web.Response(status=500), web.Response(status=503, headers={"Retry-After": "0"})]
    await api("setWebhook", url=listener.url, secret_token="s3cret")
    await api.do(amina, "text", text="one")
    await api.do(amina, "text", text="two")
    assert await listener.until(4) == ["one", "one", "one", "two"]
    assert {secret for _, secret in listener.seen} == {"s3cret"}
    info = await api("getWebhookInfo")
    assert info["url"] == listener.url
    assert "503" in info["last_error_message"]


async def test_one_update_of_a_chat_at_a_time_and_chats_in_parallel(api, sandbox, listener):
    people = [sandbox.add_person(f"P{n}", "en") for n in range(5)]
    listener.delay = 0.05
    await api("setWebhook", url=listener.url, max_connections=3)
    for number in range(3):
        for person in people:
            await api.do(person, "text", text=f"{person.id} {number}")
    seen = await listener.until(15)
    assert listener.most_busy == 3
    for person in people:
        mine = [text for text in seen if text.startswith(str(person.id))]
        assert mine == [f"{person.id} {number}" for number in range(3)]


async def test_a_bad_update_holds_up_its_own_chat_only(api, sandbox, amina, listener):
    listener.answers = [web.Response(status=500, headers={"Retry-After": "3000"})]
    await api("setWebhook", url=listener.url)
    await api.do(amina, "text", text="poison")
    await listener.until(1)
    await api.do(amina, "text", text="after")
    other = sandbox.add_person("Marek", "pl")
    await api.do(other, "text", text="other")
    assert await listener.until(2) == ["poison", "other"]
    assert (await api("getWebhookInfo"))["pending_update_count"] == 2


async def test_webhook_and_polling_exclude_each_other(api, amina, listener):
    await api("setWebhook", url=listener.url)
    assert "409 Conflict: can't use getUpdates" in await api.refused("getUpdates")
    await api("deleteWebhook")
    await api.do(amina, "text", text="polled")
    assert len(await api("getUpdates")) == 1
    await api("setWebhook", url=listener.url)
    assert await listener.until(1) == ["polled"]


async def test_webhook_addresses_and_secrets_are_checked(api):
    assert "HTTPS URL must be provided" in await api.refused("setWebhook", url="http://example.org/hook")
    refusal = await api.refused("setWebhook", url="http://127.0.0.1:1/hook", secret_token="no spaces")
    assert "unallowed characters" in refusal
