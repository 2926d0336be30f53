"""Messages: brought in from a pack, written back, listed. The database is the truth."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import MessageRow, RenditionRow
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.errors import Conflict, NotFound
from bot.i18n import Registry
from bot.library import MessageFile, Pack, RecordingFile, RenditionFile, Source
from bot.services.ports import Clock, MediaStore
from bot.services.renditions import content_hash
from bot.services.updates import AnswerUpdates

_KINDS = {"voice": "voice", "video": "video", "signed": "video"}
_MIME = {
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
    ".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm",
}  # fmt: skip


@dataclass(slots=True)
class ImportReport:
    """What an import did."""

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    renditions: int = 0


class Messages:
    """The library's way into the database and back."""

    def __init__(self, registry: Registry, store: MediaStore, updates: AnswerUpdates, clock: Clock) -> None:
        self._registry = registry
        self._store = store
        self._updates = updates
        self._clock = clock

    async def import_pack(self, uow: UnitOfWork, pack: Pack, *, sample: bool = False) -> ImportReport:
        """Add new keys, higher revisions and new renditions.

        Raises Conflict, naming every difference, when the pack says something else about a revision that is there:
        a revision is never overwritten.
        """
        await uow.decide_alone()
        report = ImportReport()
        differences: list[str] = []
        for message in pack.messages:
            await self._import_message(uow, message, report, differences, sample=sample)
        if differences:
            raise Conflict("Not imported. Raise the revision to change what is there: " + "; ".join(differences))
        return report

    async def _import_message(
        self, uow: UnitOfWork, message: MessageFile, report: ImportReport, differences: list[str], *, sample: bool
    ) -> None:
        hashed = _message_hash(message)
        latest = await uow.messages.latest(message.key)
        if latest is not None and message.revision < latest.revision:
            differences.append(f"{message.key}: revision {latest.revision} is there already")
            return
        if latest is not None and message.revision == latest.revision:
            if latest.content_hash != hashed:
                differences.append(f"{message.key} revision {message.revision}: {_difference(latest, message)}")
                return
            message_id = latest.id
            if not await self._take_answers(uow, latest, message):
                differences.append(f"{message.key} revision {message.revision}: what it answers differs")
                return
            report.unchanged.append(message.key)
        else:
            message_id = await self._add_message(uow, message, hashed)
            report.added.append(message.key)
        for rendition in message.renditions:
            await self._import_text(uow, message, message_id, hashed, rendition, report, differences)
        for recording in message.recordings:
            await self._import_recording(uow, message, message_id, recording, report, differences, sample=sample)

    async def _add_message(self, uow: UnitOfWork, message: MessageFile, hashed: str) -> int:
        return await uow.messages.add_message(
            key=message.key, revision=message.revision, title=message.title, topic=message.topic,
            emergency=message.emergency, valid_from=message.valid_from, valid_until=message.valid_until,
            sources=[{"title": each.title, "url": each.url} for each in message.sources],
            vetted_by=message.vetted_by, vetted_on=message.vetted_on, origin="pack", content_hash=hashed,
            created_at=self._clock.now(), shelf=message.shelf, asks=list(message.asks), answers=list(message.answers),
        )  # fmt: skip

    async def _take_answers(self, uow: UnitOfWork, row: MessageRow, message: MessageFile) -> bool:
        """Whether what a revision answers is what the pack says. What was not known yet is added: nobody reads it."""
        given = list(message.answers)
        if row.answers in ([], given) and given:
            await uow.messages.change(row.id, answers=given)
        return row.answers in ([], given)

    async def _import_text(
        self, uow: UnitOfWork, message: MessageFile, message_id: int, hashed: str, rendition: RenditionFile,
        report: ImportReport, differences: list[str],
    ) -> None:  # fmt: skip
        tag = self._registry.get(rendition.language).tag
        reviewer, reviewed_on = rendition.reviewer, rendition.reviewed_on
        if tag == SOURCE_LANGUAGE and reviewer is None and message.vetted_by is not None:
            reviewer, reviewed_on = message.vetted_by, message.vetted_on
        state = RenditionState.APPROVED if reviewer and reviewed_on else RenditionState.DRAFT
        review: dict[str, Any] = {"reviewer": reviewer, "reviewed_on": reviewed_on, "state": state}
        old = await uow.messages.find_rendition(message_id, tag, Form.TEXT)
        if old is None:
            await uow.messages.add_rendition(
                message_id=message_id, language=tag, form=Form.TEXT, text=rendition.text, consent=[],
                translator=rendition.translator, content_hash=content_hash(hashed, tag, Form.TEXT, rendition.text),
                created_at=self._clock.now(), **review,
            )  # fmt: skip
            report.renditions += 1
        elif old.text != rendition.text:
            differences.append(f"{message.key} {tag}: another text is there")
        elif old.state == RenditionState.DRAFT and state is RenditionState.APPROVED:
            await uow.messages.change_rendition(old.id, **review)
            report.renditions += 1
        else:
            return
        if state is RenditionState.APPROVED:
            row = await uow.messages.get(message_id)
            if row is not None:
                await self._updates.rendition_approved(uow, row, tag)

    async def _import_recording(
        self, uow: UnitOfWork, message: MessageFile, message_id: int, recording: RecordingFile,
        report: ImportReport, differences: list[str], *, sample: bool,
    ) -> None:  # fmt: skip
        tag = self._registry.get(recording.language).tag
        data = recording.file.read_bytes()
        hashed = content_hash(message.key, message.revision, tag, recording.form, recording.text, data.hex())
        old = await uow.messages.find_rendition(message_id, tag, recording.form)
        if old is not None:
            if old.content_hash != hashed:
                differences.append(f"{message.key} {tag} {recording.form}: another recording is there")
            return
        reviewed = recording.reviewer is not None and recording.reviewed_on is not None and "bot" in recording.consent
        suffix = recording.file.suffix.lower()
        media_id = await uow.media.create(
            kind=_KINDS[recording.form], mime=_MIME.get(suffix, "application/octet-stream"), size=len(data), seconds=0,
            sha256=hashlib.sha256(data).hexdigest(),
            path=await self._store.save(data, suffix), state="stored", tries=0, created_at=self._clock.now(),
        )  # fmt: skip
        await uow.messages.add_rendition(
            message_id=message_id, language=tag, form=recording.form, text=recording.text,
            english=recording.english, media_id=media_id,
            leader_id=await self._leader(uow, recording, sample=sample), consent=list(recording.consent),
            consented_at=recording.consented_at, consent_until=recording.consent_until, reviewer=recording.reviewer,
            reviewed_on=recording.reviewed_on, content_hash=hashed, created_at=self._clock.now(),
            state=RenditionState.APPROVED if reviewed else RenditionState.DRAFT,
        )  # fmt: skip
        report.renditions += 1

    async def _leader(self, uow: UnitOfWork, recording: RecordingFile, *, sample: bool) -> int:
        known = await uow.leaders.by_name(recording.leader)
        if known is not None:
            return known.id
        return await uow.leaders.create(
            name=recording.leader, role=recording.role, role_english=recording.role_english,
            community=recording.community, sample=sample, created_at=self._clock.now(),
        )  # fmt: skip

    async def show(self, uow: UnitOfWork, key: str) -> dict[str, Any]:
        """A message's newest revision with its renditions, as plain data. Raises NotFound."""
        row = await uow.messages.latest(key)
        if row is None:
            raise NotFound(f"There is no message {key}.")
        return {
            "key": row.key, "revision": row.revision, "title": row.title, "topic": row.topic,
            "emergency": row.emergency, "valid_from": row.valid_from.isoformat(),
            "valid_until": row.valid_until.isoformat(), "sources": row.sources, "vetted_by": row.vetted_by,
            "vetted_on": row.vetted_on.isoformat() if row.vetted_on else None, "answers": row.answers,
            "renditions": [
                {
                    "language": each.language, "form": each.form, "state": each.state, "translator": each.translator,
                    "reviewer": each.reviewer, "text": each.text,
                }
                for each in await uow.messages.renditions(row.id)
            ],
        }  # fmt: skip

    async def export(self, uow: UnitOfWork) -> list[MessageFile]:
        """Every message's newest revision as pack files (texts and recordings)."""
        rows = [each for each in await uow.messages.all_latest() if each.sources]
        renditions = await uow.messages.renditions_of([each.id for each in rows])
        return [await self._export_one(uow, row, renditions[row.id]) for row in rows]

    async def _export_one(self, uow: UnitOfWork, row: MessageRow, found: Sequence[RenditionRow]) -> MessageFile:
        usable = [each for each in found if each.state != RenditionState.WITHDRAWN]
        texts = tuple(
            RenditionFile(
                each.language, each.text, each.translator, each.reviewer, each.reviewed_on, Path(f"{each.language}.md")
            )
            for each in usable
            if each.form == Form.TEXT
        )
        recordings = [await self._export_recording(uow, each) for each in usable if each.form != Form.TEXT]
        return MessageFile(
            key=row.key, title=row.title, topic=row.topic, revision=row.revision, valid_from=row.valid_from,
            valid_until=row.valid_until, sources=tuple(Source(each["title"], each["url"]) for each in row.sources),
            vetted_by=row.vetted_by, vetted_on=row.vetted_on, emergency=row.emergency, renditions=texts,
            recordings=tuple(each for each in recordings if each is not None), shelf=row.shelf, asks=tuple(row.asks),
            answers=tuple(row.answers),
        )  # fmt: skip

    async def _export_recording(self, uow: UnitOfWork, row: RenditionRow) -> RecordingFile | None:
        media = await uow.media.get(row.media_id) if row.media_id else None
        leader = await uow.leaders.get(row.leader_id) if row.leader_id else None
        if media is None or media.path is None or leader is None:
            return None
        path = self._store.path(media.path)
        return RecordingFile(
            name=f"{row.language}-{row.form}{path.suffix}", file=path, language=row.language, leader=leader.name,
            role=leader.role, role_english=leader.role_english, community=leader.community, text=row.text,
            english=row.english or row.text, consent=tuple(row.consent),  # type: ignore[arg-type]
            consented_at=row.consented_at or row.created_at,
            consent_until=row.consent_until or datetime.max.replace(tzinfo=row.created_at.tzinfo),
            reviewer=row.reviewer, reviewed_on=row.reviewed_on, form=row.form,  # type: ignore[arg-type]
        )  # fmt: skip


def _message_hash(message: MessageFile) -> str:
    source = next(each.text for each in message.renditions if each.language == SOURCE_LANGUAGE)
    sources = [(each.title, each.url) for each in message.sources]
    return content_hash(message.key, message.revision, message.title, message.topic, message.emergency, sources, source)


def _difference(row: MessageRow, message: MessageFile) -> str:
    for name in ("title", "topic", "emergency"):
        if getattr(row, name) != getattr(message, name):
            return f"its {name} differs"
    if row.sources != [{"title": each.title, "url": each.url} for each in message.sources]:
        return "its sources differ"
    return "its English text differs"
