"""A database that was put back believes it is the day of its backup: what it must not do until a person has looked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.db import UnitOfWork
from bot.domain.broadcasts import BroadcastState
from bot.services import audit
from bot.services.erasing import LeaderErasure
from bot.services.ports import Clock
from bot.services.vault import Vault

UNFINISHED = (BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED)
REASON = "Restored from a backup: what was sent after it looks unsent. See who got it before you resume."


@dataclass(slots=True)
class Settled:
    """What was done to a restored database, in numbers."""

    held: int = 0
    """Broadcasts that now wait for a person."""
    answers: int = 0
    """Answers that were waiting to be sent and are not."""
    updates: int = 0
    """Messages from residents that were waiting to be read and are not."""
    erased: int = 0
    """Residents who were erased after the backup, and are again."""
    leaders: int = 0
    """Leaders who were erased after the backup, and are again; their files go with `LeaderErasure.remove_files`."""
    withdrawn: int = 0
    """Leaders who took their consent back after the backup; it is taken back again."""


class Restoring:
    """Settles a database that was put back, before anything else uses it."""

    def __init__(self, vault: Vault, leaders: LeaderErasure, clock: Clock) -> None:
        self._vault = vault
        self._leaders = leaders
        self._clock = clock

    async def settle(self, uow: UnitOfWork, erased: Mapping[str, datetime], *, via: str) -> Settled:
        """Nothing leaves it by itself; who was erased is erased again; everybody is signed out.

        What was waiting at the moment of the backup was answered since, in all likelihood: at most once counts here as
        everywhere. `erased` are the marks of the erasures (Vault.erasure_mark, erasing.leader_mark) with
        their times. Safe to repeat.
        """
        done = Settled()
        for row in await uow.broadcasts.in_states(UNFINISHED):
            done.held += await uow.broadcasts.move(
                row.id, BroadcastState(row.state), BroadcastState.PAUSED, reason=REASON
            )
        done.answers = await uow.outbox.drop_open()
        done.updates = await uow.inbox.drop_waiting()
        await uow.manifests.drop_lookups_before(self._clock.now())
        await uow.staff.end_everything()
        if erased:
            done.erased = await self._erase_again(uow, erased)
            done.leaders, done.withdrawn = await self._leaders.again(uow, erased)
        await uow.meta.note_erasure(self._clock.now())
        await audit.write(
            uow, at=self._clock.now(), actor="vouch", via=via, action="restore", subject="database",
            detail=asdict(done),
        )  # fmt: skip
        return done

    async def _erase_again(self, uow: UnitOfWork, erased: Mapping[str, datetime]) -> int:
        def gone(tag: bytes, known_at: datetime) -> bool:
            # Who came back after their erasure, and before the backup, has newer rows: they stay.
            at = erased.get(self._vault.erasure_mark(tag))
            return at is not None and known_at <= at

        again = 0
        residents = [number async for number, tag, at in uow.residents.tags() if gone(tag, at)]
        for number in residents:
            await uow.residents.erase(number)
            again += 1
        for bot_id, tag, at in await uow.inbox.conversation_tags():
            if gone(tag, at):
                await uow.inbox.drop_conversation(bot_id, tag)
        for bot_id, tag in [(bot_id, tag) for bot_id, tag, at in await uow.languages.wish_tags() if gone(tag, at)]:
            await uow.languages.drop_wishes(bot_id, tag)
        for tag, at in await uow.residents.asking_tags():
            if gone(tag, at):
                await uow.residents.erase_reply_paths(tag)
        for tag, at in await uow.wishes.tags():
            if gone(tag, at):
                await uow.wishes.erase_paths(tag)
        return again
