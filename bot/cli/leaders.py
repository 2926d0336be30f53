"""`vouch leaders`: people whom residents know, who lend their voice."""

from typing import Annotated

import typer

from bot.cli import shell
from bot.cli.shell import AsJson, By
from bot.domain.leaders import Task
from bot.services.leaders import Profile

commands = typer.Typer(help="Leaders and translators.", no_args_is_help=True)


@commands.command("list")
def leaders_list(as_json: AsJson = False) -> None:
    """Everybody, with what they agreed to and until when."""

    async def work() -> None:
        async with shell.reading() as (_, uow):
            rows = []
            for each in await uow.leaders.all():
                consent = await uow.leaders.consent(each.id)
                rows.append(
                    {
                        "name": each.name, "role": each.role_english, "community": each.community,
                        "languages": each.languages, "state": each.state, "tasks": each.tasks,
                        "paused": each.paused_at is not None, "scope": consent.scope if consent else [],
                        "name_shown": consent.name_shown if consent else None,
                        "until": consent.until.isoformat(timespec="seconds") if consent else None,
                    }
                )  # fmt: skip
        shell.show(rows, as_json)

    shell.go(work())


@commands.command("invite")
def leaders_invite(
    by: By,
    name: Annotated[str, typer.Option("--name", help="As residents will see it, in English letters.")],
    role: Annotated[str, typer.Option("--role", help="In their own language.")] = "",
    role_english: Annotated[str, typer.Option("--role-english")] = "community leader",
    community: Annotated[str, typer.Option("--community")] = "",
    languages: Annotated[str, typer.Option("--languages", help="The first is the one they are written to in.")] = "",
    own: Annotated[str, typer.Option("--own", help="The name in their own script.")] = "",
    task: Annotated[list[Task] | None, typer.Option("--task", help="Repeat for both.")] = None,
) -> None:
    """Print a one-time link. A name that is there already is invited again."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            actor = await shell.actor(base, uow, by)
            known = await uow.leaders.by_name(name)
            if known is None:
                profile = Profile(
                    name, role or role_english, role_english, community, shell.split(languages),
                    tuple(task or [Task.RECORD]), own,
                )  # fmt: skip
                leader_id = await base.desk.leaders.enter(uow, actor, profile)
            else:
                leader_id = known.id
            code = await base.desk.leaders.invite(uow, actor, leader_id)
            print(f"https://t.me/{base.controller.bot_name or 'YOUR_BOT'}?start=i_{code}")

    shell.go(work())


@commands.command("consent")
def leaders_consent(
    name: str,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="At once, for good.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who does it for them: a staff member's name.")] = "",
) -> None:
    """Show what NAME agreed to, or take all of it back for them."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            leader = await base.desk.leaders.by_name(uow, name)
            if not withdraw:
                row = await base.desk.consents.current(uow, leader.id)
                print(f"{', '.join(row.scope)} until {row.until:%Y-%m-%d}, wording {row.wording}")
                return
            actor = await shell.actor(base, uow, by) if by else None
            reached = await base.desk.consents.withdraw(uow, leader, actor=actor)
            print(f"withdrawn; {reached} deliveries carried this voice before")

    shell.go(work())


@commands.command("erase")
def leaders_erase(name: str, by: By) -> None:
    """Erase everything about NAME: name, voice and every hash of it. The record still verifies. It cannot be undone."""

    async def work() -> None:
        async with shell.opened() as base:
            async with base.db.write() as uow:
                leader = await base.desk.leaders.by_name(uow, name)
                erased = await base.desk.erasing.erase(uow, leader, await shell.actor(base, uow, by))
            await base.desk.erasing.remove_files(base.db)
            await base.db.wipe_freed_pages()
        print(f"erased; {erased.renditions} recordings and {erased.files} files are gone")

    shell.go(work())
