"""`vouch backup` and `vouch restore`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.app.backup import back_up
from bot.app.restore import holds_data, restore, settle_in_place
from bot.cli import shell
from bot.services.restoring import Settled

commands = typer.Typer()


@commands.command("backup")
def backup_command(file: Annotated[Path, typer.Argument(help="The archive to make.")]) -> None:
    """Database and media in one archive, also while Vouch runs. The key is never in it."""

    async def work() -> None:
        made = await back_up(shell.settings(), file)
        shell.say(f"{file.name}: {made.residents} residents, {made.media} media files, {made.size / 1e6:.1f} MB")
        shell.say("The key is not in it: keep that elsewhere. Without the key nobody can be written to again.")

    shell.go(work())


@commands.command("restore")
def restore_command(
    file: Annotated[Path | None, typer.Argument(help="An archive of `vouch backup`.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what is there, after asking.")] = False,
    settle: Annotated[
        bool, typer.Option("--settle", help="The database was put back by other means: only hold what is due.")
    ] = False,
) -> None:
    """Put a backup back. Nothing of it is sent by itself: every broadcast that was due waits for a person."""
    if (file is None) != settle or (replace and settle):
        print("Give either FILE or --settle.", file=sys.stderr)
        raise typer.Exit(2)
    settings = shell.settings()
    if replace and file is not None and settings.is_sqlite and holds_data(settings):
        typer.confirm("Set aside the database and media that are there, and put the backup in their place?", abort=True)

    async def work() -> None:
        if file is None:
            _tell(await settle_in_place(settings, via=shell.via()))
            return
        done = await restore(settings, file, via=shell.via(), replace=replace)
        shell.say(f"Restored as of {done.made_at}, with {done.media} media files.")
        _tell(done.settled)
        if done.set_aside is not None:
            shell.say(f"What was there is in {done.set_aside.name}: delete it once you know that this is right.")

    shell.go(work())


def _tell(done: Settled) -> None:
    shell.say(f"{done.held} broadcasts are paused until a person resumes or cancels them (`vouch broadcasts list`).")
    shell.say(f"{done.answers} answers and {done.updates} messages from residents that were waiting are not worked on.")
    leaders = f" and {done.leaders} leaders" if done.leaders else ""
    if done.withdrawn:
        shell.say(f"{done.withdrawn} leaders took their consent back since; it is taken back again.")
    shell.say(f"{done.erased} residents{leaders} who were erased since are erased again. Everybody is signed out.")
    shell.say("Whoever stopped, or left the staff, after the backup is back: look at `vouch staff list`.")
