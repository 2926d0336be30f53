"""Updates by long polling, for machines that cannot be reached from outside."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from bot.channels.telegram.api import Answered, ApiAnswer, BotApi
from bot.channels.telegram.codec import encode
from bot.channels.telegram.outcomes import pause_of, reason_of
from bot.channels.telegram.updates import ALLOWED_UPDATES, keys_of
from bot.errors import InvalidInput, Unavailable
from bot.metrics import POLL_CONFLICTS, UPDATES

log = structlog.get_logger()

POLL_SECONDS = 25
_GRACE_SECONDS = 10.0
"""What a long poll may take beyond its own time before it counts as hung."""
_QUIET_SECONDS = 300.0
"""After so long without a conflict the next one is a new one."""


class BatchStore(Protocol):
    """Where updates go before they are confirmed (the Inbox of services)."""

    async def accept_all(self, received: Sequence[tuple[int, bytes, int]]) -> None:
        """Return only when all (number, body, chat) are durable. Raises Unavailable when they could not be stored."""
        ...


class Poller:
    """Asks Telegram for updates and confirms them only after they were stored.

    `api` needs a session of its own: a long poll holds its connection. After trouble the next try waits `shortest`
    seconds, doubling up to `longest`. Where another program polls with the same token, Telegram breaks off the older
    request with 409 at each newer one; both go on waiting longer from one conflict to the next, so that soon one of
    them polls for long stretches. What either confirms it has stored; what nobody confirms stays at Telegram.
    """

    def __init__(
        self,
        api: BotApi,
        inbox: BatchStore,
        *,
        seconds: int = POLL_SECONDS,
        shortest: float = 1.0,
        longest: float = 30.0,
    ) -> None:
        self._api = api
        self._inbox = inbox
        self._seconds = seconds
        self._shortest = shortest
        self._longest = longest
        self._offset: int | None = None
        self._webhook_removed = False
        self._conflicts = 0
        self._conflict_at = 0.0
        self.ready = asyncio.Event()
        """Set once Telegram has answered a request for updates."""

    async def run(self) -> None:
        """Poll until cancelled. Raises Unavailable when Telegram does not accept the token (any more)."""
        troubles = 0
        while True:
            pause = await self._turn()
            if pause is None:
                troubles = 0
                continue
            await asyncio.sleep(max(pause, min(self._shortest * 2**troubles, self._longest)))
            troubles = min(troubles + 1, 10)

    async def _turn(self) -> float | None:
        """One request; None when all went well, else the least number of seconds to wait."""
        if not self._webhook_removed:
            # Waiting updates stay: they are what people wrote while we were away.
            answer = await self._api.call("deleteWebhook", {"drop_pending_updates": False})
            if not (isinstance(answer, Answered) and answer.ok):
                return self._trouble(answer)
            self._webhook_removed = True
        # The first request does not wait for updates, so that `ready` tells at once whether polling works.
        seconds = self._seconds if self.ready.is_set() else 0
        answer = await self._api.call("getUpdates", self._params(seconds), deadline=seconds + _GRACE_SECONDS)
        found = answer.body.get("result") if isinstance(answer, Answered) and answer.ok else None
        if not isinstance(found, list):
            return self._trouble(answer)
        return await self._store(found)

    def _params(self, seconds: int) -> dict[str, Any]:
        params: dict[str, Any] = {"timeout": seconds, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        return params if self._offset is None else {**params, "offset": self._offset}

    async def _store(self, found: list[Any]) -> float | None:
        numbered = [pair for each in found if (pair := _numbered(each)) is not None]
        if len(numbered) < len(found):
            UPDATES.labels("unreadable").inc(len(found) - len(numbered))
            log.warning("polling.unreadable", count=len(found) - len(numbered))
        try:
            await self._inbox.accept_all(numbered)
        except Unavailable:
            log.warning("polling.not_stored", count=len(numbered))
            return 0.0
        if numbered:
            self._offset = max(number for number, *_ in numbered) + 1
        self.ready.set()
        return 0.0 if found and not numbered else None

    def _trouble(self, answer: ApiAnswer) -> float:
        if not isinstance(answer, Answered):
            log.warning("polling.failed", reason=answer.reason)
            return 0.0
        if answer.status in (401, 404):
            raise Unavailable("Telegram does not accept VOUCH_TELEGRAM_TOKEN any more: get a new one from @BotFather.")
        if answer.status == 409:
            return self._conflict(reason_of(answer))
        log.warning("polling.failed", reason=reason_of(answer))
        return pause_of(answer) if answer.status == 429 else 0.0

    def _conflict(self, reason: str) -> float:
        """Raise the alarm; the wait until our next try, which will break off the other program's."""
        self._webhook_removed = "webhook" not in reason
        now = asyncio.get_running_loop().time()
        self._conflicts = self._conflicts + 1 if now - self._conflict_at < _QUIET_SECONDS else 1
        self._conflict_at = now
        POLL_CONFLICTS.inc()
        hint = "Another program takes this bot's updates: stop it, or give it a token of its own."
        log.error("polling.conflict", hint=hint, times=self._conflicts, reason=reason)
        longest = min(self._shortest * 2.0 ** min(self._conflicts, 10), self._longest)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - so that two of us do not keep step


def _numbered(update: object) -> tuple[int, bytes, int] | None:
    """The update as it is stored; only its number must be sound, what else is wrong is found when it is handled."""
    raw = encode(update)
    try:
        number, chat_id = keys_of(raw)
    except InvalidInput:
        return None
    return number, raw, chat_id
