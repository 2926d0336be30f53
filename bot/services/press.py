"""The press pack for partners: the film in its shapes, subtitles, a poster, the texts, and how to show it."""

import io
import zipfile
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from bot.db import UnitOfWork
from bot.db.rows import FilmRow
from bot.domain.posters import Poster
from bot.domain.subtitles import srt, webvtt
from bot.errors import NotAllowed, NotFound, VouchError
from bot.i18n import Registry
from bot.services.film_sharing import FilmSharing, subtitles
from bot.services.films import Films, Publisher
from bot.services.ports import MediaStore, Printer
from bot.services.posters import MOST_LANGUAGES, Posters
from bot.services.sharing import Shared, Sharing


@dataclass(frozen=True, slots=True)
class PressPack:
    """What goes into the archive: texts and files by name; the poster is drawn when it is written."""

    name: str
    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    poster: Poster | None = None


class Press:
    """Only what is on the screen, and only people who agreed that partners show them."""

    def __init__(
        self, films: Films, film_sharing: FilmSharing, sharing: Sharing, posters: Posters, store: MediaStore,
        registry: Registry, publisher: Publisher,
    ) -> None:  # fmt: skip
        self._films = films
        self._film_sharing = film_sharing
        self._sharing = sharing
        self._posters = posters
        self._store = store
        self._registry = registry
        self._publisher = publisher

    async def pack(self, uow: UnitOfWork, key: str) -> PressPack:
        """The pack of a message. Raises NotFound without a film on the screen, NotAllowed where somebody in it has not
        agreed to partners."""
        shared = await self._sharing.get(uow, key)
        films = await self._film_sharing.shown(uow, key)
        if not films:
            raise NotFound("No film of this message is on the screen.")
        for film in films:
            if missing := await self._films.not_for_partners(uow, film):
                names = ", ".join(self._registry.get(each).english for each in missing)
                raise NotAllowed(
                    f"Not everybody in film {film.id} agreed that partners show them: {names}. Make one without them."
                )
        files = {f"{key}-{_shape(film)}.mp4": self._store.path((await self._film_sharing.file(uow, film)).path or "")
                 for film in films}  # fmt: skip
        texts = {f"texts/{tag}.txt": row.text + "\n" for tag, row in shared.texts.items()}
        for film in films:
            for tag, lines in subtitles(film).items():
                texts[f"subtitles/{key}-{_shape(film)}.{tag}.vtt"] = webvtt(lines)
                texts[f"subtitles/{key}-{_shape(film)}.{tag}.srt"] = srt(lines)
        texts["READ-ME-FIRST.txt"] = self._read_me(shared, films)
        texts["embed.html"] = self._embed(shared, films[0])
        return PressPack(f"{key}-press-pack.zip", texts, files, await self._poster(uow, shared, films[0]))

    async def _poster(self, uow: UnitOfWork, shared: Shared, film: FilmRow) -> Poster | None:
        wanted = [each for each in film.languages if each in shared.texts][:MOST_LANGUAGES] or ["en-GB"]
        try:
            return await self._posters.poster(uow, shared.message.key, wanted, self._publisher)
        except VouchError:
            return None

    def _address(self, shared: Shared) -> str:
        return f"{self._publisher.public_url}/m/{shared.message.key}"

    def _read_me(self, shared: Shared, films: list[FilmRow]) -> str:
        message = shared.message
        names = [self._registry.get(each[1]).english for each in films[0].clips]
        sample = "SAMPLE: the people and organisations in it are made up.\n\n" if self._publisher.sample else ""
        sums = "".join(f"  {message.key}-{_shape(each)}.mp4  SHA-256 {each.sha256}\n" for each in films)
        return (
            f"{message.title}\nFrom: {self._publisher.organisation or 'Vouch'}\n\n{sample}"
            f"Spoken in: {', '.join(names)}.\n"
            f"Checked by {message.vetted_by} on {message.vetted_on}. Valid until {message.valid_until:%d %B %Y}: "
            "please take it down then.\n\n"
            f"Everybody in the film agreed that partners show it, and may change their mind. Please look at\n"
            f"{self._address(shared)} before you show it again: where the film is gone from there, take it down too.\n"
            "Show it whole and unchanged.\n\n"
            f"{sums}\n"
            "texts/      the message in every language in which it is approved\n"
            "subtitles/  WebVTT (.vtt) for web pages, SubRip (.srt) for video programs; they are in the picture too\n"
            "poster.pdf  for a wall (A4), where it could be made\n"
            "embed.html  how to show the film on a web page\n"
        )  # fmt: skip

    def _embed(self, shared: Shared, film: FilmRow) -> str:
        key, shape = shared.message.key, _shape(film)
        tracks = "".join(
            f'  <track kind="subtitles" srclang="{tag}" label="{escape(self._registry.get(tag).autonym)}" '
            f'src="subtitles/{key}-{shape}.{tag}.vtt">\n'
            for tag in subtitles(film)
        )
        return (
            "<!-- Put the film and the folder of subtitles beside your page, and copy these lines into it. -->\n"
            f'<video controls preload="metadata" style="max-width: 100%" src="{key}-{shape}.mp4">\n{tracks}</video>\n'
            f'<p><a href="{escape(self._address(shared))}">{escape(shared.message.title)}</a>, valid until '
            f"{shared.message.valid_until:%d %B %Y}</p>\n"
        )


def write_pack(pack: PressPack, printer: Printer | None) -> bytes:
    """The archive. Reads files and draws: not for the event loop."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in sorted(pack.texts.items()):
            archive.writestr(name, text, zipfile.ZIP_DEFLATED)
        for name, path in sorted(pack.files.items()):
            archive.write(path, name, zipfile.ZIP_STORED)
        if pack.poster is not None and printer is not None:
            try:
                archive.writestr("poster.pdf", printer.poster(pack.poster), zipfile.ZIP_STORED)
            except OSError:
                archive.writestr("poster-not-made.txt", "Fonts are missing on this machine.\n")
    return out.getvalue()


def _shape(film: FilmRow) -> str:
    return film.aspect.replace(":", "x")
