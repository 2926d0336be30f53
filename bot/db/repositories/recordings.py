"""Recordings on their way to a rendition, and second speakers' reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import RecordingRow, ReviewRow
from bot.db.tables import media, recordings, renditions, reviews


class RecordingRepository(Repository):
    """A leader's takes, and what others heard in them."""

    async def create(self, **values: Any) -> int:
        """A new take; returns its row number."""
        return await self.add(recordings, **values)

    async def get(self, recording_id: int) -> RecordingRow | None:
        """One take."""
        return await self.one(
            RecordingRow, self.select(RecordingRow, recordings).where(recordings.c.id == recording_id)
        )

    async def of_request(self, request_id: int) -> list[RecordingRow]:
        """A request's takes, newest first."""
        return await self.many(
            RecordingRow,
            self.select(RecordingRow, recordings)
            .where(recordings.c.request_id == request_id)
            .order_by(recordings.c.id.desc()),
        )

    async def of_leader(self, leader_id: int) -> list[RecordingRow]:
        """A leader's takes, newest first."""
        return await self.many(
            RecordingRow,
            self.select(RecordingRow, recordings)
            .where(recordings.c.leader_id == leader_id)
            .order_by(recordings.c.id.desc())
            .limit(200),
        )

    async def of_rendition(self, rendition_id: int) -> RecordingRow | None:
        """The take that became this rendition."""
        return await self.one(
            RecordingRow,
            self.select(RecordingRow, recordings)
            .where(recordings.c.rendition_id == rendition_id)
            .order_by(recordings.c.id.desc()),
        )

    async def arriving(self, *, limit: int) -> list[RecordingRow]:
        """Takes that nobody has looked at yet, oldest first."""
        return await self.many(
            RecordingRow,
            self.select(RecordingRow, recordings)
            .where(recordings.c.state == "arriving")
            .order_by(recordings.c.id)
            .limit(limit),
        )

    async def since(self, leader_id: int, instant: datetime) -> int:
        """How many takes a leader has sent since then."""
        found = await self.scalar(
            select(func.count()).where(recordings.c.leader_id == leader_id, recordings.c.created_at > instant)
        )
        return int(found)

    async def of_somebody_else(self, leader_id: int, *, unique_id: str | None, sha256: str | None) -> bool:
        """Whether another leader has sent this very file."""
        same = [recordings.c.unique_id == unique_id] if unique_id else []
        same += [media.c.sha256 == sha256] if sha256 else []
        if not same:
            return False
        found = await self.scalar(
            select(recordings.c.id)
            .join(media, media.c.id == recordings.c.media_id)
            .where(recordings.c.leader_id != leader_id, recordings.c.state != "refused", or_(*same))
            .limit(1)
        )
        if found is not None:
            return True
        # What came with a pack, or was recorded before the takes were tidied away, is somebody's voice, too.
        found = await self.scalar(
            select(renditions.c.id)
            .join(media, media.c.id == renditions.c.media_id)
            .where(
                renditions.c.leader_id.is_not(None), renditions.c.leader_id != leader_id,
                or_(*([media.c.unique_id == unique_id] if unique_id else []),
                    *([media.c.sha256 == sha256] if sha256 else [])),
            )
            .limit(1)
        )  # fmt: skip
        return found is not None

    async def change(self, recording_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(recordings).where(recordings.c.id == recording_id).values(**values))

    # Reviews

    async def add_review(self, **values: Any) -> int:
        """A second speaker begins; returns the row number."""
        return await self.add(reviews, **values)

    async def review(self, review_id: int) -> ReviewRow | None:
        """One review."""
        return await self.one(ReviewRow, self.select(ReviewRow, reviews).where(reviews.c.id == review_id))

    async def review_by(self, rendition_id: int, reviewer_id: int, content_hash: str) -> ReviewRow | None:
        """What this person found in exactly this content."""
        statement = (
            self.select(ReviewRow, reviews)
            .where(
                reviews.c.rendition_id == rendition_id, reviews.c.reviewer_id == reviewer_id,
                reviews.c.content_hash == content_hash,
            )
            .order_by(reviews.c.id.desc())
        )  # fmt: skip
        return await self.one(ReviewRow, statement)

    async def reviews(self, rendition_id: int) -> list[ReviewRow]:
        """Everything that was heard in a rendition, newest first."""
        return await self.many(
            ReviewRow,
            self.select(ReviewRow, reviews).where(reviews.c.rendition_id == rendition_id).order_by(reviews.c.id.desc()),
        )

    async def change_review(self, review_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(reviews).where(reviews.c.id == review_id).values(**values))
