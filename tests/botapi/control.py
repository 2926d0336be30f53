"""The control side: a test reads the truth and steers the stand-in. The addresses are listed in `__init__.py`."""

import time
from collections.abc import Callable
from typing import Any

import orjson

from tests.botapi.api import Api
from tests.botapi.fates import KINDS, REFUSALS, Plan


class Control:
    """What can be asked over `/control/`. `turn_door` opens, shuts or deafens the way in."""

    def __init__(self, api: Api, turn_door: Callable[[str], None]) -> None:
        self._api = api
        self._turn_door = turn_door
        self._acts = {
            "sent": self._sent, "counts": self._counts, "bodies": self._bodies, "set": self._set,
            "updates": self._push, "forget": self._forget,
        }  # fmt: skip

    def answer(self, path: str, query: dict[str, str], body: bytes) -> bytes:
        """What the test asks for. Raises KeyError for what there is not."""
        return self._acts[path](query, orjson.loads(body) if body else None)

    def _sent(self, query: dict[str, str], _body: Any) -> bytes:
        since = int(query.get("since", 0))
        found = self._api.truth[since : since + int(query.get("limit", 1_000_000))]
        return orjson.dumps([each._asdict() for each in found])

    def _counts(self, _query: dict[str, str], _body: Any) -> bytes:
        return orjson.dumps(
            {"calls": self._api.calls, "sent": len(self._api.truth),
             "applied": sum(each.applied for each in self._api.truth),
             "refused": self._api.refused, "waiting": len(self._api.updates), "cpu": time.process_time()}
        )  # fmt: skip

    def _bodies(self, _query: dict[str, str], _body: Any) -> bytes:
        return orjson.dumps(
            {each.checksum: [each.call.method, each.call.params] for each in self._api.texts.values()},
            option=orjson.OPT_NON_STR_KEYS,
        )

    def _set(self, _query: dict[str, str], body: Any) -> bytes:
        if "delay_ms" in body:
            self._api.delay = body["delay_ms"] / 1000
        if "ceiling" in body:
            self._api.ceiling = int(body["ceiling"])
        if "faults" in body:
            plans = [Plan(**{**each, "methods": tuple(each.get("methods", ()))}) for each in body["faults"]]
            self._api.plans = [each for each in plans if KINDS[each.kind]]
        if "chats" in body:
            self._api.chats = {int(chat_id): refusal for chat_id, refusal in body["chats"].items() if REFUSALS[refusal]}
        if "door" in body:
            self._turn_door(body["door"])
        return b"true"

    def _push(self, _query: dict[str, str], body: Any) -> bytes:
        self._api.push(body)
        return b"true"

    def _forget(self, _query: dict[str, str], _body: Any) -> bytes:
        self._api.truth.clear()
        self._api.calls.clear()
        self._api.refused = 0
        return b"true"
