"""Static files: read once, named by what is in them, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.errors import NotFound
from bot.http.headers import YEAR_SECONDS

OWN_FOLDER = Path(__file__).parent / "static"
_SERVED = frozenset({".css", ".js", ".svg", ".png", ".jpg", ".webp", ".ico", ".woff2"})
_COMPRESSED = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    packed: bytes | None
    mime: str
    version: str


class Assets:
    """The files of bot/http/static under `/static/`, and those of other faces below prefixes of their own.

    Only what was there when it was added is served, by exact name: no path from a request ever reaches the disk.
    """

    def __init__(self) -> None:
        self._assets: dict[str, _Asset] = {}
        self.add("", OWN_FOLDER)

    def add(self, prefix: str, folder: Path) -> None:
        """Serve the files of a folder too; `prefix` ends in a slash, like `console/`."""
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SERVED:
                self._assets[f"{prefix}{path.relative_to(folder).as_posix()}"] = _read(path)

    def url(self, name: str) -> str:
        """The address of a file, with its version. Raises NotFound for a name that is not there."""
        return f"/static/{name}?v={self._get(name).version}"

    def _get(self, name: str) -> _Asset:
        asset = self._assets.get(name)
        if asset is None:
            raise NotFound("There is no such file.")
        return asset

    async def serve(self, request: web.Request) -> web.Response:
        """Answer GET /static/{name}. Only an address with the right version may be kept."""
        asset = self._get(request.match_info["name"])
        fresh = request.query.get("v") == asset.version
        headers = {
            "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable" if fresh else "no-cache",
            "Content-Type": asset.mime,
        }
        body = asset.body
        if asset.packed is not None:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                headers["Content-Encoding"] = "gzip"
                body = asset.packed
        return web.Response(body=body, headers=headers)


def _read(path: Path) -> _Asset:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0) if path.suffix in _COMPRESSED else None
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if mime.startswith("text/"):
        mime += "; charset=utf-8"
    return _Asset(body, packed, mime, hashlib.sha256(body).hexdigest()[:12])
