"""`vouch film`: one message, spoken in many languages, as one video."""

from pathlib import Path
from typing import Annotated

import typer

from bot.app.films import film_maker, publisher
from bot.cli import shell
from bot.domain.films import Aspect, FilmReport
from bot.errors import InvalidInput
from bot.jobs import forget_withdrawn
from bot.services.films import Films

commands = typer.Typer()


@commands.command("film")
def film(
    key: str,
    out: Annotated[Path, typer.Option("--out", help="FILE.mp4")],
    aspect: Annotated[Aspect, typer.Option("--aspect", help="16:9 for screens, 9:16 for phones")] = Aspect.WIDE,
) -> None:
    """Make the film of a message from its approved recordings; says who is left out and why."""

    async def work() -> None:
        if out.suffix.lower() != ".mp4" or not out.absolute().parent.is_dir():
            raise InvalidInput("--out is a file that ends in .mp4, in a folder that is there.")
        async with shell.opened() as base:
            films = Films(base.registry, base.store, base.clock)
            maker = film_maker(base.settings)
            await forget_withdrawn.run(base.db, films, maker)
            async with base.db.read() as uow:
                plan = await films.plan(uow, key, aspect, publisher(base))
            _tell(out, await maker.make(plan, out, _step))

    shell.go(work())


async def _step(done: int, steps: int) -> None:
    if done == steps or done % 5 == 0:
        shell.warn(f"{done} of {steps}")


def _tell(out: Path, report: FilmReport) -> None:
    for each in report.left_out:
        shell.warn(f"left out: {each.language} {each.form} {each.leader}: {each.reason.replace('_', ' ')}")
    built = sum(not each.reused for each in report.segments)
    shell.say(
        f"{out}: {len(report.segments)} languages, {report.seconds:.0f} seconds, {report.size / 1e6:.1f} MB "
        f"({built} built, {len(report.segments) - built} kept from before)"
    )
