"""Draws what is printed."""

import tempfile
from pathlib import Path

from bot.domain.posters import Poster
from bot.media import fonts
from bot.media.posters import write_poster, write_sheet

__all__ = ["PdfPrinter", "write_poster", "write_sheet"]


class PdfPrinter:
    """The port `Printer`."""

    def poster(self, poster: Poster) -> bytes:
        """A page for a wall, as PDF. Raises OSError where fonts are missing."""
        if scripts := fonts.missing([each.writing for each in poster.texts]):
            raise OSError(f"Fonts are missing ({', '.join(scripts)}).")
        with tempfile.TemporaryDirectory(prefix="vouch-poster-") as room:
            out = Path(room) / "poster.pdf"
            write_poster(poster, out)
            return out.read_bytes()
