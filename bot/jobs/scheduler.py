"""The ticker. Nothing durable lives in it: a tick that is missed is made up for by the next."""

from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.db import Database
from bot.jobs import (
    end_consents,
    end_queued,
    fit_matching,
    forget_expired,
    forget_withdrawn,
    keep_promises,
    learn_texts,
    pass_on_approvals,
    start_due_broadcasts,
    stop_films,
    thank_leaders,
    wipe_erased,
)
from bot.services.desk import Desk
from bot.services.films import Films
from bot.services.ports import FilmMaker
from bot.services.retention import Retention

log = structlog.get_logger()


class Scheduler:
    """Ticks every job at its own pace."""

    def __init__(
        self, desk: Desk, retention: Retention, db: Database, films: Films, maker: FilmMaker
    ) -> None:  # fmt: skip
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._add("start_due_broadcasts", start_due_broadcasts.EVERY_SECONDS, lambda: start_due_broadcasts.run(desk))
        self._add("end_queued", end_queued.EVERY_SECONDS, lambda: end_queued.run(desk))
        self._add("end_consents", end_consents.EVERY_SECONDS, lambda: end_consents.run(desk))
        self._add("pass_on_approvals", pass_on_approvals.EVERY_SECONDS, lambda: pass_on_approvals.run(desk))
        self._add("thank_leaders", thank_leaders.EVERY_SECONDS, lambda: thank_leaders.run(desk))
        self._add("learn_texts", learn_texts.EVERY_SECONDS, lambda: learn_texts.run(desk))
        self._add("fit_matching", fit_matching.EVERY_SECONDS, lambda: fit_matching.run(desk))
        self._add("keep_promises", keep_promises.EVERY_SECONDS, lambda: keep_promises.run(desk))
        self._add("forget_expired", forget_expired.EVERY_SECONDS, lambda: forget_expired.run(retention))
        self._add("forget_withdrawn", forget_withdrawn.EVERY_SECONDS, lambda: forget_withdrawn.run(db, films, maker))
        self._add("stop_films", stop_films.EVERY_SECONDS, lambda: stop_films.run(desk))
        self._add("wipe_erased", wipe_erased.EVERY_SECONDS, lambda: wipe_erased.run(desk))

    def _add(self, name: str, seconds: float, job: Callable[[], Awaitable[object]]) -> None:
        async def tick() -> None:
            try:
                await job()
            except Exception as error:  # noqa: BLE001 - one of the three places: a failed tick must not end the ticker
                log.error("job.failed", job=name, error=type(error).__name__)

        self._scheduler.add_job(
            tick, "interval", seconds=seconds, id=name, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        self._scheduler.shutdown(wait=False)
