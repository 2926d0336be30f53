"""The way out to Telegram: every send ends in one of the outcomes of domain/messaging.py."""

import asyncio
import mimetypes
from dataclasses import replace

from bot.channels.telegram.api import Answered, BotApi
from bot.channels.telegram.files import FileSender, MediaSource
from bot.channels.telegram.outcomes import cannot_be_deleted, cannot_be_edited, is_gone, is_unmodified, outcome_of
from bot.channels.telegram.outgoing import document_call, edit_call, needs_own_text, text_body
from bot.channels.telegram.queries import inline_params
from bot.channels.telegram.references import one_reference, parts_of
from bot.domain.events import MediaKind
from bot.domain.inline import InlineAnswer
from bot.domain.messaging import (
    InDoubt,
    Moved,
    NotSent,
    OutgoingDocument,
    OutgoingMessage,
    Rejected,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.errors import InvalidInput, Unavailable
from bot.services.pacer import Pacer
from bot.services.ports import FetchedFile

_QUICK_SECONDS = 5.0
_PATIENCE_SECONDS = 20.0
"""How long the text that follows a file is tried for: afterwards the file alone has arrived, which is told."""
_TYPES = {".oga": "audio/ogg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".tgs": "application/x-tgsticker"}


class TelegramMessenger:
    """Implements the Messenger port on the Bot API.

    `pacer`, if given, is asked for a slot before the second part of a message that needs two (a file without a
    caption, then its text), so that the bot's pace counts both.
    """

    def __init__(self, api: BotApi, media: MediaSource, *, pacer: Pacer | None = None) -> None:
        self._api = api
        self._pacer = pacer
        self._files = FileSender(api, media)

    async def send(self, chat_id: int, message: OutgoingMessage) -> SendOutcome:
        """Send one message, in place of an earlier one where it names one; says what became of it."""
        if message.delete_ref is not None:
            return await self._send_instead(chat_id, message, message.delete_ref)
        if message.document is not None:
            return await self._send_document(chat_id, message, message.document)
        if message.media is None:
            return await self._send_text(chat_id, message)
        if not needs_own_text(message, message.media.kind):
            return await self._files.send(chat_id, message, message.media, alone=False)
        first = await self._files.send(chat_id, message, message.media, alone=True)
        if not isinstance(first, Sent):
            return first
        return await self._send_rest(chat_id, replace(message, media=None, edit_ref=None), first)

    async def acknowledge(self, press_id: str) -> None:
        """Stop the spinner of a pressed button. Too late or out of reach: the spinner ends by itself."""
        await self._api.call("answerCallbackQuery", {"callback_query_id": press_id}, deadline=_QUICK_SECONDS)

    async def answer_inline(self, answer: InlineAnswer) -> None:
        """Offer results to somebody who types our name in a chat. Too late: they have typed on, and asked again."""
        await self._api.call("answerInlineQuery", inline_params(answer), deadline=_QUICK_SECONDS)

    async def member_status(self, group_id: int, person_id: int) -> str | None:
        """What somebody is in a group, as the Bot API's ChatMember says; None where Telegram does not tell."""
        params = {"chat_id": group_id, "user_id": person_id}
        answer = await self._api.call("getChatMember", params, deadline=_QUICK_SECONDS)
        result = answer.body.get("result") if isinstance(answer, Answered) and answer.ok else None
        status = result.get("status") if isinstance(result, dict) else None
        return status if isinstance(status, str) else None

    async def fetch(self, file_id: str, *, limit: int) -> FetchedFile:
        """Fetch a file that a person sent, of at most `limit` bytes.

        Raises InvalidInput when it is larger (Telegram itself gives bots at most 20 MB) or gone for good,
        Unavailable when it may work later.
        """
        answer = await self._api.call("getFile", {"file_id": file_id})
        if isinstance(answer, Answered) and answer.status == 400:
            raise InvalidInput("Telegram does not give this file: it is too large or not there any more.")
        result = answer.body.get("result") if isinstance(answer, Answered) and answer.ok else None
        path = result.get("file_path") if isinstance(result, dict) else None
        if not isinstance(result, dict) or not isinstance(path, str):
            raise Unavailable("Telegram does not say where the file is; it may work later.")
        size = result.get("file_size")
        if isinstance(size, int) and size > limit:
            raise InvalidInput("The file is larger than is accepted.")
        data, mime = await self._api.download(path, limit=limit)
        return FetchedFile(data, _mime(path, mime))

    async def probe(self) -> bool:
        """Whether Telegram answers clearly at this moment."""
        answer = await self._api.call("getMe", deadline=_QUICK_SECONDS)
        return isinstance(answer, Answered) and answer.ok

    async def _send_document(self, chat_id: int, message: OutgoingMessage, document: OutgoingDocument) -> SendOutcome:
        alone = needs_own_text(message, MediaKind.DOCUMENT)
        first = outcome_of(await self._api.call(*document_call(chat_id, message, document, alone=alone)))
        if not alone or not isinstance(first, Sent):
            return first
        return await self._send_rest(chat_id, replace(message, document=None, edit_ref=None), first)

    async def _send_instead(self, chat_id: int, message: OutgoingMessage, earlier: int) -> SendOutcome:
        """Remove every part of the earlier message, then send this one.

        Removing may be repeated: what is gone already counts as removed.
        """
        removed = True
        for part in parts_of(earlier):
            answer = await self._api.call("deleteMessage", {"chat_id": chat_id, "message_id": part})
            if cannot_be_deleted(answer):
                removed = False
            elif not (isinstance(answer, Answered) and answer.ok) and not is_gone(answer):
                return outcome_of(answer)
        if not message.follow_up:
            return Sent(earlier, removed=True) if removed else Rejected("message can't be deleted")
        outcome = await self.send(chat_id, replace(message, delete_ref=None))
        return replace(outcome, removed=removed) if isinstance(outcome, Sent) else outcome

    # Text

    async def _send_text(self, chat_id: int, message: OutgoingMessage) -> SendOutcome:
        if message.edit_ref is not None:
            method, params = edit_call(chat_id, parts_of(message.edit_ref)[-1], message)
            answer = await self._api.call(method, params)
            outcome = outcome_of(answer)
            if isinstance(outcome, Sent) or is_unmodified(answer):
                return Sent(message.edit_ref)
            if not (cannot_be_edited(answer) and message.follow_up):
                return outcome
        return outcome_of(await self._api.post("sendMessage", text_body(chat_id, message)))

    async def _send_rest(self, chat_id: int, message: OutgoingMessage, first: Sent) -> SendOutcome:
        """The text after its file. A pause is waited out here: handing it up would send the file a second time."""
        waited = 0.0
        while True:
            slot = await self._pacer.slot() if self._pacer is not None else None
            try:
                outcome = await self._send_text(chat_id, message)
            finally:
                if self._pacer is not None and slot is not None:
                    self._pacer.ended(slot)
            match outcome:
                case Sent(message_ref):
                    return replace(first, message_ref=one_reference(first.message_ref, message_ref))
                case RetryLater(after) | NotSent(_, after) if waited + after <= _PATIENCE_SECONDS:
                    waited += after
                    await asyncio.sleep(after)
                case RetryLater() | NotSent() | Moved():
                    return InDoubt("the recording arrived, its text did not")
                case _:
                    return outcome


def _mime(path: str, header: str) -> str:
    """Telegram calls most files application/octet-stream; their names say more."""
    named = header.partition(";")[0].strip().lower()
    if named and named != "application/octet-stream":
        return named
    suffix = "." + path.rpartition(".")[2].lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
