"""Telegram's sending limits, on a clock that the test moves."""

from bot.sandbox.limits import Limits


async def test_thirty_a_second_over_all_chats(api, sandbox, clock):
    people = [sandbox.add_person(f"P{n}", "en", started=True) for n in range(31)]
    for person in people[:30]:
        await api("sendMessage", chat_id=person.id, text="x")
    body = await api("sendMessage", chat_id=people[30].id, text="x")
    assert body["error_code"] == 429
    assert body["parameters"] == {"retry_after": 1}
    clock.move(1)
    await api("sendMessage", chat_id=people[30].id, text="x")
    assert len(await api.see("sent")) == 31


async def test_a_private_chat_may_burst_then_one_a_second(api, amina, clock):
    for _ in range(6):
        await api("sendMessage", chat_id=amina.id, text="x")
    assert (await api("sendMessage", chat_id=amina.id, text="x"))["parameters"] == {"retry_after": 1}
    clock.move(1)
    await api("sendMessage", chat_id=amina.id, text="x")
    assert "429" in await api.refused("sendMessage", chat_id=amina.id, text="x")


async def test_a_group_takes_twenty_a_minute(api, sandbox, amina, clock):
    group = sandbox.add_group("Sample group", [amina])
    for _ in range(20):
        await api("sendMessage", chat_id=group.id, text="x")
        clock.move(1)
    body = await api("sendMessage", chat_id=group.id, text="x")
    assert body["parameters"] == {"retry_after": 40}


async def test_limits_can_be_switched(api, amina):
    await api.order("limits", enabled=False)
    for _ in range(50):
        await api("sendMessage", chat_id=amina.id, text="x")
    await api.order("limits", enabled=True)
    for _ in range(6):
        await api("sendMessage", chat_id=amina.id, text="x")
    assert "429" in await api.refused("sendMessage", chat_id=amina.id, text="x")


def test_paid_broadcasts_have_a_limit_of_their_own():
    limits = Limits()
    paid = [limits.take(0.0, chat, paid=True) for chat in range(1001)]
    assert paid == [0] * 1000 + [1]
    assert limits.take(0.0, 5000) == 0
