"""In groups: answers to those who ask, and to nobody else, unless the group's administrators want it otherwise.

Of a group nothing is kept but a keyed hash where its administrators chose something. What somebody asks about there is
looked up and forgotten: to pass it on, they come to our own chat, where they are told what happens to it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.chat import submissions
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.db import UnitOfWork
from bot.domain.events import Event, EventKind
from bot.domain.rumours import RumourState
from bot.i18n import SOURCE
from bot.services.outbox import Address
from bot.services.rumours import Known, Submission
from bot.services.vault import Vault

AGAIN_AFTER = timedelta(hours=24)
"""Unasked, a group hears about one thing once in this time."""
_REMEMBERED = 20
OpenTalk = Callable[[UnitOfWork, Event, int], Awaitable[Talk]]


class Groups:
    """Handles what happens in groups."""

    def __init__(self, rooms: Rooms, vault: Vault, open_talk: OpenTalk, may_enter: Callable[[Talk], bool]) -> None:
        self._rooms = rooms
        self._vault = vault
        self._open = open_talk
        self._may_enter = may_enter

    async def handle(self, uow: UnitOfWork, event: Event) -> None:
        """Deal with one event of a group."""
        desk = self._rooms.desk
        tag = self._vault.tag(event.chat_id)
        if event.kind is EventKind.BLOCKED:
            await uow.groups.drop(desk.bot_id, tag)
        elif event.kind is EventKind.MIGRATED and event.new_chat_id is not None:
            await uow.groups.move(desk.bot_id, tag, to=self._vault.tag(event.new_chat_id))
        elif event.kind is EventKind.COMMAND:
            if event.command == "check" and self.is_for_us(event):
                await self._check(uow, event)
        elif event.kind in {EventKind.TEXT, EventKind.MEDIA}:
            await self._overhear(uow, event, tag)

    def is_for_us(self, event: Event) -> bool:
        """Whether a command was for us: `/check@name` names another bot, perhaps."""
        return not event.addressee or event.addressee.lower() == self._rooms.desk.controller.bot_name.lower()

    async def say(self, uow: UnitOfWork, event: Event, screen: str, language: str, **params: object) -> None:
        """Reply in the group."""
        desk = self._rooms.desk
        to = Address(desk.bot_id, self._vault.seal_chat(event.chat_id), self._vault.tag(event.chat_id))
        await desk.outbox.put(uow, to, screen, language, reply_ref=event.message_ref, **params)

    async def language_of(self, uow: UnitOfWork, event: Event) -> tuple[Talk | None, str]:
        """Who wrote, as far as they are known to us, and the language that they read."""
        app = self._rooms.offered_tag(event.app_language) or SOURCE
        if not event.sender_id:
            return None, app
        talk = await self._open(uow, event, event.sender_id)
        return talk, talk.language if talk.knows_language else self._rooms.registry.reading(app).tag

    async def admitted(self, uow: UnitOfWork, event: Event) -> str | None:
        """The language to answer in; None while a closed pilot has not let this person in: then nothing is said."""
        talk, language = await self.language_of(uow, event)
        if self._rooms.desk.controller.pilot and not (talk is not None and self._may_enter(talk)):
            return None
        return language

    async def _check(self, uow: UnitOfWork, event: Event) -> None:
        language = await self.admitted(uow, event)
        if language is None:
            return
        submission = _asked_about(event)
        if submission is None:
            await self.say(uow, event, "group.usage", language)
            return
        known = await self._look_up(uow, submission, language)
        if known is not None and known.card is not None:
            await self.say(uow, event, "group.known", language, card=known.card)
        else:
            await self.say(uow, event, "group.unknown", language)

    async def _overhear(self, uow: UnitOfWork, event: Event, tag: bytes) -> None:
        """Only where the administrators turned it on, only what is certain, and not again and again."""
        desk = self._rooms.desk
        row = await uow.groups.get(desk.bot_id, tag)
        if row is None or not row.automatic:
            return
        language = await self.admitted(uow, event)
        known = await self._look_up(uow, submissions.read(event), language) if language else None
        if language is None or known is None or known.card is None or known.rumour.state != RumourState.ANSWERED:
            return
        now = desk.clock.now()
        recent = [each for each in row.answered if now - datetime.fromisoformat(each[1]) < AGAIN_AFTER]
        if any(each[0] == known.rumour.id for each in recent):
            return
        await uow.groups.change(desk.bot_id, tag, answered=[*recent, [known.rumour.id, now.isoformat()]][-_REMEMBERED:])
        await self.say(uow, event, "group.known", language, card=known.card)

    async def _look_up(self, uow: UnitOfWork, submission: Submission, language: str) -> Known | None:
        return await self._rooms.desk.rumours.look_up(uow, submission, listen=language, read=language, form="text")


def _asked_about(event: Event) -> Submission | None:
    """What stands behind the command, or the message that it replies to."""
    if event.payload:
        return Submission("text", event.payload, None, False)
    replied = event.replied
    if replied is None or not (replied.text or replied.media):
        return None
    asked = Event(EventKind.TEXT, event.chat_id, text=replied.text, media=replied.media, forwarded=replied.forwarded)
    return submissions.read(asked)
