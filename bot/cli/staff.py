"""`vouch staff`: who works here."""

import sys
from typing import Annotated

import typer

from bot.cli import shell
from bot.cli.shell import AsJson
from bot.domain.staff import Role as StaffRole

commands = typer.Typer(help="Who works here.", no_args_is_help=True)


@commands.command("add")
def staff_add(
    name: str,
    role: Annotated[list[StaffRole], typer.Option("--role", help="Repeat for several.")],
    telegram: Annotated[int | None, typer.Option("--telegram", help="Their Telegram id.")] = None,
    invite: Annotated[bool, typer.Option("--invite", help="Print a one-time link that they open.")] = False,
    languages: Annotated[str | None, typer.Option("--languages", help="Those they speak: ur,pa")] = None,
) -> None:
    """Add a staff member."""
    if (telegram is None) == (not invite):
        print("Give either --telegram ID or --invite.", file=sys.stderr)
        raise typer.Exit(2)

    async def work() -> None:
        async with shell.writing() as (base, uow):
            tag = chat = None
            if telegram is not None and base.vault is not None:
                tag, chat = base.vault.staff_tag(telegram), base.vault.seal_chat(telegram)
            staff_id = await base.desk.staff.add(
                uow, None, name, role, list(shell.split(languages)), person_tag=tag, chat=chat
            )
            if invite:
                code = await base.desk.staff.invite(uow, None, staff_id)
                print(f"https://t.me/{base.controller.bot_name or 'YOUR_BOT'}?start=s_{code}")
            else:
                print(f"{name} added")

    shell.go(work())


@commands.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """Everybody who works here."""

    async def work() -> None:
        async with shell.reading() as (_, uow):
            rows = [
                {"name": each.name, "roles": each.roles, "languages": each.languages, "joined": each.chat is not None}
                for each in await uow.staff.all()
            ]
        shell.show(rows, as_json)

    shell.go(work())


@commands.command("remove")
def staff_remove(name: str) -> None:
    """Take someone's access away at once."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            await base.desk.staff.remove(uow, None, name)
        print(f"{name} removed")

    shell.go(work())


@commands.command("link")
def staff_link(name: str) -> None:
    """Print a one-time sign-in link (Telegram is down, a phone is lost); recorded and told to the other admins."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            token = await base.desk.staff.server_link(uow, name, via=shell.via())
            print(f"{base.settings.site}/console/sign-in?t={token}")

    shell.go(work())
