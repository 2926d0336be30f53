"""Pace: one even rhythm for the whole bot, a ceiling that holds at the receiver, and gentleness towards each chat."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FREE_CEILING = 30
"""Messages in any one second that Telegram takes from a bot without charge (Bots FAQ, 'My bot is hitting limits')."""
PAID_CEILING = 1000
"""The same with paid broadcasts (Bot API, `allow_paid_broadcast`)."""
_CATCH_UP_SECONDS = 0.12
"""After a stall, at most this much of the rhythm is made good: at 25 a second, three messages."""
_REST_SECONDS = 0.5
"""Whoever has not sent for this long was idle, not late: the rhythm starts anew, with nothing to make good."""
_BREATH_SECONDS = 0.004
"""Above 250 a second, those of one breath leave together: to wake up for each costs more than to send it."""
_TOGETHER_SECONDS = 0.0005
"""Calls that left together were answered nearly together: one wait for all of them."""
_CHAT_BURST = 4
_CHAT_SECONDS = 1.0
"""About one message a second to one chat; short bursts pass (the same page)."""
_GROUP_SECONDS = 3.0
"""20 messages a minute to one group (the same page), evenly."""


@dataclass(slots=True)
class Slot:
    """One call's place in the rhythm; whoever made the call says when it has ended."""

    ended_at: float | None = None


class Window:
    """At most `most` calls arrive within any one second, however slow the way there is.

    A call starts only a full second after the call `most` places before it was answered. Its arrival lies before its
    answer, so the two arrivals are more than a second apart; this costs rate / (1 + round trip).
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._slots: deque[Slot] = deque()
        self._end = asyncio.Event()

    async def enter(self, slot: Slot) -> None:
        """Wait until one more call may start. Callers come one at a time (Pacer sees to it)."""
        while len(self._slots) >= self._most:
            first = self._slots[0]
            if first.ended_at is None:
                self._end.clear()
                await self._end.wait()
            elif (wait := first.ended_at + 1.0 - self._clock()) > 0:
                await asyncio.sleep(wait + _TOGETHER_SECONDS)
            else:
                self._slots.popleft()
        self._slots.append(slot)

    def leave(self) -> None:
        """A call has ended: whoever waits looks again."""
        self._end.set()


def _breath(rate: float) -> float:
    return _BREATH_SECONDS if rate * _BREATH_SECONDS > 1 else 0.0


class Brake:
    """The pause that the channel asked for: it stops every pacer that shares it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0

    def hold(self, seconds: float) -> None:
        """Nothing goes out for `seconds` from now."""
        self._until = max(self._until, self._clock() + seconds)

    @property
    def held_for(self) -> float:
        """Seconds until the pause ends; 0 when there is none."""
        return max(0.0, self._until - self._clock())


class Pacer:
    """Even slots at `rate` a second (0: as fast as it goes) that also keep within `windows` and obey `brake`."""

    def __init__(
        self, rate: float, *, windows: Sequence[Window] = (), brake: Brake | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.rate = rate
        self._breath = _breath(rate)
        self.brake = brake or Brake(clock=clock)
        self._clock = clock
        self._windows = tuple(windows)
        self._next = 0.0
        self._turn = asyncio.Lock()
        self._chats: OrderedDict[int, float] = OrderedDict()

    def hold(self, seconds: float) -> None:
        """Nothing goes out for `seconds` from now: the channel asked for it."""
        self.brake.hold(seconds)

    @property
    def held_for(self) -> float:
        """Seconds until the pause ends; 0 when there is none."""
        return self.brake.held_for

    async def slot(self) -> Slot:
        """Wait for the next place in the rhythm, and for the end of a pause. Tell `ended` when the call is over."""
        slot = Slot()
        if not self.rate:
            await self._wait_for_brake()
            return slot
        try:
            async with self._turn:
                await self._wait_for_brake()
                now = self._clock()
                rested = now - self._next > _REST_SECONDS
                mine = now if rested else max(self._next, now - _CATCH_UP_SECONDS)
                if mine > now:
                    await asyncio.sleep(mine - now + self._breath)
                for window in self._windows:
                    await window.enter(slot)
                self._next = mine + 1 / self.rate
        except BaseException:
            self.ended(slot)  # nobody will: a window would wait for it for ever
            raise
        return slot

    async def _wait_for_brake(self) -> None:
        while (pause := self.held_for) > 0:
            await asyncio.sleep(pause)

    def ended(self, slot: Slot) -> None:
        """The call of a slot is over, however it ended."""
        slot.ended_at = self._clock()
        for window in self._windows:
            window.leave()

    def chat_wait(self, chat_id: int) -> float:
        """Take the next turn of a chat if it is free now (returns 0), or say in how many seconds it will be."""
        if not self.rate:
            return 0.0
        seconds, burst = (_CHAT_SECONDS, _CHAT_BURST) if chat_id > 0 else (_GROUP_SECONDS, 1)
        now = self._clock()
        used_until = self._chats.pop(chat_id, 0.0)
        turn = max(used_until, now - burst * seconds) + seconds
        free = turn <= now
        self._chats[chat_id] = turn if free else used_until
        while len(self._chats) > 10_000:
            self._chats.popitem(last=False)
        return 0.0 if free else turn - now
