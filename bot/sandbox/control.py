"""The control API for tests, benches and the demo: `/sandbox/api/...`, JSON in and out.

It stands in for the hands of people, orders misbehaviour, and tells the truth about what arrived.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from bot.sandbox.bodies import read_arguments
from bot.sandbox.bot_api import BotApi
from bot.sandbox.calls import Arguments
from bot.sandbox.core import Core
from bot.sandbox.media import KINDS
from bot.sandbox.people import Hands, NotPossible
from bot.sandbox.refusals import Refusal
from bot.sandbox.samples import sample_file
from bot.sandbox.state import Json, Person

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def same_origin(request: web.Request) -> bool:
    """False for a request that another site's page makes a browser send (Fetch Metadata)."""
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


def answer(value: Any, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")


def person_json(person: Person) -> Json:
    """A person as the control API shows them."""
    return {
        "id": person.id,
        "first_name": person.first_name,
        "language_code": person.language_code,
        "username": person.username,
        "note": person.note,
        "kind": person.kind,
        "started": person.started,
        "blocked": person.blocked,
        "deactivated": person.deactivated,
        "chat_id": person.chat.id,
        "unread": person.chat.unread,
        "last_answer": person.answer,
    }


class Control:
    """Handlers of the control API; wrong use is answered with 400 and one sentence in `error`."""

    def __init__(self, core: Core, hands: Hands, api: BotApi) -> None:
        self._core = core
        self._hands = hands
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        """The routes under /sandbox/api."""
        table: list[tuple[str, str, Callable[[web.Request], Awaitable[Any]]]] = [
            ("GET", "/people", self.list_people),
            ("POST", "/people", self.add_people),
            ("GET", "/people/{id:\\d+}", self.show_person),
            ("GET", "/people/{id:\\d+}/messages", self.messages),
            ("POST", "/people/{id:\\d+}/{act:[a-z_]+}", self.act),
            ("POST", "/groups", self.add_group),
            ("POST", "/chats/{id:-?\\d+}/migrate", self.migrate_chat),
            ("POST", "/chats/{id:-?\\d+}/admins", self.set_admins),
            ("GET", "/chats/{id:-?\\d+}/messages", self.chat_messages),
            ("GET", "/queries/{id:\\d+}", self.query),
            ("GET", "/sent", self.sent),
            ("GET", "/attempts", self.attempts),
            ("GET", "/counters", self.counters),
            ("GET", "/faults", self.list_faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("POST", "/latency", self.set_latency),
            ("POST", "/limits", self.set_limits),
        ]
        return [web.route(verb, f"/sandbox/api{path}", self._guard(handler)) for verb, path, handler in table]

    def _guard(self, handler: Callable[[web.Request], Awaitable[Any]]) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not same_origin(request):
                return answer({"error": "requests from other sites are refused"}, 403)
            try:
                return answer(await handler(request))
            except (NotPossible, Refusal) as error:
                return answer({"error": str(error)}, 400)
            except (KeyError, TypeError, ValueError) as error:
                return answer({"error": f"wrong or missing field: {error}"}, 400)

        return guarded

    def _person(self, request: web.Request) -> Person:
        person = self._core.world.people.get(int(request.match_info["id"]))
        if person is None:
            raise NotPossible("there is no person with this id")
        return person

    async def list_people(self, request: web.Request) -> list[Json]:
        """All people."""
        return [person_json(person) for person in self._core.world.people.values()]

    async def show_person(self, request: web.Request) -> Json:
        """One person, with the last answer to a pressed button."""
        return person_json(self._person(request))

    async def add_people(self, request: web.Request) -> Json | list[Json]:
        """Adds one person, or `count` people whose languages take turns."""
        fields = (await read_arguments(request)).values
        if "count" not in fields:
            return person_json(self._core.world.add_person(**fields))
        languages = fields["languages"]
        started = bool(fields.get("started", False))
        people = [
            self._core.world.add_person(f"Sample {n + 1}", languages[n % len(languages)], started=started)
            for n in range(int(fields["count"]))
        ]
        return [{"id": person.id, "language_code": person.language_code} for person in people]

    async def add_group(self, request: web.Request) -> Json:
        """Adds a group: `title`, `members` (ids)."""
        fields = (await read_arguments(request)).values
        members = [self._core.world.people[int(number)] for number in fields["members"]]
        return self._core.world.add_group(str(fields["title"]), members).json

    async def query(self, request: web.Request) -> Json:
        """What an inline query was answered with; `results` is null while it waits."""
        query = self._core.world.queries.get(request.match_info["id"])
        if query is None:
            raise NotPossible("there is no such query")
        return {"results": query.results, "button": query.button}

    async def chat_messages(self, request: web.Request) -> list[Json]:
        """A group's messages, oldest first."""
        return list(self._core.find_chat(int(request.match_info["id"])).messages.values())

    async def set_admins(self, request: web.Request) -> Json:
        """Who runs a group: `admins` (ids), and `bot`: whether the bot is one of them and so sees everything."""
        fields = (await read_arguments(request)).values
        chat = self._core.find_chat(int(request.match_info["id"]))
        chat.admins, chat.bot_is_admin = {int(each) for each in fields.get("admins", [])}, bool(fields.get("bot"))
        return {"admins": sorted(chat.admins), "bot": chat.bot_is_admin}

    async def migrate_chat(self, request: web.Request) -> Json:
        """Moves a group to a supergroup id."""
        chat = self._core.find_chat(int(request.match_info["id"]))
        return {"migrate_to_chat_id": self._hands.migrate(chat)}

    async def messages(self, request: web.Request) -> list[Json]:
        """The chat as this person's phone shows it, newest last; `out` marks what the person wrote."""
        person = self._person(request)
        return [
            {**message, "out": message.get("from") is person.user, "buttons": buttons_of(message)}
            for message in person.chat.messages.values()
        ]

    async def act(self, request: web.Request) -> Json:
        """One act of a person; which fields it takes stands in the README."""
        person = self._person(request)
        act = request.match_info["act"]
        arguments = await read_arguments(request)
        fields = arguments.values
        if act in KINDS:
            return _brief(self._send_media(person, act, arguments))
        simple: dict[str, Callable[..., Any]] = {
            "start": self._hands.start,
            "text": self._hands.text,
            "edit": self._hands.edit,
            "location": self._hands.location,
            "contact": self._hands.contact,
            "block": self._hands.block,
            "unblock": self._hands.unblock,
            "deactivate": self._hands.deactivate,
            "choose": self._hands.choose,
        }
        if act in simple:
            return _brief(simple[act](person, **fields) or {})
        if act == "press":
            return {"callback_query_id": self._hands.press(person, **fields)}
        if act == "inline":
            return {"query_id": self._hands.inline(person, **fields)}
        if act == "forward":
            return _brief(self._forward(person, fields))
        if act == "migrate":
            return {"migrate_to_chat_id": self._hands.migrate(person.chat)}
        raise NotPossible("people cannot do this")

    def _send_media(self, person: Person, kind: str, arguments: Arguments) -> Json:
        fields = arguments.values
        caption = str(fields.get("caption", ""))
        more = {}
        if "origin" in fields:
            more["forward_origin"] = self._hands.origin(fields["origin"], str(fields.get("name", "Sample sender")))
        if "file" in arguments.files:
            upload = arguments.files["file"]
            return self._hands.media(person, kind, upload.data, upload.name, caption, **more)
        if "base64" in fields:
            try:
                data = base64.b64decode(fields["base64"], validate=True)
            except binascii.Error:
                raise NotPossible("base64 cannot be read") from None
            return self._hands.media(person, kind, data, str(fields.get("file_name", "")), caption, **more)
        name, data = sample_file(fields.get("sample") or kind)
        return self._hands.media(person, kind, data, name, caption, **more)

    def _forward(self, person: Person, fields: Json) -> Json:
        if "message_id" in fields:
            return self._hands.forward_message(person, int(fields["message_id"]))
        name = str(fields.get("name", "Sample sender"))
        content, origin = self._hands.forwarded_text(fields["text"], fields.get("origin", "hidden_user"), name)
        return self._hands.forward(person, content, origin)

    async def sent(self, request: web.Request) -> list[Json]:
        """Every send that took effect, after number `since`."""
        return self._core.journal.read_sent(*_page(request))

    async def attempts(self, request: web.Request) -> list[Json]:
        """Every call but quiet getUpdates, with its result, after number `since`."""
        return self._core.journal.read_attempts(*_page(request))

    async def counters(self, request: web.Request) -> dict[str, int]:
        """How many messages each chat has been sent."""
        return {str(chat_id): number for chat_id, number in self._core.journal.per_chat.items()}

    async def list_faults(self, request: web.Request) -> list[Json]:
        """The misbehaviour in force, with what is left of each count."""
        return [_fault_json(fault) for fault in self._core.faults.orders]

    async def add_fault(self, request: web.Request) -> Json:
        """Orders misbehaviour."""
        return _fault_json(self._core.faults.add((await read_arguments(request)).values))

    async def clear_faults(self, request: web.Request) -> Json:
        """Ends all misbehaviour and lets go of what hangs."""
        self._core.faults.clear()
        self._api.release()
        return {}

    async def set_latency(self, request: web.Request) -> Json:
        """Sets how many milliseconds every call takes longer: `ms`."""
        self._api.latency = float((await read_arguments(request)).values["ms"]) / 1000
        return {"ms": self._api.latency * 1000}

    async def set_limits(self, request: web.Request) -> Json:
        """Switches the sending limits: `enabled`."""
        enabled = (await read_arguments(request)).values["enabled"]
        self._core.world.limits.enabled = enabled is True
        return {"enabled": self._core.world.limits.enabled}


def buttons_of(message: Json) -> list[list[Json]]:
    """The inline buttons of a message: text with data or url."""
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[{"text": b["text"], "data": b.get("callback_data"), "url": b.get("url")} for b in row] for row in rows]


def _brief(message: Json) -> Json:
    return {"message_id": message["message_id"], "chat_id": message["chat"]["id"]} if message else {}


def _fault_json(fault: Any) -> Json:
    return {name: getattr(fault, name) for name in fault.__slots__}


def _page(request: web.Request) -> tuple[int, int]:
    return int(request.query.get("since", 0)), int(request.query.get("limit", 300_000))
