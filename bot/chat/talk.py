"""One turn of a conversation: who speaks, what is known about them, and how to answer."""

from dataclasses import dataclass, replace
from typing import Any

from bot.chat.state import State
from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, ResidentRow, StaffRow
from bot.domain.events import Event
from bot.i18n import SOURCE, Registry
from bot.services.outbox import Outbox
from bot.services.residents import Person, Residents


@dataclass(slots=True)
class Talk:
    """Everything a handler needs for one event. Handlers answer with `say` and change `state`."""

    uow: UnitOfWork
    event: Event
    person: Person
    state: State
    resident: ResidentRow | None
    staff: StaffRow | None
    outbox: Outbox
    residents: Residents
    registry: Registry
    leader: LeaderRow | None = None
    leader_reads: str = ""

    @property
    def language(self) -> str:
        """The language they read: as joined, as chosen before joining, a leader's own, else English."""
        return self.resident.read if self.resident else self.state.language or self.leader_reads or SOURCE

    @property
    def listen(self) -> str:
        """The language they listen to."""
        return self.resident.listen if self.resident else self.state.listen or self.language

    @property
    def listener(self) -> str:
        """Their spoken or signed language, if that is how they get everything; else empty."""
        return self.registry.listener(self.listen, self.language)

    @property
    def answers_in(self) -> str:
        """The language of an answer: the spoken or signed one where its own readers read what this person reads."""
        own = self.listener and self.registry.reading(self.listener).tag == self.language
        return self.listener if own else self.language

    @property
    def form(self) -> str:
        """The form they prefer."""
        if self.resident:
            return self.resident.form
        return "signed" if self.registry.get(self.listen).signed else "voice"

    @property
    def knows_language(self) -> bool:
        """Whether they have chosen a language yet."""
        return self.resident is not None or bool(self.state.language)

    async def say(self, screen: str, /, *, edit: bool = False, **params: Any) -> None:
        """Answer with a screen. `edit` changes the screen whose button was pressed instead of adding another."""
        if edit and self.event.message_ref is not None:
            params["edit_ref"] = self.event.message_ref
        if self.listener:
            params["hear"] = self.listener
        to = self.residents.address(self.person)
        if self.state.step == "forgotten":
            # The receipt must not leave the trace that was just removed.
            to = replace(to, tag=None)
        await self.outbox.put(self.uow, to, screen, self.language, **params)
