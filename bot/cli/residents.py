"""`vouch residents`: how many there are, and bringing them along when a borough moves its bot."""

import contextlib
import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app.base import Base
from bot.cli import shell
from bot.cli.shell import AsJson
from bot.domain.residents import ResidentState
from bot.errors import ConfigInvalid, InvalidInput, NotAllowed
from bot.services.importing import COLUMNS, Checker, Importing, Line, Newcomer, Rejected, read_lines, ways_in

commands = typer.Typer(help="Residents: counts, and moving them from another bot.", no_args_is_help=True)


@commands.command("count")
def residents_count(as_json: AsJson = False) -> None:
    """How many residents, by state and language."""

    async def work() -> None:
        async with shell.reading() as (_, uow):
            rows: list[dict[str, Any]] = [
                {"state": str(state), "language": None, "count": await uow.residents.count(state)}
                for state in ResidentState
            ]
            by_language = await uow.residents.count_by_language()
        rows += [{"state": "active", "language": tag, "count": n} for tag, n in by_language.items()]
        shell.show(rows, as_json)

    shell.go(work())


@commands.command("import")
def residents_import(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {','.join(COLUMNS)}.")],
    token_moves: Annotated[
        bool, typer.Option("--token-moves", help="The bot's token comes along, so it may write to these people.")
    ] = False,
) -> None:
    """Bring residents along from another system. Without --token-moves nobody is imported: a bot may not write first,
    so invitations are made instead."""

    async def work() -> int:
        with _rejecting(file) as rejects:
            async with shell.opened() as base:
                if token_moves:
                    await _import(base, file, rejects)
                else:
                    await _invite(base, file, rejects)
        return rejects.count

    async def run() -> None:
        if await work():
            raise typer.Exit(1)

    shell.go(run())


async def _import(base: Base, file: Path, rejects: "_Rejects") -> None:
    if base.vault is None or not base.bot_id:
        raise ConfigInvalid("VOUCH_TELEGRAM_TOKEN is missing: residents are filed under the bot whose token moves.")
    if base.controller.pilot:
        raise NotAllowed(
            "This is a closed pilot: residents can be imported once the paperwork is complete (`vouch doctor`)."
        )
    importing = Importing(base.db, base.vault, base.clock, bot_id=base.bot_id)
    with _newcomers(base, file, rejects) as newcomers:
        done = await importing.run(newcomers, via=shell.via())
    shell.say(f"{done.added} residents imported, {done.known} were here already, {rejects.count} lines left out")
    shell.say(f"Destroy {file.name} now: importing it again would bring back whoever erases themselves from here on.")


async def _invite(base: Base, file: Path, rejects: "_Rejects") -> None:
    with _newcomers(base, file, rejects) as newcomers:
        ways = ways_in(newcomers)
    # Drawing codes takes a while to load, and hardly any start needs it.
    from bot.app.invitations import UNKNOWN_BOT, bot_name, write_invitations  # noqa: PLC0415

    bot, folder = await bot_name(base), file.with_name(f"{file.stem}.invitations")
    try:
        write_invitations(base, bot, ways, folder)
    except OSError as error:
        raise InvalidInput(f"{folder.name} cannot be written: {error.strerror}.") from error
    shell.say("Nobody was imported: a bot may not write first to people who have not written to it.")
    shell.say(f"{len(ways)} invitations for {ways.total()} people are in {folder.name}: open posters.html.")
    if bot == UNKNOWN_BOT:
        shell.say("The bot's name is not known yet: start Vouch once with its token, then make them again.")
    shell.say("If the bot's token comes along from the old system, give --token-moves.")


@contextlib.contextmanager
def _newcomers(base: Base, file: Path, rejects: "_Rejects") -> Iterator[Iterator[Newcomer]]:
    checker = Checker(base.registry, base.controller, base.clock)
    try:
        # Bytes that are no UTF-8 must not end it: their line is rejected for what it says.
        opened = file.open(encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        raise InvalidInput(f"{file.name} cannot be read: {error.strerror}.") from error
    with opened:
        yield checker.newcomers(read_lines(opened), rejects.add)


class _Rejects:
    """Lines that were left out, kept beside the file so that they can be put right and imported alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._stack = contextlib.ExitStack()
        self._rows: Any = None

    def add(self, rejected: Rejected) -> None:
        """Keep one."""
        self.count += 1
        if self._rows is None:
            # As closed as the list itself ought to be: it holds people's numbers.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            opened = self._stack.enter_context(os.fdopen(descriptor, "w", encoding="utf-8", newline=""))
            self._rows = csv.writer(opened)
            self._rows.writerow(("line", "reason", *COLUMNS))
        self._rows.writerow((rejected.line.number, rejected.reason, *_cells(rejected.line)))

    def close(self) -> None:
        """Finish the file."""
        self._stack.close()


def _cells(line: Line) -> list[str]:
    """Values that a spreadsheet would take for a formula are kept from being one (OWASP, CSV injection)."""
    return [f"'{each}" if re.match(r"[=+@\t\r]|-(?!\d+$)", each) else each for each in line.values]


@contextlib.contextmanager
def _rejecting(file: Path) -> Iterator[_Rejects]:
    rejects = _Rejects(file.with_name(f"{file.stem}.rejected.csv"))
    try:
        yield rejects
    finally:
        rejects.close()
    if rejects.count:
        shell.warn(f"{rejects.count} lines of {file.name} were left out: {rejects.path.name} says which and why.")
