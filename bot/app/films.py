"""Builds what films need: the maker, with its folder, and who publishes."""

from bot.app.base import Base
from bot.config import Settings
from bot.media.films import FfmpegFilms
from bot.services.films import Publisher


def film_maker(settings: Settings) -> FfmpegFilms:
    """The maker; what it keeps between films lies in DATA_DIR/films, in no backup: it can be made again."""
    return FfmpegFilms(settings.data_dir / "films")


def publisher(base: Base) -> Publisher:
    """Who stands on the cards."""
    return Publisher.of(base.controller)
