"""Draws what is printed."""

from bot.media.posters import write_poster, write_sheet

__all__ = ["write_poster", "write_sheet"]
