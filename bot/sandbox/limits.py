"""Telegram's sending limits, as its FAQ gives them: 30 a second in all, one a second in a chat, 20 a minute in a group.

A private chat may burst (six messages, then one more a second): Telegram writes that "short bursts" pass but names no
figure, six is ours. A paid broadcast has its own limit of 1,000 a second. Refused calls do not count.
"""

import math
from collections import deque
from dataclasses import dataclass, field

GLOBAL_PER_SECOND = 30
PAID_PER_SECOND = 1000
CHAT_BURST = 6
GROUP_PER_MINUTE = 20


@dataclass(slots=True)
class _Window:
    """At most `limit` events in any `seconds`."""

    limit: int
    seconds: float
    events: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        while self.events and self.events[0] <= now - self.seconds:
            self.events.popleft()
        return self.events[0] + self.seconds - now if len(self.events) >= self.limit else 0.0


class Limits:
    """Counts sends and says how long the next one has to wait; times are seconds of one clock."""

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled
        self._all = _Window(GLOBAL_PER_SECOND, 1.0)
        self._paid = _Window(PAID_PER_SECOND, 1.0)
        self._groups: dict[int, _Window] = {}
        self._tokens: dict[int, tuple[float, float]] = {}

    def take(self, now: float, chat_id: int, *, group: bool = False, paid: bool = False) -> int:
        """Counts one send at `now`; returns 0, or the whole seconds to wait, and then nothing was counted."""
        if not self.enabled:
            return 0
        overall = self._paid if paid else self._all
        wait = max(overall.wait(now), self._group_wait(now, chat_id) if group else self._chat_wait(now, chat_id))
        if wait > 0:
            return math.ceil(wait)
        overall.events.append(now)
        if group:
            self._groups[chat_id].events.append(now)
        else:
            tokens, _ = self._tokens[chat_id]
            self._tokens[chat_id] = (tokens - 1, now)
        return 0

    def _group_wait(self, now: float, chat_id: int) -> float:
        return self._groups.setdefault(chat_id, _Window(GROUP_PER_MINUTE, 60.0)).wait(now)

    def _chat_wait(self, now: float, chat_id: int) -> float:
        tokens, at = self._tokens.get(chat_id, (float(CHAT_BURST), now))
        tokens = min(CHAT_BURST, tokens + max(now - at, 0))
        self._tokens[chat_id] = (tokens, now)
        return max(0.0, 1 - tokens)
