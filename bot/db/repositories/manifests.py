"""Manifests of approved renditions, fingerprints of their recordings, and clips that people want looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import LookupRow, ManifestRow, MediaRow, RenditionRow
from bot.db.tables import fingerprints, flags, lookups, manifests, media, renditions, rumours
from bot.db.types import Instant


class ManifestRepository(Repository):
    """A rendition that was approved again has a manifest for each time; the newest counts."""

    async def create(self, **values: Any) -> int:
        """A new manifest; returns its number."""
        return await self.add(manifests, **values)

    async def by_code(self, code: str) -> ManifestRow | None:
        """The manifest with this code."""
        return await self.one(ManifestRow, self.select(ManifestRow, manifests).where(manifests.c.code == code))

    async def of_rendition(self, rendition_id: int) -> ManifestRow | None:
        """A rendition's newest manifest."""
        statement = self.select(ManifestRow, manifests).where(manifests.c.rendition_id == rendition_id)
        return await self.one(ManifestRow, statement.order_by(manifests.c.id.desc()).limit(1))

    async def all_of_rendition(self, rendition_id: int) -> list[ManifestRow]:
        """Every manifest of a rendition."""
        return await self.many(
            ManifestRow, self.select(ManifestRow, manifests).where(manifests.c.rendition_id == rendition_id)
        )

    async def first_issued(self, rendition_ids: Sequence[int]) -> dict[int, datetime]:
        """When each of these renditions was first approved, by rendition."""
        statement = (
            select(manifests.c.rendition_id, func.min(manifests.c.issued_at, type_=Instant()))
            .where(manifests.c.rendition_id.in_(list(rendition_ids)))
            .group_by(manifests.c.rendition_id)
        )
        return {int(row[0]): row[1] for row in await self.connection.execute(statement)}

    async def by_lines(self, hashes: Sequence[str], *, limit: int = 20) -> list[ManifestRow]:
        """Manifests of texts one line of which has one of these hashes, newest first."""
        statement = self.select(ManifestRow, manifests).where(manifests.c.line_hash.in_(list(hashes)))
        return await self.many(ManifestRow, statement.order_by(manifests.c.id.desc()).limit(limit))

    async def these(self, ids: Sequence[int]) -> dict[int, ManifestRow]:
        """The manifests with these numbers that are there, by number."""
        statement = self.select(ManifestRow, manifests).where(manifests.c.id.in_(ids))
        return {each.id: each for each in await self.many(ManifestRow, statement)}

    async def missing(self, *, limit: int) -> list[int]:
        """Approved renditions whose content has no manifest yet, oldest first."""
        have = select(manifests.c.id).where(
            manifests.c.rendition_id == renditions.c.id, manifests.c.rendition_hash == renditions.c.content_hash
        )
        statement = select(renditions.c.id).where(renditions.c.state == "approved", ~have.exists())
        return [int(row[0]) for row in await self.connection.execute(statement.order_by(renditions.c.id).limit(limit))]

    async def unsigned(self, *, limit: int) -> list[ManifestRow]:
        """Manifests that carry no signature yet."""
        statement = self.select(ManifestRow, manifests).where(manifests.c.signature.is_(None))
        return await self.many(ManifestRow, statement.order_by(manifests.c.id).limit(limit))

    async def change(self, manifest_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(manifests).where(manifests.c.id == manifest_id).values(**values))

    # Recordings

    async def rendition_of_file(self, *, unique_id: str = "", sha256: str = "") -> RenditionRow | None:
        """The rendition that is exactly this file, the newest where several are."""
        same = media.c.unique_id == unique_id if unique_id else media.c.sha256 == sha256
        statement = (
            self.select(RenditionRow, renditions)
            .join(media, media.c.id == renditions.c.media_id)
            .join(manifests, manifests.c.rendition_id == renditions.c.id)
            .where(same)
            .order_by(renditions.c.message_id.desc(), renditions.c.id.desc())
            .limit(1)
        )
        return await self.one(RenditionRow, statement)

    async def without_prints(self, *, limit: int) -> list[MediaRow]:
        """Stored recordings of renditions that have a manifest and no fingerprint yet."""
        statement = (
            self.select(MediaRow, media)
            .where(
                media.c.state == "stored", media.c.path.is_not(None),
                media.c.id.in_(
                    select(renditions.c.media_id).join(manifests, manifests.c.rendition_id == renditions.c.id)
                ),
                media.c.id.not_in(select(fingerprints.c.media_id)),
            )
            .order_by(media.c.id)
            .limit(limit)
        )  # fmt: skip
        return await self.many(MediaRow, statement)

    async def asked_without_prints(
        self, states: Sequence[str], kinds: Sequence[str], *, limit: int
    ) -> list[tuple[MediaRow, str | None]]:
        """Stored files of flags of rumours in these states that have no fingerprint yet, newest first, with the
        language of the flag."""
        statement = (
            select(media.c.id, flags.c.language)
            .join(flags, flags.c.media_id == media.c.id)
            .join(rumours, rumours.c.id == flags.c.rumour_id)
            .where(
                media.c.state == "stored", media.c.path.is_not(None), media.c.kind.in_(kinds),
                rumours.c.state.in_(states), media.c.id.not_in(select(fingerprints.c.media_id)),
            )
            .order_by(media.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        languages = {int(row[0]): row[1] for row in await self.connection.execute(statement)}
        rows = await self.many(MediaRow, self.select(MediaRow, media).where(media.c.id.in_(list(languages))))
        return [(each, languages[each.id]) for each in rows]

    async def keep_prints(
        self, media_id: int, frames: bytes, sound: bytes, now: datetime, words: str | None = None
    ) -> None:
        """Remember a file's fingerprint, and what is written in it."""
        row = {"media_id": media_id, "frames": frames, "sound": sound, "words": words, "made_at": now}
        await self.insert_new(fingerprints, [row])

    async def asked_prints(self, states: Sequence[str], *, limit: int) -> list[tuple[int, bytes, bytes, str | None]]:
        """Fingerprints of what was asked about, as (rumour, frames, sound, words), newest first."""
        statement = (
            select(flags.c.rumour_id, fingerprints.c.frames, fingerprints.c.sound, fingerprints.c.words)
            .join(fingerprints, fingerprints.c.media_id == flags.c.media_id)
            .join(rumours, rumours.c.id == flags.c.rumour_id)
            .where(rumours.c.state.in_(states))
            .order_by(flags.c.id.desc())
            .limit(limit)
        )
        found = await self.connection.execute(statement)
        return [(int(row[0]), bytes(row[1]), bytes(row[2]), row[3]) for row in found]

    async def asked_words(self, states: Sequence[str]) -> list[tuple[int, str]]:
        """What is written in pictures that came without words, by rumour: of each rumour the first picture."""
        statement = (
            select(flags.c.rumour_id, fingerprints.c.words)
            .join(fingerprints, fingerprints.c.media_id == flags.c.media_id)
            .join(rumours, rumours.c.id == flags.c.rumour_id)
            .where(rumours.c.state.in_(states), rumours.c.text == "", fingerprints.c.words != "")
            .order_by(flags.c.id.desc())
        )
        return list({int(row[0]): str(row[1]) for row in await self.connection.execute(statement)}.items())

    async def words_of(self, media_ids: Sequence[int]) -> dict[int, str]:
        """What is written in these pictures, as far as it was read, by file."""
        statement = select(fingerprints.c.media_id, fingerprints.c.words).where(
            fingerprints.c.media_id.in_(list(media_ids)), fingerprints.c.words != ""
        )
        return {int(row[0]): str(row[1]) for row in await self.connection.execute(statement)}

    async def prints(self) -> list[tuple[int, bytes, bytes]]:
        """Every fingerprint as (rendition, frames, sound), newest first; a borough has some thousands at most."""
        statement = (
            select(renditions.c.id, fingerprints.c.frames, fingerprints.c.sound)
            .join(fingerprints, fingerprints.c.media_id == renditions.c.media_id)
            .join(manifests, manifests.c.rendition_id == renditions.c.id)
            .distinct()
            .order_by(renditions.c.id.desc())
        )
        return [(int(row[0]), bytes(row[1]), bytes(row[2])) for row in await self.connection.execute(statement)]

    async def forget_prints(self, media_id: int) -> None:
        """Remove a recording's fingerprint."""
        await self.connection.execute(delete(fingerprints).where(fingerprints.c.media_id == media_id))

    # Clips that people sent

    async def ask(self, **values: Any) -> None:
        """Somebody wants to know whether this clip is ours; the same clip once a person."""
        await self.insert_new(lookups, [values])

    async def ask_about(self, **values: Any) -> None:
        """Somebody sent this file with a question: what is known about it is told once it was looked at."""
        mine = [lookups.c[name] == values[name] for name in ("bot_id", "person_tag", "file_id")]
        told = {name: values[name] for name in ("draft", "unique_id", "reader")}
        changed = await self.connection.execute(update(lookups).where(*mine).values(**told))
        if not changed.rowcount:
            await self.insert_new(lookups, [values])

    async def asked(self, bot_id: int, *, limit: int) -> list[LookupRow]:
        """Clips to be looked at, oldest first."""
        statement = self.select(LookupRow, lookups).where(lookups.c.bot_id == bot_id)
        return await self.many(LookupRow, statement.order_by(lookups.c.id).limit(limit))

    async def lookups_of(self, bot_id: int, person_tag: bytes) -> int:
        """How many clips of a person are still to be looked at."""
        statement = select(func.count()).where(lookups.c.bot_id == bot_id, lookups.c.person_tag == person_tag)
        return int(await self.scalar(statement))

    async def any_prints(self) -> bool:
        """Whether there is anything that a clip could be like."""
        return await self.scalar(select(fingerprints.c.media_id).limit(1)) is not None

    async def drop_lookup(self, lookup_id: int) -> bool:
        """It was looked at, or cannot be. False where another worker was first."""
        done = await self.connection.execute(delete(lookups).where(lookups.c.id == lookup_id))
        return bool(done.rowcount == 1)

    async def try_again(self, lookup_id: int) -> None:
        """The channel did not give it this time."""
        await self.connection.execute(
            update(lookups).where(lookups.c.id == lookup_id).values(tries=lookups.c.tries + 1)
        )

    async def drop_lookups_of(self, bot_id: int, person_tag: bytes) -> None:
        """A person is erased."""
        await self.connection.execute(
            delete(lookups).where(lookups.c.bot_id == bot_id, lookups.c.person_tag == person_tag)
        )

    async def drop_lookups_before(self, instant: datetime) -> None:
        """What nobody looked at in time."""
        await self.connection.execute(delete(lookups).where(lookups.c.created_at < instant))
