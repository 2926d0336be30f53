"""What sending teaches about a person's address: they blocked us, or their chat has moved."""

from bot.db import UnitOfWork
from bot.domain.residents import ResidentState
from bot.services.ports import Clock
from bot.services.vault import Vault


class Addresses:
    """Keeps residents' addresses true. Needs the vault: only it can tell whose chat a number is."""

    def __init__(self, vault: Vault, bot_id: int, clock: Clock) -> None:
        self._vault = vault
        self._bot_id = bot_id
        self._clock = clock

    async def blocked(self, uow: UnitOfWork, chat_id: int) -> None:
        """Nothing more is sent to this person until they come back."""
        resident = await uow.residents.get(self._bot_id, self._vault.tag(chat_id))
        if resident is not None and resident.state != ResidentState.STOPPED:
            await uow.residents.change(resident.id, state=ResidentState.BLOCKED, changed_at=self._clock.now())

    async def moved(self, uow: UnitOfWork, chat_id: int, new_chat_id: int) -> None:
        """The chat has a new number."""
        await uow.groups.move(self._bot_id, self._vault.tag(chat_id), to=self._vault.tag(new_chat_id))
        resident = await uow.residents.get(self._bot_id, self._vault.tag(chat_id))
        if resident is not None:
            await uow.residents.move(
                resident.id, self._bot_id, tag=self._vault.tag(new_chat_id), chat=self._vault.seal_chat(new_chat_id)
            )
