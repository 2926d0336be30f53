"""R1: the two-person rule under races: many people decide at the same moment, each on a connection of their own.

Whatever wins, what reached a resident is checked against what was committed: two staff records with different verified
ids, the very content that was approved, and nothing that left after a withdrawal was committed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.db import UnitOfWork
from bot.domain.broadcasts import BroadcastState, DeliveryState
from bot.errors import Conflict, VouchError
from bot.services.audit import Actor, actor_of
from tests.chaos.figures import Figure, exactly, shown
from tests.factories import World
from tests.integration.db.cluster import database

READERS = 3
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(slots=True)
class Race:
    """One race on one message: `rendition_id` waits for its second speaker, `readers` for the broadcast."""

    key: str
    rendition_id: int
    readers: list[int]
    one_phone: int
    maker: Actor
    second: Actor
    publisher: Actor
    form: str = "text"
    """What its readers prefer."""


async def run(folder: Path, engine: str, *, races: int, seed: int = 1) -> list[Figure]:
    """So many races, the five kinds in turn; what was sent is held against the database each time."""
    async with database(engine, folder) as db:
        return await _Campaign(World(db, folder), random.Random(seed)).run(_NAMES[engine], races)


class _Campaign:
    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self._tally: Counter[str] = Counter()
        self._sending_alone = asyncio.Lock()
        self._guests: list[str] = []
        self._listeners: list[int] = []
        self._on_their_way = 0

    async def run(self, label: str, races: int) -> list[Figure]:
        """Figures of the whole."""
        maker = await self._world.staff("Sample Maker", languages=["pa", "en-GB"])
        second = await self._world.staff("Sample Second", languages=["pa", "en-GB"])
        publisher = await self._world.staff("Sample Publisher", languages=["pl", "en-GB"])
        readers = [await self._world.resident("pa") for _ in range(READERS)]
        self._listeners = [await self._world.resident("pa", form="voice") for _ in range(READERS)]
        kinds = (self._self_approval, self._one_phone, self._edit, self._withdrawal, self._consent_taken_back)
        for number in range(races):
            race = await self._prepare(number, readers, maker, second, publisher)
            self._world.messenger.calls.clear()
            await self._settle(await kinds[number % len(kinds)](race) or race)
        label = f"R1 {label}, {races:,} races"
        tally = self._tally
        return [
            exactly(f"{label}: sent without two records with different ids", tally["alone"], 0, "messages"),
            exactly(f"{label}: sent with other words than were approved", tally["other"], 0, "messages"),
            exactly(f"{label}: sent after the withdrawal was committed", tally["after"], 0, "messages"),
            exactly(f"{label}: second records bound to one phone", tally["bound"], 0, "records"),
            shown(f"{label}: tries that were refused", tally["refused"], "tries"),
            shown(f"{label}: that ended with a send", tally["sent"], "races"),
        ]

    async def _prepare(self, number: int, readers: list[int], maker: Actor, second: Actor, publisher: Actor) -> Race:
        key = f"race-{number}"
        message_id = await self._world.message(key)
        async with self._world.db.write() as uow:
            rendition_id = await self._world.desk.renditions.write(uow, maker, message_id, "pa", f"{key}: first words")
        return Race(key, rendition_id, readers, self._world.new_chat(), maker, second, publisher)

    # Deciding at once

    async def _try(self, act: Callable[[UnitOfWork], Awaitable[object]]) -> bool:
        """One person acts, in a transaction of their own, after a moment that differs each time.

        What is neither done nor clearly refused breaks the campaign off.
        """
        await asyncio.sleep(self._chance.random() * 0.004)
        try:
            async with self._world.db.write() as uow:
                await act(uow)
        except VouchError:
            self._tally["refused"] += 1
            return False
        return True

    def _approves(self, who: Actor, subject_id: int, kind: str = "rendition") -> Coroutine[Any, Any, bool]:
        return self._try(lambda uow: self._world.desk.approvals.approve_directly(uow, who, kind, subject_id))

    async def _self_approval(self, race: Race) -> None:
        """The maker says yes several times, while they ask the second person; then their own broadcast, too."""
        ask = self._try(lambda uow: self._world.desk.approvals.request(uow, race.maker, "rendition", race.rendition_id))
        own = [self._approves(race.maker, race.rendition_id) for _ in range(3)]
        if self._chance.random() < 0.5:
            own.append(self._approves(race.second, race.rendition_id))
        await asyncio.gather(*own, ask)
        await self._broadcast(race, [race.publisher, race.publisher, race.second])

    async def _one_phone(self, race: Race) -> None:
        """Two new names claim one phone at the same moment; whoever got a record approves, the other tries to."""
        names = [f"Sample {race.key} {each}" for each in ("one", "two")]
        self._guests += names
        codes = [await self._invited(name) for name in names]
        tag, chat = self._world.vault.staff_tag(race.one_phone), self._world.vault.seal_chat(race.one_phone)
        joined = await asyncio.gather(*(
            self._try(lambda uow, code=code: self._world.desk.staff.accept_invite(  # type: ignore[misc]
                uow, code, person_tag=tag, chat=chat,
            )) for code in codes
        ))  # fmt: skip
        self._tally["bound"] += max(0, sum(joined) - 1)
        people = [await self._actor(name) for name in names]
        await self._approves(race.second, race.rendition_id)
        broadcast_id = await self._drafted(race, people[0])
        if broadcast_id is not None:
            await asyncio.gather(*(self._approves(each, broadcast_id, "broadcast") for each in (*people, people[1])))

    async def _invited(self, name: str) -> str:
        number = (await self._world.staff(name, languages=["pa", "en-GB"], phone=False)).id
        async with self._world.db.write() as uow:
            return await self._world.desk.staff.invite(uow, None, number)

    async def _actor(self, name: str) -> Actor:
        async with self._world.db.read() as uow:
            row = await self._world.desk.staff.by_name(uow, name)
        return actor_of(row, "test")

    async def _edit(self, race: Race) -> None:
        """A yes to the first words meets other words; a yes that was asked for must not count for them."""
        async with self._world.db.write() as uow:
            await self._world.desk.approvals.request(uow, race.maker, "rendition", race.rendition_id)
            [request] = await uow.approvals.pending("rendition", race.rendition_id)
        message_id = (await self._world.latest(race.key)).id
        edits = [
            self._try(lambda uow, text=text: self._world.desk.renditions.write(  # type: ignore[misc]
                uow, race.maker, message_id, "pa", f"{race.key}: {text} words",
            )) for text in ("second", "third")
        ]  # fmt: skip
        yes = self._try(lambda uow: self._yes_to(uow, race, request.id))
        await asyncio.gather(yes, *edits)
        await self._broadcast(race, [race.second])

    async def _yes_to(self, uow: UnitOfWork, race: Race, request_id: int) -> None:
        """The second speaker's yes, and in the same transaction which words they say it to."""
        await uow.decide_alone()
        await self._world.desk.approvals.approve(uow, race.second, request_id)
        row = await self._world.desk.renditions.get(uow, race.rendition_id)
        if row.text != f"{race.key}: first words":
            self._tally["other"] += 1
            raise Conflict("A yes to other words.")

    async def _withdrawal(self, race: Race) -> None:
        """A yes, a withdrawal, and a broadcast that is being sent, all at once."""
        if self._chance.random() < 0.7:
            await self._approves(race.second, race.rendition_id)
        await self._race_withdrawal(
            race, lambda uow: self._world.desk.renditions.withdraw(uow, race.second, race.rendition_id)
        )

    async def _race_withdrawal(self, race: Race, withdraw: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        broadcast_id = await self._drafted(race, race.publisher)
        acts = [self._withdraws(race, withdraw)]
        if self._chance.random() < 0.5:
            acts.append(self._approves(race.second, race.rendition_id))
        elif broadcast_id is not None:  # it is being sent already when the withdrawal comes
            await self._approves(race.second, broadcast_id, "broadcast")
        if broadcast_id is not None:
            acts.append(self._approves(race.second, broadcast_id, "broadcast"))
        await asyncio.gather(*acts, self._sending())
        await self._sending()
        with_words = sum(f"{race.key}: " in html for html in self._came(race))
        self._tally["after"] += max(0, with_words - self._on_their_way)

    async def _consent_taken_back(self, race: Race) -> Race:
        """The same with a leader's voice: the leader takes everything back on their own phone."""
        leader_id, rendition_id = await self._voice(race)
        voice = replace(race, rendition_id=rendition_id, readers=self._listeners, form="voice")

        async def take_back(uow: UnitOfWork) -> None:
            leader = await uow.leaders.get(leader_id)
            if leader is not None:
                await self._world.desk.consents.withdraw(uow, leader)

        if self._chance.random() < 0.7:
            await self._approves(race.second, rendition_id)
        await self._race_withdrawal(voice, take_back)
        return voice

    async def _voice(self, race: Race) -> tuple[int, int]:
        """A leader's recording that its second speaker has heard and compared, and not approved yet."""
        world, chat, now = self._world, self._world.new_chat(), self._world.clock.now()
        message_id = (await world.latest(race.key)).id
        async with world.db.write() as uow:
            leader_id = await uow.leaders.create(
                name=f"Sample leader of {race.key}", role="x", role_english="x", community="x", languages=["pa"],
                tasks=["record"], state="active", sample=True, person_tag=world.vault.staff_tag(chat),
                chat=world.vault.seal_chat(chat), created_at=now,
            )  # fmt: skip
            leader = await uow.leaders.get(leader_id)
            assert leader is not None
            consent_id = await world.desk.consents.give(uow, leader, ["bot"], name_shown=True, months=3)
            consent = await world.desk.consents.current(uow, leader_id)
            media_id = await uow.media.create(
                kind="voice", mime="audio/ogg", size=5, seconds=5, file_id=f"voice of {race.key}", state="stored",
                tries=0, created_at=now,
            )  # fmt: skip
            rendition_id = await uow.messages.add_rendition(
                message_id=message_id, language="pa", form="voice", text=f"{race.key}: first words", media_id=media_id,
                leader_id=leader_id, consent=["bot"], consent_id=consent_id, consented_at=now,
                consent_until=consent.until, state="draft", content_hash=f"voice of {race.key}", created_at=now,
            )  # fmt: skip
            await uow.recordings.add_review(
                rendition_id=rendition_id, content_hash=f"voice of {race.key}", reviewer_id=race.second.id,
                state="compared", said="words", created_at=now,
            )  # fmt: skip
        return leader_id, rendition_id

    async def _withdraws(self, race: Race, withdraw: Callable[[UnitOfWork], Awaitable[object]]) -> bool:
        done = await self._try(withdraw)
        # What was claimed before the commit may be on its way; nothing more may follow it.
        self._on_their_way = await self._claimed(race) if done else READERS
        return done

    async def _claimed(self, race: Race) -> int:
        async with self._world.db.read() as uow:
            found = await uow.connection.exec_driver_sql(
                "SELECT count(*) FROM deliveries d JOIN broadcasts b ON b.id = d.broadcast_id JOIN messages m "
                "ON m.id = b.message_id JOIN broadcast_groups g ON g.broadcast_id = b.id AND g.no = d.group_no "
                f"WHERE m.key = '{race.key}' AND g.form = '{race.form}' AND d.state > {int(DeliveryState.QUEUED)}"
            )  # fmt: skip
            return int(found.scalar_one())

    # Sending, and holding it against the record

    async def _drafted(self, race: Race, author: Actor) -> int | None:
        try:
            return await self._world.draft(author, race.key, languages=("pa",), allow_fallback=True)
        except VouchError:
            self._tally["refused"] += 1
            return None

    async def _broadcast(self, race: Race, approvers: list[Actor]) -> None:
        broadcast_id = await self._drafted(race, race.publisher)
        if broadcast_id is not None:
            await asyncio.gather(*(self._approves(each, broadcast_id, "broadcast") for each in approvers))

    async def _sending(self) -> None:
        """One sender: that two do not run at once is what its lease is for (W1)."""
        async with self._sending_alone:
            await self._world.send_all()

    def _came(self, race: Race) -> list[str]:
        return [each.html for chat in race.readers for each in self._world.messenger.to(chat)]

    async def _settle(self, race: Race) -> None:
        """Send what may be sent, then look at every message that came."""
        await self._sending()
        came = self._came(race)
        async with self._world.db.read() as uow:
            row = await self._world.desk.renditions.get(uow, race.rendition_id)
            broadcasts = [each for each in await uow.broadcasts.page(limit=3) if each.message_id == row.message_id]
            people = {each.id: each.person_tag for each in await uow.staff.all()}
            leader = await uow.leaders.get(row.leader_id) if row.leader_id else None
        for html in came:
            ours = f"{race.key}: " in html
            self._tally["other"] += ours and (row.text not in html or row.reviewer_id is None)
            pairs = [(each.created_by, each.approved_by) for each in broadcasts if each.state != BroadcastState.DRAFT]
            tags = [(people.get(one), people.get(other)) for one, other in pairs]
            maker = leader.person_tag if leader else people.get(row.made_by or 0)
            tags += [(maker, people.get(row.reviewer_id or 0))] if ours else []
            self._tally["alone"] += not tags or any(None in each or each[0] == each[1] for each in tags)
        self._tally["sent"] += bool(came)
        await self._clear()

    async def _clear(self) -> None:
        for name in self._guests:
            async with self._world.db.write() as uow:
                await self._world.desk.staff.remove(uow, None, name)
        self._guests.clear()
