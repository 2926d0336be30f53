"""Asking leaders for recordings and translators for translations, and what they answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, MessageRow, RequestRow
from bot.domain.leaders import BOT_SECONDS, WAITING, LeaderState, RequestState, Task
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.rumours import ReplyState
from bot.domain.staff import Act, Role
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import Registry, strip_controls, terms_in
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.renditions import TEXT_UNITS
from bot.services.voices import Voices

WORDS_A_MINUTE = 25
"""Translated by somebody who does this in their free time, with care: about 1,500 words an hour is a professional's
pace."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of somebody: a recording of a message, or its translation, in one language."""

    message_id: int
    leader_id: int
    language: str
    form: Form = Form.VOICE
    task: Task = Task.RECORD
    target_seconds: int = BOT_SECONDS
    due_at: datetime | None = None
    waiting: int = 0


class Requests:
    """Whom the team asks for what; a request is a row, so nothing is lost by a pause of a week."""

    def __init__(self, registry: Registry, voices: Voices, audit: Audit, clock: Clock) -> None:
        self._registry = registry
        self._voices = voices
        self._audit = audit
        self._clock = clock

    async def get(self, uow: UnitOfWork, request_id: int) -> RequestRow:
        """One request. Raises NotFound."""
        row = await uow.leaders.request(request_id)
        if row is None:
            raise NotFound("There is no such request.")
        return row

    async def theirs(self, uow: UnitOfWork, leader: LeaderRow, request_id: int) -> RequestRow:
        """One request of this leader's. Raises NotFound for anybody else's, too."""
        row = await uow.leaders.request(request_id)
        if row is None or row.leader_id != leader.id:
            raise NotFound("There is no such request.")
        return row

    async def message(self, uow: UnitOfWork, row: RequestRow) -> MessageRow:
        """The message revision that it is about. Raises NotFound."""
        message = await uow.messages.get(row.message_id)
        if message is None:
            raise NotFound("There is no such message.")
        return message

    async def ask(self, uow: UnitOfWork, actor: Actor, wanted: Wanted) -> int:
        """Ask a leader; they hear of it in their chat. Returns the request's number.

        Raises Conflict where they are asked already, have not agreed, or a recording by somebody else is in use,
        InvalidInput for a language that is not theirs, a length or a date that cannot be.
        """
        actor.check(Act.ASK_LEADER)
        await uow.decide_alone()
        leader = await self._voices.leader(uow, wanted.leader_id)
        await self._check(uow, leader, wanted)
        request_id = await self._add(uow, leader, wanted, asked_by=actor.id)
        await self._audit.note(uow, actor, Act.ASK_LEADER, f"request {request_id}", leader=leader.id)
        return request_id

    async def _check(self, uow: UnitOfWork, leader: LeaderRow, wanted: Wanted) -> None:
        if wanted.language not in leader.languages:
            raise InvalidInput("This is not one of their languages.")
        if wanted.task not in leader.tasks:
            raise InvalidInput(f"They were not invited to {wanted.task}.")
        if not 3 <= wanted.target_seconds <= BOT_SECONDS:
            raise InvalidInput(f"A recording is 3 to {BOT_SECONDS} seconds long.")
        if wanted.due_at is not None and wanted.due_at <= self._clock.now():
            raise InvalidInput("Its due time has passed.")
        if wanted.task is Task.RECORD and await uow.leaders.consent(leader.id) is None:
            raise Conflict("They have not agreed to be heard yet: invite them first.")
        signed = self._registry.get(wanted.language).signed
        if wanted.task is Task.RECORD and signed != (wanted.form is Form.SIGNED):
            raise InvalidInput("A sign language is recorded as a signed video, and only that.")
        if wanted.task is Task.TRANSLATE and not self._registry.get(wanted.language).read:
            raise InvalidInput("This language is not written: ask for a recording.")
        await self._check_free(uow, leader, wanted)

    async def _check_free(self, uow: UnitOfWork, leader: LeaderRow, wanted: Wanted) -> None:
        for row in await uow.leaders.requests(leader_id=leader.id, message_id=wanted.message_id, states=WAITING):
            if (row.language, row.form, row.kind) == (wanted.language, _form(wanted), wanted.task):
                raise Conflict("They are asked for this already.")
        used = await uow.messages.find_rendition(wanted.message_id, wanted.language, _form(wanted))
        if used is None or used.state not in {RenditionState.APPROVED, RenditionState.PAUSED}:
            return
        if wanted.task is Task.TRANSLATE or used.leader_id != leader.id:
            raise Conflict("One by somebody else is approved and in use: withdraw it first.")

    async def _add(self, uow: UnitOfWork, leader: LeaderRow, wanted: Wanted, *, asked_by: int | None) -> int:
        now = self._clock.now()
        request_id = await uow.leaders.add_request(
            kind=wanted.task, message_id=wanted.message_id, leader_id=leader.id, language=wanted.language,
            form=_form(wanted), target_seconds=wanted.target_seconds if wanted.task is Task.RECORD else None,
            due_at=wanted.due_at, waiting=wanted.waiting, state=RequestState.ASKED, asked_by=asked_by,
            created_at=now, changed_at=now,
        )  # fmt: skip
        row = await self.get(uow, request_id)
        await self._voices.tell(uow, leader, "request.asked", **await self.summary(uow, row))
        return request_id

    async def ask_for_answer(self, uow: UnitOfWork, message: MessageRow) -> int:
        """An answer was approved: its languages are asked for, those in which most people wait first.

        Each goes out as it is approved (AnswerUpdates). Returns how many translators were asked.
        """
        waiting: Counter[str] = Counter()
        for rumour in await uow.rumours.answered_by(message.id):
            paths = await uow.rumours.reply_paths(rumour.id, [ReplyState.FALLBACK], now=self._clock.now())
            waiting.update(each.language for each in paths)
        asked = 0
        translators = [each for each in await uow.leaders.all() if Task.TRANSLATE in each.tasks and each.chat]
        for language, people in waiting.most_common():
            for each in translators:
                wanted = Wanted(message.id, each.id, language, Form.TEXT, Task.TRANSLATE, waiting=people)
                if each.state == LeaderState.ACTIVE and language in each.languages:
                    try:
                        await self._check_free(uow, each, wanted)
                    except Conflict:
                        continue
                    await self._add(uow, each, wanted, asked_by=None)
                    asked += 1
        return asked

    # What a leader sees and answers

    async def waiting(self, uow: UnitOfWork, leader: LeaderRow) -> list[RequestRow]:
        """What it is this leader's turn to do, the most urgent first."""
        return await uow.leaders.requests(leader_id=leader.id, states=WAITING)

    async def summary(self, uow: UnitOfWork, row: RequestRow) -> dict[str, Any]:
        """One line about a request, as parameters of a screen."""
        message = await self.message(uow, row)
        source = await self.text(uow, message, SOURCE_LANGUAGE)
        return {
            "request_id": row.id, "about": row.kind, "title": message.title, "language": row.language,
            "form": row.form, "seconds": row.target_seconds, "due_at": row.due_at.isoformat() if row.due_at else "",
            "waiting": row.waiting, "minutes": minutes_to_translate(source), "state": row.state,
            "paragraphs": len(paragraphs_of(source)),
        }  # fmt: skip

    async def script(self, uow: UnitOfWork, row: RequestRow) -> dict[str, Any]:
        """What is to be said: in their own language where somebody wrote it, and in plain English always."""
        message = await self.message(uow, row)
        own = row.words or ("" if row.language == SOURCE_LANGUAGE else await self.text(uow, message, row.language))
        signed = self._registry.get(row.language).signed
        english = await self.text(uow, message, SOURCE_LANGUAGE)
        return {
            **await self.summary(uow, row), "own": own, "english": english, "signed": signed,
            "glossary": terms_in(english),
        }  # fmt: skip

    async def text(self, uow: UnitOfWork, message: MessageRow, language: str) -> str:
        """The approved text in a language (of the source also a draft), or nothing."""
        found = await uow.messages.find_rendition(message.id, language, Form.TEXT)
        if found is None or (language != SOURCE_LANGUAGE and found.state != RenditionState.APPROVED):
            return ""
        return found.text

    async def open(self, uow: UnitOfWork, row: RequestRow) -> None:
        """They have begun; raises Conflict where it is not their turn any more."""
        if row.state not in WAITING:
            raise Conflict("This request is closed.")
        if row.state != RequestState.CHANGES:
            await self.move(uow, row, RequestState.OPEN)

    async def decline(self, uow: UnitOfWork, row: RequestRow, *, hand_on: bool = False) -> None:
        """No, without a reason; or no, and please ask somebody else. Whoever asked hears which."""
        if row.state not in WAITING:
            raise Conflict("This request is closed.")
        how = RequestState.HANDED_ON if hand_on else RequestState.DECLINED
        await self.move(uow, row, how)
        await self._voices.tell_one(uow, row.asked_by, "staff.request_declined", request_id=row.id, how=how)

    async def cancel(self, uow: UnitOfWork, actor: Actor, request_id: int) -> None:
        """The team does not need it any more."""
        actor.check(Act.ASK_LEADER)
        row = await self.get(uow, request_id)
        if row.state not in WAITING:
            raise Conflict("This request is closed.")
        await self.move(uow, row, RequestState.CANCELLED)
        leader = await self._voices.leader(uow, row.leader_id)
        await self._voices.tell(uow, leader, "request.cancelled", title=(await self.message(uow, row)).title)
        await self._audit.note(uow, actor, Act.ASK_LEADER, f"request {request_id}", to="cancelled")

    async def move(self, uow: UnitOfWork, row: RequestRow, state: RequestState) -> None:
        """Note where it stands."""
        await uow.leaders.change_request(row.id, state=state, changed_at=self._clock.now())

    async def set_words(self, uow: UnitOfWork, row: RequestRow, words: str) -> None:
        """The text as they will say it, written or put right by them: it goes with their recording."""
        clean = strip_controls(words)[0].strip()
        if not clean or len(clean) > TEXT_UNITS // 2:
            raise InvalidInput("The text is empty, or much too long for a recording.")
        if row.state not in WAITING:
            raise Conflict("This request is closed.")
        await uow.leaders.change_request(row.id, words=clean, changed_at=self._clock.now())

    # Better words

    async def suggest(self, uow: UnitOfWork, row: RequestRow, words: str, *, media_id: int | None = None) -> int:
        """The script is wrong for their community, and they say what would be right. The team takes it or answers."""
        clean = strip_controls(words)[0].strip()
        if not clean and media_id is None:
            raise InvalidInput("There are no words in this.")
        suggestion_id = await uow.leaders.add_suggestion(
            message_id=row.message_id, leader_id=row.leader_id, language=row.language, text=clean[:TEXT_UNITS],
            media_id=media_id, state="open", created_at=self._clock.now(),
        )  # fmt: skip
        await self._voices.tell_staff(
            uow, "staff.suggested", Role.PUBLISHER, Role.TRIAGER, suggestion_id=suggestion_id,
            title=(await self.message(uow, row)).title,
        )  # fmt: skip
        return suggestion_id

    async def answer_suggestion(
        self, uow: UnitOfWork, actor: Actor, suggestion_id: int, *, taken: bool, words: str
    ) -> None:
        """Say what became of it; the leader hears it. Raises InvalidInput for a no without a reason."""
        actor.check(Act.ASK_LEADER)
        row = await uow.leaders.suggestion(suggestion_id)
        if row is None:
            raise NotFound("There is no such suggestion.")
        if row.state != "open":
            raise Conflict("This suggestion has been answered already.")
        if not taken and not words.strip():
            raise InvalidInput("Say why not: they took the trouble to propose it.")
        await uow.leaders.change_suggestion(
            suggestion_id, state="taken" if taken else "declined", answer=words.strip(), answered_by=actor.id,
            answered_at=self._clock.now(),
        )  # fmt: skip
        leader = await self._voices.leader(uow, row.leader_id)
        await self._voices.tell(uow, leader, "suggestion.answered", taken=taken, words=words.strip())
        await self._audit.note(uow, actor, Act.ASK_LEADER, f"suggestion {suggestion_id}", taken=taken)


def _form(wanted: Wanted) -> str:
    return Form.TEXT if wanted.task is Task.TRANSLATE else wanted.form


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text, in order."""
    return [each.strip() for each in text.split("\n\n") if each.strip()]


def minutes_to_translate(text: str) -> int:
    """About how long it takes, in minutes; at least two."""
    return max(2, round(len(text.split()) / WORDS_A_MINUTE))
