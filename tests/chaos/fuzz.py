"""Updates of every kind that the Bot API knows, made from python-telegram-bot's classes, with hostile values."""

import inspect
import itertools
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import telegram

from bot.app.base import Base
from bot.app.run import _offered
from bot.channels.telegram.outgoing import text_body
from bot.channels.telegram.updates import translate
from bot.chat.conversation import BUTTONS, COMMANDS, Conversation
from bot.chat.renderer import ChatRenderer
from bot.chat.rooms import Rooms
from bot.domain.messaging import OutgoingMessage, SendOutcome, Sent
from bot.domain.staff import Role
from bot.errors import Unavailable
from bot.sandbox.markup import message_text
from bot.services.inbox import Inbox, InboxWorker
from bot.services.ports import FetchedFile
from bot.services.privacy import Privacy
from bot.services.residents import Residents
from bot.services.vault import Sealer
from tests.chaos import town
from tests.chaos.figures import Figure, at_least, at_most, exactly, shown
from tests.stage import Stage

CHATS = 60
KINDS = tuple(
    name for name in inspect.signature(telegram.Update.__init__).parameters
    if name not in {"self", "update_id", "api_kwargs"}
)  # fmt: skip
_NAMES = {"from_user": "from"}
_CLASS = re.compile(r"[A-Z][A-Za-z]+")
_HANDLED = ("message", "callback_query", "my_chat_member", "edited_message")
TEXTS = (
    "", " ", "\0", "a" * 4096, "😀" * 4096, "x" * 100_000, "<b>", "<script>alert(1)</script>", "&lt;&amp;", "{what}",
    "%s%n", "{0.__class__}", "'; DROP TABLE residents; --", "\ud800", "\udfff\ud800", "\u202e\u2066\u2069\u200f",
    "e" + "\u0301" * 400, "\u200b\u200d\ufeff", "گھر پر رہیں", "שלום", "ᠮᠣᠩᠭᠣᠯ", "𒀀𒀁", "\r\n\t\v\f", "../../etc/passwd",
    "http://127.0.0.1:8080/x", "https://xn--80ak6aa92e.com/" + "a" * 3000, "@everyone", "/", "//", "/start@OtherBot",
    "**bold** _it_ `code`", "None", "null", "١٢٣", "🇬🇧", "ﷺ" * 300, "A\u0000B", "+447700900000", "me@example.com",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2**31, -(2**31), 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 1.5, -0.0, 1e308, True, False, "7", "1e9",
)  # fmt: skip
ODD: tuple[Any, ...] = (None, [], {}, [[]], [None], {"id": {}}, "text", 7, 1.5, True)


class Generator:
    """Makes updates. About half are sound enough to reach the conversation; the rest are sound in no way at all."""

    def __init__(self, seed: int, chats: list[int]) -> None:
        self._chance = random.Random(seed)
        self._chats = chats
        self.fields: Counter[str] = Counter()

    def update(self, number: int, kind: str) -> bytes:
        """One update of this kind as the JSON that Telegram would send."""
        sound = self._chance.random() < 0.6
        payload = self._sound(kind) if sound and kind in _HANDLED else self._object(_class_of(telegram.Update, kind), 0)
        body: dict[str, Any] = {"update_id": number, kind: payload}
        if self._chance.random() < 0.02:
            body[self._chance.choice(KINDS)] = self._chance.choice(ODD)
        return json.dumps(body).encode()

    def _sound(self, kind: str) -> dict[str, Any]:
        chat = {"id": self._chance.choice(self._chats), "type": "private"}
        language = self._chance.choice(["en", "ur", "pl", "zz", "x" * 300, "pt-BR", ""])
        person = {"id": chat["id"], "is_bot": False, "first_name": "a", "language_code": language}
        base = {"message_id": self._chance.randrange(1, 10**6), "date": 1, "chat": chat, "from": person}
        if kind == "callback_query":
            data = self._data()
            return {"id": "1", "from": person, "chat_instance": "1", "message": base, "data": data}
        if kind == "my_chat_member":
            status = self._chance.choice(["kicked", "member", "left", "restricted", "king"])
            return {"chat": chat, "from": person, "date": 1, "new_chat_member": {"status": status, "user": {}}}
        return base | self._content()

    def _content(self) -> dict[str, Any]:
        match self._chance.randrange(4):
            case 0:
                return {"text": self._chance.choice(TEXTS)}
            case 1:
                name = self._chance.choice([*COMMANDS, "unknown", "ｓtart", "a" * 40])
                return {"text": f"/{name} {self._chance.choice(('', self._data(), self._chance.choice(TEXTS)))}"}
            case 2:
                own = self._object(telegram.Message, 0)
                kept = own.items() if isinstance(own, dict) else ()
                return {key: value for key, value in kept if key not in {"chat", "from", "message_id"}}
            case _:
                name = self._chance.choice(["photo", "voice", "video", "document", "sticker", "video_note", "audio"])
                return {name: self._of(_annotation(telegram.Message, name), 0), "caption": self._chance.choice(TEXTS)}

    def _data(self) -> str:
        name = self._chance.choice([*BUTTONS, "zz", ""])
        odd = ("1", "0", "-1", "9" * 30, "9" * 5000, "١٢", "²", "read", "listen", "yes", "ur", "zz", "a:b", "7", "")
        count = self._chance.randrange(4)
        return ":".join([name, *(self._chance.choice((*odd, *TEXTS[:12])) for _ in range(count))])

    def _object(self, kind: type | None, depth: int) -> Any:
        if kind is None or self._chance.random() < 0.03:
            return self._chance.choice(ODD)
        made = {}
        parameters = [each for each in inspect.signature(kind).parameters if each != "api_kwargs"]
        wanted = len(parameters) if len(parameters) < 6 else self._chance.randrange(3, 9)
        for name in self._chance.sample(parameters, min(wanted, len(parameters))):
            self.fields[f"{kind.__name__}.{name}"] += 1
            made[_NAMES.get(name, name)] = self._of(_annotation(kind, name), depth)
        return made

    def _of(self, annotation: str, depth: int) -> Any:
        if self._chance.random() < 0.05:
            return self._chance.choice(ODD)
        kind = next((found for each in _CLASS.findall(annotation) if (found := _telegram_class(each))), None)
        if kind is not None:
            value = self._object(kind, depth + 1) if depth < 3 else self._chance.choice(ODD)
        elif "str" in annotation:
            value = self._chance.choice((*TEXTS, "private", "member", "kicked"))
        elif "int" in annotation or "float" in annotation or "datetime" in annotation:
            value = self._chance.choice((*NUMBERS, *self._chats[:3]))
        elif "bool" in annotation:
            value = self._chance.choice((True, False, "yes"))
        else:
            value = self._chance.choice(ODD)
        return [value] * self._chance.randrange(4) if "Sequence" in annotation or "list[" in annotation else value


def _annotation(kind: type, name: str) -> str:
    return str(inspect.signature(kind).parameters[name].annotation)


def _class_of(kind: type, name: str) -> type | None:
    return next((found for each in _CLASS.findall(_annotation(kind, name)) if (found := _telegram_class(each))), None)


def _telegram_class(name: str) -> type | None:
    found = getattr(telegram, name, None)
    return found if isinstance(found, type) and issubclass(found, telegram.TelegramObject) else None


# Putting them through


class Silent:
    """A channel that takes everything and says nothing."""

    async def send(self, chat_id: int, message: OutgoingMessage) -> SendOutcome:
        return Sent(1)

    async def acknowledge(self, press_id: str) -> None: ...

    async def fetch(self, file_id: str, *, limit: int) -> FetchedFile:
        raise Unavailable("nothing here")

    async def probe(self) -> bool:
        return True


@dataclass(slots=True)
class Bench:
    """The inbox and the conversation on a real database, without a process around them."""

    base: Base
    inbox: Inbox
    worker: InboxWorker
    slowest: float = 0.0

    @classmethod
    def of(cls, base: Base) -> "Bench":
        """Wire them as `vouch run` does."""
        assert base.vault is not None
        desk, privacy = base.desk, Privacy(base.vault, base.erasures, base.clock)
        residents = Residents(base.vault, desk.outbox, desk.cards, base.clock)
        rooms = Rooms(desk, residents, privacy, base.catalogs, base.status, _offered(base))
        conversation = Conversation(desk, base.vault, residents, privacy, rooms)
        worker = InboxWorker(base.db, base.bot_id, base.vault, translate, conversation.handle, Silent(), batch=20)
        return cls(base, Inbox(base.db, base.bot_id, Sealer(base.vault.public_key), base.clock), worker)

    async def put(self, updates: list[tuple[int, bytes]]) -> None:
        """Store updates and handle all of them."""
        await self.inbox.accept_all([(number, raw, 0) for number, raw in updates])
        began = time.monotonic()
        while handled := await self.worker.step():
            self.slowest = max(self.slowest, (time.monotonic() - began) / handled)
            began = time.monotonic()


async def run(folder: Path, updates: int, *, seed: int = 1) -> list[Figure]:
    """Put generated updates through translation and conversation on a real database, then ask how everybody is."""
    stage = Stage(folder)
    place = await town.build(stage, CHATS)
    chats = list(place.people)
    generator = Generator(seed, chats)
    async with town.base_of(stage) as base:
        await _some_are_staff(base, chats)
        bench = Bench.of(base)
        # Half are evenly of every kind; half are of those kinds that we read.
        every, read = itertools.cycle(KINDS), itertools.cycle(_HANDLED)
        kinds = [next(every if number % 2 else read) for number in range(updates)]
        random.Random(seed).shuffle(kinds)
        made = [(number, generator.update(number, kind)) for number, kind in enumerate(kinds, 1)]
        began = time.monotonic()
        for at in range(0, updates, 200):
            await bench.put(made[at : at + 200])
        seconds = time.monotonic() - began
        poisoned = dict(town.rows(stage, "SELECT error, count(*) FROM updates WHERE state = 2 GROUP BY error"))
        unsendable, answers = _unsendable(base, stage), _answers(stage)
        silent = await _silent_chats(base, bench, chats, updates + 1)
    unexpected = {name: n for name, n in poisoned.items() if name != "unreadable"}
    assert not unexpected, f"unhandled exceptions: {unexpected}"
    assert not unsendable, f"answers that Telegram would refuse: {unsendable}"
    label = f"{updates:,} fuzzed updates"
    return [
        exactly(f"{label}: kinds", len(set(kinds)), len(KINDS), "kinds"),
        shown(f"{label}: fields", len(generator.fields), "fields"),
        exactly(f"{label}: unhandled exceptions", sum(unexpected.values()), 0, "updates"),
        shown(f"{label}: set aside as unreadable", poisoned.get("unreadable", 0), "updates", updates),
        exactly(f"{label}: answers that could not be sent", sum(unsendable.values()), 0, "answers"),
        at_least(f"{label}: answers", answers, updates / 10, "answers"),
        exactly(f"{label}: chats that get no answer any more", silent, 0, "chats"),
        at_most(f"{label}: slowest batch, an update", bench.slowest * 1000, 250, "ms"),
        shown(f"{label}: handled", updates / seconds, "updates/s"),
    ]


async def _some_are_staff(base: Base, chats: list[int]) -> None:
    assert base.vault is not None
    async with base.db.write() as uow:
        for number, chat_id in enumerate(chats[:3]):
            await base.desk.staff.add(
                uow, None, f"Sample Fuzzed {number}", list(Role), ["ur"], person_tag=base.vault.staff_tag(chat_id),
                chat=base.vault.seal_chat(chat_id),
            )  # fmt: skip


def _answers(stage: Stage) -> int:
    return int(town.rows(stage, "SELECT count(*) FROM outbox")[0][0])


def _unsendable(base: Base, stage: Stage) -> Counter[str]:
    """Answers that no screen can show, or that the stand-in's rules (which are Telegram's) refuse."""
    renderer = ChatRenderer(base.catalogs, base.controller)
    wrong: Counter[str] = Counter()
    for kind, params, language in town.rows(stage, "SELECT kind, params, language FROM outbox"):
        try:
            message = renderer.render(kind, json.loads(params), language)
            call = json.loads(text_body(1, message))
            message_text(call["text"], "HTML")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and named
            wrong[f"{kind}: {type(error).__name__} {error}"[:200]] += 1
            continue
        for button in (each for row in message.buttons for each in row):
            if not button.label.strip() or len(button.data.encode()) > 64:
                wrong[f"{kind}: button {button}"[:200]] += 1
    return wrong


async def _silent_chats(base: Base, bench: Bench, chats: list[int], number: int) -> int:
    """Everybody sends an ordinary message; how many get no answer to it."""
    assert base.vault is not None
    async with base.db.write() as uow:
        # What was answered before must not count, and nobody is waited for.
        for tag in (tag for chat_id in chats for tag in (base.vault.tag(chat_id), base.vault.asking_tag(chat_id))):
            await uow.outbox.drop_of(base.bot_id, [tag])
    updates = []
    for offset, chat_id in enumerate(chats):
        who = {"id": chat_id, "is_bot": False, "first_name": "a", "language_code": "en"}
        chat = {"id": chat_id, "type": "private"}
        said = {"message_id": 1, "date": 1, "chat": chat, "from": who, "text": f"Is it true that {offset}?"}
        updates.append((number + offset, json.dumps({"update_id": number + offset, "message": said}).encode()))
    await bench.put(updates)
    async with base.db.read() as uow:
        rows = await uow.outbox.queued(base.bot_id, limit=100_000, now=base.clock.now())
        answered = {row.person_tag for row in rows}
        return sum(base.vault.tag(chat_id) not in answered for chat_id in chats)
