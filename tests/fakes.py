"""Written by hand: a clock that a test moves, and a channel that answers as a test tells it to."""

import asyncio
import hashlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.films import Cue, FilmImpossible, FilmPlan, FilmReport, FilmSegment
from bot.domain.inline import InlineAnswer
from bot.domain.messaging import OutgoingMessage, SendOutcome, Sent
from bot.errors import InvalidInput, Unavailable
from bot.services.ports import FetchedFile, Progress

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday morning in winter time; tests begin here whatever the machine's calendar says."""


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        """The time as an aware UTC instant."""
        return self._now

    def advance(self, **amount: float) -> None:
        """Move on by hours, minutes, days and so on, as `timedelta` names them."""
        self._now += timedelta(**amount)


@dataclass(frozen=True, slots=True)
class Call:
    """One message that was handed to the channel, and when (the event loop's time)."""

    chat_id: int
    message: OutgoingMessage
    at: float


Meanwhile = Callable[[int], Awaitable[None]]


class FakeMessenger:
    """Notes every send; answers with what was laid out for the chat, then for everybody, then `Sent`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.pressed: list[str] = []
        self.offered: list[InlineAnswer] = []
        self.in_charge: set[int] = set()
        """Who runs every group."""
        self.files: dict[str, FetchedFile] = {}
        self.unreachable = False
        """Whether files cannot be fetched for the moment."""
        self.answers_clearly = True
        self.too_old = False
        """Whether earlier messages can neither be edited nor removed any more."""
        self.probes = 0
        self.meanwhile: Meanwhile | None = None
        """Runs while a message is under way: what happens to the database between intent and outcome."""
        self._for_chat: dict[int, deque[SendOutcome]] = defaultdict(deque)
        self._for_anyone: deque[SendOutcome] = deque()
        self._always: dict[int, SendOutcome] = {}
        self._reference = 0

    def will(self, chat_id: int, *outcomes: SendOutcome) -> None:
        """Lay out what the next sends to this chat end in."""
        self._for_chat[chat_id].extend(outcomes)

    def always(self, chat_id: int, outcome: SendOutcome) -> None:
        """Every send to this chat ends in this."""
        self._always[chat_id] = outcome

    def next(self, *outcomes: SendOutcome) -> None:
        """Lay out what the next sends end in, whoever they are to."""
        self._for_anyone.extend(outcomes)

    def to(self, chat_id: int) -> list[OutgoingMessage]:
        """Everything that was handed over for one chat."""
        return [each.message for each in self.calls if each.chat_id == chat_id]

    async def send(self, chat_id: int, message: OutgoingMessage) -> SendOutcome:
        """Note it and answer."""
        self.calls.append(Call(chat_id, message, asyncio.get_running_loop().time()))
        if self.meanwhile is not None:
            await self.meanwhile(chat_id)
        if self._for_chat[chat_id]:
            return self._for_chat[chat_id].popleft()
        if chat_id in self._always:
            return self._always[chat_id]
        if self._for_anyone:
            return self._for_anyone.popleft()
        return self._sent(message)

    def _sent(self, message: OutgoingMessage) -> Sent:
        if message.edit_ref is not None and not self.too_old:
            return Sent(message.edit_ref)
        self._reference += 1
        return Sent(self._reference, removed=message.delete_ref is not None and not self.too_old)

    async def acknowledge(self, press_id: str) -> None:
        """Note whose spinner was stopped."""
        self.pressed.append(press_id)

    async def answer_inline(self, answer: InlineAnswer) -> None:
        """Note what was offered."""
        self.offered.append(answer)

    async def member_status(self, group_id: int, person_id: int) -> str | None:
        """As laid out."""
        return "administrator" if person_id in self.in_charge else "member"

    async def fetch(self, file_id: str, *, limit: int) -> FetchedFile:
        """A file that was laid out."""
        if self.unreachable:
            raise Unavailable("Telegram does not answer.")
        if file_id not in self.files:
            raise InvalidInput("This file is gone.")
        return self.files[file_id]

    async def probe(self) -> bool:
        """Count the question; answer as set."""
        self.probes += 1
        return self.answers_clearly


class FakeFilmMaker:
    """Makes films of a few bytes that say what they were made from; `before` runs once the first clip is done."""

    def __init__(self, *, lacks: str = "") -> None:
        self.lacks = lacks
        self.plans: list[FilmPlan] = []
        self.kept: set[str] = set()
        self.before: Callable[[], Awaitable[None]] | None = None

    def missing(self, plan: FilmPlan | None = None) -> list[str]:
        """What was laid out."""
        return [self.lacks] if self.lacks else []

    async def make(self, plan: FilmPlan, out: Path, progress: Progress | None = None) -> FilmReport:
        """One segment a clip, each of ten seconds."""
        if self.lacks:
            raise FilmImpossible(self.lacks)
        self.plans.append(plan)
        segments = []
        for at, clip in enumerate(plan.clips):
            if progress is not None:
                await progress(at + 1, len(plan.clips) + 1)
            if at == 0 and self.before is not None:
                await self.before()
            cue = Cue(at * 10.0 + 1, at * 10.0 + 9, clip.text, clip.english)
            segments.append(FilmSegment(
                clip.rendition_id, clip.writing.tag, clip.speaker.name, clip.form, at * 10.0, at * 10.0 + 10, (cue,)
            ))  # fmt: skip
        data = f"film of {[each.rendition_id for each in plan.clips]} {plan.aspect}".encode() * 4_000
        out.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        return FilmReport(
            10.0 * len(segments), len(data), digest, -16.0, -1.2, tuple(segments), tuple(plan.left_out), (out,)
        )

    async def keep_only(self, digests: Collection[str]) -> int:
        """Notes which."""
        self.kept = set(digests)
        return 0
