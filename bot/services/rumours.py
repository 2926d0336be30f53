"""Rumours: what residents ask about, how equal questions join, and what the desk decides."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import FlagRow, RumourRow, StaffRow
from bot.domain.controller import Controller
from bot.domain.events import IncomingMedia
from bot.domain.personal import redact
from bot.domain.rumours import (
    CLOSING_REASONS,
    MAX_QUESTIONS_AN_HOUR,
    OPEN_STATES,
    SAFEGUARDING_STATES,
    ReplyState,
    RumourState,
    check_open,
)
from bot.domain.staff import Act, Role, may
from bot.errors import Conflict, InvalidInput, NotFound
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
    original: str = ""
    """What they wrote, where personal details were taken out of `text`: leaves memory only sealed."""
    hidden: tuple[str, ...] = ()
    """Invisible characters that were taken out of the text, by name: who reads it should know."""

    def cleaned(self, senders: Sequence[str] = ()) -> "Submission":
        """Without personal details: what is compared, kept and shown. `senders`: whom a forward is from, by name."""
        clean = redact(self.text, senders)
        return replace(self, text=clean.text, original=self.text) if clean.kinds else self

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
        self, outbox: Outbox, audit: Audit, cards: Cards, clock: Clock, controller: Controller, *, bot_id: int
    ) -> None:
        self._outbox = outbox
        self._audit = audit
        self._cards = cards
        self._clock = clock
        self._bot_id = bot_id
        self._controller = controller
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

    async def known(self, uow: UnitOfWork, rumour_id: int, *, listen: str, read: str, form: str) -> Known:
        """What is known about a rumour, as this person gets it. Raises NotFound."""
        rumour = await self.get(uow, rumour_id)
        return Known(rumour, await self._card(uow, rumour, listen=listen, read=read, form=form))

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
        area: str | None, urgent: bool, sealed: bytes | None = None,
    ) -> FlagRow:  # fmt: skip
        """Pass a submission to the team: it joins the rumour that asks the same, or opens one.

        `asker` carries the asking tag, another than the one residents are found by. A person who asks the same thing
        again keeps the flag that they have. What somebody calls `urgent` becomes a matter of its own for whoever is on
        call for safeguarding, where there is one. `sealed` is the original where personal details were taken out.
        """
        await uow.decide_alone()
        submission = submission.cleaned()
        if urgent and (leads := await on_call(uow)):
            matter = await self._open(uow, submission, [], language, urgent=True, state=RumourState.SAFEGUARDING)
            told = await self._add_flag(uow, matter, submission, asker, language, read, area, sealed, urgent=True)
            await self._count(uow, matter, urgent=True)
            await self.alert_leads(uow, leads, matter.id, told.kind)
            return told
        rumour, keys = await self._joined(uow, submission)
        if rumour is None and not urgent and keys == submission.keys:
            rumour = await self._kin_of(uow, submission, asker.tag)
        if rumour is not None and asker.tag is not None:
            mine = await uow.rumours.flag_of_person(rumour.id, asker.tag)
            if mine is not None and not urgent and rumour.state not in CLOSING_REASONS:
                return mine
        if rumour is None:
            rumour = await self._open(uow, submission, keys, language, urgent=urgent)
        flag = await self._add_flag(uow, rumour, submission, asker, language, read, area, sealed, urgent=urgent)
        reopened = await self._count(uow, rumour, urgent=urgent)
        if rumour.flag_count == 0 or reopened or (urgent and not rumour.urgent):
            await self._alert(uow, rumour, flag)
        return flag

    async def _kin_of(self, uow: UnitOfWork, submission: Submission, tag: bytes | None) -> RumourRow | None:
        """The open rumour that says the same in other words; equal words lead to it from now on.

        Not one that this person asked about already: other words of theirs may be another question, and are kept.
        """
        found = await self.kin.same(uow, submission.text) if self.kin is not None else None
        if found is None or (tag is not None and await uow.rumours.flag_of_person(found, tag) is not None):
            return None
        await uow.rumours.own_keys(found, submission.keys)
        return await self.get(uow, found)

    async def _joined(self, uow: UnitOfWork, submission: Submission) -> tuple[RumourRow | None, list[str]]:
        """The rumour that a submission belongs to, if there is one; and under which keys a new one would be found."""
        keys = submission.keys
        rumour = await uow.rumours.find(keys)
        while rumour is not None and rumour.state == RumourState.ANSWERED:
            # Who asks on after an answer means something else, or the answer ran out: a rumour that they share.
            keys = _keys_after(rumour, submission)
            rumour = await uow.rumours.find(keys)
        return rumour, keys

    async def _count(self, uow: UnitOfWork, rumour: RumourRow, *, urgent: bool) -> bool:
        """One more has asked; returns whether that opened a closed rumour again."""
        count, state = rumour.flag_count + 1, RumourState(rumour.state)
        enough = rumour.reach_limit is None or urgent or count + rumour.seen_again >= rumour.reach_limit
        reopened = state in CLOSING_REASONS and enough
        again = {
            "state": RumourState.NEW, "closed_at": None, "reminders": 0, "due_at": self.promised(),
            "reach_limit": None,
        } if reopened else {}  # fmt: skip
        await uow.rumours.change(
            rumour.id, flag_count=count, last_at=self._clock.now(), urgent=rumour.urgent or urgent, **again
        )
        return reopened

    async def seen_again(self, uow: UnitOfWork, rumour: RumourRow) -> None:
        """Somebody was sent what the team decided not to amplify: past its reach limit it is looked at again."""
        await uow.rumours.add_one(rumour.id, "seen_again")
        reach = rumour.flag_count + rumour.seen_again + 1
        if rumour.state == RumourState.NOT_AMPLIFIED and rumour.reach_limit is not None and reach >= rumour.reach_limit:
            await uow.rumours.change(
                rumour.id, state=RumourState.NEW, closed_at=None, reminders=0, due_at=self.promised(), reach_limit=None
            )
            await self._audit.note_system(uow, "reach_limit_passed", f"rumour {rumour.id}", reach=reach)
            flags = await uow.rumours.flags(rumour.id, limit=1)
            if flags:
                await self._alert(uow, rumour, flags[0])

    def promised(self) -> datetime:
        """The time by which somebody who asks now hears from the team, with an answer or without."""
        hours = timedelta(hours=self._controller.answer_hours)
        return self._controller.office.after(self._clock.now(), hours, self._controller.zone)

    async def found_helpful(self, uow: UnitOfWork, rumour_id: int, *, helped: bool) -> None:
        """Somebody said whether the answer helped: counted, never kept with who said it."""
        await uow.rumours.add_one(rumour_id, "helped" if helped else "not_helped")

    async def agree_to_changes(self, uow: UnitOfWork, flag_id: int, asking_tag: bytes) -> datetime | None:
        """Somebody wants to hear it if the answer changes: returns until when the way to them is kept for that.

        None where the way back is gone already, or is another person's.
        """
        path = await uow.rumours.reply_path(flag_id)
        now = self._clock.now()
        if path is None or path.until <= now or path.person_tag != asking_tag:
            return None
        until = max(path.until, now + timedelta(days=self._controller.reply_days))
        await uow.rumours.change_reply_paths([flag_id], wants_changes=True, until=until)
        return until

    async def enough_until(self, uow: UnitOfWork, asker: Address) -> datetime | None:
        """When this person may ask again, if they have asked very much within this hour of the clock; else None."""
        hour = _hour(self._clock.now())
        if asker.tag is None or await uow.rumours.asked_in(asker.tag, hour) < MAX_QUESTIONS_AN_HOUR:
            return None
        return hour + timedelta(hours=1)

    async def _open(
        self, uow: UnitOfWork, submission: Submission, keys: list[str], language: str | None, *, urgent: bool,
        state: RumourState = RumourState.NEW,
    ) -> RumourRow:  # fmt: skip
        now = self._clock.now()
        due = now + timedelta(hours=1) if urgent else self.promised()
        rumour_id = await uow.rumours.create(
            state=state, urgent=urgent, text=submission.text, language=language, flag_count=0, first_at=now,
            last_at=now, due_at=due,
        )  # fmt: skip
        await uow.rumours.own_keys(rumour_id, keys)
        rumour = await self.get(uow, rumour_id)
        if self.kin is not None and state in OPEN_STATES:
            await self.kin.note(uow, rumour)
        return rumour

    async def _add_flag(
        self, uow: UnitOfWork, rumour: RumourRow, submission: Submission, asker: Address, language: str | None,
        read: str, area: str | None, sealed: bytes | None, *, urgent: bool,
    ) -> FlagRow:  # fmt: skip
        now = self._clock.now()
        flag_id = await uow.rumours.add_flag(
            rumour_id=rumour.id, code=_new_code(), kind=submission.kind, text=submission.text,
            hidden=",".join(dict.fromkeys(submission.hidden))[:200] or None,
            media_id=await self._add_media(uow, submission.media), language=language, area=area,
            forwarded=submission.forwarded, urgent=urgent, received_hour=_hour(now),
        )  # fmt: skip
        flag = await uow.rumours.flag(flag_id)
        if flag is None:
            raise NotFound("The flag was not kept.")
        if sealed is not None:
            await uow.rumours.add_original(flag_id, sealed, now + timedelta(days=self._controller.original_days))
        quietly = rumour.state in {RumourState.NOT_AMPLIFIED, RumourState.SAFEGUARDING}
        await uow.rumours.add_reply_path(
            flag_id=flag.id, bot_id=asker.bot_id, person_tag=asker.tag, chat=asker.chat, language=read,
            state=ReplyState.WAITING, until=now + timedelta(days=self._controller.reply_days),
            expect_at=None if quietly else self.promised(),
        )  # fmt: skip
        FLAGS.labels(submission.kind).inc()
        return flag

    async def _add_media(self, uow: UnitOfWork, media: IncomingMedia | None) -> int | None:
        if media is None:
            return None
        return await uow.media.create(
            kind=media.kind, mime=media.mime[:80], size=media.size, seconds=min(media.seconds, _MANY_SECONDS),
            bot_id=self._bot_id, file_id=media.file_id, state="wanted", tries=0, created_at=self._clock.now(),
        )  # fmt: skip

    async def alert_leads(self, uow: UnitOfWork, leads: Sequence[StaffRow], rumour_id: int, kind: str) -> None:
        """Tell those who are on call that somebody may be in danger."""
        for row in leads:
            if row.chat is not None:
                await self._outbox.put(
                    uow, Address(self._bot_id, row.chat), "staff.safeguarding", "en-GB", rumour_id=rumour_id, about=kind
                )

    async def _alert(self, uow: UnitOfWork, rumour: RumourRow, flag: FlagRow) -> None:
        for row in await uow.staff.all():
            if row.chat is not None and may([Role(each) for each in row.roles], Act.READ_RUMOURS):
                await self._outbox.put(
                    uow, Address(self._bot_id, row.chat), "staff.new_rumour", "en-GB",
                    rumour_id=rumour.id, urgent=flag.urgent, about=flag.kind, spoken=flag.language or "",
                    area=flag.area or "",
                )  # fmt: skip

    # Staff

    async def get(self, uow: UnitOfWork, rumour_id: int) -> RumourRow:
        """One rumour. Raises NotFound."""
        row = await uow.rumours.get(rumour_id)
        if row is None:
            raise NotFound("There is no such rumour.")
        return row

    async def visible(self, uow: UnitOfWork, rumour_id: int) -> RumourRow:
        """A rumour of the desk. Raises NotFound for one that is with the safeguarding lead, as for none."""
        row = await self.get(uow, rumour_id)
        if RumourState(row.state) in SAFEGUARDING_STATES:
            raise NotFound("There is no such rumour.")
        return row

    async def show(self, uow: UnitOfWork, rumour_id: int) -> dict[str, Any]:
        """A rumour with its flags, as plain data. Raises NotFound."""
        row = await self.visible(uow, rumour_id)
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

    async def mark_danger(self, uow: UnitOfWork, actor: Actor, rumour_id: int, *, urgent: bool) -> None:
        """Mark or unmark a rumour as urgent."""
        actor.check(Act.MARK_DANGER)
        await self.visible(uow, rumour_id)
        await uow.rumours.change(rumour_id, urgent=urgent)
        await self._audit.note(uow, actor, Act.MARK_DANGER, f"rumour {rumour_id}", urgent=urgent)

    async def close(
        self, uow: UnitOfWork, actor: Actor, rumour_id: int, outcome: RumourState, reason: str, *,
        reach_limit: int | None = None,
    ) -> int:  # fmt: skip
        """Close without an answer: not amplified, spam, or not a rumour, with a reason kept for the record.

        Everyone who asked is told once, in a sentence of its own for each kind; returns how many people. What is not
        amplified comes back by itself once as many people have sent it as `reach_limit` says (none: three times as
        many as now, and ten at the least). Raises InvalidInput for another outcome or an empty reason, Conflict when it
        is decided already.
        """
        actor.check(Act.CLOSE_RUMOUR)
        await uow.decide_alone()
        if outcome not in CLOSING_REASONS:
            raise InvalidInput("Close as not_amplified, spam or not_a_rumour.")
        if not reason.strip():
            raise InvalidInput("Write down the reason: a colleague will need it later.")
        rumour = await self.get(uow, rumour_id)
        check_open(RumourState(rumour.state))
        limit = _reach_limit(rumour, reach_limit) if outcome == RumourState.NOT_AMPLIFIED else None
        await uow.approvals.void("answer", rumour_id)
        await uow.rumours.change(
            rumour_id, state=outcome, reason=reason.strip(), decided_by=actor.id, closed_at=self._clock.now(),
            message_id=None, reach_limit=limit,
        )  # fmt: skip
        told = await self.tell_closed(uow, rumour, outcome)
        await self.end_reply_paths(uow, rumour_id)
        await self._audit.note(uow, actor, Act.CLOSE_RUMOUR, f"rumour {rumour_id}", outcome=outcome)
        return told

    async def tell_closed(self, uow: UnitOfWork, rumour: RumourRow, outcome: RumourState) -> int:
        """Tell each person who still waits how it ended, once; returns how many people."""
        waiting = await uow.rumours.paths_with_flags(rumour.id, [ReplyState.WAITING], now=self._clock.now())
        told: set[bytes] = set()
        for path, flag in waiting:
            if path.person_tag not in told:
                told.add(path.person_tag)
                await self._outbox.put(
                    uow, Address(path.bot_id, path.chat, path.person_tag), "rumour.closed", path.language,
                    outcome=outcome, code=flag.code,
                )  # fmt: skip
                if rumour.target:
                    to = Address(path.bot_id, path.chat, path.person_tag)
                    await self._outbox.put(uow, to, "answer.hate", path.language)
        await uow.rumours.set_reply_state([flag.id for _, flag in waiting], ReplyState.TOLD)
        return len(told)

    async def end_reply_paths(self, uow: UnitOfWork, rumour_id: int) -> None:
        """The rumour is closed: ways back end a week from now at the latest."""
        await uow.rumours.shorten_reply_paths(rumour_id, self._clock.now() + timedelta(days=CLOSING_DAYS))

    async def reopen(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> None:
        """Take a decision back, so that it can be decided again."""
        actor.check(Act.CLOSE_RUMOUR)
        await uow.decide_alone()
        rumour = await self.get(uow, rumour_id)
        if RumourState(rumour.state) in OPEN_STATES:
            raise Conflict("This rumour is open already.")
        if RumourState(rumour.state) == RumourState.MERGED:
            raise Conflict("This rumour was merged into another: undo that instead.")
        if RumourState(rumour.state) in SAFEGUARDING_STATES:
            raise Conflict("This is with the safeguarding lead.")
        await uow.rumours.change(
            rumour_id, state=RumourState.NEW, closed_at=None, decided_by=None, reminders=0, reach_limit=None,
            due_at=self.promised(),
        )  # fmt: skip
        await self._audit.note(uow, actor, "reopen_rumour", f"rumour {rumour_id}")


async def on_call(uow: UnitOfWork) -> list[StaffRow]:
    """Those who are on call for safeguarding and can be reached in their chat."""
    return [row for row in await uow.staff.all() if Role.SAFEGUARDING in row.roles and row.chat is not None]


def _reach_limit(rumour: RumourRow, wanted: int | None) -> int:
    reach = rumour.flag_count + rumour.seen_again
    if wanted is None:
        return max(10, 3 * reach)
    if wanted <= reach:
        raise InvalidInput(f"{reach} people have sent it already: the limit has to be above that.")
    return min(wanted, 1_000_000)


def _keys_after(answered: RumourRow, submission: Submission) -> list[str]:
    """Under which keys the next rumour about the same thing is found, once this one is answered."""
    return [f"{answered.id}>{each}" for each in submission.keys]


def _new_code() -> str:
    letters = [secrets.choice(_CODE_LETTERS) for _ in range(7)]
    return "".join(letters[:3]) + "-" + "".join(letters[3:])


def _hour(moment: datetime) -> datetime:
    """All that is kept of the time of a question: its moment could tell who asked."""
    return moment.replace(minute=0, second=0, microsecond=0)
