"""`vouch languages`: which there are, what a text is in, and what people say about the translations."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import shell
from bot.cli.shell import AsJson, By
from bot.errors import InvalidInput
from bot.i18n import SOURCE, Catalogs, Registry, Status
from bot.i18n.identify import identify

commands = typer.Typer(help="Languages, and what is said about them.", no_args_is_help=True)


@commands.command("list")
def languages_list(as_json: AsJson = False) -> None:
    """Every language of the registry, and how far it is."""
    registry, status = Registry.load(), Status.load()
    catalogs = Catalogs.load(registry)
    rows = []
    for each in registry.languages:
        translated, of = catalogs.coverage(each.tag) if each.tag != SOURCE else (catalogs.size, catalogs.size)
        rows.append(
            {
                "tag": each.tag, "autonym": each.autonym, "english": each.english, "script": each.script,
                "direction": each.direction, "read": each.read, "listen": each.listen, "signed": each.signed,
                "audio_first": each.audio_first, "chain": list(registry.read_chain(each.tag)),
                "aliases": list(each.aliases), "translated": translated, "texts": of,
                "status": "source" if each.tag == SOURCE else status.of(registry.reading(each.tag).tag).status,
                "critical_reviewed": registry.critical_reviewed(each.tag, status),
            }
        )  # fmt: skip
    shell.show(rows, as_json)


@commands.command("identify")
def languages_identify(
    text: Annotated[str | None, typer.Option(help="One text.")] = None,
    file: Annotated[Path | None, typer.Option(help='Lines of {"text"}, with optional "own": [tags].')] = None,
    own: Annotated[str, typer.Option(help="The sender's own languages, with commas.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say which language a text is in, or that it is not known: one object a text, in order."""
    if (text is None) == (file is None):
        raise typer.BadParameter("Give --text or --file.")
    mine = tuple(tag for tag in own.split(",") if tag)
    asked = [(text, mine)] if text is not None else _asked(file or Path(), mine)
    rows: list[dict[str, Any]] = [asdict(identify(each, tags)) for each, tags in asked]
    if file is not None:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    else:
        shell.show(rows, as_json)


def _asked(file: Path, own: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    try:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        return [(str(row["text"]), tuple(row.get("own", own))) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f'{file} is not a file of lines like {{"text": "..."}}.') from error


@commands.command("suggestions")
def languages_suggestions(
    all_of_them: Annotated[bool, typer.Option("--all", help="Also those that were dealt with.")] = False,
    as_json: AsJson = False,
) -> None:
    """What residents would rather read: the line's id, its English, what they saw, what they wrote."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            found = await base.desk.languages.suggestions(uow, all_of_them=all_of_them)
        shell.show(
            [
                {
                    "id": each.id, "language": each.language, "string": each.string_id, "english": each.english,
                    "shown": each.shown, "suggestion": each.suggestion, "created_at": each.created_at.isoformat(),
                    "done_at": each.done_at.isoformat() if each.done_at else None,
                }
                for each in found
            ],
            as_json,
        )  # fmt: skip

    shell.go(work())


@commands.command("settle")
def languages_settle(suggestion: Annotated[int, typer.Argument(metavar="ID")], by: By) -> None:
    """Say that a suggestion has been dealt with."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            await base.desk.languages.settle(uow, await shell.actor(base, uow, by), suggestion)

    shell.go(work())


@commands.command("correct")
def languages_correct(
    rumour: Annotated[int, typer.Argument(metavar="RUMOUR")], tag: Annotated[str, typer.Argument(metavar="TAG")], by: By
) -> None:
    """Say in which language a rumour really is; what was guessed is kept beside it."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            await base.desk.languages.correct(uow, await shell.actor(base, uow, by), rumour, tag)

    shell.go(work())


@commands.command("corrections")
def languages_corrections() -> None:
    """Every correction of a guess, one JSON object a line, to measure with."""

    async def work() -> None:
        async with shell.reading() as (_, uow):
            for each in await uow.languages.corrections():
                row = await uow.rumours.get(each.rumour_id)
                line = {"text": row.text if row else "", "guessed": each.guessed, "language": each.corrected}
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")

    shell.go(work())
