"""Is this really from us? Exactly, by code, file or words; nearly, by fingerprint, which never says `genuine`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import ManifestRow, MessageRow, RenditionRow
from bot.domain.codes import read_code
from bot.domain.proofs import Proof
from bot.domain.renditions import RenditionState
from bot.matching.fingerprints import Prints, compare
from bot.services.cards import Cards, speaker_of
from bot.services.ports import Clock
from bot.services.provenance import line_hash


@dataclass(frozen=True, slots=True)
class Found:
    """What something turned out to be. Without a manifest it is UNKNOWN."""

    proof: Proof
    manifest: ManifestRow | None = None
    rendition: RenditionRow | None = None
    message: MessageRow | None = None
    leader: dict[str, str] | None = None
    """Whose voice it is, as residents are told now; None where nobody is to be named."""

    def params(self) -> dict[str, Any]:
        """For a screen."""
        return {
            "proof": str(self.proof), "code": self.manifest.code if self.manifest else "",
            "title": self.message.title if self.message else "", "key": self.message.key if self.message else "",
            "language": self.rendition.language if self.rendition else "",
            "form": self.rendition.form if self.rendition else "",
            "issued_at": self.manifest.issued_at.isoformat() if self.manifest else "", "leader": self.leader,
        }  # fmt: skip


UNKNOWN = Found(Proof.UNKNOWN)


class Verifying:
    """Looks things up; changes nothing."""

    def __init__(self, cards: Cards, clock: Clock) -> None:
        self._cards = cards
        self._clock = clock

    async def by_code(self, uow: UnitOfWork, said: str) -> Found:
        """What a code stands for; UNKNOWN where it is none of ours."""
        code = read_code(said)
        manifest = await uow.manifests.by_code(code) if code else None
        return await self._found(uow, manifest) if manifest else UNKNOWN

    async def by_unique_id(self, uow: UnitOfWork, unique_id: str) -> Found:
        """The very file that the channel keeps: a forward of what we sent."""
        return await self._of_rendition(uow, await uow.manifests.rendition_of_file(unique_id=unique_id))

    async def by_bytes(self, uow: UnitOfWork, data: bytes) -> Found:
        """The very bytes."""
        digest = hashlib.sha256(data).hexdigest()
        return await self._of_rendition(uow, await uow.manifests.rendition_of_file(sha256=digest))

    async def by_lines(self, uow: UnitOfWork, lines: Sequence[str]) -> list[Found]:
        """Texts of ours that share their longest line with a text; whether it is the same is for the caller to see."""
        rows = await uow.manifests.by_lines([line_hash(each) for each in lines])
        newest: dict[int, Found] = {}
        for each in rows:
            if each.rendition_id not in newest:
                newest[each.rendition_id] = await self._found(uow, each)
        return list(newest.values())

    async def by_fingerprint(self, uow: UnitOfWork, prints: Prints) -> Found:
        """The recording of ours that it is like: ALTERED or VOICE_CHANGED, never GENUINE."""
        best: tuple[int, Proof] | None = None
        for rendition_id, frames, sound in await uow.manifests.prints():
            likeness = compare(prints, Prints(frames, sound))
            if likeness.voice_changed:
                best = best or (rendition_id, Proof.VOICE_CHANGED)
            elif likeness.near:
                best = (rendition_id, Proof.ALTERED)
                break
        if best is None:
            return UNKNOWN
        found = await self._of_rendition(uow, await uow.messages.rendition(best[0]))
        return Found(best[1], found.manifest, found.rendition, found.message)

    async def _of_rendition(self, uow: UnitOfWork, row: RenditionRow | None) -> Found:
        manifest = await uow.manifests.of_rendition(row.id) if row else None
        return await self._found(uow, manifest) if manifest else UNKNOWN

    async def _found(self, uow: UnitOfWork, manifest: ManifestRow) -> Found:
        rendition = await uow.messages.rendition(manifest.rendition_id)
        message = await uow.messages.get(rendition.message_id) if rendition else None
        if rendition is None or message is None:
            return Found(Proof.WITHDRAWN, manifest)
        speaker = await speaker_of(uow, rendition)
        leader = speaker if speaker and speaker["name"] else None
        return Found(await self._proof(uow, manifest, rendition, message), manifest, rendition, message, leader)

    async def _proof(
        self, uow: UnitOfWork, manifest: ManifestRow, rendition: RenditionRow, message: MessageRow
    ) -> Proof:
        now = self._clock.now()
        ended = rendition.consent_until is not None and rendition.consent_until <= now
        if rendition.state == RenditionState.WITHDRAWN or ended or not manifest.disclosed.get("content"):
            return Proof.WITHDRAWN
        newest = await uow.messages.latest(message.key)
        current = (
            rendition.state == RenditionState.APPROVED and rendition.content_hash == manifest.rendition_hash
            and newest is not None and newest.id == message.id and message.valid_until > now
        )  # fmt: skip
        return Proof.GENUINE if current else Proof.OUT_OF_DATE

    async def instead(self, uow: UnitOfWork, found: Found, **reader: str) -> dict[str, Any] | None:
        """The card that holds today in place of what is out of date or altered; None where there is none."""
        newest = await uow.messages.latest(found.message.key) if found.message else None
        if newest is None or newest.vetted_by is None or newest.valid_until <= self._clock.now():
            return None
        return await self._cards.for_person(uow, newest, **reader)
