"""The process itself: `vouch run`, `vouch demo`, `vouch doctor`.

What each of them needs is imported when it is called: the other commands start in half the time.
"""

from enum import StrEnum
from typing import Annotated

import typer

from bot import logs
from bot.cli import shell
from bot.config import load_settings

commands = typer.Typer()


class RunRole(StrEnum):
    """What a process does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"


@commands.command("run")
def run_command(role: Annotated[RunRole, typer.Option("--role")] = RunRole.ALL) -> None:
    """Run the bot and the console."""
    from bot.app.run import Role, run  # noqa: PLC0415

    chosen: Role = role.value
    shell.go(run(shell.settings(), chosen))


@commands.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Begin again from the samples.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Start, test oneself, stop.")] = False,
) -> None:
    """A whole sample borough on this machine: no token, nobody outside is reached."""
    from bot.app.demo import DemoOptions, check_demo, run_demo  # noqa: PLC0415

    logs.set_up(as_json=False, level="WARNING")
    options = DemoOptions(port=port, headless=headless or check, reset=reset)
    shell.go(check_demo(options, shell.say) if check else run_demo(options, shell.say))


@commands.command()
def doctor() -> None:
    """Say what is right, what is missing, and what keeps the pilot closed."""
    from bot.app.doctor import examine  # noqa: PLC0415

    async def work() -> None:
        findings = await examine(load_settings())
        for each in findings:
            print(each)
        if any(each.failed for each in findings):
            raise typer.Exit(1)

    shell.go(work())
