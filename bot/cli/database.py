"""`vouch db`: its tables."""

import typer

from bot.cli import shell
from bot.db import Database
from bot.db.migrate import upgrade

commands = typer.Typer(help="The database.", no_args_is_help=True)


@commands.command("upgrade")
def db_upgrade() -> None:
    """Bring the database up to this version's tables."""

    async def work() -> None:
        settings = shell.settings()
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        db = Database(settings.database)
        try:
            await db.check()
            await upgrade(db)
        finally:
            await db.close()
        print("The database is up to date.")

    shell.go(work())
