"""Erasing a leader: every row and column in which they could stand, by what the tables themselves say."""

import json
import re
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, Table, Text, cast, delete, or_, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import RenditionRow
from bot.db.tables import (
    approvals,
    audit,
    circle_notes,
    consents,
    fingerprints,
    leaders,
    media,
    metadata,
    outbox,
    passages,
    recordings,
    renditions,
    requests,
    reviews,
    staff,
    suggestions,
)

_KEPT = frozenset({staff.name, "chain", "manifests", "updates", "conversations", "alembic_version"})
"""Records of the team, salted hashes, and what lies sealed."""
_AT_ONCE = 500


class ErasingRepository(Repository):
    """Nothing here asks whether: the service has."""

    async def renditions_of(self, leader_id: int) -> list[RenditionRow]:
        """Every rendition in this leader's voice."""
        return await self.many(
            RenditionRow, self.select(RenditionRow, renditions).where(renditions.c.leader_id == leader_id)
        )

    async def handles_of(self, leader_id: int) -> list[str]:
        """By what the channel knows their recordings."""
        statement = (
            select(media.c.file_id)
            .join(renditions, renditions.c.media_id == media.c.id)
            .where(renditions.c.leader_id == leader_id, media.c.file_id.is_not(None))
        )
        return [str(row[0]) for row in await self.connection.execute(statement)]

    async def drop_waiting(self, traces: list[str]) -> None:
        """Answers that wait to be sent and hold any of these."""
        for each in traces:
            await self.connection.execute(delete(outbox).where(_naming(outbox, each)))

    async def other_media_of(self, leader_id: int) -> int:
        """Drop the files of drafts, evidence and suggestions; returns how many there were."""
        theirs = select(requests.c.id).where(requests.c.leader_id == leader_id)
        found = [
            select(recordings.c.media_id).where(recordings.c.leader_id == leader_id),
            select(consents.c.evidence_id).where(consents.c.leader_id == leader_id),
            select(suggestions.c.media_id).where(suggestions.c.leader_id == leader_id),
            select(passages.c.media_id).where(passages.c.request_id.in_(theirs)),
        ]
        ids = {int(row[0]) for each in found for row in await self.connection.execute(each) if row[0] is not None}
        return await self.drop_media(sorted(ids))

    async def drop_media(self, ids: list[int]) -> int:
        """Forget all of these files but their random names in the store, by which they are removed; returns how many.

        The names stay until the files are gone: so none is left behind when a process ends in between.
        """
        await self.connection.execute(delete(fingerprints).where(fingerprints.c.media_id.in_(ids)))
        done = await self.connection.execute(
            update(media)
            .where(media.c.id.in_(ids), media.c.state != "removed")
            .values(file_id=None, unique_id=None, sha256=None, state="removed")
        )
        return int(done.rowcount)

    async def drop_leader(self, leader_id: int) -> None:
        """Every row that is about this leader alone."""
        theirs = select(requests.c.id).where(requests.c.leader_id == leader_id)
        spoken = select(recordings.c.rendition_id).where(recordings.c.leader_id == leader_id)
        await self.connection.execute(delete(reviews).where(reviews.c.rendition_id.in_(spoken)))
        await self.connection.execute(delete(passages).where(passages.c.request_id.in_(theirs)))
        for table in (recordings, suggestions, requests, consents, circle_notes):
            await self.connection.execute(delete(table).where(table.c.leader_id == leader_id))
        await self.connection.execute(delete(leaders).where(leaders.c.id == leader_id))

    async def forget_approvals(self, kind: str, subject_id: int) -> None:
        """What was asked about a recording holds its hash, and perhaps a reason that describes it."""
        await self.connection.execute(
            update(approvals)
            .where(approvals.c.kind == kind, approvals.c.subject_id == subject_id)
            .values(content_hash="", reason=None)
        )

    async def audit_naming(self, name: str) -> list[int]:
        """Entries of the audit log in which a name stands."""
        statement = select(audit.c.id).where(_naming(audit, name))
        rows = await self.connection.execute(statement)
        return sorted(int(row[0]) for row in rows)

    async def unsalt_audit(self, ids: list[int]) -> None:
        """What these entries said can be proved by nobody any more."""
        for at in range(0, len(ids), _AT_ONCE):
            await self.connection.execute(
                update(audit).where(audit.c.id.in_(ids[at : at + _AT_ONCE])).values(salt=None)
            )

    async def replace_everywhere(self, name: str, by: str) -> int:
        """Put `by` in the place of a name in every text of every table; returns how many rows were changed."""
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        changed = 0
        for table in metadata.sorted_tables:
            if table.name not in _KEPT and _texts(table):
                changed += await self._replace(table, name, whole, by)
        return changed

    async def _replace(self, table: Table, name: str, whole: re.Pattern[str], by: str) -> int:
        rows = (await self.connection.execute(select(table).where(_naming(table, name)))).mappings().all()
        changed = 0
        for row in rows:
            values = {each.name: _replaced(row[each.name], whole, by) for each in _texts(table)}
            fresh = {key: value for key, value in values.items() if value != row[key]}
            if fresh:
                key = [each == row[each.name] for each in table.primary_key.columns]
                await self.connection.execute(update(table).where(*key).values(**fresh))
                changed += 1
        return changed


def _texts(table: Table) -> list[Any]:
    """Columns in which words can stand."""
    return [each for each in table.columns if isinstance(each.type, String | Text | JSON) and not each.primary_key]


def _naming(table: Table, name: str) -> ColumnElement[bool]:
    """Rows that may hold the name, as it is or as JSON escapes it."""
    asked = {name, json.dumps(name)[1:-1]}
    return or_(*(cast(each, Text).contains(said, autoescape=True) for each in _texts(table) for said in asked))


def _replaced(value: Any, whole: re.Pattern[str], by: str) -> Any:
    if isinstance(value, str):
        return whole.sub(by, value)
    if isinstance(value, list):
        return [_replaced(each, whole, by) for each in value]
    if isinstance(value, dict):
        return {_replaced(key, whole, by): _replaced(each, whole, by) for key, each in value.items()}
    return value
