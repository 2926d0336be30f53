"""What is right, what is missing, and what keeps the pilot closed."""

from dataclasses import dataclass

from bot.app.base import open_base
from bot.channels.telegram.setup import connect
from bot.config import Settings
from bot.db import Database
from bot.db.migrate import is_current
from bot.errors import VouchError
from bot.i18n import Registry, Status
from bot.media.films import missing
from bot.media.reading import PictureReader


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. `failed`: `vouch run` would not start."""

    sentence: str
    failed: bool = False
    warning: bool = False

    def __str__(self) -> str:
        mark = "✗" if self.failed else "!" if self.warning else "✓"
        return f"{mark} {self.sentence}"


async def examine(settings: Settings) -> list[Finding]:
    """Every finding, the worst kinds marked."""
    return [
        *await _database(settings),
        *await _telegram(settings),
        *_paperwork(settings),
        *_languages(settings),
        *_films(),
        await _pictures(),
    ]


async def _database(settings: Settings) -> list[Finding]:
    if settings.is_sqlite and not settings.data_dir.exists():
        return [Finding("The database will be made at the first start.")]
    db = Database(settings.database)
    try:
        await db.check()
        current = await is_current(db)
    except VouchError as error:
        return [Finding(str(error), failed=True)]
    finally:
        await db.close()
    if current:
        return [Finding("The database answers."), *await _key(settings)]
    if settings.is_sqlite:
        return [Finding("The database answers; it is brought up to date at the next start.")]
    return [Finding("The database is not up to date: run `vouch db upgrade`.", failed=True)]


async def _key(settings: Settings) -> list[Finding]:
    try:
        base = await open_base(settings)
    except VouchError as error:
        return [Finding(str(error), failed=True)]
    await base.close()
    return [Finding("The key is the one that this database was made with.")]


async def _telegram(settings: Settings) -> list[Finding]:
    if not settings.token:
        return [Finding("VOUCH_TELEGRAM_TOKEN is missing: @BotFather on Telegram gives one.", failed=True)]
    try:
        connection = await connect(settings.token, settings.telegram_api_url, ca_file=settings.ca_file)
    except VouchError as error:
        return [Finding(str(error), failed=True)]
    name = connection.identity.username
    await connection.close()
    return [Finding(f"Telegram accepts the token: this is @{name}.")]


def _paperwork(settings: Settings) -> list[Finding]:
    missing = [Finding(f"Missing: {each}.", warning=True) for each in settings.missing_paperwork]
    if settings.sandboxed:
        return [*missing, Finding("The Bot API is on this machine: no real residents are reached.")]
    if missing:
        return [
            *missing,
            Finding("Until these are set this is a closed pilot: staff and invited testers only.", warning=True),
        ]
    return [Finding("The paperwork is complete: residents may join.")]


def _languages(settings: Settings) -> list[Finding]:
    registry, status = Registry.load(), Status.load()
    mode = "label" if settings.sandboxed or settings.pilot else settings.draft_languages
    offered = registry.offered(settings.language_list, mode, status)
    found = [Finding(f"{len(offered)} languages are offered to residents: " + ", ".join(each.tag for each in offered))]
    if mode == "off":
        found.append(
            Finding(
                "Languages whose consent, privacy, stop and emergency lines no speaker has reviewed are not offered "
                "(VOUCH_DRAFT_LANGUAGES=label offers them with a label).",
                warning=True,
            )
        )
    return found


async def _pictures() -> Finding:
    languages = await PictureReader().languages()
    if not languages:
        return Finding("Words in pictures are not read: tesseract is not installed. Copies are found all the same.",
                       warning=True)  # fmt: skip
    return Finding(f"Words in pictures are read in: {', '.join(sorted(languages))}.")


def _films() -> list[Finding]:
    wanted = missing()
    if not wanted:
        return [Finding("Films can be made.")]
    return [Finding(f"Films cannot be made: {' '.join(wanted)} Nothing else needs it.", warning=True)]
