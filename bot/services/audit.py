"""The audit log of what staff do; every entry is in the chain (chain.py)."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import StaffRow
from bot.domain.chain import Link, LinkKind, salted
from bot.domain.staff import Act, Role, check_may
from bot.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member at work. `via` says how they came: console, chat, or the command line and its system user."""

    id: int
    name: str
    roles: tuple[Role, ...]
    languages: tuple[str, ...]
    via: str = "console"

    def check(self, act: Act) -> None:
        """Raise NotAllowed unless this person's roles allow the act."""
        check_may(self.roles, act)


def actor_of(row: StaffRow, via: str) -> Actor:
    """A staff record as somebody who acts now."""
    return Actor(row.id, row.name, tuple(Role(each) for each in row.roles), tuple(row.languages), via)


class Audit:
    """Writes entries: names of staff, never of residents, and no text of theirs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def note(self, uow: UnitOfWork, actor: Actor, action: Act | str, subject: str, **detail: Any) -> None:
        """Record that `actor` did `action` to `subject`."""
        await write(
            uow, at=self._clock.now(), actor=actor.name, via=actor.via, action=str(action), subject=subject,
            detail=detail,
        )  # fmt: skip

    async def note_system(self, uow: UnitOfWork, action: str, subject: str, **detail: Any) -> None:
        """Record what the software did by itself (expired, missed, stopped)."""
        await write(
            uow, at=self._clock.now(), actor="vouch", via="system", action=action, subject=subject, detail=detail
        )


async def write(
    uow: UnitOfWork, *, at: datetime, actor: str, via: str, action: str, subject: str, detail: dict[str, Any]
) -> None:
    """Write one entry and put it into the chain. The one way into the log."""
    salt = secrets.token_bytes(16)
    # As JSON gives it back: what is hashed now is what will be read then.
    said: dict[str, Any] = json.loads(json.dumps(detail))
    audit_id = await uow.audit.write(
        at=at, actor=actor, via=via, action=action, subject=subject, detail=said, salt=salt
    )
    digest = digest_of(salt, at=at, actor=actor, via=via, action=action, subject=subject, detail=said)
    uow.chain.link(Link(LinkKind.AUDIT, audit_id, digest, at))


def digest_of(
    salt: bytes, *, at: datetime, actor: str, via: str, action: str, subject: str, detail: dict[str, Any]
) -> str:
    """What the chain holds of an entry."""
    return salted(salt, [at.astimezone(UTC).isoformat(), actor, via, action, subject, detail])
