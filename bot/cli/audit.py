"""`vouch audit`: is the record whole?"""

from typing import Annotated

import typer

from bot.app.base import anchor_of
from bot.cli import shell
from bot.db import UnitOfWork
from bot.errors import ConfigInvalid
from bot.services.chain import ChainCheck, Verdict

commands = typer.Typer(help="The audit log and its chain.", no_args_is_help=True)


@commands.callback()
def _room() -> None:
    """The audit log and its chain."""


@commands.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option("--head", help="NUMBER:HASH noted earlier: is that entry still in the chain?")
    ] = None,
) -> None:
    """Go through every entry; exit 1, naming the first bad one, where any was changed, removed, moved or put in."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            if base.vault is None:
                raise ConfigInvalid("VOUCH_SECRET_KEY is missing.")
            check = ChainCheck(base.vault.verify_key, anchor_of(base.settings), base.clock)
            verdict = await check.run(uow)
            noted = head is None or await _holds(uow, head)
        if verdict.bad is not None:
            shell.warn(f"The chain is broken. {verdict.bad}")
            raise typer.Exit(1)
        if not noted:
            shell.warn("The entry that was noted is not in this chain.")
            raise typer.Exit(1)
        _say(verdict)

    shell.go(work())


async def _holds(uow: UnitOfWork, head: str) -> bool:
    number, _, noted = head.partition(":")
    row = await uow.chain.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    return row is not None and row.hash == noted


def _say(verdict: Verdict) -> None:
    shell.say(f"{verdict.entries} entries, each follows the one before it.")
    if verdict.erased:
        shell.say(f"{verdict.erased} of them stand for what was erased or whose time was over.")
    if verdict.waiting:
        shell.say(f"{verdict.waiting} wait for their seal: a running worker gives it within seconds.")
    if verdict.restored:
        shell.say(f"Restored from a backup {verdict.restored} times: what came after those backups is lost.")
    shell.say(f"Newest: {verdict.entries}:{verdict.head}")
