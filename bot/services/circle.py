"""The leaders' circle: what worked, told by one leader to those of other communities, looked over by the team first."""

from bot.db import UnitOfWork
from bot.db.rows import CircleNoteRow, LeaderRow, MessageRow
from bot.domain.circle import NoteState
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import Registry, strip_controls
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock

LONGEST = 600
SHOWN = 3


class Circle:
    """Notes about a message, from leaders to leaders. Text only: no voice, no names of residents."""

    def __init__(self, registry: Registry, audit: Audit, clock: Clock) -> None:
        self._registry = registry
        self._audit = audit
        self._clock = clock

    async def write(self, uow: UnitOfWork, leader: LeaderRow, key: str, language: str, text: str) -> int:
        """Tell what worked; the team looks at it before anybody else does. Returns its number.

        Raises InvalidInput for an empty or too long note, NotFound for an unknown message or language, NotAllowed for a
        leader who is not (or no longer) with us.
        """
        await uow.decide_alone()
        if leader.state != "active":
            raise NotAllowed("Only leaders who have agreed to take part write to the circle.")
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        clean = strip_controls(text)[0].strip()
        if not 1 <= len(clean) <= LONGEST:
            raise InvalidInput(f"A note has 1 to {LONGEST} characters.")
        return await uow.circle.create(
            leader_id=leader.id, key=message.key, topic=message.topic, language=self._registry.get(language).tag,
            text=clean, state=NoteState.WAITING, created_at=self._clock.now(),
        )  # fmt: skip

    async def show(self, uow: UnitOfWork, actor: Actor, note_id: int, english: str) -> None:
        """Let other leaders read it, with what it says in English (empty where it is English)."""
        note = await self._waiting(uow, actor, note_id)
        clean = strip_controls(english)[0].strip()
        if len(clean) > LONGEST or (not clean and not note.language.startswith("en")):
            raise InvalidInput(f"Write in English what it says, in at most {LONGEST} characters.")
        await uow.circle.change(note_id, state=NoteState.SHOWN, english=clean or None, moderated_by=actor.id)
        await self._audit.note(uow, actor, Act.MODERATE_CIRCLE, f"note {note_id}", shown=True)

    async def refuse(self, uow: UnitOfWork, actor: Actor, note_id: int) -> None:
        """It is not passed on, and its text is gone."""
        await self._waiting(uow, actor, note_id)
        await uow.circle.change(note_id, state=NoteState.REFUSED, text="", moderated_by=actor.id)
        await self._audit.note(uow, actor, Act.MODERATE_CIRCLE, f"note {note_id}", shown=False)

    async def _waiting(self, uow: UnitOfWork, actor: Actor, note_id: int) -> CircleNoteRow:
        actor.check(Act.MODERATE_CIRCLE)
        await uow.decide_alone()
        note = await uow.circle.get(note_id)
        if note is None:
            raise NotFound("There is no such note.")
        if note.state != NoteState.WAITING:
            raise Conflict("This note was decided about already.")
        return note

    async def for_leader(self, uow: UnitOfWork, leader: LeaderRow, message: MessageRow) -> list[dict[str, str]]:
        """What a leader who is asked for this message may read: notes about it, else about its topic, of others.

        Those of other communities first, then in the leader's own languages, then the newest.
        """
        notes = [each for each in await uow.circle.shown(message.key, message.topic) if each.leader_id != leader.id]
        authors = {each.leader_id: await uow.leaders.get(each.leader_id) for each in notes}

        def order(note: CircleNoteRow) -> tuple[bool, bool, bool, int]:
            author = authors[note.leader_id]
            same = author is not None and author.community == leader.community
            return note.key != message.key, same, note.language not in leader.languages, -note.id

        found = []
        for note in sorted(notes, key=order)[:SHOWN]:
            author = authors[note.leader_id]
            if author is not None:
                consent = await uow.leaders.consent(author.id)
                named = consent is None or consent.name_shown
                found.append({
                    "text": note.text, "language": note.language, "english": note.english or "",
                    "name": author.name if named else "", "community": author.community if named else "",
                })  # fmt: skip
        return found
