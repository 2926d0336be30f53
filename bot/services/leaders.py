"""Leaders and translators: invited, let in with their own phone, and protected when somebody misuses their voice."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow
from bot.domain.leaders import LeaderState, Task
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import Registry
from bot.services.audit import Actor, Audit
from bot.services.duty import Duty
from bot.services.ports import Clock
from bot.services.vault import hash_token
from bot.services.voices import Voices

INVITE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Profile:
    """A leader as residents will be told of them. `languages`: the first is the one they are written to in."""

    name: str
    role: str
    role_english: str
    community: str
    languages: tuple[str, ...]
    tasks: tuple[str, ...] = (Task.RECORD,)
    name_own: str = ""


class Leaders:
    """Records and invitations."""

    def __init__(self, registry: Registry, voices: Voices, duty: Duty, audit: Audit, clock: Clock) -> None:
        self._registry = registry
        self._voices = voices
        self._duty = duty
        self._audit = audit
        self._clock = clock

    async def by_name(self, uow: UnitOfWork, name: str) -> LeaderRow:
        """One leader by public name. Raises NotFound."""
        row = await uow.leaders.by_name(name)
        if row is None:
            raise NotFound(f"There is no leader named {name}.")
        return row

    async def enter(self, uow: UnitOfWork, actor: Actor, profile: Profile, *, sample: bool = False) -> int:
        """Write a leader down, before they are invited or helped; returns the row number.

        Raises Conflict for a name that is there, InvalidInput for a profile that is not complete.
        """
        actor.check(Act.INVITE_LEADER)
        values = self._checked(profile)
        if await uow.leaders.by_name(profile.name.strip()) is not None:
            raise Conflict(f"There is a leader named {profile.name.strip()} already.")
        leader_id = await uow.leaders.create(
            **values, state=LeaderState.LISTED, sample=sample, created_at=self._clock.now()
        )
        await self._audit.note(uow, actor, "add_leader", f"leader {leader_id}")
        return leader_id

    async def change(self, uow: UnitOfWork, actor: Actor, leader_id: int, profile: Profile) -> None:
        """Put right how a leader is shown. Whoever has been let in sees it and hears that it changed."""
        actor.check(Act.INVITE_LEADER)
        row = await self._voices.leader(uow, leader_id)
        values = self._checked(profile)
        same = await uow.leaders.by_name(str(values["name"]))
        if same is not None and same.id != leader_id:
            raise Conflict(f"There is a leader named {values['name']} already.")
        await uow.leaders.change(leader_id, **values)
        await self._audit.note(uow, actor, "change_leader", f"leader {leader_id}")
        await self.show_as(uow, await self._voices.leader(uow, row.id))

    def _checked(self, profile: Profile) -> dict[str, object]:
        shown = {
            "name": profile.name.strip(), "role": profile.role.strip(), "role_english": profile.role_english.strip(),
            "community": profile.community.strip(),
        }  # fmt: skip
        if any(not 1 <= len(each) <= 120 or not each.isprintable() for each in shown.values()):
            raise InvalidInput("Name, role (also in English) and community have 1 to 120 printable characters each.")
        if not profile.languages:
            raise InvalidInput("Give at least one language.")
        try:
            tasks = [str(each) for each in Task if each in {Task(one) for one in profile.tasks}]
        except ValueError as error:
            raise InvalidInput("A leader records, or translates, or both.") from error
        own = profile.name_own.strip()
        return {
            **shown, "name_own": own if own and own.isprintable() and len(own) <= 120 else None,
            "languages": [self._registry.get(each).tag for each in profile.languages], "tasks": tasks or [Task.RECORD],
        }  # fmt: skip

    # Invitations

    async def invite(self, uow: UnitOfWork, actor: Actor, leader_id: int) -> str:
        """A one-time code for `start=i_CODE`, good for two weeks. A new one voids the one before."""
        actor.check(Act.INVITE_LEADER)
        row = await self._voices.leader(uow, leader_id)
        if row.state == LeaderState.ACTIVE and row.chat is not None:
            raise Conflict("This leader is here already.")
        code = secrets.token_urlsafe(24)
        until = self._clock.now() + timedelta(days=INVITE_DAYS)
        await uow.leaders.change(
            leader_id, invite_hash=hash_token(code), invite_until=until, invited_by=actor.id, state=LeaderState.INVITED
        )
        await self._audit.note(uow, actor, Act.INVITE_LEADER, f"leader {leader_id}")
        return code

    async def accept(self, uow: UnitOfWork, code: str, *, person_tag: bytes, chat: bytes) -> LeaderRow:
        """Bind the invited record to this phone; the leader has agreed to nothing yet.

        Raises NotFound for a code that is unknown, used or too old, Conflict for a phone that is another leader's.
        """
        await uow.decide_alone()  # two invitations opened on one phone at the same moment
        row = await uow.leaders.by_invite(hash_token(code), now=self._clock.now())
        if row is None:
            raise NotFound("This invitation is used up or too old.")
        other = await uow.leaders.by_tag(person_tag)
        if other is not None and other.id != row.id:
            raise Conflict("This phone belongs to another leader: two people need two phones.")
        await uow.leaders.change(row.id, person_tag=person_tag, chat=chat, invite_hash=None, invite_until=None)
        return await self._voices.leader(uow, row.id)

    async def decline(self, uow: UnitOfWork, leader: LeaderRow) -> None:
        """No, thank you: the phone is forgotten, and nobody is told."""
        if leader.state != LeaderState.INVITED:
            raise Conflict("Only an invitation can be turned down.")
        await uow.leaders.change(leader.id, person_tag=None, chat=None)

    async def show_as(self, uow: UnitOfWork, leader: LeaderRow) -> None:
        """Show a leader how residents will be told of them."""
        await self._voices.tell(
            uow, leader, "leader.confirm", name=leader.name, name_own=leader.name_own or "", role=leader.role,
            role_english=leader.role_english, community=leader.community, languages=leader.languages,
        )  # fmt: skip

    async def say_wrong(self, uow: UnitOfWork, leader: LeaderRow, words: str) -> None:
        """Something in how they are shown is wrong: whoever invited them puts it right."""
        await self._voices.tell_one(
            uow, leader.invited_by, "staff.leader_says_wrong", leader_id=leader.id, text=words[:1_000]
        )

    async def agree_to_translate(self, uow: UnitOfWork, leader: LeaderRow, *, credited: bool) -> None:
        """A translator says yes; `credited`: their name may stand beside what they translated. May be changed."""
        now = self._clock.now()
        await uow.leaders.change(
            leader.id, credited=credited, state=LeaderState.ACTIVE, joined_at=leader.joined_at or now
        )
        await self._audit.note_system(uow, "agree_to_translate", f"leader {leader.id}", credited=credited)

    # Misuse

    async def misused(self, uow: UnitOfWork, leader: LeaderRow) -> int:
        """Somebody misuses their voice or attacks them: everything of theirs pauses, the publisher on call is told.

        Returns how many recordings were paused.
        """
        await uow.decide_alone()
        if leader.paused_at is None:
            await uow.leaders.change(leader.id, paused_at=self._clock.now())
        paused = await self._voices.settle(uow, leader.id)
        await self._duty.call(uow, leader, paused=paused)
        await self._audit.note_system(uow, "pause_voice", f"leader {leader.id}", recordings=paused)
        return paused

    async def heard_again(self, uow: UnitOfWork, leader: LeaderRow, *, actor: Actor | None = None) -> None:
        """The leader lets their voice be heard again; a publisher may for one who has no phone with us."""
        await uow.decide_alone()
        if actor is not None:
            actor.check(Act.STEER_BROADCAST)
            if leader.chat is not None:
                raise Conflict("Only the leader can let their voice be heard again, on their own phone.")
        await uow.leaders.change(leader.id, paused_at=None, alarm_at=None, alarm_step=0)
        await self._voices.settle(uow, leader.id)
        await self._audit.note_system(uow, "resume_voice", f"leader {leader.id}", by=actor.name if actor else "leader")
