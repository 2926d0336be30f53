"""Phones in the browser: a page with one or more chats, live by server-sent events.

The pages only show; what a person does goes through the control API, so that tests and hands take the same way.
"""

import asyncio
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.sandbox.control import buttons_of
from bot.sandbox.core import Core
from bot.sandbox.media import media_of
from bot.sandbox.people import Hands
from bot.sandbox.rendering import rich_text, safe_link
from bot.sandbox.samples import RUMOURS, SAMPLE_FILES, Rumour
from bot.sandbox.state import Json, Person

HERE = Path(__file__).parent
SHOWN = 120
LISTED = 200
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {"Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
STATIC = {"phones.js": "text/javascript", "phones.css": "text/css"}
_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4")
_ARABIC_SCRIPT = ("ar", "fa", "ps", "sd", "ug", "ur")
_QUIET_SECONDS = 0.15
_STATES = {"typing": "typing…", "record_voice": "recording a voice message…", "upload_photo": "sending a photo…"}


class Phones:
    """Pages, fragments, media and the live stream."""

    def __init__(self, core: Core, hands: Hands) -> None:
        self._world = core.world
        self._hands = hands
        self.rumours: list[Rumour] = list(RUMOURS)
        self._templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
        self._templates.globals.update(samples=SAMPLE_FILES)
        self._streams: set[_Stream] = set()

    def routes(self) -> list[web.RouteDef]:
        """The routes under /phones."""
        return [
            web.get("/phones", self.page),
            web.get("/phones/events", self.events),
            web.get("/phones/list", self.people_list),
            web.get("/phones/static/{name}", self.static),
            web.get("/phones/media/{file_id}", self.media),
            web.get("/phones/{id:\\d+}", self.page),
            web.get("/phones/{id:\\d+}/chat", self.chat),
        ]

    def release(self) -> None:
        """Ends all live streams."""
        for stream in self._streams:
            stream.close()

    async def page(self, request: web.Request) -> web.Response:
        """The page: the list of people and the phones of `show=ID,ID`; `/phones/ID` is one phone alone.

        With `bare` in the query there is no list: several phones for a frame in another page.
        """
        alone = request.match_info.get("id")
        shown = self._shown(alone or request.query.get("show", ""))
        if alone and not shown:
            raise web.HTTPNotFound(text="There is no phone with this number.")
        return self._html(
            "phones.html",
            phones=[self._phone(person) for person in shown],
            alone=bool(alone),
            bare=bool(alone) or "bare" in request.query,
            rumours=self.rumours,
            **self._list(shown),
        )

    async def people_list(self, request: web.Request) -> web.Response:
        """The list of people, for renewal in the page."""
        shown = self._shown(request.query.get("show", ""))
        return self._html("_people.html", **self._list(shown, request.query.get("find", "")))

    async def chat(self, request: web.Request) -> web.Response:
        """The changing parts of one phone, for renewal in the page; looking at a chat reads it."""
        person = self._world.people.get(int(request.match_info["id"]))
        if person is None:
            raise web.HTTPNotFound
        return self._html("_chat.html", phone=self._phone(person))

    async def static(self, request: web.Request) -> web.StreamResponse:
        """The page's script and style sheet."""
        name = request.match_info["name"]
        if name not in STATIC:
            raise web.HTTPNotFound
        headers = {**HEADERS, "Cache-Control": "no-cache"}
        return web.Response(body=(HERE / "static" / name).read_bytes(), content_type=STATIC[name], headers=headers)

    async def media(self, request: web.Request) -> web.StreamResponse:
        """A file of a message; only pictures, sounds and films open in the page, anything else is a download."""
        stored = self._world.files.get(request.match_info["file_id"])
        if stored is None:
            raise web.HTTPNotFound
        inline = stored.probe.mime in _INLINE
        headers = {**HEADERS, "Accept-Ranges": "bytes", "Cache-Control": "private, max-age=3600"}
        if not inline:
            headers["Content-Disposition"] = f'attachment; filename="{_plain_name(stored.name)}"'
        kind = stored.probe.mime if inline else "application/octet-stream"
        if "Range" not in request.headers:
            return web.Response(body=stored.data, content_type=kind, headers=headers)
        try:
            part = request.http_range
        except ValueError:
            raise web.HTTPRequestRangeNotSatisfiable from None
        start, stop, _ = part.indices(len(stored.data))
        headers["Content-Range"] = f"bytes {start}-{max(stop - 1, start)}/{len(stored.data)}"
        return web.Response(status=206, body=stored.data[start:stop], content_type=kind, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: which of the shown chats have changed, and whether the list has."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        stream = _Stream({person.chat.id: person.id for person in self._shown(request.query.get("show", ""))})
        self._streams.add(stream)
        self._world.watchers.append(stream.touched)
        try:
            await response.write(b"retry: 1000\n\n")
            while (changed := await stream.wait()) is not None:
                await response.write(b"data: " + orjson.dumps({"people": changed}) + b"\n\n")
        except ConnectionResetError:
            pass
        finally:
            self._world.watchers.remove(stream.touched)
            self._streams.discard(stream)
        return response

    def _html(self, template: str, **values: Any) -> web.Response:
        text = self._templates.get_template(template).render(bot=self._bot(), **values)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    def _bot(self) -> Json:
        return {**self._world.bot, "name": self._world.texts.get(("name", "")) or self._world.bot["first_name"]}

    def _shown(self, listed: str) -> list[Person]:
        numbers = [int(part) for part in listed.split(",") if part.isascii() and part.isdecimal()]
        return [self._world.people[n] for n in dict.fromkeys(numbers) if n in self._world.people]

    def _list(self, shown: list[Person], find: str = "") -> dict[str, Any]:
        """The people to choose from, the latest chats first; beyond the first hundreds one has to search."""
        words = find.casefold().strip()
        found = [
            p for p in self._world.people.values() if words in f"{p.first_name} {p.language_code} {p.note}".casefold()
        ]
        people = sorted(found, key=_last_moment, reverse=True)
        rows = [{"person": p, "snippet": _snippet(p), "shown": p in shown} for p in people[:LISTED]]
        return {"rows": rows, "more": len(people) - len(rows), "show": ",".join(str(p.id) for p in shown)}

    def _phone(self, person: Person) -> dict[str, Any]:
        """One phone as the templates need it."""
        person.chat.unread = 0
        bubbles = []
        day = ""
        for message in list(person.chat.messages.values())[-SHOWN:]:
            bubble = self._bubble(person, message)
            bubble["new_day"], day = bubble["day"] != day, bubble["day"]
            bubbles.append(bubble)
        return {
            "person": person,
            "state": _state(person),
            "bubbles": bubbles,
            "action": self._action(person),
            "commands": self._commands(person),
            "description": self._description(person),
            "keyboard": (person.chat.keyboard or {}).get("keyboard", []),
        }

    def _bubble(self, person: Person, message: Json) -> dict[str, Any]:
        words = message.get("text") or message.get("caption") or ""
        entities = message.get("entities") or message.get("caption_entities") or []
        sent = datetime.fromtimestamp(message["date"], UTC).astimezone()
        media = media_of(message)
        bubble: dict[str, Any] = {
            "id": message["message_id"],
            "out": message.get("from") is person.user,
            "html": rich_text(words, entities),
            "lang": _language_of(words, person.language_code),
            "time": f"{sent:%H:%M}",
            "day": f"{sent:%A} {sent.day} {sent:%B}",
            "edited": "edit_date" in message,
            "protected": message.get("has_protected_content", False),
            "via": message.get("via_bot", {}).get("username"),
            "forwarded": _origin_name(message.get("forward_origin")),
            "reply": _reply_words(message),
            "media": {"kind": media[0], "id": media[1], **_media_facts(message, media[0])} if media else None,
            "place": message.get("location"),
            "contact": message.get("contact"),
            "service": "moved to a new number" if "migrate_to_chat_id" in message else None,
            "buttons": [[{**b, "url": b["url"] and safe_link(b["url"])} for b in row] for row in buttons_of(message)],
        }
        bubble["service"] = bubble["service"] or (
            "came from an older number" if "migrate_from_chat_id" in message else None
        )
        bubble["revision"] = zlib.crc32(repr(bubble).encode(errors="replace"))
        return bubble

    def _action(self, person: Person) -> str:
        if not person.chat.action:
            return ""
        action, at = person.chat.action
        recent = (self._world.clock() - at).total_seconds() < 5
        return _STATES.get(action, "busy…") if recent else ""

    def _commands(self, person: Person) -> list[Json]:
        language = person.language_code[:2]
        scopes = (f"chat:{person.chat.id}", "all_private_chats:", "default:")
        keys = [f"{scope}:{code}" for scope in scopes for code in (language, "")]
        return next((self._world.commands[key] for key in keys if key in self._world.commands), [])

    def _description(self, person: Person) -> str:
        texts: Mapping[tuple[str, str], str] = self._world.texts
        return texts.get(("description", person.language_code[:2])) or texts.get(("description", "")) or ""


class _Stream:
    """One open page: gathers changes, so that a broadcast is one renewal and not thousands."""

    def __init__(self, chats: dict[int, int]) -> None:
        self._chats = chats
        self._changed: set[int] = set()
        self._event = asyncio.Event()
        self._closed = False

    def touched(self, chat_id: int) -> None:
        """Notes a change of a chat; a chat that is not shown only renews the list."""
        if chat_id in self._chats:
            self._changed.add(self._chats[chat_id])
        self._event.set()

    def close(self) -> None:
        """Ends the stream."""
        self._closed = True
        self._event.set()

    async def wait(self) -> list[int] | None:
        """The people whose chats have changed, after a short quiet time; nothing at the end."""
        await self._event.wait()
        await asyncio.sleep(_QUIET_SECONDS)
        self._event.clear()
        changed, self._changed = sorted(self._changed), set()
        return None if self._closed else changed


def _state(person: Person) -> str:
    if person.deactivated:
        return "gone"
    if person.blocked:
        return "blocked"
    return "open" if person.started else "new"


def _last_moment(person: Person) -> int:
    return next(reversed(person.chat.messages), 0)


def _snippet(person: Person) -> str:
    if not person.chat.messages:
        return person.note
    message = person.chat.messages[_last_moment(person)]
    words = message.get("text") or message.get("caption")
    media = media_of(message)
    return str(words)[:70] if words else (media[0].replace("_", " ") if media else "")


def _language_of(words: str, app_language: str) -> str | None:
    """The language for choosing a script's style: only where the letters agree with the app's language."""
    language = app_language.split("-", maxsplit=1)[0]
    arabic = any("؀" <= c <= "ۿ" for c in words)
    return language if language in _ARABIC_SCRIPT and arabic else None


def _origin_name(origin: Json | None) -> str | None:
    if origin is None:
        return None
    part = origin.get("sender_user") or origin.get("sender_chat") or origin.get("chat") or {}
    return str(origin.get("sender_user_name") or part.get("first_name") or part.get("title") or "unknown")


def _reply_words(message: Json) -> str | None:
    replied = message.get("reply_to_message")
    return str(replied.get("text") or replied.get("caption") or "media")[:90] if replied else None


def _media_facts(message: Json, kind: str) -> Json:
    part: Any = message[kind][-1] if kind == "photo" else message[kind]
    size = part.get("file_size", 0)
    facts = {"name": part.get("file_name", kind), "size": f"{max(1, round(size / 1024))} kB"}
    seconds = part.get("duration", 0)
    return facts | {"length": f"{seconds // 60}:{seconds % 60:02}" if seconds else ""}


def _plain_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in "._- " else "_" for c in name if c.isascii())[:80] or "file"
