"""A whole installation without a network: real services and a real database, a clock and a channel that a test moves.

Everybody in here is visibly a sample.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.chat.conversation import Conversation
from bot.chat.elsewhere import Elsewhere
from bot.chat.renderer import ChatRenderer
from bot.chat.rooms import Rooms
from bot.chat.screens.hear import Prompt
from bot.db import Database
from bot.db.rows import BroadcastRow, MessageRow, OutboxRow, RenditionRow, ResidentRow
from bot.domain.contact import ContactCap
from bot.domain.controller import Area, Controller
from bot.domain.events import Event, EventKind, IncomingMedia
from bot.domain.messaging import OutgoingMessage
from bot.domain.paid import PaidTerms
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form, Preferences
from bot.domain.staff import Role
from bot.i18n import Catalogs, DraftMode, Registry, Status
from bot.services.audit import Actor, actor_of
from bot.services.delivering import QuietUntil
from bot.services.desk import Desk, build_desk
from bot.services.privacy import Privacy
from bot.services.renditions import content_hash
from bot.services.residents import Person, Residents
from bot.services.rumours import Submission
from bot.services.sender import Sender
from bot.services.sending import Means, make_pace, make_senders
from bot.services.vault import Vault
from bot.storage.erasures import ErasureFiles
from bot.storage.folder import FolderStore
from tests.fakes import FakeClock, FakeMessenger

BOT = 1234567
KEY = "sample-key-of-a-test-that-opens-nothing-else"
LEASE = f"worker:{BOT}"
AREAS = (Area("palfrey", "Palfrey"), Area("pleck", "Pleck"), Area("bloxwich", "Bloxwich"))
CONTROLLER = Controller(
    organisation="Sample Council", contact="privacy@council.example", bot_name="SampleCouncilBot", areas=AREAS,
    public_url="https://vouch.example",
)  # fmt: skip
REGISTRY = Registry.load()
CATALOGS = Catalogs.load(REGISTRY, strict=True)


@dataclass
class World:
    """One installation. `messenger` is its way out, `clock` its only time."""

    db: Database
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    controller: Controller = CONTROLLER
    need_chats: bool = True
    cap: ContactCap = field(default_factory=lambda: ContactCap(0, 0))
    quiet_until: QuietUntil = field(default=lambda *_: None)
    paid: PaidTerms | None = None
    status: Status = field(default_factory=Status.load)
    prompts: dict[tuple[str, str], Prompt] = field(default_factory=dict)
    drafts: DraftMode = "label"
    vault: Vault = field(default_factory=lambda: Vault(KEY))
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.wire()

    def wire(self) -> None:
        """Build every service anew on the same database, as a restart does."""
        self.store = FolderStore(self.folder / "media")
        self.erasures = ErasureFiles(self.folder / "erasures")
        self.desk: Desk = build_desk(
            self.db, REGISTRY, self.controller, self.clock, self.store, bot_id=BOT, rate=25, deputy_minutes=15,
            need_chats=self.need_chats, paid=self.paid, erasures=self.erasures,
        )  # fmt: skip
        self.residents = Residents(self.vault, self.desk.outbox, self.desk.cards, self.clock)
        self.privacy = Privacy(self.vault, self.erasures, self.clock)
        self.renderer = ChatRenderer(CATALOGS, self.controller, self.prompts)
        offered = REGISTRY.offered((), self.drafts, self.status)
        rooms = Rooms(
            self.desk, self.residents, self.privacy, CATALOGS, self.status,
            offered, tuple(each for each in REGISTRY.languages if each not in offered),
        )  # fmt: skip
        self.conversation = Conversation(self.desk, self.vault, self.residents, self.privacy, rooms)
        self.elsewhere = Elsewhere(self.db, self.conversation, rooms, self.vault, self.messenger)

    def settle(self, **changes: Any) -> None:
        """Change facts of the controller and start again with them."""
        self.controller = replace(self.controller, **changes)
        self.wire()

    # People

    def person(self, chat_id: int) -> Person:
        """Whoever writes from this chat."""
        return Person.of(self.vault, BOT, chat_id)

    def new_chat(self) -> int:
        """A chat that nobody has used."""
        return 700_000 + next(self._numbers)

    async def resident(self, read: str = "ur", *, chat_id: int | None = None, **chosen: Any) -> int:
        """Somebody who has joined; returns their chat."""
        chat_id = chat_id or self.new_chat()
        wanted = Preferences(
            chosen.get("listen", read), read, chosen.get("area"), Form(chosen.get("form", "text")),
            tuple(chosen.get("topics", ())), chosen.get("emergencies_only", False),
        )  # fmt: skip
        async with self.db.write() as uow:
            await self.residents.join(uow, self.person(chat_id), wanted)
        return chat_id

    async def joined(self, chat_id: int) -> ResidentRow:
        """The resident behind a chat, who is there."""
        async with self.db.read() as uow:
            row = await self.residents.find(uow, self.person(chat_id))
        assert row is not None
        return row

    async def staff(
        self, name: str, *roles: Role, languages: Sequence[str] = (), phone: bool = True, chat_id: int | None = None
    ) -> Actor:
        """A staff member; every role unless some are named; with a phone of their own unless told otherwise."""
        chat_id = chat_id or self.new_chat()
        async with self.db.write() as uow:
            staff_id = await self.desk.staff.add(
                uow, None, name, list(roles or Role), list(languages), sample=True,
                person_tag=self.vault.staff_tag(chat_id) if phone else None,
                chat=self.vault.seal_chat(chat_id) if phone else None,
            )  # fmt: skip
            return actor_of(await self.desk.staff.get(uow, staff_id), "test")

    async def chat_of(self, actor: Actor) -> int:
        """Where a staff member is written to."""
        async with self.db.read() as uow:
            row = await uow.staff.get(actor.id)
        assert row is not None
        assert row.chat is not None
        return self.vault.open_chat(row.chat)

    # Content

    async def message(
        self, key: str = "heat", approved: Sequence[str] = ("en-GB",), drafts: Sequence[str] = (), *, revision: int = 1,
        vetted: bool = True, topic: str = "health", emergency: bool = False, days: float = 30,
        forms: Sequence[str] = ("text",), made_by: int | None = None,
    ) -> int:  # fmt: skip
        """A message with renditions whose text names their language; returns its row number."""
        now = self.clock.now()
        hashed = content_hash(key, revision)
        async with self.db.write() as uow:
            message_id = await uow.messages.add_message(
                key=key, revision=revision, title=f"Sample {key}", topic=topic, emergency=emergency,
                valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=days),
                sources=[{"title": "Sample page", "url": "https://example.org/page"}], origin="pack",
                vetted_by="Sample Health Team" if vetted else None, vetted_on=now.date() if vetted else None,
                content_hash=hashed, created_at=now,
            )  # fmt: skip
            for language in (*approved, *drafts):
                for form in forms:
                    state = RenditionState.APPROVED if language in approved else RenditionState.DRAFT
                    text = f"{key} in {language}, {form}, revision {revision}"
                    await uow.messages.add_rendition(
                        message_id=message_id, language=language, form=form, text=text, consent=[], state=state,
                        translator="Sample Translator", made_by=made_by, created_at=now,
                        content_hash=content_hash(hashed, language, form, text),
                    )  # fmt: skip
        return message_id

    async def rendition(self, key: str, language: str, form: str = "text") -> RenditionRow:
        """The newest revision's rendition."""
        async with self.db.read() as uow:
            return await self.desk.renditions.find(uow, key, language, Form(form))

    async def latest(self, key: str) -> MessageRow:
        """The newest revision."""
        async with self.db.read() as uow:
            row = await uow.messages.latest(key)
        assert row is not None
        return row

    # Broadcasts

    async def draft(self, author: Actor, key: str = "heat", **wanted: Any) -> int:
        """A broadcast that waits for its second person."""
        async with self.db.write() as uow:
            return await self.desk.broadcasts.create(uow, author, key=key, **wanted)

    async def approve(self, approver: Actor, subject_id: int, kind: str = "broadcast") -> None:
        """A second person's yes, on their own screen."""
        async with self.db.write() as uow:
            await self.desk.approvals.approve_directly(uow, approver, kind, subject_id)

    async def broadcast(self, author: Actor, approver: Actor, key: str = "heat", **wanted: Any) -> int:
        """Created by one, approved by the other: under way, or scheduled where a time was given."""
        broadcast_id = await self.draft(author, key, **wanted)
        await self.approve(approver, broadcast_id)
        return broadcast_id

    async def row(self, broadcast_id: int) -> BroadcastRow:
        """A broadcast as it stands."""
        async with self.db.read() as uow:
            return await self.desk.planner.get(uow, broadcast_id)

    async def shown(self, broadcast_id: int) -> dict[str, Any]:
        """A broadcast as `vouch broadcasts show` tells it."""
        async with self.db.read() as uow:
            return await self.desk.accounts.show(uow, broadcast_id)

    # Rumours

    async def ask(
        self, text: str, read: str = "ur", *, chat_id: int | None = None, urgent: bool = False,
        media: IncomingMedia | None = None,
    ) -> int:  # fmt: skip
        """Somebody passes something to the team; returns the rumour it joined."""
        asker = self.residents.asking_address(self.person(chat_id or self.new_chat()))
        submission = Submission(str(media.kind) if media else "text", text, media, forwarded=False)
        async with self.db.write() as uow:
            flag = await self.desk.rumours.report(
                uow, submission, asker=asker, language=read, read=read, area=None, urgent=urgent
            )
        return flag.rumour_id

    # Sending

    def sender(self, rate: float = 0) -> Sender:
        """A sender process of its own, on the same database and channel."""
        return self.senders(rate)[0]

    def senders(self, rate: float = 0, *, paid_rate: float | None = None) -> list[Sender]:
        """The same, with the one for paid broadcasts where there is a pace for it."""
        pace = make_pace(rate, paid_rate=paid_rate)
        self.pacer = pace.free
        means = Means(
            self.db, BOT, self.vault, self.messenger, self.renderer, self.desk.cards, self.desk.films,
            self.clock,
            on_stopped=self.desk.launch.alert, quiet_until=self.quiet_until, cap=self.cap,
        )  # fmt: skip
        return make_senders(means, pace)

    async def take(self, holder: str) -> int:
        """Take the lease, at once even where another holds it; returns the fencing number."""
        async with self.db.write() as uow:
            await uow.meta.drop_lease(LEASE)
            fence = await uow.meta.take_lease(
                LEASE, holder, now=self.clock.now(), until=self.clock.now() + timedelta(days=400)
            )
        assert fence is not None
        return fence

    async def send_all(self, sender: Sender | None = None, *, steps: int = 3000) -> None:
        """Let a sender work until there is nothing left that it may send now."""
        sender = sender or self.sender()
        fence = await self.take("holder")
        for _ in range(steps):
            if await sender.step(fence, LEASE, "holder"):
                continue
            if not self.pacer.held_for and not await self._postponed():
                return
            await asyncio.sleep(self.pacer.held_for)
        raise AssertionError("the sender does not come to an end")

    async def _postponed(self) -> bool:
        """Answers that wait a little: move the clock to their time."""
        async with self.db.read() as uow:
            due = await uow.outbox.next_due(BOT)
        if due is None or due <= self.clock.now():
            return False
        self.clock.advance(seconds=(due - self.clock.now()).total_seconds())
        return True

    async def waiting(self, chat_id: int) -> list[OutboxRow]:
        """What waits in the outbox for one chat, oldest first."""
        async with self.db.read() as uow:
            rows = await uow.outbox.queued(BOT, limit=10_000, now=self.clock.now() + timedelta(days=1))
        return [row for row in rows if row.chat is not None and self.vault.open_chat(row.chat) == chat_id]

    def phone(self, chat_id: int | None = None, app_language: str = "") -> "Phone":
        """Somebody's phone, new unless a chat is given."""
        return Phone(self, chat_id or self.new_chat(), app_language)


@dataclass
class Phone:
    """One person's chat, seen from their side: what they type and press, and the finished screens that come back."""

    world: World
    chat_id: int
    app_language: str = ""
    kinds: list[str] = field(default_factory=list)
    screens: list[OutgoingMessage] = field(default_factory=list)
    _seen: dict[int, bytes | None] = field(default_factory=dict)
    _reference: int = 100

    async def event(self, kind: EventKind, **values: Any) -> list[OutgoingMessage]:
        """Hand one event to the conversation, and read what came back."""
        event = Event(kind, self.chat_id, app_language=self.app_language, **values)
        async with self.world.db.write() as uow:
            await self.world.conversation.handle(uow, event)
        return await self.read()

    async def read(self) -> list[OutgoingMessage]:
        """New screens, as they would be sent."""
        waiting = await self.world.waiting(self.chat_id)
        # Not by number alone: SQLite gives the numbers of rows that /forget removed to the next ones.
        fresh = [row for row in waiting if self._seen.get(row.id) != row.chat]
        found = [self.world.renderer.render(row.kind, row.params, row.language) for row in fresh]
        self._seen = {row.id: row.chat for row in waiting}
        self.kinds += [row.kind for row in fresh]
        self.screens += found
        return found

    async def start(self, payload: str = "") -> list[OutgoingMessage]:
        """`/start`, from a poster or an invitation where there is a payload."""
        return await self.command("start", payload)

    async def command(self, name: str, payload: str = "") -> list[OutgoingMessage]:
        """A command."""
        return await self.event(EventKind.COMMAND, command=name, payload=payload, text=f"/{name} {payload}".strip())

    async def say(self, text: str, **values: Any) -> list[OutgoingMessage]:
        """Type or forward something."""
        return await self.event(EventKind.TEXT, text=text, **values)

    async def press(self, data: str) -> list[OutgoingMessage]:
        """Press a button that is on the screen."""
        assert data in self.buttons, f"there is no button {data}: {self.buttons}"
        return await self.press_stale(data)

    async def press_stale(self, data: str) -> list[OutgoingMessage]:
        """Press a button of long ago, or one that never was."""
        self._reference += 1
        return await self.event(EventKind.BUTTON, payload=data, message_ref=self._reference, press_id="press")

    async def join(self, language: str, *, area: str = "none", form: str = "text") -> None:
        """From nothing to joined, with buttons alone."""
        before = self.kinds.count("joined")
        await self.start()
        while f"l:{language}" not in self.buttons:
            await self.press([each for each in self.buttons if each.startswith("lp:")][-1])
        for data in (f"l:{language}", "join", f"a:{area}", f"f:{form}"):
            if self.kinds.count("joined") == before:  # who listens joins with one yes
                await self.press(data)

    @property
    def buttons(self) -> list[str]:
        """The data of every button that was ever shown here."""
        return [button.data for screen in self.screens for row in screen.buttons for button in row]

    @property
    def last(self) -> str:
        """The text of the newest screen."""
        return self.screens[-1].html

    def texts(self) -> str:
        """Everything that was shown here."""
        return "\n".join(each.html for each in self.screens)
