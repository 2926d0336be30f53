"""Questions back: the desk asks whoever sent a flag, and gets their answer, without learning who they are."""

from bot.db import UnitOfWork
from bot.domain.personal import redact
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import strip_controls
from bot.services.audit import Actor, Audit
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock


class Questions:
    """Writes through the sealed ways back."""

    def __init__(self, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def ask_back(self, uow: UnitOfWork, actor: Actor, flag_id: int, text: str) -> int:
        """Ask the person behind a flag something, without learning who they are.

        Raises Conflict when the way back has expired, InvalidInput for an empty or very long question.
        """
        actor.check(Act.ASK_BACK)
        clean = strip_controls(text)[0].strip()
        if not 1 <= len(clean) <= 1000:
            raise InvalidInput("A question has 1 to 1,000 characters.")
        path = await uow.rumours.reply_path(flag_id)
        if path is None or path.until <= self._clock.now():
            raise Conflict("The way back to this person has expired or was erased.")
        question_id = await uow.rumours.add_question(
            flag_id=flag_id, text=clean, asked_by=actor.id, asked_at=self._clock.now()
        )
        await self._outbox.put(
            uow, Address(path.bot_id, path.chat, path.person_tag), "question.ask", path.language,
            question_id=question_id, text=clean,
        )  # fmt: skip
        await self._audit.note(uow, actor, Act.ASK_BACK, f"flag {flag_id}")
        return question_id

    async def reply(self, uow: UnitOfWork, question_id: int, text: str) -> None:
        """Keep what a person answered to a question back. Raises NotFound when it is gone."""
        question = await uow.rumours.question(question_id)
        if question is None:
            raise NotFound("This question is no longer open.")
        clean = redact(strip_controls(text)[0]).text
        await uow.rumours.change_question(question_id, reply=clean, replied_at=self._clock.now())
        flag = await uow.rumours.flag(question.flag_id)
        asked_by = await uow.staff.get(question.asked_by)
        if flag is not None and asked_by is not None and asked_by.chat is not None:
            await self._outbox.put(
                uow, Address(self._bot_id, asked_by.chat), "staff.question_answered", "en-GB", rumour_id=flag.rumour_id
            )
