"""Manifests: what was approved, when, by whom in which role, in words that anybody can check with the public key.

The file and the leader stand in it as salted hashes. The salts are disclosed beside it until the leader is erased: then
the manifest, its signature and its place in the chain stay, and lead back to nobody.
"""

import asyncio
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import ManifestRow, MessageRow, RenditionRow
from bot.domain.chain import Link, LinkKind, canonical, salted
from bot.domain.codes import new_code
from bot.domain.residents import Form
from bot.domain.staff import Role
from bot.errors import NotFound
from bot.i18n import strip_controls
from bot.services.cards import speaker_of
from bot.services.ports import Clock, MediaStore

_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Told:
    """What is disclosed beside a manifest, with its salt."""

    salt: bytes
    value: Any

    @classmethod
    def about(cls, value: Any) -> "_Told":
        return cls(secrets.token_bytes(16), value)

    @property
    def hashed(self) -> str:
        return salted(self.salt, self.value)

    @property
    def shown(self) -> dict[str, Any]:
        return {"salt": self.salt.hex(), "value": self.value}


class Provenance:
    """Issues manifests; the worker does so for whatever was approved, whoever approved it."""

    def __init__(self, store: MediaStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def issue(self, uow: UnitOfWork, rendition_id: int) -> ManifestRow | None:
        """A manifest for an approved rendition as it stands; None where its recording is not there (any more)."""
        row = await uow.messages.rendition(rendition_id)
        message = await uow.messages.get(row.message_id) if row else None
        if row is None or message is None:
            return None
        content = await self._content(uow, row)
        if content is None:
            return None
        speaker = await speaker_of(uow, row)
        told = _Told.about(content), (_Told.about(_as_shown(speaker)) if speaker and speaker["name"] else None)
        code = await _free_code(uow)
        body = canonical(await self._body(uow, row, message, code, *told)).decode()
        manifest_id = await uow.manifests.create(
            code=code, rendition_id=row.id, rendition_hash=row.content_hash, body=body,
            disclosed={"content": told[0].shown, "leader": told[1].shown if told[1] else None},
            line_hash=line_hash(longest_line(row.text)) if row.form == Form.TEXT else None,
            issued_at=self._clock.now(),
        )  # fmt: skip
        uow.chain.link(Link(LinkKind.MANIFEST, manifest_id, digest_of_body(body), self._clock.now()))
        return await uow.manifests.by_code(code)

    async def _content(self, uow: UnitOfWork, row: RenditionRow) -> str | None:
        """SHA-256 of the file, or of the text as it is compared."""
        if row.media_id is None:
            return hashlib.sha256(plain_text(row.text).encode()).hexdigest() if row.form == Form.TEXT else None
        media = await uow.media.get(row.media_id)
        if media is None:
            return None
        if media.sha256 is None and media.path is not None:
            digest = await self._hash_file(media.path)
            if digest is not None:
                await uow.media.change(media.id, sha256=digest)
            return digest
        return media.sha256

    async def _hash_file(self, name: str) -> str | None:
        try:
            path = self._store.path(name)
        except NotFound:
            return None
        return hashlib.sha256(await asyncio.to_thread(path.read_bytes)).hexdigest()

    async def _body(
        self, uow: UnitOfWork, row: RenditionRow, message: MessageRow, code: str, content: _Told, leader: _Told | None
    ) -> dict[str, Any]:
        return {
            "version": 1, "code": code, "message": message.key, "revision": message.revision,
            "language": row.language, "form": row.form, "content": content.hashed,
            "leader": leader.hashed if leader else None, "reviewed_by": await _role(uow, row),
            "reviewed_on": row.reviewed_on.isoformat() if row.reviewed_on else None,
            "valid_until": message.valid_until.isoformat(), "issued_at": self._clock.now().isoformat(),
        }  # fmt: skip


async def _free_code(uow: UnitOfWork) -> str:
    for _ in range(_TRIES):
        code = new_code()
        if await uow.manifests.by_code(code) is None:
            return code
    raise NotFound("No code is free.")


async def _role(uow: UnitOfWork, row: RenditionRow) -> str:
    """In which role somebody said yes to it: never their name."""
    staff = await uow.staff.get(row.reviewer_id) if row.reviewer_id else None
    if staff is None:
        return "message library"
    return "reviewer" if Role.REVIEWER in staff.roles else str(staff.roles[0])


def _as_shown(speaker: dict[str, str]) -> dict[str, str]:
    return {name: speaker[name] for name in ("name", "role", "community")}


def digest_of_body(body: str) -> str:
    """What the chain holds of a manifest: what is in its body is salted already."""
    return hashlib.sha256(body.encode()).hexdigest()


def disclosures_fit(row: ManifestRow) -> bool:
    """Whether what stands beside a manifest is what its salted hashes were made of; what was erased fits."""
    body = json.loads(row.body)
    told = [(name, row.disclosed.get(name)) for name in ("content", "leader")]
    return all(salted(bytes.fromhex(said["salt"]), said["value"]) == body[name] for name, said in told if said)


# Comparing texts


def plain_lines(text: str) -> list[str]:
    """The lines of a text as they are compared: without what is not seen, without marks of bold, spaces made one."""
    clean = strip_controls(text)[0].replace("**", "")
    return [line for each in clean.split("\n") if (line := " ".join(each.split()))]


def plain_text(text: str) -> str:
    """The whole text as it is compared."""
    return "\n".join(plain_lines(text))


def longest_line(text: str) -> str:
    """The line by which a text is found again."""
    return max(plain_lines(text), key=len, default="")


def line_hash(line: str) -> str:
    """How a line is looked up."""
    return hashlib.sha256(line.encode()).hexdigest()
