"""Updates through the whole process: acknowledged means handled, once, in order, whatever happens meanwhile."""

import json
import time
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox import Person
from tests.chaos import inbox, town
from tests.chaos.figures import at_most, exactly, settle
from tests.stage import Stage, stage


def _webhook() -> dict[str, str]:
    return {"VOUCH_TELEGRAM_UPDATES": "webhook", "VOUCH_WEBHOOK_SECRET": "a-secret-of-the-tests-only"}


def _hook(vouch: Stage) -> None:
    vouch.env["VOUCH_PUBLIC_URL"] = vouch.url


async def test_killed_while_updates_are_polled(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        settle(await inbox.flood(await town.build(vouch, 40), updates=120, kills=1, per_second=100, seed=3))


class Post:
    """Posts updates to the webhook directly, as Telegram does."""

    def __init__(self, vouch: Stage, session: aiohttp.ClientSession) -> None:
        self._url = f"{vouch.url}/telegram/webhook"
        self._session = session

    async def __call__(self, body: bytes | dict[str, Any]) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": _webhook()["VOUCH_WEBHOOK_SECRET"], "Content-Type": "application/json",
        }  # fmt: skip
        async with self._session.post(self._url, data=raw, headers=headers) as answer:
            return answer.status


def _text(update_id: int, person: Person, text: str) -> dict[str, Any]:
    message = {"message_id": update_id, "date": 1, "chat": person.chat.json, "from": person.user, "text": text}
    return {"update_id": update_id, "message": message}


POISON: tuple[bytes, ...] = (
    b"", b"{", b"null", b"[]", b"7", b'"update"', b"\xff\xfe", b"{}", b'{"update_id": "1"}', b'{"update_id": -1}',
    b'{"update_id": 99999999999999999999999999}', b'{"update_id": true}', b'{"update_id": 1.5}',
    b"[" * 100_000, b'{"update_id": 5, "update_id": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
)  # fmt: skip
"""Bodies without a usable number: nothing to store, and nothing to repeat."""


def _poison(person: Person) -> list[Any]:
    """Messages of a known chat that make no sense."""
    chat = person.chat.json
    return [
        None, 7, "text", [], {}, {"chat": None}, {"chat": {}}, {"chat": {"id": "x", "type": "private"}},
        {"chat": chat, "text": 7}, {"chat": chat, "text": None}, {"chat": chat, "from": 7, "text": "a"},
        {"chat": {**chat, "id": 2**64}, "text": "a"}, {"chat": chat, "photo": {}}, {"chat": chat, "photo": []},
        {"chat": chat, "voice": {"file_id": 1}}, {"chat": chat, "migrate_to_chat_id": "next door"},
        {"chat": chat, "caption": {}, "video": {"file_id": "a", "file_unique_id": "b", "duration": -1}},
    ]  # fmt: skip


async def test_poison_is_set_aside_and_the_chat_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, **_webhook()) as vouch, aiohttp.ClientSession() as session:
        _hook(vouch)
        place = await town.build(vouch, 1)
        await vouch.start()
        post, person = Post(vouch, session), next(iter(place.people.values()))
        poison = _poison(person)
        bodies: list[bytes | dict[str, Any]] = [
            *POISON,
            *({"update_id": 500 + number, "message": each} for number, each in enumerate(poison)),
        ]
        taken = [await post(each) for each in bodies].count(200)
        began = time.monotonic()
        assert await post(_text(900, person, "an ordinary question")) == 200
        await vouch.answer_to(person)
        seconds = time.monotonic() - began
        counted = town.rows(vouch, "SELECT state, count(*), min(error), max(error) FROM updates GROUP BY state")
        assert counted == [(1, 1, None, None), (2, len(poison), "unreadable", "unreadable")]
        settle(
            [
                exactly("poison: acknowledged, not to come again", taken, len(bodies), "updates"),
                exactly("poison: quarantined", counted[1][1], len(poison), "updates"),
                at_most("poison: the chat's next update answered", seconds, 1.0, "s"),
                exactly("poison: answers", len(vouch.received(person)), 1, "messages"),
            ]
        )
