"""Rumours: what residents ask about, how equal questions join, and what the desk decides."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import FlagRow, RumourRow
from bot.domain.events import IncomingMedia
from bot.domain.rumours import CLOSING_REASONS, MAX_QUESTIONS_AN_HOUR, ReplyState, RumourState, check_open
from bot.domain.staff import Act, Role, may
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import strip_controls
from bot.matching.normalise import keys_of
from bot.metrics import FLAGS
from bot.services.audit import Actor, Audit
from bot.services.cards import Cards
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock, Kin

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letter that is easily taken for a digit: codes are read out on the telephone."""
_MANY_SECONDS = 2**31 - 1
"""What a database integer holds; the type and length of a file are as its sender's app claims them."""
CLOSING_DAYS = 7
"""After a rumour is closed, the way back to who asked stays this long (at most RETENTION_REPLY_DAYS in all)."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a person sent to be checked."""

    kind: str
    text: str
    media: IncomingMedia | None
    forwarded: bool

    @property
    def keys(self) -> list[str]:
        """Under which keys it is found again."""
        return keys_of(self.text, self.media.unique_id if self.media else None)


@dataclass(frozen=True, slots=True)
class Known:
    """What is already known about a submission: the rumour, and the answer's card when there is one."""

    rumour: RumourRow
    card: dict[str, Any] | None


class Rumours:
    """The rumour desk."""

    def __init__(
        self, outbox: Outbox, audit: Audit, cards: Cards, clock: Clock, *, bot_id: int, reply_days: int
    ) -> None:
        self._outbox = outbox
        self._audit = audit
        self._cards = cards
        self._clock = clock
        self._bot_id = bot_id
        self._reply_days = reply_days
        self.kin: Kin | None = None
        """Who recognises other wordings; without, only equal ones join."""

    # Residents

    async def look_up(self, uow: UnitOfWork, submission: Submission, *, listen: str, read: str, form: str) -> (
        Known | None
    ):  # fmt: skip
        """Whether this was asked before, and what is known about it."""
        known: Known | None = None
        rumour = await uow.rumours.find(submission.keys)
        while rumour is not None:
            known = Known(rumour, await self._card(uow, rumour, listen=listen, read=read, form=form))
            if known.card is not None or rumour.state != RumourState.ANSWERED:
                break
            rumour = await uow.rumours.find(_keys_after(rumour, submission))
        return known

    async def _card(self, uow: UnitOfWork, rumour: RumourRow, **reader: str) -> dict[str, Any] | None:
        """The answer as this person gets it, while it is one: approved, and not out of date."""
        if rumour.state != RumourState.ANSWERED or rumour.message_id is None:
            return None
        message = await uow.messages.get(rumour.message_id)
        if message is None or message.valid_until <= self._clock.now():
            return None
        return await self._cards.for_person(uow, message, **reader)

    async def report(
        self, uow: UnitOfWork, submission: Submission, *, asker: Address, language: str | None, read: str,
        area: str | None, urgent: bool,
    ) -> FlagRow:  # fmt: skip
        """Pass a submission to the team: it joins the rumour that asks the same, or opens one.

        `asker` carries the asking tag, another than the one residents are found by. A person who asks the same thing
        again keeps the flag that they have.
        """
        await uow.decide_alone()
        now = self._clock.now()
        keys = submission.keys
        rumour = await uow.rumours.find(keys)
        while rumour is not None and rumour.state == RumourState.ANSWERED:
            # Who asks on after an answer means something else, or the answer ran out: a rumour that they share.
            keys = _keys_after(rumour, submission)
            rumour = await uow.rumours.find(keys)
        if rumour is None and keys == submission.keys:
            rumour = await self._kin_of(uow, submission)
        if rumour is not None and asker.tag is not None:
            mine = await uow.rumours.flag_of_person(rumour.id, asker.tag)
            if mine is not None and not urgent and rumour.state not in CLOSING_REASONS:
                return mine
        if rumour is None:
            rumour = await self._open(uow, submission, keys, language, urgent=urgent)
        flag = await self._add_flag(uow, rumour, submission, language=language, area=area, urgent=urgent)
        await uow.rumours.add_reply_path(
            flag_id=flag.id, bot_id=asker.bot_id, person_tag=asker.tag, chat=asker.chat, language=read,
            state=ReplyState.WAITING, until=now + timedelta(days=self._reply_days),
        )  # fmt: skip
        reopened = rumour.state in CLOSING_REASONS
        await uow.rumours.change(
            rumour.id, flag_count=rumour.flag_count + 1, last_at=now, urgent=rumour.urgent or urgent,
            **({"state": RumourState.NEW, "closed_at": None} if reopened else {}),
        )  # fmt: skip
        if rumour.flag_count == 0 or reopened or (urgent and not rumour.urgent):
            await self._alert(uow, rumour, flag)
        FLAGS.labels(submission.kind).inc()
        return flag

    async def _kin_of(self, uow: UnitOfWork, submission: Submission) -> RumourRow | None:
        """The open rumour that says the same in other words; equal words lead to it from now on."""
        found = await self.kin.same(uow, submission.text) if self.kin is not None else None
        if found is None:
            return None
        await uow.rumours.own_keys(found, submission.keys)
        return await self.get(uow, found)

    async def enough_until(self, uow: UnitOfWork, asker: Address) -> datetime | None:
        """When this person may ask again, if they have asked very much within this hour of the clock; else None."""
        hour = _hour(self._clock.now())
        if asker.tag is None or await uow.rumours.asked_in(asker.tag, hour) < MAX_QUESTIONS_AN_HOUR:
            return None
        return hour + timedelta(hours=1)

    async def _open(
        self, uow: UnitOfWork, submission: Submission, keys: list[str], language: str | None, *, urgent: bool
    ) -> RumourRow:
        now = self._clock.now()
        rumour_id = await uow.rumours.create(
            state=RumourState.NEW, urgent=urgent, text=submission.text, language=language, flag_count=0,
            first_at=now, last_at=now,
        )  # fmt: skip
        await uow.rumours.own_keys(rumour_id, keys)
        rumour = await self.get(uow, rumour_id)
        if self.kin is not None:
            await self.kin.note(uow, rumour)
        return rumour

    async def _add_flag(
        self, uow: UnitOfWork, rumour: RumourRow, submission: Submission, *, language: str | None,
        area: str | None, urgent: bool,
    ) -> FlagRow:  # fmt: skip
        now = self._clock.now()
        media_id = None
        if submission.media is not None:
            media_id = await uow.media.create(
                kind=submission.media.kind, mime=submission.media.mime[:80], size=submission.media.size,
                seconds=min(submission.media.seconds, _MANY_SECONDS), bot_id=self._bot_id,
                file_id=submission.media.file_id, state="wanted", tries=0, created_at=now,
            )  # fmt: skip
        flag_id = await uow.rumours.add_flag(
            rumour_id=rumour.id, code=_new_code(), kind=submission.kind, text=submission.text, media_id=media_id,
            language=language, area=area, forwarded=submission.forwarded, urgent=urgent,
            received_hour=_hour(now),
        )  # fmt: skip
        flag = await uow.rumours.flag(flag_id)
        if flag is None:
            raise NotFound("The flag was not kept.")
        return flag

    async def _alert(self, uow: UnitOfWork, rumour: RumourRow, flag: FlagRow) -> None:
        for row in await uow.staff.all():
            if row.chat is not None and may([Role(each) for each in row.roles], Act.READ_RUMOURS):
                await self._outbox.put(
                    uow, Address(self._bot_id, row.chat), "staff.new_rumour", "en-GB",
                    rumour_id=rumour.id, urgent=flag.urgent, about=flag.kind, spoken=flag.language or "",
                    area=flag.area or "",
                )  # fmt: skip

    async def reply_to_question(self, uow: UnitOfWork, question_id: int, text: str) -> None:
        """Keep what a person answered to a question back. Raises NotFound when it is gone."""
        question = await uow.rumours.question(question_id)
        if question is None:
            raise NotFound("This question is no longer open.")
        clean = strip_controls(text)[0]
        await uow.rumours.change_question(question_id, reply=clean, replied_at=self._clock.now())
        flag = await uow.rumours.flag(question.flag_id)
        asked_by = await uow.staff.get(question.asked_by)
        if flag is not None and asked_by is not None and asked_by.chat is not None:
            await self._outbox.put(
                uow, Address(self._bot_id, asked_by.chat), "staff.question_answered", "en-GB", rumour_id=flag.rumour_id
            )

    # Staff

    async def get(self, uow: UnitOfWork, rumour_id: int) -> RumourRow:
        """One rumour. Raises NotFound."""
        row = await uow.rumours.get(rumour_id)
        if row is None:
            raise NotFound("There is no such rumour.")
        return row

    async def show(self, uow: UnitOfWork, rumour_id: int) -> dict[str, Any]:
        """A rumour with its flags, as plain data. Raises NotFound."""
        row = await self.get(uow, rumour_id)
        return {
            "id": row.id, "state": row.state, "urgent": row.urgent, "text": row.text, "language": row.language,
            "count": row.flag_count, "first_at": row.first_at.isoformat(), "last_at": row.last_at.isoformat(),
            "reason": row.reason,
            "flags": [
                {
                    "id": each.id, "code": each.code, "kind": each.kind, "text": each.text, "language": each.language,
                    "area": each.area, "forwarded": each.forwarded, "urgent": each.urgent,
                    "received_hour": each.received_hour.isoformat(),
                }
                for each in await uow.rumours.flags(rumour_id)
            ],
        }  # fmt: skip

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

    async def mark_danger(self, uow: UnitOfWork, actor: Actor, rumour_id: int, *, urgent: bool) -> None:
        """Mark or unmark a rumour as urgent."""
        actor.check(Act.MARK_DANGER)
        await self.get(uow, rumour_id)
        await uow.rumours.change(rumour_id, urgent=urgent)
        await self._audit.note(uow, actor, Act.MARK_DANGER, f"rumour {rumour_id}", urgent=urgent)

    async def close(self, uow: UnitOfWork, actor: Actor, rumour_id: int, outcome: RumourState, reason: str) -> int:
        """Close without an answer: not amplified, spam, or not a rumour, with a reason kept for the record.

        Everyone who asked is told once, in a sentence of its own for each kind; returns how many people. Raises
        InvalidInput for another outcome or an empty reason, Conflict when it is decided already.
        """
        actor.check(Act.CLOSE_RUMOUR)
        await uow.decide_alone()
        if outcome not in CLOSING_REASONS:
            raise InvalidInput("Close as not_amplified, spam or not_a_rumour.")
        if not reason.strip():
            raise InvalidInput("Write down the reason: a colleague will need it later.")
        rumour = await self.get(uow, rumour_id)
        check_open(RumourState(rumour.state))
        now = self._clock.now()
        await uow.approvals.void("answer", rumour_id)
        await uow.rumours.change(
            rumour_id, state=outcome, reason=reason.strip(), decided_by=actor.id, closed_at=now, message_id=None
        )
        told = await self._tell_closed(uow, rumour, outcome)
        await self.end_reply_paths(uow, rumour_id)
        await self._audit.note(uow, actor, Act.CLOSE_RUMOUR, f"rumour {rumour_id}", outcome=outcome)
        return told

    async def _tell_closed(self, uow: UnitOfWork, rumour: RumourRow, outcome: RumourState) -> int:
        paths = await uow.rumours.reply_paths(rumour.id, [ReplyState.WAITING], now=self._clock.now())
        told: set[bytes] = set()
        for path in paths:
            if path.person_tag in told:
                continue
            told.add(path.person_tag)
            flag = await uow.rumours.flag(path.flag_id)
            await self._outbox.put(
                uow, Address(path.bot_id, path.chat, path.person_tag), "rumour.closed", path.language,
                outcome=outcome, code=flag.code if flag else "",
            )  # fmt: skip
        await uow.rumours.set_reply_state([each.flag_id for each in paths], ReplyState.TOLD)
        return len(told)

    async def end_reply_paths(self, uow: UnitOfWork, rumour_id: int) -> None:
        """The rumour is closed: ways back end a week from now at the latest."""
        await uow.rumours.shorten_reply_paths(rumour_id, self._clock.now() + timedelta(days=CLOSING_DAYS))

    async def reopen(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> None:
        """Take a decision back, so that it can be decided again."""
        actor.check(Act.CLOSE_RUMOUR)
        await uow.decide_alone()
        rumour = await self.get(uow, rumour_id)
        if RumourState(rumour.state) in {RumourState.NEW, RumourState.ANSWERING}:
            raise Conflict("This rumour is open already.")
        await uow.rumours.change(rumour_id, state=RumourState.NEW, closed_at=None, decided_by=None)
        await self._audit.note(uow, actor, "reopen_rumour", f"rumour {rumour_id}")


def _keys_after(answered: RumourRow, submission: Submission) -> list[str]:
    """Under which keys the next rumour about the same thing is found, once this one is answered."""
    return [f"{answered.id}>{each}" for each in submission.keys]


def _new_code() -> str:
    letters = [secrets.choice(_CODE_LETTERS) for _ in range(7)]
    return "".join(letters[:3]) + "-" + "".join(letters[3:])


def _hour(moment: datetime) -> datetime:
    """All that is kept of the time of a question: its moment could tell who asked."""
    return moment.replace(minute=0, second=0, microsecond=0)
