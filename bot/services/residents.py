"""Residents: joining, choosing, pausing, stopping; and reading what is in force."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import ResidentRow
from bot.domain.lessons import KEY_PREFIX
from bot.domain.residents import Form, Preferences, ResidentState, wants
from bot.services.cards import Cards
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock
from bot.services.vault import Vault

PAUSE_DAYS = (1, 7, 30)
QUIET_HOURS = ((21, 7), (22, 8), (23, 6))
"""The nights to choose from, as hours of the local day from and to."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever writes to us in a private chat: three ways to find what is theirs, and the sealed address."""

    bot_id: int
    chat_id: int
    tag: bytes
    asking_tag: bytes
    staff_tag: bytes

    @classmethod
    def of(cls, vault: Vault, bot_id: int, chat_id: int) -> "Person":
        """The person behind a chat."""
        return cls(bot_id, chat_id, vault.tag(chat_id), vault.asking_tag(chat_id), vault.staff_tag(chat_id))


class Residents:
    """Keeps what residents chose. Holds the vault, so it lives where conversations are handled, never in bot/web."""

    def __init__(self, vault: Vault, outbox: Outbox, cards: Cards, clock: Clock) -> None:
        self._vault = vault
        self._outbox = outbox
        self._cards = cards
        self._clock = clock

    def address(self, person: Person) -> Address:
        """Where to write to this person as a resident."""
        return Address(person.bot_id, self._vault.seal_chat(person.chat_id), person.tag)

    def asking_address(self, person: Person) -> Address:
        """Where to write to this person as somebody who asked: not joinable with the other."""
        return Address(person.bot_id, self._vault.seal_chat(person.chat_id), person.asking_tag)

    def seal_original(self, text: str) -> bytes | None:
        """What somebody wrote before personal details were taken out; None where none were."""
        return self._vault.seal_original(text) if text else None

    async def find(self, uow: UnitOfWork, person: Person) -> ResidentRow | None:
        """The resident, if this person has joined."""
        return await uow.residents.get(person.bot_id, person.tag)

    async def join(self, uow: UnitOfWork, person: Person, chosen: Preferences, *, tester: bool = False) -> ResidentRow:
        """Join, or come back: what was chosen now counts."""
        now = self._clock.now()
        values: dict[str, Any] = {
            "listen": chosen.listen, "read": chosen.read, "area": chosen.area, "form": chosen.form,
            "topics": list(chosen.topics), "emergencies_only": chosen.emergencies_only,
            "state": ResidentState.ACTIVE, "paused_until": None, "changed_at": now,
        }  # fmt: skip
        old = await self.find(uow, person)
        if old is None:
            await uow.residents.create(
                bot_id=person.bot_id, person_tag=person.tag, chat=self._vault.seal_chat(person.chat_id),
                tester=tester, joined_at=now, **values,
            )  # fmt: skip
        else:
            await uow.residents.change(old.id, **values)
        found = await self.find(uow, person)
        if found is None:
            raise RuntimeError("a resident who just joined is there")
        return found

    async def change(self, uow: UnitOfWork, resident: ResidentRow, **values: Any) -> None:
        """Change what they chose: listen, read, area, form, topics, emergencies_only, quiet_from, quiet_to."""
        await uow.residents.change(resident.id, changed_at=self._clock.now(), **values)

    async def set_quiet_hours(self, uow: UnitOfWork, resident: ResidentRow, hours: tuple[int, int] | None) -> None:
        """Between these hours of the local day nothing but emergencies comes unasked; None: at any hour."""
        start, end = hours if hours is not None else (None, None)
        await self.change(
            uow, resident, quiet_from=None if start is None else start * 60, quiet_to=None if end is None else end * 60
        )

    async def pause(self, uow: UnitOfWork, resident: ResidentRow, days: int) -> None:
        """Nothing unasked for some days."""
        until = self._clock.now() + timedelta(days=days)
        await self.change(uow, resident, state=ResidentState.PAUSED, paused_until=until)

    async def resume(self, uow: UnitOfWork, resident: ResidentRow) -> None:
        """End a pause or a stop, or come back after blocking us."""
        await self.change(uow, resident, state=ResidentState.ACTIVE, paused_until=None)

    async def stop(self, uow: UnitOfWork, resident: ResidentRow, *, blocked: bool = False) -> None:
        """Nothing unasked any more; by /stop, or by blocking the bot, which counts as much."""
        await self.change(uow, resident, state=ResidentState.BLOCKED if blocked else ResidentState.STOPPED)

    async def cards_in_force(
        self, uow: UnitOfWork, *, listen: str, read: str, form: str, chosen: Preferences | None = None
    ) -> list[dict[str, Any]]:
        """Every vetted message that is valid now and of interest, as cards.

        Emergencies first, then those with a voice or picture in the person's own language, then those in their
        language, then the rest.
        """
        cards: list[dict[str, Any]] = []
        for message in await uow.messages.in_force(self._clock.now()):
            if message.origin == "answer" or message.key.startswith(KEY_PREFIX):
                continue
            if chosen is not None and not wants(chosen, topic=message.topic, emergency=message.emergency):
                continue
            card = await self._cards.for_person(uow, message, listen=listen, read=read, form=form)
            if card is not None:
                cards.append(card)
        return sorted(cards, key=lambda card: (not card["emergency"], not card["media"], bool(card["missing"])))


def preferences_of(resident: ResidentRow) -> Preferences:
    """What a resident chose, as a value."""
    return Preferences(
        resident.listen, resident.read, resident.area, Form(resident.form), tuple(resident.topics),
        resident.emergencies_only,
    )  # fmt: skip
