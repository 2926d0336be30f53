"""What people do on their phones, and the updates that the bot gets of it."""

from typing import Any

from bot.sandbox.core import Core
from bot.sandbox.markup import detect, message_text, read_text
from bot.sandbox.media import CAPTIONED, attachment, check_upload
from bot.sandbox.refusals import Refusal
from bot.sandbox.sending import content_of, forward_origin
from bot.sandbox.state import Chat, Json, Person, Press, Query

MAX_START = 64
MAX_QUERY = 256


class NotPossible(Exception):
    """Something that a phone would not let its owner do, in one sentence."""


class Hands:
    """The hands of all sample people: each method is one thing that a person does."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._world = core.world

    def start(self, person: Person, payload: str = "") -> Json:
        """Presses Start, with a deep link's payload if there is one (1-64 of A-Z a-z 0-9 _ -)."""
        if len(payload) > MAX_START or not all(c.isascii() and (c.isalnum() or c in "_-") for c in payload):
            raise NotPossible("a start payload has at most 64 of the characters A-Z a-z 0-9 _ and -")
        if person.blocked:
            self.unblock(person)
        person.started = True
        return self.text(person, f"/start {payload}".strip())

    def text(self, person: Person, text: str, chat_id: int | None = None, reply_to: int | None = None) -> Json:
        """Types a message; into a group, the bot gets it only as far as its privacy mode lets it see (`_seen`)."""
        try:
            read = message_text(text)
        except Refusal as refusal:
            raise NotPossible(refusal.description.removeprefix("Bad Request: ")) from None
        entities: Json = {"entities": read.entities} if read.entities else {}
        chat = self._chat(person, chat_id)
        if reply_to is not None:
            if reply_to not in chat.messages:
                raise NotPossible("there is no such message in this chat")
            replied = chat.messages[reply_to]
            entities["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
        return self._say(person, {"text": read.plain} | entities, chat)

    def inline(self, person: Person, query: str) -> str:
        """Types the bot's name and some words in any chat; returns the query's id.

        At most 256 characters (Bot API, InlineQuery); results count for 30 seconds here.
        """
        if len(query) > MAX_QUERY:
            raise NotPossible("an inline query has at most 256 characters")
        query_id = self._world.next_number()
        self._world.queries[query_id] = Query(person, self._world.clock())
        while len(self._world.queries) > 1_000:
            del self._world.queries[next(iter(self._world.queries))]
        self._core.updates.push(
            "inline_query", person.id, {"id": query_id, "from": person.user, "query": query, "offset": ""}
        )
        return query_id

    def choose(self, person: Person, query_id: str, result_id: str, chat_id: int | None = None) -> Json:
        """Taps one of the results: it stands in the chat as the person's own message, `via` the bot."""
        query = self._world.queries.get(query_id)
        found = [] if query is None or query.person is not person else query.results or []
        result = next((each for each in found if each["id"] == result_id), None)
        if result is None:
            raise NotPossible("there is no such result")
        content = result["input_message_content"]
        read = message_text(content["message_text"], content.get("parse_mode"), content.get("entities"))
        words: Json = {"text": read.plain} | ({"entities": read.entities} if read.entities else {})
        return self._say(person, words | {"via_bot": self._world.bot}, self._chat(person, chat_id))

    def media(self, person: Person, kind: str, data: bytes, name: str = "", caption: str = "", **more: Any) -> Json:
        """Sends a picture, voice, film or file from the phone."""
        try:
            stored = self._world.store(check_upload(kind, data), data, name)
        except Refusal as refusal:
            raise NotPossible(refusal.description.removeprefix("Bad Request: ")) from None
        words: Json = {}
        if caption and kind in CAPTIONED:
            words = {"caption": caption}
            if found := detect(caption):
                words["caption_entities"] = found
        return self._say(person, attachment(stored) | words | more)

    def location(self, person: Person, latitude: float, longitude: float) -> Json:
        """Shares a place."""
        return self._say(person, {"location": {"latitude": latitude, "longitude": longitude}})

    def contact(self, person: Person, phone_number: str, first_name: str) -> Json:
        """Shares a contact."""
        return self._say(person, {"contact": {"phone_number": phone_number, "first_name": first_name}})

    def forward(self, person: Person, content: Json, origin: Json) -> Json:
        """Forwards something from elsewhere: any content with its `forward_origin`."""
        return self._say(person, content | {"forward_origin": origin})

    def forward_message(self, person: Person, message_id: int) -> Json:
        """Forwards a message of this chat back to the bot."""
        message = self._message(person, message_id)
        if message.get("has_protected_content"):
            raise NotPossible("this message is protected: it cannot be forwarded")
        return self.forward(person, content_of(message), forward_origin(message))

    def forwarded_text(self, text: str, kind: str = "hidden_user", name: str = "Sample sender") -> tuple[Json, Json]:
        """Content and origin of a forwarded text; kinds: user, hidden_user, chat, channel."""
        read = read_text(text)
        content: Json = {"text": read.plain} | ({"entities": read.entities} if read.entities else {})
        return content, self.origin(kind, name)

    def origin(self, kind: str, name: str) -> Json:
        """A forward origin of each kind that Telegram knows."""
        title = {"id": -1001234567890, "title": name}
        shapes: dict[str, Json] = {
            "user": {"sender_user": {"id": 1234567890, "is_bot": False, "first_name": name}},
            "hidden_user": {"sender_user_name": name},
            "chat": {"sender_chat": title | {"type": "supergroup"}},
            "channel": {"chat": title | {"type": "channel"}, "message_id": 42},
        }
        if kind not in shapes:
            raise NotPossible(f"unknown kind of origin; known: {', '.join(shapes)}")
        return {"type": kind, "date": self._world.now() - 3600} | shapes[kind]

    def press(self, person: Person, message_id: int, data: str | None = None, label: str | None = None) -> str:
        """Presses an inline button, named by its data or its label; returns the callback query's id."""
        message = self._message(person, message_id)
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [b for row in rows for b in row if "callback_data" in b]
        wanted = [b for b in buttons if b["callback_data"] == data or b["text"] == label]
        if not wanted:
            raise NotPossible("there is no such button under this message")
        if person.blocked:
            raise NotPossible("unblock the bot first")
        query_id = self._world.next_number()
        self._forget_presses()
        self._world.presses[query_id] = Press(person, message_id, self._world.clock())
        query = {"id": query_id, "from": person.user, "message": message, "chat_instance": str(person.id)}
        self._core.updates.push("callback_query", person.chat.id, query | {"data": wanted[0]["callback_data"]})
        return query_id

    def edit(self, person: Person, message_id: int, text: str) -> Json:
        """Edits one of the person's own texts."""
        message = self._message(person, message_id)
        if message["from"] is not person.user or "text" not in message:
            raise NotPossible("only texts of one's own can be edited")
        read = message_text(text)
        edited = {k: v for k, v in message.items() if k != "entities"} | {"text": read.plain}
        edited |= {"edit_date": self._world.now()} | ({"entities": read.entities} if read.entities else {})
        person.chat.messages[message_id] = edited
        self._world.touch(person.chat.id)
        self._core.updates.push("edited_message", person.chat.id, edited)
        return edited

    def block(self, person: Person) -> None:
        """Stops the bot from writing to this person."""
        self._membership(person, blocked=True)

    def unblock(self, person: Person) -> None:
        """Lets the bot write again."""
        self._membership(person, blocked=False)

    def deactivate(self, person: Person) -> None:
        """Deletes the person's account: the bot gets 403 from now on."""
        person.deactivated = True
        self._world.touch(person.chat.id)

    def migrate(self, chat: Chat) -> int:
        """Moves a chat to a new id, as when a group becomes a supergroup; returns the new id.

        Private chats never move at Telegram; here they may, so that a test needs no group.
        """
        new_id = self._world.new_supergroup_id()
        title = chat.json.get("title") or chat.json["first_name"]
        kind = "moved" if chat.private else "supergroup"
        moved = Chat(new_id, kind, {"id": new_id, "type": "supergroup", "title": title}, chat.members)
        moved.admins, moved.bot_is_admin = chat.admins, chat.bot_is_admin
        self._world.chats[new_id] = moved
        chat.migrated_to = new_id
        sender = {"from": chat.members[0].user} if chat.members else {}
        if kind == "moved":
            chat.members[0].chat = moved
            moved.messages = chat.messages
        self._service(chat, sender | {"migrate_to_chat_id": new_id})
        self._service(moved, sender | {"migrate_from_chat_id": chat.id})
        return new_id

    def _service(self, chat: Chat, message: Json) -> None:
        self._core.updates.push("message", chat.id, self._world.put(chat, message))

    def _chat(self, person: Person, chat_id: int | None) -> Chat:
        if chat_id is None:
            return person.chat
        chat = self._world.chats.get(chat_id)
        if chat is None or person not in chat.members:
            raise NotPossible("this person is not in that chat")
        return chat

    def _say(self, person: Person, content: Json, chat: Chat | None = None) -> Json:
        if person.deactivated:
            raise NotPossible("this account has been deleted")
        if person.blocked:
            raise NotPossible("unblock the bot first")
        chat = chat or person.chat
        own = chat is person.chat
        person.started = person.started or own
        if own:
            chat.unread = 0
        message = self._world.put(chat, {"from": person.user, **content})
        if own or self._seen(chat, content):
            self._core.updates.push("message", chat.id, message)
        return message

    def _seen(self, chat: Chat, content: Json) -> bool:
        """Whether a bot in privacy mode sees this in a group.

        Commands (for another bot: not), replies to the bot, mentions of it, what came through it; as an administrator
        everything (core.telegram.org/bots/features, Privacy mode).
        """
        name = f"@{self._world.bot['username']}".lower()
        text = str(content.get("text") or content.get("caption") or "").lower()
        first = text.split(maxsplit=1)[0] if text.split() else ""
        command = first.startswith("/") and ("@" not in first or first.endswith(name))
        replied = content.get("reply_to_message", {}).get("from") == self._world.bot
        return chat.bot_is_admin or command or replied or name in text or "via_bot" in content

    def _message(self, person: Person, message_id: int) -> Json:
        message = person.chat.messages.get(message_id)
        if message is None:
            raise NotPossible("there is no such message in this chat")
        return message

    def _membership(self, person: Person, *, blocked: bool) -> None:
        if person.blocked == blocked:
            return
        person.blocked = blocked
        member: Json = {"user": self._world.bot, "status": "member"}
        banned: Json = {"user": self._world.bot, "status": "kicked", "until_date": 0}
        change = {
            "chat": person.chat.json,
            "from": person.user,
            "date": self._world.now(),
            "old_chat_member": member if blocked else banned,
            "new_chat_member": banned if blocked else member,
        }
        self._core.updates.push("my_chat_member", person.chat.id, change)
        self._world.touch(person.chat.id)

    def _forget_presses(self) -> None:
        """Keeps the list of unanswered presses short: the oldest of more than 10,000 go."""
        if len(self._world.presses) > 10_000:
            del self._world.presses[next(iter(self._world.presses))]
