"""Leaders, their consents, what they are asked for, and what they propose."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.rows import ConsentRow, LeaderRow, PassageRow, RenditionRow, RequestRow, SuggestionRow
from bot.db.tables import (
    broadcast_groups,
    consents,
    deliveries,
    erased_counts,
    leaders,
    passages,
    renditions,
    requests,
    suggestions,
)
from bot.domain.broadcasts import DeliveryState


class LeaderRepository(Repository):
    """People whom residents know, and how far they lend their voice."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._expected: dict[bytes, LeaderRow | None] = {}

    async def all(self) -> list[LeaderRow]:
        """All leaders by name."""
        return await self.many(LeaderRow, self.select(LeaderRow, leaders).order_by(leaders.c.name))

    async def get(self, leader_id: int) -> LeaderRow | None:
        """A leader by row number."""
        return await self.one(LeaderRow, self.select(LeaderRow, leaders).where(leaders.c.id == leader_id))

    async def by_name(self, name: str) -> LeaderRow | None:
        """A leader by public name."""
        return await self.one(LeaderRow, self.select(LeaderRow, leaders).where(leaders.c.name == name))

    async def expect(self, tags: Sequence[bytes]) -> None:
        """Read together who of these is a leader, for whoever asks in this transaction before one is changed."""
        statement = self.select(LeaderRow, leaders).where(leaders.c.person_tag.in_(tags))
        found = {each.person_tag: each for each in await self.many(LeaderRow, statement)}
        self._expected.update({tag: found.get(tag) for tag in tags})

    async def by_tag(self, tag: bytes) -> LeaderRow | None:
        """By the keyed hash of their chat, which is the one of staff."""
        if tag in self._expected:
            return self._expected[tag]
        return await self.one(LeaderRow, self.select(LeaderRow, leaders).where(leaders.c.person_tag == tag))

    async def by_invite(self, invite_hash: bytes, *, now: datetime) -> LeaderRow | None:
        """The person whose unused invitation this is."""
        return await self.one(
            LeaderRow,
            self.select(LeaderRow, leaders).where(leaders.c.invite_hash == invite_hash, leaders.c.invite_until > now),
        )

    async def alarms(self, *, before: datetime) -> list[LeaderRow]:
        """Leaders whose call for help nobody has taken since then."""
        return await self.many(LeaderRow, self.select(LeaderRow, leaders).where(leaders.c.alarm_at <= before))

    async def create(self, **values: Any) -> int:
        """A new leader; returns the row number."""
        self._expected.clear()
        return await self.add(leaders, **values)

    async def change(self, leader_id: int, **values: Any) -> None:
        """Change some columns."""
        self._expected.clear()
        await self.connection.execute(update(leaders).where(leaders.c.id == leader_id).values(**values))

    # Consents

    async def add_consent(self, **values: Any) -> int:
        """A new consent; returns its row number."""
        return await self.add(consents, **values)

    async def consent(self, leader_id: int) -> ConsentRow | None:
        """The consent that has not ended."""
        return await self.one(
            ConsentRow,
            self.select(ConsentRow, consents)
            .where(consents.c.leader_id == leader_id, consents.c.ended_at.is_(None))
            .order_by(consents.c.id.desc()),
        )

    async def consents(self, leader_id: int) -> list[ConsentRow]:
        """Every consent of a leader, newest first."""
        return await self.many(
            ConsentRow,
            self.select(ConsentRow, consents).where(consents.c.leader_id == leader_id).order_by(consents.c.id.desc()),
        )

    async def consent_by_id(self, consent_id: int) -> ConsentRow | None:
        """One consent by row number."""
        return await self.one(ConsentRow, self.select(ConsentRow, consents).where(consents.c.id == consent_id))

    async def consents_until(self, instant: datetime) -> list[ConsentRow]:
        """Consents in force that end by `instant`, the first to end first."""
        return await self.many(
            ConsentRow,
            self.select(ConsentRow, consents)
            .where(consents.c.ended_at.is_(None), consents.c.until <= instant)
            .order_by(consents.c.until, consents.c.id),
        )

    async def change_consent(self, consent_id: int, **values: Any) -> None:
        """End a consent, or note that its leader was asked about it."""
        await self.connection.execute(update(consents).where(consents.c.id == consent_id).values(**values))

    # Requests

    async def add_request(self, **values: Any) -> int:
        """Ask a leader for something; returns the row number."""
        return await self.add(requests, **values)

    async def request(self, request_id: int) -> RequestRow | None:
        """One request."""
        return await self.one(RequestRow, self.select(RequestRow, requests).where(requests.c.id == request_id))

    async def requests(
        self, *, leader_id: int | None = None, message_id: int | None = None, states: Sequence[str] = ()
    ) -> list[RequestRow]:
        """Requests of a leader or about a message revision, in these states (all), the most urgent first."""
        statement = self.select(RequestRow, requests)
        if leader_id is not None:
            statement = statement.where(requests.c.leader_id == leader_id)
        if message_id is not None:
            statement = statement.where(requests.c.message_id == message_id)
        if states:
            statement = statement.where(requests.c.state.in_(states))
        order = (requests.c.due_at.is_(None), requests.c.due_at, requests.c.waiting.desc(), requests.c.id)
        return await self.many(RequestRow, statement.order_by(*order))

    async def change_request(self, request_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(requests).where(requests.c.id == request_id).values(**values))

    # Translations, a paragraph at a time

    async def passages(self, request_id: int) -> list[PassageRow]:
        """What has been translated, in order."""
        return await self.many(
            PassageRow,
            self.select(PassageRow, passages).where(passages.c.request_id == request_id).order_by(passages.c.no),
        )

    async def set_passage(self, request_id: int, no: int, **values: Any) -> None:
        """Put a paragraph's translation in place of what was there."""
        await self.connection.execute(delete(passages).where(passages.c.request_id == request_id, passages.c.no == no))
        await self.add(passages, request_id=request_id, no=no, **values)

    # Proposals

    async def add_suggestion(self, **values: Any) -> int:
        """Better words, from somebody who knows their community."""
        return await self.add(suggestions, **values)

    async def suggestion(self, suggestion_id: int) -> SuggestionRow | None:
        """One proposal."""
        return await self.one(
            SuggestionRow, self.select(SuggestionRow, suggestions).where(suggestions.c.id == suggestion_id)
        )

    async def suggestions(self, *, leader_id: int | None = None, state: str | None = None) -> list[SuggestionRow]:
        """Proposals, newest first."""
        statement = self.select(SuggestionRow, suggestions)
        if leader_id is not None:
            statement = statement.where(suggestions.c.leader_id == leader_id)
        if state is not None:
            statement = statement.where(suggestions.c.state == state)
        return await self.many(SuggestionRow, statement.order_by(suggestions.c.id.desc()).limit(200))

    async def change_suggestion(self, suggestion_id: int, **values: Any) -> None:
        """Answer it."""
        await self.connection.execute(update(suggestions).where(suggestions.c.id == suggestion_id).values(**values))

    async def counts(self) -> dict[str, int]:
        """How many requests stand in each state."""
        statement = select(requests.c.state, func.count()).group_by(requests.c.state)
        return {str(state): int(count) for state, count in await self.connection.execute(statement)}

    async def carried(self, broadcast_id: int) -> list[tuple[RenditionRow, int]]:
        """Renditions of leaders and translators that a broadcast carried, with how often each was sent."""
        found: list[tuple[RenditionRow, int]] = []
        for column in (broadcast_groups.c.media_rendition_id, broadcast_groups.c.text_id):
            statement = (
                self.select(RenditionRow, renditions)
                .where(renditions.c.id.in_(select(column).where(broadcast_groups.c.broadcast_id == broadcast_id)))
                .where(renditions.c.leader_id.is_not(None))
                .order_by(renditions.c.id)
            )
            for row in await self.many(RenditionRow, statement):
                theirs = select(broadcast_groups.c.broadcast_id, broadcast_groups.c.no).where(
                    broadcast_groups.c.broadcast_id == broadcast_id, column == row.id
                )
                found.append((row, await self._sent(theirs.subquery())))
        return found

    async def reach(self, leader_id: int) -> int:
        """How many deliveries carried this leader's voice, also to people who have been erased since."""
        theirs = (
            select(broadcast_groups.c.broadcast_id, broadcast_groups.c.no)
            .join(renditions, renditions.c.id == broadcast_groups.c.media_rendition_id)
            .where(renditions.c.leader_id == leader_id)
            .subquery()
        )
        return await self._sent(theirs)

    async def _sent(self, theirs: Subquery) -> int:
        """How many deliveries these groups of broadcasts made, also to people who have been erased since."""
        sent = await self.scalar(
            select(func.count())
            .select_from(deliveries)
            .join(theirs, (deliveries.c.broadcast_id == theirs.c.broadcast_id) & (deliveries.c.group_no == theirs.c.no))
            .where(deliveries.c.state == DeliveryState.SENT)
        )
        erased = await self.scalar(
            select(func.coalesce(func.sum(erased_counts.c.n), 0))
            .join(
                theirs,
                (erased_counts.c.broadcast_id == theirs.c.broadcast_id) & (erased_counts.c.group_no == theirs.c.no),
            )
            .where(erased_counts.c.state == DeliveryState.SENT)
        )
        return int(sent) + int(erased)
