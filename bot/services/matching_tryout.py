"""Trying matching out: texts from a file instead of a borough's, so that anybody can score it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from typing import Any

from bot.db import Database
from bot.errors import Conflict, InvalidInput
from bot.services.matching import KnownText, Matching, encoded

KIND = "import"
_AT_ONCE = 1024


class TryOut:
    """Works on a data folder that nothing else is in."""

    def __init__(self, db: Database, matching: Matching) -> None:
        self._db = db
        self._matching = matching

    async def load(self, rows: Iterable[dict[str, Any]], *, replace: bool) -> int:
        """Import `{"id", "text", "lang", "answer"}` rows; returns how many.

        Raises Conflict where there is anything of a real borough, InvalidInput for a row without id or text, or an id
        that is known already.
        """
        async with self._db.write() as uow:
            if await uow.staff.all() or await uow.likenesses.count_other(KIND):
                raise Conflict(
                    "Texts to try matching with are imported only into an empty VOUCH_DATA_DIR of their own."
                )
            if replace:
                await uow.likenesses.remove_kind(KIND)
            known = await uow.likenesses.owners(KIND)
        count = 0
        iterator = iter(rows)
        while part := [_known_text(each) for each in itertools.islice(iterator, _AT_ONCE)]:
            for each in part:
                if each.owner in known:
                    raise InvalidInput(f"The id {each.owner} is there already.")
                known.add(each.owner)
            vectors = await self._in_two_threads([each.text for each in part])
            async with self._db.write() as uow:
                await self._matching.keep(uow, part, vectors)
            count += len(part)
        return count

    async def _in_two_threads(self, texts: list[str]) -> list[bytes]:
        half = (len(texts) + 1) // 2
        done = await asyncio.gather(
            asyncio.to_thread(encoded, texts[:half]), asyncio.to_thread(encoded, texts[half:])
        )  # fmt: skip
        return done[0] + done[1]

    async def match(self, queries: Iterable[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        """What comes of each `{"text", "without"}`."""
        for query in queries:
            without = query.get("without") or []
            if not isinstance(query.get("text"), str) or not isinstance(without, list):
                raise InvalidInput('A query is {"text": "..."}, with "without": [ids] where some are to be left out.')
            async with self._db.read() as uow:
                found = await self._matching.match(uow, query["text"], without=[_owner(each) for each in without])
            yield {
                "candidates": [
                    {"id": _as_given(found.rows[each.row].owner), "score": round(each.score, 4)}
                    for each in found.verdict.candidates
                ],
                "confidence": round(found.verdict.confidence, 4),
                "decision": found.verdict.decision,
            }  # fmt: skip

    async def compare(self, pairs: Iterable[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        """Of each `{"a", "b"}` how near they are and whether they are one rumour."""
        for pair in pairs:
            if not isinstance(pair.get("a"), str) or not isinstance(pair.get("b"), str):
                raise InvalidInput('A pair is {"a": "...", "b": "..."}.')
            score, same = await self._matching.compare(pair["a"], pair["b"])
            yield {"score": round(score, 4), "same": same}


def _known_text(row: dict[str, Any]) -> KnownText:
    if not isinstance(row.get("id"), str | int) or not isinstance(row.get("text"), str):
        raise InvalidInput('A row is {"id": "...", "text": "...", "lang": "...", "answer": "..."}.')
    answer, language = row.get("answer"), row.get("lang")
    return KnownText(
        KIND, _owner(row["id"]), str(answer if answer is not None else row["id"])[:80],
        str(language)[:16] if language else None, row["text"],
    )  # fmt: skip


_INT = "#int:"


def _owner(given: str | int) -> str:
    return (f"{_INT}{given}" if isinstance(given, int) else str(given))[:80]


def _as_given(owner: str) -> str | int:
    return int(owner.removeprefix(_INT)) if owner.startswith(_INT) else owner
