"""Broadcasts: made, and approved by a second person. What happens next: launch.py, steering.py, accounts.py."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import MessageRow
from bot.domain.broadcasts import BroadcastState, check_step
from bot.domain.controller import Controller
from bot.domain.films import FilmState
from bot.domain.paid import stars
from bot.domain.renditions import RenditionState
from bot.domain.schedule import LATE_BY, Rule, exists, instant
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotVetted
from bot.i18n import Registry
from bot.services.audit import Actor, Audit
from bot.services.launch import Launch
from bot.services.plan import wall
from bot.services.planner import Planner
from bot.services.ports import Clock
from bot.services.prices import Prices

DEFAULT_WINDOW = timedelta(hours=24)
"""Without a latest time of its own, nothing of a broadcast is sent later than this after its time."""


class Broadcasts:
    """Makes broadcasts; they are the approval subject `broadcast`."""

    kind = "broadcast"
    act = Act.APPROVE_BROADCAST

    def __init__(
        self, planner: Planner, prices: Prices, launch: Launch, registry: Registry, controller: Controller,
        audit: Audit, clock: Clock, *, bot_id: int, need_chats: bool,
    ) -> None:  # fmt: skip
        self._planner = planner
        self._prices = prices
        self._launch = launch
        self._registry = registry
        self._controller = controller
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id
        self._need_chats = need_chats

    # Making one

    async def create(
        self, uow: UnitOfWork, actor: Actor, *, key: str, languages: tuple[str, ...] = (), areas: tuple[str, ...] = (),
        at: str | None = None, until: str | None = None, repeat: str | None = None, rumour_id: int | None = None,
        allow_fallback: bool = False, paid: bool = False, film_id: int | None = None,
    ) -> int:  # fmt: skip
        """A draft broadcast of a message's newest revision; returns its number.

        `at` and `until` are local wall times of the borough's zone (`2026-12-01T10:00`), or carry an offset. With
        `repeat`, an RRULE (domain/schedule.py), it is the first of a series, whose others have the same rights and as
        long a time to be sent in.
        Raises NotVetted when the message or a rendition named by `languages` is a draft (unless `allow_fallback`
        says that English may stand in), InvalidInput for unknown languages, areas or times, Conflict for a paid one
        where those are switched off or it would go over the month's cap.
        """
        actor.check(Act.CREATE_BROADCAST)
        message = await self._vetted_message(uow, key)
        tags = tuple(self._registry.get(each).tag for each in languages)
        known = {area.id for area in self._controller.areas}
        for area in areas:
            if area not in known:
                raise InvalidInput(f"There is no area {area}.")
        if not allow_fallback:
            await self._check_named_languages(uow, message, tags)
        send_at = self._instant(at) if at else None
        rule = self._rule(repeat, at) if repeat else None
        latest = self._latest(message, send_at, until)
        if film_id is not None:
            await self._check_film(uow, message, film_id, repeats=repeat is not None)
        broadcast_id = await uow.broadcasts.create(
            bot_id=self._bot_id, message_id=message.id, state=BroadcastState.DRAFT, languages=list(tags),
            areas=list(areas), rumour_id=rumour_id, created_by=actor.id, send_at=send_at,
            send_local=f"{at} {self._controller.zone}" if at else None, until=latest, paid=paid, film_id=film_id,
            created_at=self._clock.now(), repeat=rule.text if rule else None,
            occurrence=wall(rule.first) if rule else None,
        )  # fmt: skip
        if rule is not None:
            await uow.broadcasts.change(broadcast_id, series=str(broadcast_id))
        await self._prices.check(uow, await self._planner.get(uow, broadcast_id))
        await self._audit.note(
            uow, actor, Act.CREATE_BROADCAST, f"broadcast {broadcast_id}", message=key, repeat=rule.text if rule else ""
        )
        return broadcast_id

    async def _check_film(self, uow: UnitOfWork, message: MessageRow, film_id: int, *, repeats: bool) -> None:
        film = await uow.films.get(film_id)
        if film is None or film.message_id != message.id or film.state != FilmState.PUBLISHED:
            raise NotVetted("This film is not on the screen: a second person has to approve it first.")
        if repeats:
            raise InvalidInput("A film is sent once: send it again from its page, where consents are asked for anew.")

    async def _vetted_message(self, uow: UnitOfWork, key: str) -> MessageRow:
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        await self._check_vetted(uow, message)
        return message

    async def _check_vetted(self, uow: UnitOfWork, message: MessageRow) -> None:
        key = message.key
        if message.vetted_by is None:
            raise NotVetted(f"{key} is a draft that no second person has vetted: it cannot be broadcast.")
        if message.shelf is not None:
            raise Conflict(f"{key} is on the ready shelf: take it from there, with today's facts.")
        if message.valid_until <= self._clock.now():
            raise Conflict(f"{key} was valid until {message.valid_until:%d %B %Y}: renew it first.")
        renditions = await uow.messages.renditions(message.id)
        if not any(each.state == RenditionState.APPROVED for each in renditions):
            raise NotVetted(f"{key} has no approved rendition: it cannot be broadcast.")

    async def _check_named_languages(self, uow: UnitOfWork, message: MessageRow, languages: tuple[str, ...]) -> None:
        renditions = await uow.messages.renditions(message.id)
        for tag in languages:
            states = {each.state for each in renditions if each.language == tag}
            if states and RenditionState.APPROVED not in states:
                raise NotVetted(
                    f"The {tag} rendition of {message.key} is not approved by a second speaker: "
                    "have it approved, or allow its fallback."
                )

    def _instant(self, said: str) -> datetime:
        moment = _moment(said)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        zone = self._controller.zone
        if not exists(moment, zone):
            raise InvalidInput(f"{said} does not exist in {zone}: the clocks go forward then.")
        return instant(moment, zone)

    def _rule(self, repeat: str, at: str | None) -> Rule:
        first = _moment(at) if at else None
        if first is None or first.tzinfo is not None or first.second or first.microsecond:
            raise InvalidInput("What repeats needs a first time like 2026-12-01T10:00, in the borough's own time.")
        return Rule.read(repeat, first, self._controller.zone)

    def _latest(self, message: MessageRow, send_at: datetime | None, until: str | None) -> datetime:
        now = self._clock.now()
        if send_at is not None and send_at < now - LATE_BY:
            raise InvalidInput("This time is in the past.")
        start = send_at or now
        latest = self._instant(until) if until else start + DEFAULT_WINDOW
        latest = min(latest, message.valid_until)
        if latest <= start or latest <= now:
            raise InvalidInput("The latest time must be after the time of sending, and in the future.")
        return latest

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """Message, every approved rendition, audience and times."""
        return await self._planner.content_hash(uow, subject_id)

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """What the second person must see: texts, audience, who gets nothing, and the time it takes."""
        row = await self._planner.get(uow, subject_id)
        message = await self._planner.message(uow, row)
        plan = await self._planner.plan(uow, row)
        price = await self._prices.of(uow, row)
        latest = await uow.messages.latest(message.key)
        rhythm = await self._planner.rhythm(uow, row)
        renditions = [
            {"language": each.language, "form": each.form, "text": each.text}
            for each in await self._planner.usable(uow, row)
        ]
        return {
            "broadcast_id": row.id, "key": message.key, "revision": message.revision, "title": message.title,
            "renditions": renditions, "languages": list(row.languages), "areas": list(row.areas), "size": plan.size,
            "nothing": plan.nothing, "seconds": round(plan.seconds), "lines": plan.by_language(),
            "send_at": row.send_at.isoformat() if row.send_at else "", "until": row.until.isoformat() if row.until else
            "", "repeat": row.repeat or "", "coming": rhythm.coming(row.occurrence, 3) if rhythm else [],
            "again": {"of": row.resend_of, "kind": row.resend_kind} if row.resend_of else None,
            "film": row.film_id,
            "newer_revision": latest.revision if latest and latest.revision > message.revision else None,
            "price": None if price is None else {
                "highest": stars(price.highest), "left": stars(price.left), "cap": stars(price.cap),
                "tenths": price.highest,
            },
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than the author: two records with two different verified chats."""
        row = await self._planner.get(uow, subject_id)
        await self.check_two(uow, approver.id, row.created_by)

    async def check_two(self, uow: UnitOfWork, approver_id: int, author_id: int) -> None:
        """Raise NotAllowed unless these are two people with two phones of their own."""
        if approver_id == author_id:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")
        if self._need_chats:
            records = [await uow.staff.get(each) for each in (approver_id, author_id)]
            tags = {each.person_tag for each in records if each is not None and each.person_tag is not None}
            if len(tags) != 2:
                raise NotAllowed("Author and approver must both have joined with their own phone (two Telegram ids).")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Scheduled for its time, or sent at once where no time was set or it has come.

        Raises Conflict past its latest time. In a series the yes counts nevertheless, for the occurrences to come.
        """
        row = await self._planner.get(uow, subject_id)
        check_step(BroadcastState(row.state), BroadcastState.SCHEDULED)
        if row.state != BroadcastState.DRAFT:
            raise Conflict(f"This broadcast is {row.state} already.")
        await self._check_vetted(uow, await self._planner.message(uow, row))
        await self._prices.check(uow, row)
        if row.film_id is not None:
            await self._check_film(uow, await self._planner.message(uow, row), row.film_id, repeats=False)
        now = self._clock.now()
        over = row.until is not None and row.until <= now
        if over and row.series is None:
            raise Conflict("Its latest time has passed: it will not be sent.")
        pinned = [each.id for each in await self._planner.usable(uow, row)]
        approved_hash = await self._planner.content_hash(uow, subject_id)
        moved = await uow.broadcasts.move(
            subject_id, BroadcastState.DRAFT, BroadcastState.SCHEDULED, approved_by=approver.id,
            approved_hash=approved_hash, approved_set=pinned, reason=None,
        )  # fmt: skip
        if not moved:
            raise Conflict("Somebody else changed this broadcast a moment ago.")
        if not over and (row.send_at is None or row.send_at <= now):
            await self._launch.start(uow, subject_id)

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Stays a draft, with the reason."""
        await uow.broadcasts.change(subject_id, reason=f"Refused by {approver.name}: {reason}")


def _moment(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError as error:
        raise InvalidInput(f"{said} is not a time like 2026-12-01T10:00.") from error
