"""The stand-in's inside, without HTTP: who may be written to, what is stored and logged when the bot sends."""

from typing import Any

from bot.sandbox.calls import Upload
from bot.sandbox.faults import Faults
from bot.sandbox.journal import Journal
from bot.sandbox.media import check_upload, file_of
from bot.sandbox.refusals import Refusal, bad_request, forbidden, too_many_requests
from bot.sandbox.state import Chat, Clock, Json, StoredFile, World
from bot.sandbox.updates import Updates
from bot.sandbox.webhook import Webhook


class Core:
    """World, updates, journal and faults of one bot."""

    def __init__(self, token: str, bot_username: str, clock: Clock, rate_limit: bool, retry_seconds: float) -> None:
        self.world = World(token, bot_username, clock, rate_limit)
        self.updates = Updates(self.world.first_update_id, clock)
        self.journal = Journal()
        self.faults = Faults()
        self.retry_seconds = retry_seconds

    @property
    def webhook(self) -> Webhook | None:
        """The webhook that is set, if any."""
        return self.updates.delivery if isinstance(self.updates.delivery, Webhook) else None

    def find_chat(self, chat_id: int | str) -> Chat:
        """A chat that the bot may name; raises Refusal if it is unknown or has moved."""
        chat = self.world.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, reason, migrate_to_chat_id=chat.migrated_to)
        return chat

    def open_chat(self, chat_id: int | str) -> Chat:
        """A chat that the bot may write to now; raises Refusal as Telegram would."""
        chat = self.find_chat(chat_id)
        if chat.private or chat.type == "moved":
            person = chat.members[0]
            if person.deactivated:
                raise forbidden("user is deactivated")
            if person.blocked:
                raise forbidden("bot was blocked by the user")
            if not person.started:
                raise forbidden("bot can't initiate conversation with a user")
        elif not chat.members:
            raise forbidden("bot was kicked from the group chat")
        return chat

    def find_message(self, chat: Chat, message_id: int, purpose: str) -> Json:
        """A message of a chat; raises Refusal "message to <purpose> not found"."""
        message = chat.messages.get(message_id)
        if message is None:
            raise bad_request(f"message to {purpose} not found")
        return message

    def take_limit(self, chat: Chat, paid: bool, messages: int = 1) -> None:
        """Counts sends against the limits; raises Refusal 429 with the seconds to wait."""
        now = self.world.clock().timestamp()
        for _ in range(messages):
            wait = self.world.limits.take(now, chat.id, group=chat.id < 0 and chat.type != "moved", paid=paid)
            if wait:
                raise too_many_requests(wait)

    def put(self, chat: Chat, message: Json, method: str) -> Json:
        """Stores the bot's message and notes it in the journal."""
        stored = self.world.put(chat, {"from": self.world.bot, **message})
        chat.unread += 1
        chat.action = None
        media = file_of(self.world, stored)
        at = self.world.clock().timestamp()
        self.journal.sent(at, method, stored, media.unique_id if media else None)
        return stored

    def receive_file(self, kind: str, given: Upload | str) -> StoredFile:
        """An upload, stored, or the file of an id; raises Refusal for what Telegram would not take."""
        if isinstance(given, Upload):
            return self.world.store(check_upload(kind, given.data), given.data, given.name)
        return self.world.find_file(given, kind)

    def webhook_error(self) -> dict[str, Any]:
        """The last failure of the webhook, as fields of WebhookInfo."""
        if not self.webhook or not self.webhook.last_error:
            return {}
        at, reason = self.webhook.last_error
        return {"last_error_date": at, "last_error_message": reason}
