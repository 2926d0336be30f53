"""Where the language files lie, and the error for one that cannot be used."""

from pathlib import Path

from bot.errors import ConfigInvalid


class LocalesInvalid(ConfigInvalid):
    """A file in `locales/` cannot be used; the sentence names it and says why."""

    code = "locales_invalid"


def locales_folder() -> Path:
    """Inside an installed package, or beside `bot/` in a checkout; raises LocalesInvalid if in neither."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "_data" / "locales", package.parent / "locales")
    for folder in folders:
        if (folder / "registry.toml").is_file():
            return folder
    raise LocalesInvalid(f"registry.toml is neither in {folders[0]} nor in {folders[1]}.")
