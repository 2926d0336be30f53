"""The conversation: finds out who speaks, and gives the event to the room that deals with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.chat import (
    checking,
    choosing,
    circle,
    joining,
    leading,
    learning,
    proving,
    recognising,
    recording,
    rights,
    speaking,
    staffing,
    submissions,
    translating,
    wishing,
    wording,
)
from bot.chat.groups import Groups
from bot.chat.rooms import Rooms
from bot.chat.state import State
from bot.chat.talk import Talk
from bot.db import UnitOfWork
from bot.domain.events import Event, EventKind
from bot.domain.residents import ResidentState
from bot.errors import Unavailable, VouchError
from bot.services.desk import Desk
from bot.services.privacy import Privacy
from bot.services.residents import Person, Residents
from bot.services.vault import Vault

Handler = Callable[[Rooms, Talk, list[str]], Awaitable[None]]

BUTTONS: Mapping[str, Handler] = {
    **joining.BUTTONS, **choosing.BUTTONS, **checking.BUTTONS, **rights.BUTTONS,
    **learning.BUTTONS, **wishing.BUTTONS, **staffing.BUTTONS,
    **leading.BUTTONS, **recording.BUTTONS, **speaking.BUTTONS, **translating.BUTTONS,
    **wording.BUTTONS, **proving.BUTTONS, **recognising.BUTTONS, **circle.BUTTONS,
}  # fmt: skip
"""What stands before the first colon of a button's data, and who deals with it."""

COMMANDS: Mapping[str, Handler] = {
    **joining.COMMANDS, **choosing.COMMANDS, **checking.COMMANDS, **rights.COMMANDS, **learning.COMMANDS,
    **staffing.COMMANDS,
}  # fmt: skip

STEPS: Mapping[str, Handler] = {
    **leading.STEPS,
    **recording.STEPS,
    **speaking.STEPS,
    **translating.STEPS,
    **circle.STEPS,
}
"""What stands before the first colon of `State.step`, and who takes what is said next."""


class Conversation:
    """Handles one event on the caller's unit of work; answers go to the outbox of the same transaction."""

    def __init__(self, desk: Desk, vault: Vault, residents: Residents, privacy: Privacy, rooms: Rooms) -> None:
        self._desk = desk
        self._vault = vault
        self._residents = residents
        self._privacy = privacy
        self._rooms = rooms
        self.groups = Groups(rooms, vault, self.open_talk, self.may_enter)

    async def expect(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Read together what handling them asks first: five statements for all of them, instead of five for each."""
        people = {each.chat_id: self._person(each) for each in events}.values()
        await uow.inbox.expect(self._desk.bot_id, [each.tag for each in people])
        await uow.residents.expect(self._desk.bot_id, [each.tag for each in people])
        await uow.staff.expect([each.staff_tag for each in people])
        await uow.leaders.expect([each.staff_tag for each in people])
        asked = [submissions.read(each).keys for each in events if each.kind in {EventKind.TEXT, EventKind.MEDIA}]
        await uow.rumours.expect(list({key for keys in asked for key in keys}))

    def _person(self, event: Event) -> Person:
        return Person.of(self._vault, self._desk.bot_id, event.chat_id)

    async def handle(self, uow: UnitOfWork, event: Event) -> None:
        """Deal with one event. Raises only what a database can raise, or a defect."""
        if not event.private:
            await self.groups.handle(uow, event)
        if event.through and event.through.lower() == self._desk.controller.bot_name.lower():
            return  # our own words, which they took from an inline answer
        if event.kind is EventKind.INLINE or not (event.private or event.kind is EventKind.MIGRATED):
            return
        talk = await self._open(uow, event)
        before = talk.state.dump()
        if event.kind in {EventKind.BLOCKED, EventKind.UNBLOCKED, EventKind.MIGRATED}:
            await self._membership(talk)
            return
        if self._desk.controller.pilot and not self.may_enter(talk) and not _brings_invite(event):
            await talk.say("pilot.closed")
            return
        try:
            async with uow.savepoint():
                await self._dispatch(talk)
        except Unavailable:
            raise
        except VouchError as error:
            # What was begun is undone as a whole: nothing stays half approved, half passed on or half changed.
            # The sentence of the error is English and for staff; residents get a kind line in their own language.
            await talk.say("staff.error" if talk.staff else "sorry", text=str(error))
        if talk.state.dump() != before and talk.state.step != "forgotten":
            sealed = self._vault.seal_state(talk.state.dump())
            await uow.inbox.keep_conversation(talk.person.bot_id, talk.person.tag, sealed, now=self._desk.clock.now())

    async def apologise(self, uow: UnitOfWork, event: Event) -> None:
        """Say that something went wrong on our side, in the person's language."""
        if event.private and event.kind not in {
            EventKind.BLOCKED,
            EventKind.UNBLOCKED,
            EventKind.MIGRATED,
            EventKind.INLINE,
        }:
            await (await self._open(uow, event)).say("sorry", text="")

    async def _open(self, uow: UnitOfWork, event: Event) -> Talk:
        return await self.open_talk(uow, event, event.chat_id)

    async def open_talk(self, uow: UnitOfWork, event: Event, chat_id: int) -> Talk:
        """What is known about whoever has this private chat."""
        person = Person.of(self._vault, self._desk.bot_id, chat_id)
        sealed = await uow.inbox.conversation(person.bot_id, person.tag)
        leader = await uow.leaders.by_tag(person.staff_tag)
        return Talk(
            uow=uow, event=event, person=person, outbox=self._desk.outbox, residents=self._residents,
            state=State.load(self._vault.open_state(sealed)) if sealed else State(),
            registry=self._rooms.registry,
            resident=await self._residents.find(uow, person), staff=await uow.staff.by_tag(person.staff_tag),
            leader=leader, leader_reads=self._desk.voices.reads(leader) if leader else "",
        )  # fmt: skip

    async def _membership(self, talk: Talk) -> None:
        """Blocking the bot counts as /stop; coming back does not join anybody again by itself."""
        if talk.resident is None:
            return
        match talk.event.kind:
            case EventKind.BLOCKED:
                await self._residents.stop(talk.uow, talk.resident, blocked=True)
            case EventKind.UNBLOCKED if talk.resident.state == ResidentState.BLOCKED:
                await self._residents.change(talk.uow, talk.resident, state=ResidentState.STOPPED)
            case EventKind.MIGRATED if talk.event.new_chat_id is not None:
                moved = Person.of(self._vault, talk.person.bot_id, talk.event.new_chat_id)
                await talk.uow.residents.move(
                    talk.resident.id, moved.bot_id, tag=moved.tag, chat=self._vault.seal_chat(moved.chat_id)
                )

    def may_enter(self, talk: Talk) -> bool:
        """Whether a closed pilot has let this person in."""
        if talk.staff is not None or talk.leader is not None or talk.state.tester:
            return True
        return talk.resident is not None and talk.resident.tester

    async def _dispatch(self, talk: Talk) -> None:
        event = talk.event
        if event.kind is EventKind.BUTTON:
            name, *arguments = event.payload.split(":")
            handler = BUTTONS.get(name)
            await (handler or joining.show_menu)(self._rooms, talk, arguments)
        elif event.kind is EventKind.COMMAND and event.command in COMMANDS:
            talk.state.step = ""
            await COMMANDS[event.command](self._rooms, talk, event.payload.split())
        elif event.kind is EventKind.OTHER:
            await talk.say("check.unknown_kind")
        elif talk.state.step:
            name, *arguments = talk.state.step.split(":")
            await STEPS.get(name, staffing.finish_step)(self._rooms, talk, arguments)
        elif talk.leader is not None and await recording.may_be_theirs(self._rooms, talk):
            await recording.unasked(self._rooms, talk)
        else:
            await checking.receive(self._rooms, talk, [])


def _brings_invite(event: Event) -> bool:
    return event.kind is EventKind.COMMAND and event.command == "start" and event.payload.startswith(("s_", "t_", "i_"))
