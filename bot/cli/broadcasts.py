"""`vouch broadcasts`: sending to many."""

import json
from typing import Annotated

import typer

from bot.cli import shell
from bot.cli.approval import ask_to_approve
from bot.cli.shell import AsJson, By

commands = typer.Typer(help="Sending to many.", no_args_is_help=True)


@commands.command("create")
def broadcasts_create(
    message: Annotated[str, typer.Option("--message", help="The message's key.")],
    by: By,
    languages: Annotated[str | None, typer.Option("--languages", help="ur,pl; all when left out")] = None,
    areas: Annotated[str | None, typer.Option("--areas", help="A,B; all when left out")] = None,
    at: Annotated[str | None, typer.Option("--at", help="2026-12-01T10:00 in the borough's zone")] = None,
    until: Annotated[str | None, typer.Option("--until", help="never sent later than this")] = None,
    allow_fallback: Annotated[
        bool, typer.Option("--allow-fallback", help="Named languages whose rendition is a draft may get English.")
    ] = False,
) -> None:
    """Make a broadcast; prints its id. It waits for a second person."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            broadcast_id = await base.desk.broadcasts.create(
                uow, await shell.actor(base, uow, by), key=message, languages=shell.split(languages),
                areas=shell.split(areas), at=at, until=until, allow_fallback=allow_fallback,
            )  # fmt: skip
        print(broadcast_id)

    shell.go(work())


@commands.command("preview")
def broadcasts_preview(broadcast_id: int, as_json: AsJson = False) -> None:
    """The dry run: who gets which rendition, who falls back to what, who gets nothing, how long it takes."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            plan = await base.desk.planner.plan(uow, await base.desk.planner.get(uow, broadcast_id))
        shell.show(plan.by_language(), as_json)
        if not as_json:
            print(f"{plan.size} people, {plan.nothing} get nothing, about {plan.seconds:.0f} seconds")

    shell.go(work())


@commands.command("approve")
def broadcasts_approve(broadcast_id: int, by: By) -> None:
    """Ask NAME in their chat to approve it."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            row = await base.desk.planner.get(uow, broadcast_id)
            await ask_to_approve(base, uow, "broadcast", broadcast_id, by, row.created_by)

    shell.go(work())


def _steer(verb: str, broadcast_id: int, by: str) -> None:
    async def work() -> None:
        async with shell.writing() as (base, uow):
            await getattr(base.desk.steering, verb)(uow, await shell.actor(base, uow, by), broadcast_id)
        print("done")

    shell.go(work())


@commands.command("pause")
def broadcasts_pause(broadcast_id: int, by: By) -> None:
    """Hold it."""
    _steer("pause", broadcast_id, by)


@commands.command("resume")
def broadcasts_resume(broadcast_id: int, by: By) -> None:
    """Go on."""
    _steer("resume", broadcast_id, by)


@commands.command("cancel")
def broadcasts_cancel(broadcast_id: int, by: By) -> None:
    """End it."""
    _steer("cancel", broadcast_id, by)


@commands.command("list")
def broadcasts_list(as_json: AsJson = False) -> None:
    """Broadcasts, newest first."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            rows = [await base.desk.accounts.show(uow, each.id) for each in await uow.broadcasts.page()]
        if as_json:
            shell.show(rows, as_json)
        else:
            shell.show([{key: row[key] for key in ("id", "message", "state", "reason")} for row in rows], as_json)

    shell.go(work())


@commands.command("show")
def broadcasts_show(broadcast_id: int, as_json: AsJson = False) -> None:
    """One broadcast with its counts, as JSON."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            print(json.dumps(await base.desk.accounts.show(uow, broadcast_id), ensure_ascii=False, indent=1))

    shell.go(work())


@commands.command("deliveries")
def broadcasts_deliveries(broadcast_id: int, as_json: AsJson = False) -> None:
    """Every delivery, one JSON object a line; the resident's id is another one in each broadcast."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            await base.desk.planner.get(uow, broadcast_id)
            async for row in base.desk.accounts.listing(
                uow, broadcast_id, salt=base.vault.listing_salt if base.vault else ""
            ):
                print(json.dumps(row, ensure_ascii=False))

    shell.go(work())
