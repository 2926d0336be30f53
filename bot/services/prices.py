"""What paid broadcasts cost, and what is left of the month's cap."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.db import UnitOfWork
from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import ENDED, BroadcastState, DeliveryState
from bot.domain.paid import TENTHS_A_MESSAGE, PaidTerms, Price, stars
from bot.errors import Conflict
from bot.services.planner import Planner
from bot.services.ports import Clock

_CHARGED = frozenset({DeliveryState.SENT, DeliveryState.UNCONFIRMED, DeliveryState.SENDING})


class Prices:
    """Reckons; `terms` is None where paid broadcasts are switched off."""

    def __init__(self, planner: Planner, clock: Clock, zone: str, terms: PaidTerms | None) -> None:
        self._planner = planner
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self.terms = terms

    async def of(self, uow: UnitOfWork, row: BroadcastRow) -> Price | None:
        """What a paid broadcast costs at most; None for any other. Where they are switched off the cap is nothing."""
        if not row.paid:
            return None
        cap = self.terms.stars_per_month * 10 if self.terms is not None else 0
        spent = sum([await self._cost(uow, each) for each in await self._others(uow, row)])
        return Price(await self._highest(uow, row), max(0, cap - spent), cap)

    async def check(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        """Raise Conflict for a paid broadcast where those are off, and, with the figures, for one over the cap."""
        if row.paid and self.terms is None:
            raise Conflict("Paid broadcasts are switched off here (VOUCH_PAID_BROADCAST).")
        price = await self.of(uow, row)
        if price is not None and not price.fits:
            raise Conflict(
                f"It may cost {stars(price.highest)} Stars, and {stars(price.left)} of this month's {stars(price.cap)} "
                "are left: choose fewer people, or send it at the usual pace."
            )

    async def _others(self, uow: UnitOfWork, row: BroadcastRow) -> list[BroadcastRow]:
        """Approved paid broadcasts of the same calendar month in the borough's zone."""
        month = self._month(row)
        return [
            each
            for each in await uow.broadcasts.paid()
            if each.id != row.id and each.state != BroadcastState.DRAFT and self._month(each) == month
        ]

    def _month(self, row: BroadcastRow) -> tuple[int, int]:
        moment: datetime = row.started_at or row.send_at or row.finished_at or self._clock.now()
        local = moment.astimezone(self._zone)
        return local.year, local.month

    async def _cost(self, uow: UnitOfWork, row: BroadcastRow) -> int:
        if row.state not in ENDED:
            return await self._highest(uow, row)
        tally = await uow.tallies.tally(row.id, since=self._clock.now())
        return TENTHS_A_MESSAGE * sum(n for (_, state), n in tally.counts.items() if state in _CHARGED)

    async def _highest(self, uow: UnitOfWork, row: BroadcastRow) -> int:
        if row.audience_size is not None:
            return TENTHS_A_MESSAGE * row.audience_size
        return TENTHS_A_MESSAGE * (await self._planner.plan(uow, row)).reached
