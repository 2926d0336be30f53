"""`vouch residents`: how many there are."""

from typing import Any

import typer

from bot.cli import shell
from bot.cli.shell import AsJson
from bot.domain.residents import ResidentState

commands = typer.Typer(help="Residents, as counts.", no_args_is_help=True)


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
