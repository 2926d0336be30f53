"""`python -m tests.bench.approve [LANGUAGE ...]`: create and approve a broadcast; prints what it took.

One JSON object: `number`, `size` of the audience, `seconds` from the approval to the commit, and the memory of this
process in MB before the approval and at its highest (`before`, `peak`).
"""

import asyncio
import json
import os
import sys
import time

import sqlalchemy as sa
import uvloop

from bot import logs
from bot.app.base import open_base
from bot.config import load_settings
from bot.db.tables import deliveries
from bot.domain.broadcasts import DeliveryState
from bot.services.audit import actor_of
from tests.bench.processes import resident_mb
from tests.chaos import town


async def main(languages: tuple[str, ...]) -> None:
    """Approve with the settings of the environment."""
    base = await open_base(load_settings())
    broadcasts, approvals = base.desk.broadcasts, base.desk.approvals
    async with base.db.write() as uow:
        author, second = [
            actor_of(await base.desk.staff.by_name(uow, each), "bench") for each in (town.AUTHOR, town.SECOND)
        ]
        number = await broadcasts.create(uow, author, key=town.MESSAGE, languages=languages)
    before, began = resident_mb(os.getpid()), time.monotonic()
    async with base.db.write() as uow:
        await approvals.approve_directly(uow, second, "broadcast", number)
    found = {"number": number, "seconds": time.monotonic() - began, "before": before}
    found["peak"] = resident_mb(os.getpid(), peak=True)
    async with base.db.read() as uow:
        queued = sa.select(sa.func.count()).where(
            deliveries.c.broadcast_id == number, deliveries.c.state == int(DeliveryState.QUEUED)
        )
        found["size"] = int((await uow.connection.execute(queued)).scalar_one())
    await base.close()
    print(json.dumps(found))


if __name__ == "__main__":
    logs.set_up(as_json=False, level="ERROR")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(tuple(sys.argv[1:])))
