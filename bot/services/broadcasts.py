"""Broadcasts: planned, approved by a second person, started on time, steered, and accounted for."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.db import UnitOfWork
from bot.db.repositories.residents import Audience
from bot.db.rows import BroadcastRow, MessageRow, RenditionRow
from bot.domain.broadcasts import BroadcastState, DeliveryState, check_step, seconds_to_send
from bot.domain.controller import Controller
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.staff import Act, Role, may
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotVetted
from bot.i18n import Registry
from bot.services.audit import Actor, Audit
from bot.services.cards import Cards
from bot.services.outbox import Address, Outbox
from bot.services.plan import Plan, PlanGroup
from bot.services.ports import Clock
from bot.services.renditions import content_hash

DEFAULT_WINDOW = timedelta(hours=24)
"""Without a latest time of its own, nothing of a broadcast is sent later than this after its time."""


class Broadcasts:
    """The approval subject `broadcast`, and everything before and after it."""

    kind = "broadcast"
    act = Act.APPROVE_BROADCAST

    def __init__(
        self, cards: Cards, registry: Registry, controller: Controller, outbox: Outbox, audit: Audit, clock: Clock, *,
        bot_id: int, rate: float, need_chats: bool,
    ) -> None:  # fmt: skip
        self._cards = cards
        self._registry = registry
        self._controller = controller
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id
        self._rate = rate
        self._need_chats = need_chats

    async def get(self, uow: UnitOfWork, broadcast_id: int) -> BroadcastRow:
        """One broadcast. Raises NotFound."""
        row = await uow.broadcasts.get(broadcast_id)
        if row is None:
            raise NotFound(f"There is no broadcast {broadcast_id}.")
        return row

    # Making one

    async def create(
        self, uow: UnitOfWork, actor: Actor, *, key: str, languages: tuple[str, ...] = (), areas: tuple[str, ...] = (),
        at: str | None = None, until: str | None = None, rumour_id: int | None = None, allow_fallback: bool = False,
    ) -> int:  # fmt: skip
        """A draft broadcast of a message's newest revision; returns its number.

        `at` and `until` are local wall times of the borough's zone (`2026-12-01T10:00`), or carry an offset.
        Raises NotVetted when the message or a rendition named by `languages` is a draft (unless `allow_fallback`
        says that English may stand in), InvalidInput for unknown languages, areas or times.
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
        latest = self._latest(message, send_at, until)
        broadcast_id = await uow.broadcasts.create(
            bot_id=self._bot_id, message_id=message.id, state=BroadcastState.DRAFT, languages=list(tags),
            areas=list(areas), rumour_id=rumour_id, created_by=actor.id, send_at=send_at,
            send_local=f"{at} {self._controller.zone}" if at else None, until=latest, created_at=self._clock.now(),
        )  # fmt: skip
        await self._audit.note(uow, actor, Act.CREATE_BROADCAST, f"broadcast {broadcast_id}", message=key)
        return broadcast_id

    async def _vetted_message(self, uow: UnitOfWork, key: str) -> MessageRow:
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        if message.vetted_by is None:
            raise NotVetted(f"{key} is a draft that no second person has vetted: it cannot be broadcast.")
        if message.valid_until <= self._clock.now():
            raise Conflict(f"{key} was valid until {message.valid_until:%d %B %Y}: renew it first.")
        renditions = await uow.messages.renditions(message.id)
        if not any(each.state == RenditionState.APPROVED for each in renditions):
            raise NotVetted(f"{key} has no approved rendition: it cannot be broadcast.")
        return message

    async def _check_named_languages(self, uow: UnitOfWork, message: MessageRow, languages: tuple[str, ...]) -> None:
        renditions = await uow.messages.renditions(message.id)
        for tag in languages:
            states = {each.state for each in renditions if each.language == tag}
            if states and RenditionState.APPROVED not in states:
                raise NotVetted(
                    f"The {tag} rendition of {message.key} is not approved by a second speaker: "
                    "have it approved, or allow its fallback."
                )

    def _instant(self, local: str) -> datetime:
        try:
            moment = datetime.fromisoformat(local)
        except ValueError as error:
            raise InvalidInput(f"{local} is not a time like 2026-12-01T10:00.") from error
        if moment.tzinfo is None:
            zone = ZoneInfo(self._controller.zone)
            aware = moment.replace(tzinfo=zone)
            if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
                raise InvalidInput(f"{local} does not exist in {self._controller.zone}: the clocks go forward then.")
            moment = aware
        return moment.astimezone(UTC)

    def _latest(self, message: MessageRow, send_at: datetime | None, until: str | None) -> datetime:
        now = self._clock.now()
        if send_at is not None and send_at < now - timedelta(minutes=30):
            raise InvalidInput("This time is in the past.")
        start = send_at or now
        latest = self._instant(until) if until else start + DEFAULT_WINDOW
        latest = min(latest, message.valid_until)
        if latest <= start or latest <= now:
            raise InvalidInput("The latest time must be after the time of sending, and in the future.")
        return latest

    # The dry run

    def _audience(self, row: BroadcastRow, message: MessageRow) -> Audience:
        return Audience(tuple(row.languages), tuple(row.areas), message.topic, message.emergency)

    async def plan(self, uow: UnitOfWork, row: BroadcastRow) -> Plan:
        """Who would get what, who falls back to what, who gets nothing, and how long it takes."""
        message = await self._message(uow, row)
        renditions = await self._usable(uow, row)
        groups = await uow.residents.groups(self._bot_id, self._audience(row, message), self._clock.now())
        planned = tuple(
            PlanGroup(each, self._cards.choose(renditions, listen=each.listen, read=each.read, form=each.form))
            for each in groups
        )
        reached = sum(each.group.size for each in planned if each.choice.language is not None)
        return Plan(planned, seconds_to_send(reached, self._rate))

    async def _usable(self, uow: UnitOfWork, row: BroadcastRow) -> list[RenditionRow]:
        """Approved renditions; once the broadcast is approved, only those that the approver saw."""
        found = [
            each for each in await uow.messages.renditions(row.message_id) if each.state == RenditionState.APPROVED
        ]
        if row.approved_set is None:
            return found
        return [each for each in found if each.id in row.approved_set]

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """Message, every approved rendition, audience and times."""
        row = await self.get(uow, subject_id)
        message = await self._message(uow, row)
        renditions = sorted((each.id, each.content_hash) for each in await self._usable(uow, row))
        return content_hash(
            message.content_hash, renditions, sorted(row.languages), sorted(row.areas), row.send_at, row.until
        )

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """What the second person must see: texts, audience, who gets nothing, and the time it takes."""
        row = await self.get(uow, subject_id)
        message = await self._message(uow, row)
        plan = await self.plan(uow, row)
        renditions = [
            {"language": each.language, "form": each.form, "text": each.text} for each in await self._usable(uow, row)
        ]
        return {
            "broadcast_id": row.id, "key": message.key, "revision": message.revision, "title": message.title,
            "renditions": renditions, "languages": list(row.languages), "areas": list(row.areas), "size": plan.size,
            "nothing": plan.nothing, "seconds": round(plan.seconds), "lines": plan.by_language(),
            "send_at": row.send_at.isoformat() if row.send_at else "", "until": row.until.isoformat() if row.until else
            "",
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than the author: two records with two different verified chats."""
        row = await self.get(uow, subject_id)
        if approver.id == row.created_by:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")
        if self._need_chats:
            records = [await uow.staff.get(each) for each in (approver.id, row.created_by)]
            tags = {each.person_tag for each in records if each is not None and each.person_tag is not None}
            if len(tags) != 2:
                raise NotAllowed("Author and approver must both have joined with their own phone (two Telegram ids).")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Scheduled for its time, or sent at once where no time was set."""
        row = await self.get(uow, subject_id)
        check_step(BroadcastState(row.state), BroadcastState.SCHEDULED)
        if row.state != BroadcastState.DRAFT:
            raise Conflict(f"This broadcast is {row.state} already.")
        await self._vetted_message(uow, (await self._message(uow, row)).key)
        pinned = [each.id for each in await self._usable(uow, row)]
        approved_hash = await self.content_hash(uow, subject_id)
        moved = await uow.broadcasts.move(
            subject_id, BroadcastState.DRAFT, BroadcastState.SCHEDULED, approved_by=approver.id,
            approved_hash=approved_hash, approved_set=pinned, reason=None,
        )  # fmt: skip
        if not moved:
            raise Conflict("Somebody else changed this broadcast a moment ago.")
        if row.send_at is None or row.send_at <= self._clock.now():
            await self.start(uow, subject_id)

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Stays a draft, with the reason."""
        await uow.broadcasts.change(subject_id, reason=f"Refused by {approver.name}: {reason}")

    # Sending it

    async def start(self, uow: UnitOfWork, broadcast_id: int) -> bool:
        """Freeze the audience and begin. A content that is not what was approved goes back to its author.

        Returns False when somebody else started it first, or it went back.
        """
        await uow.decide_alone()
        row = await self.get(uow, broadcast_id)
        if row.state != BroadcastState.SCHEDULED or row.approved_hash is None:
            return False
        if await self.content_hash(uow, broadcast_id) != row.approved_hash:
            await self._back_to_author(uow, row)
            return False
        now = self._clock.now()
        won = await uow.broadcasts.move(
            broadcast_id, BroadcastState.SCHEDULED, BroadcastState.SENDING, started_at=now, bot_id=self._bot_id
        )
        if not won:
            return False
        size = await self._queue_deliveries(uow, row, now)
        await uow.broadcasts.change(broadcast_id, audience_size=size)
        return True

    async def _queue_deliveries(self, uow: UnitOfWork, row: BroadcastRow, now: datetime) -> int:
        message = await self._message(uow, row)
        plan = await self.plan(uow, row)
        audience = self._audience(row, message)
        await uow.broadcasts.add_groups(
            [
                {
                    "broadcast_id": row.id, "no": no, "listen": each.group.listen, "read": each.group.read,
                    "form": each.group.form, "language": each.choice.language, "out_form": each.choice.form,
                    "text_id": each.choice.text_id, "media_rendition_id": each.choice.media_id,
                    "missing": each.choice.missing,
                }
                for no, each in enumerate(plan.groups)
            ]
        )  # fmt: skip
        size = 0
        for no, each in enumerate(plan.groups):
            reachable = each.choice.language is not None
            size += await uow.deliveries.queue_group(
                row.id, no, bot_id=self._bot_id, audience=audience, listen=each.group.listen, read=each.group.read,
                form=each.group.form, state=DeliveryState.QUEUED if reachable else DeliveryState.SKIPPED,
                error=None if reachable else "no approved rendition", now=now,
            )  # fmt: skip
        return size

    async def _back_to_author(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        reason = "Its content changed after it was approved: ask for approval again."
        await uow.broadcasts.move(
            row.id, BroadcastState.SCHEDULED, BroadcastState.DRAFT, reason=reason, approved_by=None,
            approved_hash=None, approved_set=None,
        )  # fmt: skip
        await self._audit.note_system(uow, "approval_voided", f"broadcast {row.id}")
        await self.alert(uow, row.id, reason)

    async def start_due(self, uow: UnitOfWork) -> int:
        """Start every scheduled broadcast whose time has come; returns how many."""
        started = 0
        for row in await uow.broadcasts.due(self._clock.now()):
            started += await self.start(uow, row.id)
        return started

    async def end_overdue(self, uow: UnitOfWork) -> int:
        """What has passed its latest time is never sent: missed, and staff are told. Returns how many."""
        missed = 0
        for row in await uow.broadcasts.overdue(self._clock.now()):
            now = self._clock.now()
            if not await uow.broadcasts.move(
                row.id, BroadcastState(row.state), BroadcastState.MISSED, finished_at=now,
                reason="its latest time passed",
            ):  # fmt: skip
                continue
            await uow.deliveries.skip_all(row.id, "too late", now=now)
            await self._audit.note_system(uow, "missed", f"broadcast {row.id}")
            await self.alert(uow, row.id, "Its latest time passed; nothing more of it is sent.")
            missed += 1
        return missed

    # Steering

    async def pause(self, uow: UnitOfWork, actor: Actor, broadcast_id: int, reason: str = "paused by staff") -> None:
        """Hold it: nothing more leaves until it is resumed."""
        await self._steer(uow, actor, broadcast_id, BroadcastState.PAUSED, reason=reason)

    async def resume(self, uow: UnitOfWork, actor: Actor, broadcast_id: int) -> None:
        """Go on. Raises Conflict past its latest time, or when its renditions changed meanwhile."""
        await uow.decide_alone()
        row = await self.get(uow, broadcast_id)
        if row.until is not None and row.until <= self._clock.now():
            raise Conflict("Its latest time has passed: it will not be sent.")
        if await self.content_hash(uow, broadcast_id) != row.approved_hash:
            raise Conflict("Its content changed since it was approved: cancel it and ask for approval of a new one.")
        await self._steer(uow, actor, broadcast_id, BroadcastState.SENDING, reason=None)

    async def cancel(self, uow: UnitOfWork, actor: Actor, broadcast_id: int) -> None:
        """End it: what is queued is skipped; what is under way at this moment ends by itself."""
        now = self._clock.now()
        await self._steer(
            uow, actor, broadcast_id, BroadcastState.CANCELLED, reason=f"cancelled by {actor.name}", finished_at=now
        )
        await uow.deliveries.skip_all(broadcast_id, "cancelled", now=now)
        await uow.approvals.void(self.kind, broadcast_id)

    async def _steer(
        self, uow: UnitOfWork, actor: Actor, broadcast_id: int, state: BroadcastState, **values: Any
    ) -> None:
        actor.check(Act.STEER_BROADCAST)
        row = await self.get(uow, broadcast_id)
        check_step(BroadcastState(row.state), state)
        if state is BroadcastState.SENDING and row.state not in {BroadcastState.PAUSED, BroadcastState.STOPPED}:
            raise Conflict("Only a paused or stopped broadcast can be resumed.")
        if not await uow.broadcasts.move(broadcast_id, BroadcastState(row.state), state, **values):
            raise Conflict("Somebody else changed this broadcast a moment ago.")
        await self._audit.note(uow, actor, Act.STEER_BROADCAST, f"broadcast {broadcast_id}", to=state)

    async def alert(self, uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
        """Tell every publisher in their chat that a broadcast needs them."""
        for row in await uow.staff.all():
            if row.chat is not None and may([Role(each) for each in row.roles], Act.STEER_BROADCAST):
                await self._outbox.put(
                    uow, Address(self._bot_id, row.chat), "staff.broadcast_alert", "en-GB",
                    broadcast_id=broadcast_id, reason=reason,
                )  # fmt: skip

    # Looking at it

    async def show(self, uow: UnitOfWork, broadcast_id: int) -> dict[str, Any]:
        """The shape of `vouch broadcasts show` (bot/README.md, the outside contract)."""
        row = await self.get(uow, broadcast_id)
        message = await self._message(uow, row)
        names = await uow.staff.names([each for each in (row.created_by, row.approved_by) if each])
        counts, by_language = await self._counts(uow, broadcast_id)
        size = row.audience_size
        if size is None:
            size = (await self.plan(uow, row)).size
        return {
            "id": row.id, "message": message.key, "revision": message.revision, "state": row.state,
            "reason": row.reason, "audience": {"languages": row.languages, "areas": row.areas, "size": size},
            "created_by": names.get(row.created_by), "approved_by": names.get(row.approved_by or 0),
            "send_at": _rfc3339(row.send_at), "until": _rfc3339(row.until), "series": row.series, "counts": counts,
            "by_language": by_language, "started_at": _rfc3339(row.started_at),
            "finished_at": _rfc3339(row.finished_at), "recalled_at": _rfc3339(row.recalled_at),
        }  # fmt: skip

    async def deliveries(self, uow: UnitOfWork, broadcast_id: int, *, salt: str) -> AsyncIterator[dict[str, Any]]:
        """Every delivery as in `vouch broadcasts deliveries --json`.

        The resident's id is a keyed hash over `salt` and the broadcast: another one in each broadcast, so that nobody
        can be followed across them.
        """
        key = hashlib.blake2b(f"{salt}:{broadcast_id}".encode(), digest_size=32).digest()
        async for resident_id, language, form, state, changed_at, error in uow.deliveries.listing(broadcast_id):
            opaque = hashlib.blake2b(str(resident_id).encode(), key=key, digest_size=8).hexdigest()
            sent = state == DeliveryState.SENT
            yield {
                "resident": opaque, "language": language, "form": form, "state": DeliveryState(state).name.lower(),
                "sent_at": _rfc3339(changed_at) if sent else None, "error": error,
            }  # fmt: skip

    async def _counts(self, uow: UnitOfWork, broadcast_id: int) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        groups = {each.no: each.language or each.read for each in await uow.broadcasts.groups(broadcast_id)}
        total = {state.name.lower(): 0 for state in DeliveryState}
        by_language: dict[str, dict[str, int]] = {}
        for (group_no, state), n in (await uow.deliveries.counts(broadcast_id)).items():
            name = state.name.lower()
            total[name] += n
            line = by_language.setdefault(groups.get(group_no, SOURCE_LANGUAGE), dict.fromkeys(total, 0))
            line[name] += n
        return total, by_language

    async def _message(self, uow: UnitOfWork, row: BroadcastRow) -> MessageRow:
        message = await uow.messages.get(row.message_id)
        if message is None:
            raise NotFound("There is no such message.")
        return message


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
