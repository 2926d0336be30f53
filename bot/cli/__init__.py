"""The command line: thin, one service call a command. Errors are one sentence on stderr; exit 0, 1 or 2."""

import sys
from typing import Annotated, NoReturn

import typer

from bot import __version__
from bot.cli import (
    audit,
    backup,
    broadcasts,
    database,
    film,
    languages,
    leaders,
    messages,
    posters,
    process,
    prompts,
    renditions,
    residents,
    rumours,
    staff,
    testers,
)
from bot.errors import VouchError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(process.commands)
app.add_typer(backup.commands)
app.add_typer(film.commands)
app.add_typer(posters.commands)
app.add_typer(database.commands, name="db")
for _room in (
    messages, renditions, staff, leaders, testers, residents, broadcasts, rumours, audit, languages, prompts
):  # fmt: skip
    app.add_typer(_room.commands, name=_room.__name__.rpartition(".")[2])


def main() -> NoReturn:
    """The `vouch` command."""
    try:
        app(standalone_mode=True)
    except VouchError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    raise SystemExit(0)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"vouch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Vouch: vetted messages, spoken by people whom residents trust."""
