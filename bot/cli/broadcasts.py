"""`vouch broadcasts`: sending to many."""

import asyncio
import json
import sys
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli import shell
from bot.cli.approval import ask_to_approve
from bot.cli.shell import AsJson, By
from bot.domain.broadcasts import ENDED, ResendKind
from bot.domain.paid import stars
from bot.services.sheets import csv_lines

_WATCH_SECONDS = 2.0
commands = typer.Typer(help="Sending to many.", no_args_is_help=True)


@commands.command("create")
def broadcasts_create(
    message: Annotated[str, typer.Option("--message", help="The message's key.")],
    by: By,
    languages: Annotated[str | None, typer.Option("--languages", help="ur,pl; all when left out")] = None,
    areas: Annotated[str | None, typer.Option("--areas", help="A,B; all when left out")] = None,
    at: Annotated[str | None, typer.Option("--at", help="2026-12-01T10:00 in the borough's zone")] = None,
    until: Annotated[str | None, typer.Option("--until", help="never sent later than this")] = None,
    repeat: Annotated[
        str | None, typer.Option("--repeat", help="FREQ=WEEKLY;BYDAY=MO (an RRULE of days), from --at on")
    ] = None,
    allow_fallback: Annotated[
        bool, typer.Option("--allow-fallback", help="Named languages whose rendition is a draft may get English.")
    ] = False,
    paid: Annotated[bool, typer.Option("--paid", help="Faster, for Stars; preview says how many.")] = False,
) -> None:
    """Make a broadcast; prints its id. It waits for a second person."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            broadcast_id = await base.desk.broadcasts.create(
                uow, await shell.actor(base, uow, by), key=message, languages=shell.split(languages),
                areas=shell.split(areas), at=at, until=until, repeat=repeat, allow_fallback=allow_fallback,
                paid=paid,
            )  # fmt: skip
        print(broadcast_id)

    shell.go(work())


@commands.command("preview")
def broadcasts_preview(broadcast_id: int, as_json: AsJson = False) -> None:
    """The dry run: who gets which rendition, who falls back to what, who gets nothing, how long it takes."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            row = await base.desk.planner.get(uow, broadcast_id)
            plan = await base.desk.planner.plan(uow, row)
            price = await base.desk.prices.of(uow, row)
            rhythm = await base.desk.planner.rhythm(uow, row)
        shell.show(plan.by_language(), as_json)
        if not as_json:
            print(f"{plan.size} people, {plan.nothing} get nothing, about {plan.seconds:.0f} seconds")
        if rhythm is not None and not as_json:
            print(f"it repeats ({row.repeat}); next: {', '.join(rhythm.coming(row.occurrence, 3)) or 'never'}")
        if price is not None and not as_json:
            left = f"{stars(price.left)} of this month's {stars(price.cap)} are left"
            print(f"paid: up to {stars(price.highest)} Stars; {left}")

    shell.go(work())


@commands.command("approve")
def broadcasts_approve(broadcast_id: int, by: By) -> None:
    """Ask NAME in their chat to approve it."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            row = await base.desk.planner.get(uow, broadcast_id)
            await ask_to_approve(base, uow, "broadcast", broadcast_id, by, row.created_by)

    shell.go(work())


def _steer(verb: str, broadcast_id: int, by: str, **how: bool) -> None:
    async def work() -> None:
        async with shell.writing() as (base, uow):
            await getattr(base.desk.steering, verb)(uow, await shell.actor(base, uow, by), broadcast_id, **how)
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
def broadcasts_cancel(
    broadcast_id: int, by: By,
    series: Annotated[bool, typer.Option("--series", help="All of what repeats, not this one alone.")] = False,
) -> None:  # fmt: skip
    """End it; what repeats goes on with its next occurrence, unless --series."""
    _steer("cancel", broadcast_id, by, whole_series=series)


@commands.command("recall")
def broadcasts_recall(
    broadcast_id: int, by: By, reason: Annotated[str, typer.Option("--reason", help="For the record.")] = ""
) -> None:
    """Take it back: stop what is queued; edit, remove or follow up what was delivered. One publisher suffices."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            reach = await base.desk.recalls.recall(uow, await shell.actor(base, uow, by), broadcast_id, reason)
        print(f"{reach.queued} delivered messages are being taken back")
        if reach.unconfirmed:
            print(f"{reach.unconfirmed} are unconfirmed and cannot be: nobody knows whether and where they arrived")
        if reach.erased:
            print(f"{reach.erased} cannot be: their people were erased since")

    shell.go(work())


@commands.command("resend")
def broadcasts_resend(
    broadcast_id: int,
    by: By,
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help="To those of whom it is not known.")] = False,
    rest: Annotated[bool, typer.Option("--rest", help="To those whom it did not reach.")] = False,
) -> None:
    """Make a new broadcast of the same revision to those whom this one left out; prints its id. It waits for a yes."""
    if unconfirmed == rest:
        raise typer.BadParameter("give one of --unconfirmed and --rest")
    kind = ResendKind.UNCONFIRMED if unconfirmed else ResendKind.REST

    async def work() -> None:
        async with shell.writing() as (base, uow):
            made = await base.desk.resend.make(uow, await shell.actor(base, uow, by), broadcast_id, kind)
        print(made)

    shell.go(work())


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
def broadcasts_show(
    broadcast_id: int,
    as_json: AsJson = False,
    watch: Annotated[bool, typer.Option("--watch", help="A line every two seconds until it ends.")] = False,
) -> None:
    """One broadcast with its counts, as JSON."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            print(json.dumps(await base.desk.accounts.show(uow, broadcast_id), ensure_ascii=False, indent=1))

    shell.go(_watch(broadcast_id) if watch else work())


async def _watch(broadcast_id: int) -> None:
    async with shell.opened() as base:
        while True:
            async with base.db.read() as uow:
                shown = await base.desk.accounts.show(uow, broadcast_id)
            shell.say(_progress(shown, ZoneInfo(base.controller.zone)))
            recalling = shown["recall"] is not None and shown["recall"]["queued"] > 0
            if shown["state"] in ENDED and not recalling:
                return
            await asyncio.sleep(_WATCH_SECONDS)


def _progress(shown: dict[str, Any], zone: ZoneInfo) -> str:
    """Where it stands, on one line; a rate and a time only while they mean something."""
    counts = shown["counts"]
    parts = [f"{shown['state']}: {counts['sent']:,} of {shown['audience']['size']:,} sent"]
    parts += [f"{counts[name]:,} {name}" for name in ("failed", "blocked", "skipped", "unconfirmed") if counts[name]]
    if shown["held"]:
        parts.append(f"{shown['held']:,} in quiet hours")
    if shown["rate"] is not None:
        parts.append(f"{shown['rate']:g} a second")
    if shown["expected_end_at"]:
        parts.append(f"done about {datetime.fromisoformat(shown['expected_end_at']).astimezone(zone):%H:%M:%S}")
    if shown["recall"] is not None:
        parts.append("taken back: " + ", ".join(f"{n:,} {name}" for name, n in shown["recall"].items() if n))
    return ", ".join(parts)


@commands.command("deliveries")
def broadcasts_deliveries(
    broadcast_id: int,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As a spreadsheet, with message and revision.")] = False,
) -> None:
    """Every delivery, one JSON object a line; the resident's id is another one in each broadcast."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            await base.desk.planner.get(uow, broadcast_id)
            if as_csv:
                sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]
                async for line in csv_lines(base.desk.accounts.sheet(uow, broadcast_id)):
                    sys.stdout.write(line)
                return
            async for row in base.desk.accounts.listing(uow, broadcast_id):
                print(json.dumps(row, ensure_ascii=False))

    shell.go(work())
