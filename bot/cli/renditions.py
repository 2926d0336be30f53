"""`vouch renditions`: one message in one language and one form."""

from typing import Annotated

import typer

from bot.cli import shell
from bot.cli.approval import ask_to_approve
from bot.cli.shell import AsJson, By
from bot.domain.residents import Form

commands = typer.Typer(help="Messages in languages and forms.", no_args_is_help=True)


@commands.command("list")
def renditions_list(key: str, as_json: AsJson = False) -> None:
    """A message's renditions and their states."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            shell.show((await base.desk.messages.show(uow, key))["renditions"], as_json)

    shell.go(work())


@commands.command("approve")
def renditions_approve(
    key: str, language: str, by: By, form: Annotated[Form, typer.Option("--form")] = Form.TEXT
) -> None:
    """Ask NAME in their chat to approve it (a second speaker of the language)."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            row = await base.desk.renditions.find(uow, key, language, form)
            await ask_to_approve(base, uow, "rendition", row.id, by, row.made_by)

    shell.go(work())


@commands.command("withdraw")
def renditions_withdraw(
    key: str, language: str, by: By, form: Annotated[Form, typer.Option("--form")] = Form.TEXT
) -> None:
    """Take a rendition out of use; broadcasts that would still send it stop."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            row = await base.desk.renditions.find(uow, key, language, form)
            await base.desk.renditions.withdraw(uow, await shell.actor(base, uow, by), row.id)
        print("withdrawn")

    shell.go(work())
