"""Films: which recordings of a message may be shown, in which order, with which words.

Consent is asked for anew each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db import UnitOfWork
from bot.db.rows import FilmRow, LeaderRow, MessageRow, RenditionRow
from bot.domain.controller import Controller
from bot.domain.films import (
    Aspect,
    Consent,
    Ended,
    FilmClip,
    FilmPlan,
    LeftOut,
    Omission,
    Speaker,
    WhyNot,
    Writing,
    fullest,
    may_be_shown,
)
from bot.domain.leaders import Scope
from bot.domain.residents import Form
from bot.errors import NotFound
from bot.i18n import Language, Registry
from bot.services.cards import named_leader
from bot.services.ports import Clock, MediaStore


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: what stands on the cards. `bot_name` empty: the code leads to the share page instead."""

    organisation: str
    bot_name: str
    public_url: str
    sample: bool = False

    @classmethod
    def of(cls, controller: Controller) -> "Publisher":
        """Whoever answers for this installation."""
        return cls(controller.organisation, controller.bot_name, controller.public_url, controller.sample)


class Films:
    """Plans films; making them is the FilmMaker's."""

    def __init__(self, registry: Registry, store: MediaStore, clock: Clock) -> None:
        self._registry = registry
        self._store = store
        self._clock = clock

    async def plan(
        self, uow: UnitOfWork, key: str, aspect: Aspect, publisher: Publisher, *, order: Sequence[str] = ()
    ) -> FilmPlan:
        """What a film of the message's newest revision is made from at this moment, and what is left out and why.

        `order`: languages in the order that staff chose, the others left out; without it the languages that most
        residents listen to come first. Raises NotFound.
        """
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        rows = [each for each in await uow.messages.renditions(message.id) if each.form != Form.TEXT]
        usable, left_out = await self._usable(uow, message, rows)
        left_out += await self._stale(uow, message, {each.language for each in rows})
        chosen = _fullest(usable, left_out)
        clips = []
        for row, leader in await self._ordered(uow, chosen, order, left_out):
            clip = await self._clip(uow, row)
            if clip is None:
                left_out.append((row, leader, LeftOut.FILE_MISSING))
            else:
                clips.append(clip)
        link = f"https://t.me/{publisher.bot_name}?start=p_film" if publisher.bot_name else ""
        return FilmPlan(
            key=message.key, revision=message.revision, title=message.title, clips=tuple(clips),
            left_out=tuple(_omission(*each) for each in left_out),
            link=link or f"{publisher.public_url}/m/{message.key}", code=f"{message.key} · {message.revision}",
            organisation=publisher.organisation, vetted_on=message.vetted_on, valid_until=message.valid_until,
            aspect=aspect, sample=publisher.sample or any(leader.sample for _, leader in chosen if leader),
        )  # fmt: skip

    async def showable(self, uow: UnitOfWork) -> set[str]:
        """The SHA-256 of every recording that may be shown in a film at this moment: of others nothing is kept."""
        now = self._clock.now()
        found = set()
        for row in await uow.messages.recordings():
            media = await uow.media.get(row.media_id) if row.media_id else None
            if media is not None and media.sha256 and may_be_shown(await self._consent(uow, row), now) is None:
                found.add(media.sha256)
        return found

    async def ended(self, uow: UnitOfWork, film: FilmRow) -> Ended | None:
        """Why a film that was made may not be shown at this moment; None while it may. Asked each time it is shown."""
        message = await uow.messages.get(film.message_id)
        latest = await uow.messages.latest(message.key) if message else None
        if message is None or latest is None or latest.id != message.id:
            return Ended(WhyNot.MESSAGE_CHANGED)
        whole = self._message(message)
        if whole is not None:
            return Ended(whole)
        for rendition_id, language, named in film.clips:
            reason = await self._clip_ended(uow, rendition_id, named=named)
            if reason is not None:
                return Ended(reason, language)
        return None

    async def not_for_partners(self, uow: UnitOfWork, film: FilmRow) -> list[str]:
        """The languages in it whose speakers have not agreed (any more) that partners show them."""
        found = []
        for rendition_id, language, _ in film.clips:
            row = await uow.messages.rendition(rendition_id)
            if row is None or Scope.PARTNERS not in (await self._consent(uow, row)).scopes:
                found.append(language)
        return found

    async def _clip_ended(self, uow: UnitOfWork, rendition_id: int, *, named: bool) -> LeftOut | WhyNot | None:
        row = await uow.messages.rendition(rendition_id)
        if row is None:
            return LeftOut.WITHDRAWN
        reason = may_be_shown(await self._consent(uow, row), self._clock.now())
        if reason is None and named and await named_leader(uow, row) is None:
            return WhyNot.NAME_WITHHELD
        return reason

    async def _usable(
        self, uow: UnitOfWork, message: MessageRow, rows: Sequence[RenditionRow]
    ) -> tuple["_Pairs", "_Left"]:
        usable: _Pairs = []
        left_out: _Left = []
        whole = self._message(message)
        for row in rows:
            leader = await uow.leaders.get(row.leader_id) if row.leader_id else None
            reason = whole or may_be_shown(await self._consent(uow, row), self._clock.now())
            if reason is None:
                usable.append((row, leader))
            else:
                left_out.append((row, leader, reason))
        return usable, left_out

    def _message(self, message: MessageRow) -> LeftOut | None:
        if message.vetted_by is None:
            return LeftOut.NOT_VETTED
        return None if message.valid_from <= self._clock.now() < message.valid_until else LeftOut.OUT_OF_DATE

    async def _consent(self, uow: UnitOfWork, row: RenditionRow) -> Consent:
        """As it stands at this moment: in the leader's own record where there is one, else as it came with the file."""
        if row.consent_id is None or row.leader_id is None:
            return Consent(row.state, tuple(row.consent), row.consented_at, row.consent_until)
        record = await uow.leaders.consent(row.leader_id)
        if record is None:
            return Consent(row.state, (), None, None)
        # A recording is never shown more widely than it was given for, whatever its leader agreed to since.
        scopes = tuple(each for each in row.consent if each in record.scope)
        until = min(record.until, row.consent_until or record.until)
        return Consent(row.state, scopes, row.consented_at or record.given_at, until)

    async def _stale(self, uow: UnitOfWork, message: MessageRow, there: set[str]) -> "_Left":
        """Languages that only an earlier revision was recorded in."""
        found: _Left = []
        for earlier in await uow.messages.earlier(message.key, message.revision):
            for row in await uow.messages.renditions(earlier.id):
                if row.form != Form.TEXT and row.language not in there:
                    there.add(row.language)
                    leader = await uow.leaders.get(row.leader_id) if row.leader_id else None
                    found.append((row, leader, LeftOut.STALE))
        return found

    async def _ordered(self, uow: UnitOfWork, chosen: "_Pairs", order: Sequence[str], left_out: "_Left") -> "_Pairs":
        places = {each.tag: at for at, each in enumerate(self._registry.languages)}
        if not order:
            heard = await uow.residents.count_by_listening()
            return sorted(chosen, key=lambda pair: (-heard.get(pair[0].language, 0), places.get(pair[0].language, 0)))
        left_out += [(row, leader, LeftOut.NOT_CHOSEN) for row, leader in chosen if row.language not in order]
        return sorted(
            (each for each in chosen if each[0].language in order), key=lambda each: order.index(each[0].language)
        )

    async def _clip(self, uow: UnitOfWork, row: RenditionRow) -> FilmClip | None:
        media = await uow.media.get(row.media_id) if row.media_id else None
        if media is None or media.path is None:
            return None
        try:
            path = self._store.path(media.path)
        except NotFound:
            return None
        language = self._registry.get(row.language)
        return FilmClip(
            rendition_id=row.id, writing=writing_of(language), autonym=language.autonym,
            language_english=language.english, form=Form(row.form), text=row.text,
            speaker=_speaker(await named_leader(uow, row)), english=await self._english(uow, row), path=path,
        )  # fmt: skip

    async def _english(self, uow: UnitOfWork, row: RenditionRow) -> str:
        """What came with the recording, or what its second speaker said that it means."""
        if row.english:
            return row.english
        reviews = await uow.recordings.reviews(row.id)
        return next((each.said for each in reviews if each.state == "approved" and each.said), "")


_Pairs = list[tuple[RenditionRow, LeaderRow | None]]
_Left = list[tuple[RenditionRow, LeaderRow | None, LeftOut]]


def writing_of(language: Language) -> Writing:
    """How texts in a language are set; spoken and signed languages in the script that their people read."""
    return Writing(language.tag, language.script, language.rtl)


def _fullest(usable: _Pairs, left_out: _Left) -> _Pairs:
    """One recording a language."""
    by_language: dict[str, _Pairs] = {}
    for row, leader in usable:
        by_language.setdefault(row.language, []).append((row, leader))
    kept: _Pairs = []
    for pairs in by_language.values():
        form = fullest(Form(row.form) for row, _ in pairs)
        kept += [pair for pair in pairs if pair[0].form == form]
        left_out += [(row, leader, LeftOut.ANOTHER_CHOSEN) for row, leader in pairs if row.form != form]
    return kept


def _speaker(leader: LeaderRow | None) -> Speaker:
    if leader is None:
        return Speaker("")
    return Speaker(leader.name, leader.role, leader.role_english, leader.community, leader.name_own or "")


def _omission(row: RenditionRow, leader: LeaderRow | None, reason: LeftOut) -> Omission:
    return Omission(row.language, row.form, leader.name if leader else "", reason)
