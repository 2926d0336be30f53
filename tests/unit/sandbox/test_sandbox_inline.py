"""Inline mode and groups as strictly as Telegram: what a bot may answer, what it gets to see, who is in charge."""

ARTICLE = {
    "type": "article",
    "id": "a",
    "title": "Heat",
    "input_message_content": {"message_text": "Drink <b>water</b>", "parse_mode": "HTML"},
}


async def _query(api, amina, words="heat"):
    number = (await api.do(amina, "inline", query=words))["query_id"]
    [update] = await api("getUpdates", allowed_updates=["inline_query"])
    assert update["inline_query"] == {"id": number, "from": amina.user, "query": words, "offset": ""}
    return number


async def test_a_chosen_result_stands_in_the_chat_via_the_bot(api, sandbox, amina):
    group = sandbox.core.world.add_group("Sample group", [amina])
    number = await _query(api, amina)
    assert await api("answerInlineQuery", inline_query_id=number, results=[ARTICLE], cache_time=30, is_personal=True)
    assert (await api.see(f"queries/{number}"))["results"][0]["title"] == "Heat"
    await api.do(amina, "choose", query_id=number, result_id="a", chat_id=group.id)
    [message] = await api.see(f"chats/{group.id}/messages")
    assert (message["text"], message["from"], message["via_bot"]) == ("Drink water", amina.user, sandbox.core.world.bot)


async def test_wrong_results_are_refused(api, amina):
    number = await _query(api, amina)
    for results, why in (
        ([ARTICLE] * 51, "RESULTS_TOO_MUCH"),
        ([ARTICLE, ARTICLE], "RESULT_ID_DUPLICATE"),
        ([{**ARTICLE, "id": "ä" * 33}], "RESULT_ID_INVALID"),
        ([{**ARTICLE, "id": ""}], "RESULT_ID_INVALID"),
        ([{**ARTICLE, "titel": "x"}], "unknown field"),
        ([{**ARTICLE, "input_message_content": {"message_text": ""}}], "empty"),
    ):
        assert why in await api.refused("answerInlineQuery", inline_query_id=number, results=results), why


async def test_a_query_is_answered_once_and_soon(api, amina, clock):
    number = await _query(api, amina)
    clock.move(31)
    assert "too old" in await api.refused("answerInlineQuery", inline_query_id=number, results=[])
    again = (await api.do(amina, "inline", query="x"))["query_id"]
    assert await api("answerInlineQuery", inline_query_id=again, results=[])
    assert "too old" in await api.refused("answerInlineQuery", inline_query_id=again, results=[])


async def test_privacy_mode_in_a_group(api, sandbox, amina):
    group = sandbox.core.world.add_group("Sample group", [amina])
    name = sandbox.core.world.bot["username"]
    own = (await api("sendMessage", chat_id=group.id, text="Hello"))["message_id"]
    for text, more in (
        ("just talking", {}), ("/check@AnotherBot", {}), ("/check", {}), (f"/check@{name}", {}),
        (f"what does @{name} say", {}), ("thanks", {"reply_to": own}),
    ):  # fmt: skip
        await api.do(amina, "text", text=text, chat_id=group.id, **more)
    seen = [each["message"]["text"] for each in await api("getUpdates", allowed_updates=["message"])]
    assert seen == ["/check", f"/check@{name}", f"what does @{name} say", "thanks"]
    await api.order(f"chats/{group.id}/admins", admins=[amina.id], bot=True)
    await api.do(amina, "text", text="everything now", chat_id=group.id)
    assert (await api("getUpdates"))[-1]["message"]["text"] == "everything now"


async def test_who_is_in_charge(api, sandbox, amina):
    group = sandbox.core.world.add_group("Sample group", [amina])
    stranger = sandbox.add_person("Bob", "pl")
    assert (await api("getChatMember", chat_id=group.id, user_id=amina.id))["status"] == "member"
    await api.order(f"chats/{group.id}/admins", admins=[amina.id])
    assert (await api("getChatMember", chat_id=group.id, user_id=amina.id))["status"] == "administrator"
    assert (await api("getChatMember", chat_id=group.id, user_id=stranger.id))["status"] == "left"
