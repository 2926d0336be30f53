"""A rumour that staff or partners heard elsewhere is logged for others, without naming anyone; it counts apart."""

from enum import StrEnum

from bot.db import UnitOfWork
from bot.domain.rumours import RumourState
from bot.domain.staff import Act
from bot.errors import InvalidInput, NotFound
from bot.i18n import Registry, strip_controls
from bot.matching.normalise import keys_of
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock

LONGEST = 1_000
MOST_PEOPLE = 99


class How(StrEnum):
    """Where it was heard."""

    PERSON = "person"
    PHONE = "phone"
    APP = "app"
    MEETING = "meeting"


class Hearsay:
    """Logs what was heard."""

    def __init__(self, registry: Registry, audit: Audit, clock: Clock) -> None:
        self._registry = registry
        self._audit = audit
        self._clock = clock

    async def log(
        self, uow: UnitOfWork, actor: Actor, *, text: str, how: str, language: str = "", area: str = "",
        people: int = 1, rumour_id: int | None = None,
    ) -> int:  # fmt: skip
        """Note that `people` said it; returns the rumour, known by `rumour_id` or by equal words, or new.

        Raises InvalidInput for empty or too long words, an unknown way or language, or too many people; NotFound for a
        rumour that is not there.
        """
        actor.check(Act.DRAFT_ANSWER)
        await uow.decide_alone()
        clean = strip_controls(text)[0].strip()
        spoken = self._registry.resolve(language) if language else None
        if how not in set(How):
            raise InvalidInput("Say how it was heard.")
        if language and spoken is None:
            raise InvalidInput("There is no such language here.")
        if not 1 <= people <= MOST_PEOPLE:
            raise InvalidInput(f"Between 1 and {MOST_PEOPLE} people.")
        found = await self._rumour(uow, clean, spoken.tag if spoken else None, rumour_id)
        await uow.hearsay.log(
            rumour_id=found, how=how, language=spoken.tag if spoken else None, area=area or None, people=people,
            logged_by=actor.id, logged_at=self._clock.now(),
        )  # fmt: skip
        await self._audit.note(uow, actor, "log_heard", f"rumour {found}", how=how)
        return found

    async def _rumour(self, uow: UnitOfWork, text: str, language: str | None, rumour_id: int | None) -> int:
        if rumour_id is not None:
            if await uow.rumours.get(rumour_id) is None:
                raise NotFound("There is no such rumour.")
            return rumour_id
        if not 1 <= len(text) <= LONGEST:
            raise InvalidInput(f"Write what was said, in 1 to {LONGEST} characters.")
        keys = keys_of(text, None)
        known = await uow.rumours.find(keys)
        if known is not None:
            return known.id
        now = self._clock.now()
        created = await uow.rumours.create(
            state=RumourState.NEW, urgent=False, text=text, language=language, flag_count=0, first_at=now, last_at=now
        )
        await uow.rumours.own_keys(created, keys)
        return created
