"""What the stand-in remembers: people, chats, messages, files. All of it in memory, all of it bounded.

Messages are kept as the Bot API's own JSON objects; parts that repeat (the chat, the sender, a broadcast's text and
its entities) are shared between them, so that a broadcast to thousands stays small.
"""

import hashlib
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.sandbox.limits import Limits
from bot.sandbox.probing import Probe, probe
from bot.sandbox.refusals import bad_request

Json = dict[str, Any]
Clock = Callable[[], datetime]
HISTORY = 400
_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation with the bot. Private chats have the person's id; groups and supergroups negative ones."""

    id: int
    type: str
    json: Json
    members: "list[Person]"
    messages: dict[int, Json] = field(default_factory=dict)
    migrated_to: int | None = None
    unread: int = 0
    keyboard: Json | None = None
    action: tuple[str, datetime] | None = None
    admins: set[int] = field(default_factory=set)
    bot_is_admin: bool = False

    @property
    def private(self) -> bool:
        """True for a chat with one person."""
        return self.type == "private"


@dataclass(slots=True, eq=False)
class Person:
    """A sample person with a phone. `language_code` is the language of their Telegram app (BCP 47)."""

    id: int
    first_name: str
    language_code: str
    username: str | None = None
    note: str = ""
    kind: str = "resident"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    user: Json = field(default_factory=dict)
    chat: Chat = field(init=False)
    answer: Json | None = None

    def __post_init__(self) -> None:
        named = {"id": self.id, "first_name": self.first_name}
        named |= {"username": self.username} if self.username else {}
        self.user = {**named, "is_bot": False, "language_code": self.language_code}
        self.chat = Chat(self.id, "private", {**named, "type": "private"}, [self])


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes under one kind (photo, voice, ...); the same bytes as another kind have another file id."""

    kind: str
    file_id: str
    unique_id: str
    path: str
    name: str
    data: bytes
    probe: Probe


@dataclass(slots=True)
class Press:
    """A pressed inline button that waits for answerCallbackQuery."""

    person: Person
    message_id: int
    pressed_at: datetime


@dataclass(slots=True)
class Query:
    """An inline query that waits for answerInlineQuery, or the results that it got."""

    person: Person
    asked_at: datetime
    results: list[Json] | None = None
    button: Json | None = None


FOLDERS = {
    "photo": "photos",
    "voice": "voice",
    "video": "videos",
    "video_note": "video_notes",
    "audio": "music",
    "document": "documents",
    "animation": "animations",
    "sticker": "stickers",
}
TYPE_NAMES = {
    "photo": "Photo",
    "voice": "VoiceNote",
    "video": "Video",
    "video_note": "VideoNote",
    "audio": "Audio",
    "document": "Document",
    "animation": "Animation",
    "sticker": "Sticker",
}
_ENDINGS = {"audio/ogg": "oga", "image/png": "png", "image/jpeg": "jpg", "video/mp4": "mp4", "audio/mpeg": "mp3"}


class World:
    """Everything that one bot token can see, and the numbers that Telegram would give out."""

    def __init__(self, token: str, bot_username: str, clock: Clock, rate_limit: bool) -> None:
        bot_id, _, secret = token.partition(":")
        if not (bot_id.isdigit() and secret and "/" not in token):
            raise ValueError("a bot token looks like 123456:letters-and-digits")
        self.token = token
        self.clock = clock
        self.limits = Limits(rate_limit)
        self.bot: Json = {"id": int(bot_id), "is_bot": True, "first_name": "Vouch (sample)", "username": bot_username}
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self.queries: dict[str, Query] = {}
        self.commands: dict[str, list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.watchers: list[Callable[[int], None]] = []
        self._random = random.Random(f"{token}:{bot_username}")  # noqa: S311 (sample ids, the same at every start)
        since = int((clock() - _EPOCH).total_seconds()) % 500_000_000
        self._message_ids = count(since + 1)
        self._numbers = count((since + 1) << 20)
        self.first_update_id = since * 4 + 1

    def now(self) -> int:
        """The current time as Telegram writes it: whole seconds since 1970."""
        return int(self.clock().timestamp())

    def add_person(self, first_name: str, language_code: str, **more: Any) -> Person:
        """Adds a sample person with an id as real ones look (ten digits); fields as in Person."""
        person = Person(self._new_id(), first_name, language_code, **more)
        self.people[person.id] = person
        self.chats[person.id] = person.chat
        return person

    def add_group(self, title: str, members: list[Person]) -> Chat:
        """Adds a basic group in which the bot and these people are."""
        number = -(self._new_id() // 2)
        chat = Chat(number, "group", {"id": number, "type": "group", "title": title}, members)
        self.chats[number] = chat
        return chat

    def _new_id(self) -> int:
        while (number := self._random.randrange(1_000_000_000, 8_000_000_000)) in self.people:
            pass
        return number

    def new_supergroup_id(self) -> int:
        """An id as supergroups have: -100 and ten digits."""
        return int(f"-100{self._new_id()}")

    def next_number(self) -> str:
        """A long number for callback queries and media groups, never given twice by one stand-in."""
        return str(next(self._numbers))

    def put(self, chat: Chat, message: Json) -> Json:
        """Stores a message in its chat under a new id and shows it on the phones; the oldest are forgotten."""
        message = {"message_id": next(self._message_ids), "chat": chat.json, "date": self.now(), **message}
        chat.messages[message["message_id"]] = message
        if len(chat.messages) > HISTORY:
            del chat.messages[next(iter(chat.messages))]
        self.touch(chat.id)
        return message

    def touch(self, chat_id: int) -> None:
        """Tells every watching phone that a chat has changed."""
        for watcher in self.watchers:
            watcher(chat_id)

    def store(self, kind: str, data: bytes, name: str = "") -> StoredFile:
        """Stores bytes as one kind of media; equal bytes of one kind are one file."""
        digest = hashlib.sha256(data).digest()
        owner = hashlib.sha256(f"{self.token}:{kind}".encode()).digest()
        file_id = "Ag" + urlsafe_b64encode(owner[:9] + digest[:24]).decode()
        known = self.files.get(file_id)
        if known:
            return known
        facts = probe(data)
        ending = _ENDINGS.get(facts.mime) or (name.rpartition(".")[2] if "." in name else "bin")
        ending = ending if ending.isalnum() and ending.isascii() else "bin"
        unique = "AQ" + urlsafe_b64encode(digest[:12]).decode()
        path = f"{FOLDERS[kind]}/file_{len(self.paths)}.{ending}"
        stored = StoredFile(kind, file_id, unique, path, name or f"file.{ending}", data, facts)
        self.files[file_id] = self.paths[path] = stored
        return stored

    def find_file(self, file_id: str, kind: str | None = None) -> StoredFile:
        """The file of an id; raises Refusal for an unknown id and for one of another kind."""
        stored = self.files.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if kind and stored.kind != kind:
            raise bad_request(f"can't use file of type {TYPE_NAMES[stored.kind]} as {TYPE_NAMES[kind]}")
        return stored
