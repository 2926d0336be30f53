"""What has to be asked of, or told to, the channel at once, after the transaction: inline answers, who is in charge.

Neither is kept for later: who gets no answer types on, and an administrator whose switch did nothing presses again.
"""

import re
from collections.abc import Awaitable, Callable
from html import unescape

from bot.chat.conversation import Conversation
from bot.chat.rooms import Rooms
from bot.chat.screens.cards import card_html
from bot.chat.screens.groups import page_of
from bot.chat.screens.screen import Screen, paragraphs
from bot.db import Database, UnitOfWork
from bot.domain.events import Event, EventKind
from bot.domain.inline import MOST_RESULTS, InlineAnswer, InlineResult
from bot.i18n import pN_
from bot.services.ports import Messenger
from bot.services.vault import Vault

Step = Callable[[], Awaitable[None]]
_TAG = re.compile(r"<[^>]*>")
NOT_OPEN = pN_("button", "Open our chat")
IN_CHARGE = frozenset({"creator", "administrator"})
"""Statuses of a ChatMember who runs a group (Bot API, ChatMember)."""


class Elsewhere:
    """Gives each event's further step, if it has one."""

    def __init__(self, db: Database, conversation: Conversation, rooms: Rooms, vault: Vault, messenger: Messenger) -> (
        None
    ):  # fmt: skip
        self._db = db
        self._conversation = conversation
        self._rooms = rooms
        self._vault = vault
        self._messenger = messenger

    async def step(self, uow: UnitOfWork, event: Event) -> Step | None:
        """What is left to do for this event once everything is committed."""
        if event.kind is EventKind.INLINE:
            answer = await self.answer(uow, event)
            return lambda: self._messenger.answer_inline(answer)
        switched = event.payload.strip().lower()
        if (
            not event.private and event.kind is EventKind.COMMAND and event.command == "auto"
            and switched in {"on", "off"} and self._conversation.groups.is_for_us(event)
        ):  # fmt: skip
            return lambda: self._switch(event, on=switched == "on")
        return None

    async def answer(self, uow: UnitOfWork, event: Event) -> InlineAnswer:
        """Approved texts in force that fit the words, in the writer's language; nothing while the pilot is closed."""
        talk = await self._conversation.open_talk(uow, event, event.chat_id)
        app = self._rooms.registry.reading(self._rooms.offered_tag(event.app_language) or talk.language).tag
        language = talk.language if talk.knows_language else app
        screen = Screen(self._rooms.catalogs.translator(language), self._rooms.desk.controller, self._rooms.catalogs)
        if self._rooms.desk.controller.pilot and not self._conversation.may_enter(talk):
            return InlineAnswer(event.press_id, button=screen.t.button(NOT_OPEN))
        found = await self._rooms.desk.reach.sharing.search(uow, event.text[:256], language, limit=MOST_RESULTS)
        results = []
        for shared in found:
            card = await self._rooms.desk.cards.for_person(
                uow, shared.message, listen=language, read=language, form="text"
            )
            if card is not None:
                results.append(_result(screen, shared.message.id, card))
        return InlineAnswer(event.press_id, tuple(results), button=screen.t.button(NOT_OPEN))

    async def _switch(self, event: Event, *, on: bool) -> None:
        """Only administrators turn on answers that nobody asked for; asked of the channel with nothing locked."""
        status = "administrator" if event.anonymous else await self._messenger.member_status(
            event.chat_id, event.sender_id
        )  # fmt: skip
        desk, groups = self._rooms.desk, self._conversation.groups
        async with self._db.write() as uow:
            language = await groups.admitted(uow, event)
            if language is None or status is None:
                return
            if status not in IN_CHARGE:
                await groups.say(uow, event, "group.only_admins", language)
                return
            await uow.groups.set(desk.bot_id, self._vault.tag(event.chat_id), automatic=on, now=desk.clock.now())
            await groups.say(uow, event, "group.automatic", language, on=on)


def _result(screen: Screen, message_id: int, card: dict[str, object]) -> InlineResult:
    page = page_of(screen, card)
    html = paragraphs(card_html(screen, card), page)
    words = " ".join(unescape(_TAG.sub("", str(card["text"]))).replace("**", "").split())
    own = card["text_language"] == "en-GB"
    title, rest = (str(card["title"]), words) if own else (words[:60], words[60:])
    return InlineResult(f"m{message_id}.{card['text_language']}", title, rest[:120], html)
