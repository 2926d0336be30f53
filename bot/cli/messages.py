"""`vouch messages`: the library."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import shell
from bot.cli.shell import AsJson
from bot.i18n import Registry
from bot.library import check_pack, read_pack, write_pack
from bot.services.ports import SystemClock

Folder = Annotated[Path, typer.Argument(help="The folder of messages.")]

commands = typer.Typer(help="The message library.", no_args_is_help=True)


@commands.command("check")
def messages_check(folder: Folder = Path("messages")) -> None:
    """Check a folder of messages without touching the database."""
    known = [each.tag for each in Registry.load().languages]
    findings = check_pack(folder, SystemClock().now(), known_languages=known)
    for each in findings:
        print(each, file=sys.stderr if each.level == "error" else sys.stdout)
    errors = [each for each in findings if each.level == "error"]
    print(f"{len(errors)} errors")
    if errors:
        raise typer.Exit(1)


@commands.command("import")
def messages_import(folder: Folder = Path("messages")) -> None:
    """Add new keys, higher revisions and new renditions; what is there is never overwritten."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            known = [each.tag for each in base.registry.languages]
            pack = read_pack(folder, base.clock.now(), known_languages=known)
            report = await base.desk.messages.import_pack(uow, pack)
        print(f"{len(report.added)} messages added, {len(report.unchanged)} unchanged, {report.renditions} renditions")

    shell.go(work())


@commands.command("export")
def messages_export(folder: Folder = Path("messages")) -> None:
    """Write the library back as files."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            files = await base.desk.messages.export(uow)
        write_pack(folder, files)
        print(f"{len(files)} messages written")

    shell.go(work())


@commands.command("list")
def messages_list(as_json: AsJson = False) -> None:
    """Every message's newest revision."""

    async def work() -> None:
        async with shell.reading() as (_, uow):
            rows = [
                {
                    "key": each.key, "revision": each.revision, "title": each.title, "topic": each.topic,
                    "vetted_by": each.vetted_by, "valid_until": each.valid_until.isoformat(),
                }
                for each in await uow.messages.all_latest()
            ]  # fmt: skip
        shell.show(rows, as_json)

    shell.go(work())


@commands.command("show")
def messages_show(key: str, as_json: AsJson = False) -> None:
    """One message with its renditions."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            shell.show([await base.desk.messages.show(uow, key)], as_json=True)

    shell.go(work())
