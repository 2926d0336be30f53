"""What a message looks like to one kind of person: one language, its sound or picture, its sources and maker."""

from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import FilmRow, LeaderRow, MessageRow, RenditionRow
from bot.domain.renditions import Choice, RenditionRef, RenditionState, choose
from bot.domain.residents import Form
from bot.errors import NotFound
from bot.i18n import Registry
from bot.services.ports import Clock


class Cards:
    """Chooses renditions and collects the parameters of a message card; the words come from the renderer."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    def form_of(self, language: str) -> Form:
        """The form of an answer to somebody who asked in this language: a voice or a sign where nothing is read."""
        found = self._registry.get(language)
        return Form.SIGNED if found.signed else Form.VOICE if found.audio_first else Form.TEXT

    def own(self, language: str) -> tuple[str, str]:
        """The language, and the one that its people read."""
        return language, self._registry.reading(language).tag

    def listener(self, listen: str, read: str) -> str:
        """The language of people who hear or watch what is sent instead of reading it; empty for readers."""
        return self._registry.listener(listen, read)

    def choose(self, renditions: list[RenditionRow], *, listen: str, read: str, form: str) -> Choice:
        """The rendition that a person with these choices gets; withdrawn or expired consent counts as none."""
        now = self._clock.now()
        usable = [each for each in renditions if each.consent_until is None or each.consent_until > now]
        refs = [RenditionRef(each.id, each.language, Form(each.form), RenditionState(each.state)) for each in usable]
        return choose(refs, listen=listen, form=Form(form), read_chain=self._registry.read_chain(read))

    async def for_person(
        self, uow: UnitOfWork, message: MessageRow, *, listen: str, read: str, form: str
    ) -> dict[str, Any] | None:
        """The card of an in-force message for a person, or None when nothing approved could be sent."""
        renditions = await uow.messages.renditions(message.id)
        choice = self.choose(renditions, listen=listen, read=read, form=form)
        if choice.language is None:
            return None
        return await self.params(
            uow, message_id=message.id, text_id=choice.text_id, media_rendition_id=choice.media_id,
            missing=choice.missing,
        )  # fmt: skip

    async def params(
        self, uow: UnitOfWork, *, message_id: int, text_id: int | None, media_rendition_id: int | None,
        missing: str | None,
    ) -> dict[str, Any]:  # fmt: skip
        """Everything that the renderer needs for a card."""
        message = await uow.messages.get(message_id)
        if message is None:
            raise NotFound("There is no such message.")
        text = await uow.messages.rendition(text_id) if text_id else None
        sound = await uow.messages.rendition(media_rendition_id) if media_rendition_id else None
        shown = text or sound
        if shown is None:
            raise NotFound("This message has nothing to show.")
        return {
            "key": message.key, "title": message.title, "topic": message.topic, "emergency": message.emergency,
            "text": shown.text, "text_language": shown.language, "draft": shown.state != RenditionState.APPROVED,
            "sources": message.sources, "valid_until": message.valid_until.isoformat(), "missing": missing,
            "code": await _code(uow, shown),
            "facts": message.facts, "media": await _media(uow, sound), "leader": await speaker_of(uow, sound),
        }  # fmt: skip

    async def with_film(self, uow: UnitOfWork, film: FilmRow, *, form: str) -> dict[str, Any]:
        """What a film changes on a card: the way to its page, and the film itself in the place of one voice.

        Who chose text has chosen small messages: they get the way to it alone.
        """
        media = await uow.media.get(film.media_id) if film.media_id else None
        if media is None or media.path is None:
            raise NotFound("This film is not here (any more).")
        changed: dict[str, Any] = {"film": film.id}
        if form != Form.TEXT:
            sent = {"media_id": media.id, "kind": media.kind, "file_id": media.file_id, "language": ""}
            changed |= {"media": sent, "leader": None}
        return changed

    async def preview(
        self, uow: UnitOfWork, *, message_id: int, language: str, text: str, text_language: str, media_id: int,
        leader: dict[str, str],
    ) -> dict[str, Any]:  # fmt: skip
        """A card with a recording that is no rendition yet: its leader sees it as residents will get it."""
        message = await uow.messages.get(message_id)
        media = await uow.media.get(media_id)
        if message is None or media is None:
            raise NotFound("This message has nothing to show.")
        return {
            "key": message.key, "title": message.title, "topic": message.topic, "emergency": message.emergency,
            "text": text, "text_language": text_language, "draft": False, "sources": message.sources,
            "valid_until": message.valid_until.isoformat(), "missing": None, "leader": leader,
            "media": {"media_id": media.id, "kind": media.kind, "file_id": media.file_id, "language": language},
        }  # fmt: skip


async def _code(uow: UnitOfWork, shown: RenditionRow) -> str:
    """By which anybody can ask whether it is really from us; empty for a draft."""
    manifest = await uow.manifests.of_rendition(shown.id)
    return manifest.code if manifest is not None and manifest.rendition_hash == shown.content_hash else ""


async def _media(uow: UnitOfWork, sound: RenditionRow | None) -> dict[str, Any] | None:
    if sound is None or sound.media_id is None:
        return None
    row = await uow.media.get(sound.media_id)
    if row is None:
        return None
    return {"media_id": row.id, "kind": row.kind, "file_id": row.file_id, "language": sound.language}


async def named_leader(uow: UnitOfWork, row: RenditionRow) -> LeaderRow | None:
    """Who speaks in a rendition, if they may be named: None also for a leader who asked not to be."""
    consent = await uow.leaders.consent_by_id(row.consent_id) if row.consent_id else None
    if row.leader_id is None or (consent is not None and not consent.name_shown):
        return None
    return await uow.leaders.get(row.leader_id)


async def speaker_of(uow: UnitOfWork, sound: RenditionRow | None) -> dict[str, str] | None:
    """Whose voice a rendition is, as residents are told now: without a name where they asked for that."""
    if sound is None or sound.leader_id is None:
        return None
    row = await uow.leaders.get(sound.leader_id)
    if row is None:
        return None
    sample = "yes" if row.sample else ""
    consent = await uow.leaders.consent_by_id(sound.consent_id) if sound.consent_id else None
    if consent is not None and not consent.name_shown:
        return {"name": "", "role": "", "community": "", "sample": sample}
    return {"name": row.name_own or row.name, "role": row.role, "community": row.community, "sample": sample}
