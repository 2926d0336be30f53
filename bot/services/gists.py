"""'Ask a speaker': one tap sends a flag to a colleague who speaks its language; a short English gist comes back."""

from bot.db import UnitOfWork
from bot.db.rows import RumourRow, StaffRow
from bot.domain.personal import redact
from bot.domain.rumours import SAFEGUARDING_STATES, RumourState, check_open
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import Registry, strip_controls
from bot.services.audit import Actor, Audit
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock

LONGEST = 500


class Gists:
    """Asks and keeps. The speaker gets the text without personal details, never the original."""

    def __init__(self, outbox: Outbox, registry: Registry, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._outbox = outbox
        self._registry = registry
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def speakers(self, uow: UnitOfWork, language: str, *, but: int | None = None) -> list[StaffRow]:
        """Colleagues with a phone who speak a language, or the one that its people read."""
        wanted = {language, self._registry.reading(language).tag}
        return [
            each for each in await uow.staff.all()
            if each.active and each.chat is not None and each.id != but and wanted & set(each.languages)
        ]  # fmt: skip

    async def ask(self, uow: UnitOfWork, actor: Actor, flag_id: int) -> str:
        """Ask the next speaker of the flag's language; returns their name.

        Whoever was asked before and has not answered comes last. Raises NotFound for a flag that is not there, that is
        with the safeguarding lead, or where nobody speaks its language; Conflict where there is a gist or it is closed.
        """
        actor.check(Act.DRAFT_ANSWER)
        await uow.decide_alone()
        flag = await uow.rumours.flag(flag_id)
        if flag is None or flag.language is None:
            raise NotFound("There is no such text, or its language is not known.")
        rumour = await self._rumour(uow, flag.rumour_id)
        earlier = await uow.gists.get(flag_id)
        if earlier is not None and earlier.text:
            raise Conflict("A speaker has said already what it means.")
        found = await self.speakers(uow, flag.language)
        found.sort(key=lambda each: (earlier is not None and each.id == earlier.asked_id, each.id == actor.id, each.id))
        if not found or (chat := found[0].chat) is None:
            raise NotFound("Nobody on the team who has joined with a phone speaks this language.")
        asked = found[0]
        await uow.gists.ask(flag_id, asked_id=asked.id, asked_at=self._clock.now())
        media = await uow.media.get(flag.media_id) if flag.media_id else None
        await self._outbox.put(
            uow, Address(self._bot_id, chat), "staff.gist", "en-GB", flag_id=flag_id, language=flag.language,
            text=redact(flag.text).text if flag.text else "", target=rumour.target,
            media={"media_id": media.id, "kind": media.kind, "file_id": media.file_id} if media else None,
        )  # fmt: skip
        await self._audit.note(uow, actor, "ask_speaker", f"flag {flag_id}", asked=asked.name)
        return asked.name

    async def _rumour(self, uow: UnitOfWork, rumour_id: int) -> RumourRow:
        rumour = await uow.rumours.get(rumour_id)
        if rumour is None or RumourState(rumour.state) in SAFEGUARDING_STATES:
            raise NotFound("There is no such text, or its language is not known.")
        check_open(RumourState(rumour.state))
        return rumour

    async def give(self, uow: UnitOfWork, actor: Actor, flag_id: int, text: str) -> None:
        """Keep the gist. Raises NotFound unless this person was asked, InvalidInput for nothing or too much."""
        row = await uow.gists.get(flag_id)
        if row is None or row.asked_id != actor.id:
            raise NotFound("You are not asked about this any more.")
        clean = strip_controls(text)[0].strip()
        if not 1 <= len(clean) <= LONGEST:
            raise InvalidInput(f"A gist has 1 to {LONGEST} characters.")
        await uow.gists.give(flag_id, text=clean, given_by=actor.id, given_at=self._clock.now())
        await self._audit.note(uow, actor, "give_gist", f"flag {flag_id}")
