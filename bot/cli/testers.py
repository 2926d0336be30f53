"""`vouch testers`: who may look into a closed pilot."""

from typing import Annotated

import typer

from bot.cli import shell

commands = typer.Typer(help="Invited testers of a closed pilot.", no_args_is_help=True)


@commands.command("invite")
def invite_testers(uses: Annotated[int, typer.Option(min=1, max=500)] = 1) -> None:
    """Print a link that lets people into a closed pilot."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            code = await base.desk.staff.invite_testers(uow, uses=uses)
            print(f"https://t.me/{base.controller.bot_name or 'YOUR_BOT'}?start=t_{code}")

    shell.go(work())
