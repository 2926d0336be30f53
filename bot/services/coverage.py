"""Coverage: which message is there in which language and form, how long each waited, and what to ask for next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db import UnitOfWork
from bot.db.repositories.residents import Audience, AudienceGroup
from bot.db.rows import MessageRow, RenditionRow
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Piece:
    """One rendition on the board."""

    id: int
    form: str
    state: str
    leader: str
    days: int
    """Since it was made."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A message in a language. `waited`: hours behind the first language, None where it is the first or not known;
    `waiting`: still without it, as many hours after the first."""

    pieces: tuple[Piece, ...]
    waited: float | None
    waiting: bool

    @property
    def approved(self) -> bool:
        """Whether anything in it may leave."""
        return any(each.state == RenditionState.APPROVED for each in self.pieces)


@dataclass(frozen=True, slots=True)
class Line:
    """A message and its cells by language."""

    message: MessageRow
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would reach most people next: a message in a language and form that this many residents are without."""

    message: MessageRow
    language: str
    form: str
    people: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board; `languages` by number of residents, then by name of the tag."""

    languages: tuple[str, ...]
    lines: tuple[Line, ...]
    wanted: tuple[Wanted, ...]
    residents: Mapping[str, int]


class Coverage:
    """Reads only."""

    def __init__(self, clock: Clock, *, bot_id: int) -> None:
        self._clock = clock
        self._bot_id = bot_id

    async def board(self, uow: UnitOfWork, *, shelf: bool = False) -> Board:
        """The board of messages in force, or of the ready shelf."""
        now = self._clock.now()
        rows = [
            each for each in await uow.messages.all_latest()
            if (each.shelf is not None) == shelf and each.valid_until > now and each.origin != "answer"
        ]  # fmt: skip
        renditions = await uow.messages.renditions_of([each.id for each in rows])
        everything = [each for found in renditions.values() for each in found]
        issued = await uow.manifests.first_issued([each.id for each in everything])
        leaders = {each.id: each.name for each in await uow.leaders.all()}
        everybody = await uow.residents.groups(self._bot_id, Audience((), (), "", emergency=True), now)
        residents = _speakers(everybody)
        spoken = {each.language for each in everything} | set(residents)
        languages = tuple(sorted(spoken, key=lambda tag: (-residents.get(tag, 0), tag)))
        lines = tuple(Line(row, self._cells(renditions[row.id], languages, issued, leaders)) for row in rows)
        wanted = [each for row in rows for each in await self._wanted(uow, row, renditions[row.id], shelf=shelf)]
        wanted.sort(key=lambda each: (-each.people, each.message.key, each.language))
        return Board(languages, lines, tuple(wanted), residents)

    def _cells(
        self, found: Sequence[RenditionRow], languages: Sequence[str], issued: Mapping[int, datetime],
        leaders: Mapping[int, str],
    ) -> dict[str, Cell]:  # fmt: skip
        ready = {each.id: issued[each.id] for each in found if each.id in issued}
        first = min(ready.values(), default=None)
        return {tag: self._cell([each for each in found if each.language == tag], first, ready, leaders)
                for tag in languages}  # fmt: skip

    def _cell(
        self, mine: Sequence[RenditionRow], first: datetime | None, ready: Mapping[int, datetime],
        leaders: Mapping[int, str],
    ) -> Cell:  # fmt: skip
        now = self._clock.now()
        pieces = tuple(
            Piece(each.id, each.form, each.state, leaders.get(each.leader_id or 0, ""), (now - each.created_at).days)
            for each in mine
            if each.state != RenditionState.WITHDRAWN
        )
        here = min((ready[each.id] for each in mine if each.id in ready), default=None)
        if first is None or here == first:
            return Cell(pieces, None, waiting=False)
        return Cell(pieces, ((here or now) - first).total_seconds() / 3600, waiting=here is None)

    async def _wanted(
        self, uow: UnitOfWork, message: MessageRow, found: Sequence[RenditionRow], *, shelf: bool
    ) -> list[Wanted]:
        audience = Audience((), (), message.topic, message.emergency or shelf)
        groups = await uow.residents.groups(self._bot_id, audience, self._clock.now())
        there = {(each.language, each.form) for each in found if each.state == RenditionState.APPROVED}
        without: Counter[tuple[str, str]] = Counter()
        for group in groups:
            want = (group.read, str(Form.TEXT)) if group.form == Form.TEXT else (group.listen, group.form)
            if want not in there:
                without[want] += group.size
        return [Wanted(message, language, form, people) for (language, form), people in without.items()]


def _speakers(groups: Sequence[AudienceGroup]) -> dict[str, int]:
    """How many residents take messages in each language: as they read, or as they hear where they prefer that."""
    counts: Counter[str] = Counter()
    for each in groups:
        counts[each.read if each.form == Form.TEXT else each.listen] += each.size
    return dict(counts)
