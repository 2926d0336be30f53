"""Asking a second person for their yes, on their own phone."""

from bot.app.base import Base
from bot.cli import shell
from bot.db import UnitOfWork
from bot.errors import InvalidInput
from bot.services.audit import actor_of


async def ask_to_approve(base: Base, uow: UnitOfWork, kind: str, subject_id: int, by: str, author: int | None) -> None:
    """Nobody approves for two people from a shell: NAME is asked in their own chat."""
    desk = base.desk
    if base.settings.cli_approve:
        await desk.approvals.approve_directly(uow, await shell.actor(base, uow, by), kind, subject_id)
        print("approved")
        return
    made_by = await uow.staff.get(author) if author is not None else None
    requester = actor_of(made_by, shell.via()) if made_by is not None else None
    asked = await desk.approvals.request(uow, requester, kind, subject_id, ask=by)
    if asked.chat is None:
        raise InvalidInput(f"{by} has not joined with a phone yet, so nobody could be asked: invite them first.")
    print(f"{asked.name} was asked in their chat; it waits for their tap.")
