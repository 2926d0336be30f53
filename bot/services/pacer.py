"""Pace: one even rhythm for the whole bot, and gentleness towards each chat."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

_CATCH_UP_SECONDS = 0.12
"""After a stall, at most this much of the rhythm is made good: at 25 a second, three messages."""
_REST_SECONDS = 0.5
"""Whoever has not sent for this long was idle, not late: the rhythm starts anew, with nothing to make good."""
_CHAT_BURST = 4
_CHAT_SECONDS = 1.0
"""About one message a second to one chat; short bursts pass (Telegram's bots FAQ, 'My bot is hitting limits')."""


class Pacer:
    """Even slots for a whole bot at `rate` a second (0: as fast as it goes), and a pause that stops every lane."""

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._next = 0.0
        self._held_until = 0.0
        self._chats: OrderedDict[int, float] = OrderedDict()

    def hold(self, seconds: float) -> None:
        """Nothing goes out for `seconds` from now: the channel asked for it."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    @property
    def held_for(self) -> float:
        """Seconds until the pause ends; 0 when there is none."""
        return max(0.0, self._held_until - self._clock())

    async def slot(self) -> None:
        """Wait for the next slot of the rhythm, and for the end of a pause."""
        while (pause := self.held_for) > 0:
            await asyncio.sleep(pause)
        if not self.rate:
            return
        now = self._clock()
        rested = now - self._next > _REST_SECONDS
        mine = now if rested else max(self._next, now - _CATCH_UP_SECONDS)
        self._next = mine + 1 / self.rate
        if mine > now:
            await asyncio.sleep(mine - now)

    def chat_wait(self, chat_id: int) -> float:
        """Take the next turn of a chat if it is free now (returns 0), or say in how many seconds it will be."""
        if not self.rate:
            return 0.0
        now = self._clock()
        used_until = self._chats.pop(chat_id, 0.0)
        turn = max(used_until, now - _CHAT_BURST * _CHAT_SECONDS) + _CHAT_SECONDS
        free = turn <= now
        self._chats[chat_id] = turn if free else used_until
        while len(self._chats) > 10_000:
            self._chats.popitem(last=False)
        return 0.0 if free else turn - now
