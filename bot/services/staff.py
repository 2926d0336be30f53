"""Staff: who works here, how they join with their own phone, and how the console lets them in."""

import secrets
from datetime import datetime, timedelta

from bot.db import UnitOfWork
from bot.db.rows import StaffRow
from bot.domain.staff import Act, Role
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import Registry
from bot.services import audit
from bot.services.audit import Actor, Audit, actor_of
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock
from bot.services.vault import hash_token

LINK_MINUTES = 5
"""Life of a one-time sign-in link (ASVS 5.0 V6: out-of-band codes live 10 minutes at most)."""
SERVER_LINK_MINUTES = 10
INVITE_DAYS = 7
SESSION_IDLE = timedelta(minutes=30)
SESSION_MAX = timedelta(hours=8)
"""OWASP session management: idle 15 to 30 minutes, absolute 4 to 8 hours for office work."""


class Staff:
    """Records, invitations, one-time links and sessions."""

    def __init__(self, registry: Registry, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._registry = registry
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def get(self, uow: UnitOfWork, staff_id: int) -> StaffRow:
        """One active staff member. Raises NotFound."""
        row = await uow.staff.get(staff_id)
        if row is None or not row.active:
            raise NotFound("There is no such staff member.")
        return row

    async def by_name(self, uow: UnitOfWork, name: str) -> StaffRow:
        """One active staff member. Raises NotFound."""
        row = await uow.staff.by_name(name)
        if row is None or not row.active:
            raise NotFound(f"There is no staff member named {name}.")
        return row

    async def add(
        self, uow: UnitOfWork, actor: Actor | None, name: str, roles: list[Role], languages: list[str], *,
        person_tag: bytes | None = None, chat: bytes | None = None, sample: bool = False,
    ) -> int:  # fmt: skip
        """A new staff member; returns the row number. `actor` None is the command line on the server.

        Raises Conflict for a name or phone that is known, InvalidInput for a bad name, role or language.
        """
        if actor is not None:
            actor.check(Act.MANAGE_STAFF)
        name = name.strip()
        if not 1 <= len(name) <= 80 or not name.isprintable():
            raise InvalidInput("A name has 1 to 80 printable characters.")
        if not roles:
            raise InvalidInput("Give at least one role: triager, reviewer, publisher or admin.")
        if await uow.staff.by_name(name) is not None:
            raise Conflict(f"There is (or was) a staff member named {name} already; names are never used twice.")
        if person_tag is not None and await uow.staff.by_tag(person_tag) is not None:
            raise Conflict("This phone belongs to another staff member: two people need two phones.")
        tags = [self._registry.get(each).tag for each in languages]
        staff_id = await uow.staff.create(
            name=name, person_tag=person_tag, chat=chat, roles=[str(each) for each in roles], languages=tags,
            active=True, sample=sample, created_at=self._clock.now(),
        )  # fmt: skip
        await self._note(uow, actor, "add_staff", name, roles=[str(each) for each in roles])
        return staff_id

    async def set_roles(
        self, uow: UnitOfWork, actor: Actor, staff_id: int, roles: list[Role], languages: list[str]
    ) -> None:
        """Change roles and languages; counts from their next request on. Nobody changes their own roles."""
        actor.check(Act.MANAGE_STAFF)
        row = await self.get(uow, staff_id)
        if row.id == actor.id:
            raise NotAllowed("Nobody changes their own roles: ask another admin.")
        if Role.ADMIN not in roles:
            await self._check_not_last_admin(uow, row)
        tags = [self._registry.get(each).tag for each in languages]
        await uow.staff.change(staff_id, roles=[str(each) for each in roles], languages=tags)
        await self._note(uow, actor, "change_staff", row.name, roles=[str(each) for each in roles])

    async def set_deputy(self, uow: UnitOfWork, actor: Actor, staff_id: int, deputy: str) -> None:
        """Name who gets this person's approval requests when they do not answer in time; empty for nobody."""
        if actor.id != staff_id:
            actor.check(Act.MANAGE_STAFF)
        row = await self.get(uow, staff_id)
        deputy_row = await self.by_name(uow, deputy) if deputy else None
        if deputy_row is not None and deputy_row.id == staff_id:
            raise InvalidInput("Nobody is their own deputy.")
        await uow.staff.change(staff_id, deputy_id=deputy_row.id if deputy_row else None)
        await self._note(uow, actor, "set_deputy", row.name, deputy=deputy)

    async def remove(self, uow: UnitOfWork, actor: Actor | None, name: str) -> None:
        """Take someone's access away at once. Raises Conflict for the last admin."""
        if actor is not None:
            actor.check(Act.MANAGE_STAFF)
        row = await self.by_name(uow, name)
        await self._check_not_last_admin(uow, row)
        await uow.staff.change(row.id, active=False, person_tag=None, chat=None, invite_hash=None)
        await uow.staff.end_sessions_of(row.id)
        await self._note(uow, actor, "remove_staff", name)

    async def _check_not_last_admin(self, uow: UnitOfWork, row: StaffRow) -> None:
        if Role.ADMIN not in row.roles:
            return
        others = [each for each in await uow.staff.all() if Role.ADMIN in each.roles and each.id != row.id]
        if not others:
            raise Conflict("The last admin cannot be removed: make somebody else admin first.")

    # Joining with one's own phone

    async def invite(self, uow: UnitOfWork, actor: Actor | None, staff_id: int) -> str:
        """A one-time code for `start=s_CODE`, good for a week, that binds the record to a chat."""
        if actor is not None:
            actor.check(Act.MANAGE_STAFF)
        row = await self.get(uow, staff_id)
        code = secrets.token_urlsafe(24)
        await uow.staff.change(
            staff_id, invite_hash=hash_token(code), invite_until=self._clock.now() + timedelta(days=INVITE_DAYS)
        )
        await self._note(uow, actor, "invite_staff", row.name)
        return code

    async def accept_invite(self, uow: UnitOfWork, code: str, *, person_tag: bytes, chat: bytes) -> StaffRow:
        """Bind the invited record to this chat. Raises NotFound for a code that is unknown, used or too old."""
        await uow.decide_alone()  # two invitations opened on one phone at the same moment
        row = await uow.staff.by_invite(hash_token(code), now=self._clock.now())
        if row is None:
            raise NotFound("This invitation is used up or too old.")
        if await uow.staff.by_tag(person_tag) is not None:
            raise Conflict("This phone belongs to another staff member: two people need two phones.")
        await uow.staff.change(row.id, person_tag=person_tag, chat=chat, invite_hash=None, invite_until=None)
        await self._audit.note(uow, actor_of(row, "chat"), "join_staff", row.name)
        return await self.get(uow, row.id)

    async def invite_testers(self, uow: UnitOfWork, *, uses: int, days: int = 30) -> str:
        """A code for `start=t_CODE` that lets some people into a closed pilot."""
        code = secrets.token_urlsafe(24)
        await uow.staff.add_tester_invite(hash_token(code), until=self._clock.now() + timedelta(days=days), uses=uses)
        await self._audit.note_system(uow, "invite_testers", "pilot", uses=uses)
        return code

    async def use_tester_invite(self, uow: UnitOfWork, code: str) -> bool:
        """Whether this code lets one more person into the pilot; uses one place."""
        return await uow.staff.use_tester_invite(hash_token(code), now=self._clock.now())

    # Signing in

    async def chat_link(self, uow: UnitOfWork, row: StaffRow) -> str:
        """A one-time token for a staff member who asked in their own chat."""
        token = secrets.token_urlsafe(32)
        until = self._clock.now() + timedelta(minutes=LINK_MINUTES)
        await uow.staff.add_link(hash_token(token), row.id, source="chat", until=until)
        await self._audit.note(uow, actor_of(row, "chat"), "ask_link", row.name)
        return token

    async def server_link(self, uow: UnitOfWork, name: str, *, via: str) -> str:
        """A one-time token printed on the server, recorded and announced to the other admins."""
        row = await self.by_name(uow, name)
        token = secrets.token_urlsafe(32)
        until = self._clock.now() + timedelta(minutes=SERVER_LINK_MINUTES)
        await uow.staff.add_link(hash_token(token), row.id, source="server", until=until)
        await audit.write(uow, at=self._clock.now(), actor=name, via=via, action="server_link", subject=name, detail={})
        for admin in await uow.staff.all():
            if Role.ADMIN in admin.roles and admin.id != row.id and admin.chat is not None:
                await self._outbox.put(
                    uow, Address(self._bot_id, admin.chat), "staff.server_link", "en-GB", name=name, via=via
                )
        return token

    async def link_is_good(self, uow: UnitOfWork, token: str) -> bool:
        """Whether a link could still sign somebody in (asking does not use it up)."""
        return await uow.staff.link_is_good(hash_token(token), now=self._clock.now())

    async def sign_in(self, uow: UnitOfWork, token: str) -> str:
        """Use a link up; returns a new session id of 256 bits. Raises NotAllowed for any link that is no good."""
        now = self._clock.now()
        staff_id = await uow.staff.use_link(hash_token(token), now=now)
        row = await uow.staff.get(staff_id) if staff_id is not None else None
        if row is None or not row.active:
            raise NotAllowed("This link is used up or too old: ask the bot for a new one with /console.")
        session = secrets.token_urlsafe(32)
        await uow.staff.add_session(hash_token(session), row.id, now=now)
        await self._audit.note(uow, actor_of(row, "console"), "sign_in", row.name)
        return session

    async def session(self, uow: UnitOfWork, session: str) -> Actor | None:
        """Who this session belongs to, with the roles that they have at this moment."""
        now = self._clock.now()
        row = await uow.staff.session(
            hash_token(session), idle_since=now - SESSION_IDLE, created_since=now - SESSION_MAX
        )
        return None if row is None else actor_of(row, "console")

    async def touch(self, uow: UnitOfWork, session: str) -> None:
        """The session is in use."""
        now = self._clock.now()
        await uow.staff.touch_session(hash_token(session), now=now, older_than=now - timedelta(minutes=1))

    async def sign_out(self, uow: UnitOfWork, actor: Actor, session: str) -> None:
        """End the session."""
        await uow.staff.end_session(hash_token(session))
        await self._audit.note(uow, actor, "sign_out", actor.name)

    async def _note(self, uow: UnitOfWork, actor: Actor | None, action: str, subject: str, **detail: object) -> None:
        if actor is None:
            await self._audit.note_system(uow, action, subject, **detail)
        else:
            await self._audit.note(uow, actor, action, subject, **detail)


def forget_links_before(now: datetime) -> datetime:
    """Records of links and sessions are kept for a day after they ended."""
    return now - timedelta(days=1)
