"""`vouch posters` and `vouch sheets`: paper for people who are not online."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app.films import publisher
from bot.app.posters import write_poster, write_sheet
from bot.cli import shell
from bot.domain.posters import Paper
from bot.errors import InvalidInput
from bot.services.posters import Posters

commands = typer.Typer()
Out = Annotated[Path, typer.Option("--out", help="FILE.pdf")]


@commands.command("poster")
def poster(
    key: str,
    languages: Annotated[str, typer.Option("--languages", help="one to three: ur,pa,en-GB")],
    out: Out,
    place: Annotated[str, typer.Option("--place", help="the venue or area; the code carries it")] = "",
    leader: Annotated[str, typer.Option("--leader", help="whose name it carries")] = "",
    paper: Annotated[Paper, typer.Option("--paper")] = Paper.A4,
) -> None:
    """A poster for a wall: approved texts, large, with a code that leads back to the message."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            made = await Posters(base.registry, base.controller, base.clock).poster(
                uow, key, shell.split(languages), publisher(base), place=place, leader=leader, paper=paper
            )
            await asyncio.to_thread(write_poster, made, _pdf(out))
        shell.say(str(out))

    shell.go(work())


@commands.command("sheet")
def sheet(key: str, language: str, out: Out) -> None:
    """A sheet to be read aloud: large type, how long it takes, until when it is valid."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            made = await Posters(base.registry, base.controller, base.clock).sheet(uow, key, language, publisher(base))
            await asyncio.to_thread(write_sheet, made, _pdf(out))
        shell.say(str(out))

    shell.go(work())


def _pdf(out: Path) -> Path:
    if out.suffix.lower() != ".pdf":
        raise InvalidInput("--out is a file that ends in .pdf.")
    return out
