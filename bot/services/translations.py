"""Translations by people: a paragraph at a time, typed or spoken. No machine translation enters here."""

from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, RequestRow
from bot.domain.leaders import WAITING, RequestState, Task
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import strip_controls, terms_in
from bot.services.approvals import Approvals
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.renditions import Renditions
from bot.services.requests import Requests, paragraphs_of
from bot.services.voices import Voices


class Translations:
    """From the first paragraph to a draft that another speaker must approve."""

    def __init__(
        self,
        requests: Requests,
        renditions: Renditions,
        approvals: Approvals,
        voices: Voices,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._requests = requests
        self._renditions = renditions
        self._approvals = approvals
        self._voices = voices
        self._audit = audit
        self._clock = clock

    async def paragraph(self, uow: UnitOfWork, row: RequestRow, no: int | None = None) -> dict[str, Any]:
        """The next paragraph that has no translation (or number `no`), with what stands before and after it."""
        message = await self._requests.message(uow, row)
        parts = paragraphs_of(await self._requests.text(uow, message, SOURCE_LANGUAGE))
        done = {each.no: each for each in await uow.leaders.passages(row.id)}
        at = next((each for each in range(len(parts)) if each not in done), len(parts)) if no is None else no
        return {
            **await self._requests.summary(uow, row), "no": at, "of": len(parts), "done": at >= len(parts),
            "before": parts[at - 1] if 0 < at <= len(parts) else "", "text": parts[at] if at < len(parts) else "",
            "after": parts[at + 1] if at + 1 < len(parts) else "",
            "glossary": terms_in(parts[at] if at < len(parts) else ""),
            "whole": "\n\n".join(done[each].text or "…" for each in sorted(done)),
        }  # fmt: skip

    async def translate(
        self, uow: UnitOfWork, row: RequestRow, no: int, words: str, *, media_id: int | None = None
    ) -> None:
        """One paragraph, typed; or spoken (`media_id`), for somebody on the team to type up.

        Raises Conflict where it is not their turn, InvalidInput without words or for a paragraph that is not there.
        """
        if row.kind != Task.TRANSLATE:
            raise Conflict("This request is for a recording.")
        await self._requests.open(uow, row)
        clean = strip_controls(words)[0].strip()
        if not clean and media_id is None:
            raise InvalidInput("There are no words in this.")
        if not 0 <= no < (await self.paragraph(uow, row))["of"]:
            raise InvalidInput("There is no such paragraph.")
        await uow.leaders.set_passage(row.id, no, text=clean, media_id=media_id, changed_at=self._clock.now())

    async def hand_in(self, uow: UnitOfWork, leader: LeaderRow, row: RequestRow) -> bool:
        """All paragraphs are there: the text becomes a draft, and another speaker is asked for their yes.

        Returns False while something that was only spoken has still to be typed up by the team.
        """
        await uow.decide_alone()
        row = await self._requests.theirs(uow, leader, row.id)
        if row.state not in WAITING:
            raise Conflict("This request is closed.")
        if not (await self.paragraph(uow, row))["done"]:
            raise Conflict("There are paragraphs without a translation.")
        await self._requests.move(uow, row, RequestState.SUBMITTED)
        await self._voices.tell_one(uow, row.asked_by, "staff.request_submitted", request_id=row.id)
        return await self._finish(uow, leader, row)

    async def type_up(self, uow: UnitOfWork, actor: Actor, request_id: int, no: int, words: str) -> bool:
        """A staff member types what a translator spoke; returns whether that was the last of it.

        Whoever typed may not approve it. Raises InvalidInput where there is nothing to type.
        """
        actor.check(Act.HELP_LEADER)
        await uow.decide_alone()
        row = await self._requests.get(uow, request_id)
        old = {each.no: each for each in await uow.leaders.passages(request_id)}.get(no)
        if old is None or old.media_id is None or not words.strip():
            raise InvalidInput("There is nothing to type up here.")
        await uow.leaders.set_passage(
            row.id, no, text=words.strip(), media_id=old.media_id, changed_at=self._clock.now()
        )
        await self._audit.note(uow, actor, Act.HELP_LEADER, f"request {request_id}", typed=no)
        if row.state != RequestState.SUBMITTED:
            return False
        leader = await self._voices.leader(uow, row.leader_id)
        return await self._finish(uow, leader, row, typed_by=actor.id)

    async def _finish(
        self, uow: UnitOfWork, leader: LeaderRow, row: RequestRow, *, typed_by: int | None = None
    ) -> bool:
        parts = await uow.leaders.passages(row.id)
        if not parts or not all(each.text for each in parts):
            return False
        text = "\n\n".join(each.text for each in parts)
        rendition_id = await self._renditions.write_translation(uow, leader, row, text, typed_by=typed_by)
        try:
            await self._approvals.request(uow, None, self._renditions.kind, rendition_id)
        except NotFound:
            await self._voices.tell_one(
                uow, row.asked_by, "staff.no_second_speaker", language=row.language, rendition_id=rendition_id
            )
        return True
