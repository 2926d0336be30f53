"""Joining the bot: clear sentences when it fails, and no call that changes nothing."""

import json
import logging
from typing import Any

import pytest

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.setup import Announcement, BotIdentity, Connection, announce, connect, set_webhook
from bot.errors import ConfigInvalid, Unavailable

from .conftest import TOKEN, Call, FakeBotApi

ME = {"id": 123456, "is_bot": True, "first_name": "Sample", "username": "SampleBot"}


@pytest.fixture
async def connection(telegram: FakeBotApi, telegram_url: str) -> Any:
    telegram.usual["getMe"] = lambda _: ME
    found = await connect(TOKEN, telegram_url + "/")
    yield found
    await found.close()


async def test_who_the_token_belongs_to(connection: Connection) -> None:
    assert connection.identity == BotIdentity(123456, "SampleBot")
    assert "sample-token" not in repr(connection)


@pytest.mark.parametrize("token", ["", "abc", "123456", "123456:", "123456:a b", "123456:a/../b", " 1:a"])
async def test_a_malformed_token_is_a_setting_to_mend(token: str) -> None:
    with pytest.raises(ConfigInvalid, match="VOUCH_TELEGRAM_TOKEN"):
        await connect(token)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8081", "ftp://example.org", "http://[", "http://", "http://a?b=c"])
async def test_a_malformed_address_is_a_setting_to_mend(url: str) -> None:
    with pytest.raises(ConfigInvalid, match="VOUCH_TELEGRAM_API_URL"):
        await connect(TOKEN, url)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_is_not_accepted(telegram: FakeBotApi, telegram_url: str, status: int) -> None:
    telegram.refuse("getMe", status, "Unauthorized")
    with pytest.raises(ConfigInvalid, match="does not accept VOUCH_TELEGRAM_TOKEN"):
        await connect(TOKEN, telegram_url)


@pytest.mark.parametrize(
    "answer", [(502, "oops"), (200, "no JSON"), (200, {"ok": True, "result": {"id": "x"}}), (200, {"ok": True})]
)
async def test_out_of_reach(
    telegram: FakeBotApi, telegram_url: str, answer: tuple[int, Any], caplog: pytest.LogCaptureFixture
) -> None:
    telegram.will("getMe", *answer)
    with pytest.raises(Unavailable) as caught:
        await connect(TOKEN, telegram_url)
    assert "sample-token" not in str(caught.value)
    assert caught.value.__context__ is None


async def test_nobody_there() -> None:
    with pytest.raises(Unavailable, match="the connection was refused"):
        await connect(TOKEN, "http://127.0.0.1:1")


class Profile:
    """Telegram's side of commands and descriptions, by language."""

    def __init__(self, telegram: FakeBotApi) -> None:
        self.kept: dict[tuple[str, str], Any] = {}
        for name, field in (("Commands", "commands"), ("Description", "description")):
            self.serve(telegram, name, field)
        self.serve(telegram, "ShortDescription", "short_description")

    def serve(self, telegram: FakeBotApi, name: str, field: str) -> None:
        def read(call: Call) -> Any:
            value = self.kept.get((field, call.params.get("language_code", "")))
            return (value or []) if field == "commands" else {field: value or ""}

        def write(call: Call) -> bool:
            self.kept[field, call.params.get("language_code", "")] = call.params[field]
            return True

        telegram.usual[f"getMy{name}"] = read
        telegram.usual[f"setMy{name}"] = write


ENGLISH = Announcement((("start", "Begin"), ("stop", "Leave")), "Check what you were sent.", "Checks rumours")
URDU = Announcement((("start", "شروع"),), "", "")


async def test_the_profile_is_set_once(telegram: FakeBotApi, connection: Connection) -> None:
    profile = Profile(telegram)
    by_language = {"": ENGLISH, "ur": URDU, "yue": URDU, "pa-Arab": URDU, "pa": ENGLISH}
    assert await announce(connection.bot, by_language) == 7
    assert {code for _, code in profile.kept} == {"", "ur", "pa"}
    assert profile.kept["description", "pa"] == ENGLISH.description
    assert await announce(connection.bot, by_language) == 0


async def test_a_refused_announcement_does_not_stop_the_others(telegram: FakeBotApi, connection: Connection) -> None:
    profile = Profile(telegram)
    telegram.refuse("setMyCommands", 429, "Too Many Requests", retry_after=300)
    assert await announce(connection.bot, {"": ENGLISH}) == 2
    assert profile.kept["short_description", ""] == "Checks rumours"


async def test_the_webhook_and_its_secret(
    telegram: FakeBotApi, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.usual["setWebhook"] = lambda _: True
    with caplog.at_level(logging.DEBUG):
        await set_webhook(connection.api, "https://vouch.example/telegram", "sample-secret")
    (call,) = telegram.of("setWebhook")
    assert call.params["secret_token"] == "sample-secret"
    assert call.params["url"] == "https://vouch.example/telegram"
    assert "drop_pending_updates" not in call.params
    assert "sample-secret" not in caplog.text


async def test_a_webhook_that_telegram_refuses(telegram: FakeBotApi, api: BotApi) -> None:
    telegram.refuse("setWebhook", 400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    with pytest.raises(ConfigInvalid, match="HTTPS URL"):
        await set_webhook(api, "http://vouch.example/telegram", "s")
    telegram.will("setWebhook", 500, json.dumps({"ok": False}))
    with pytest.raises(Unavailable):
        await set_webhook(api, "https://vouch.example/telegram", "s")
