"""Misbehaviour on demand: what a network and a busy server do to a bot, as named kinds that a test can order."""

import random
from dataclasses import dataclass
from typing import Any

KINDS = {
    "drop": "closes the connection, nothing applied",
    "apply-then-drop": "applies the call, then closes the connection without an answer",
    "reset": "resets the connection (RST), nothing applied",
    "apply-then-reset": "applies the call, then resets the connection",
    "hang": "never answers, nothing applied",
    "apply-then-hang": "applies the call, then never answers",
    "500-before": "answers 500, nothing applied",
    "500-after": "applies the call, then answers 500",
    "502-html": "answers 502 with a page of HTML, nothing applied",
    "429": "answers 429 with retry_after, nothing applied",
    "slow": "waits delay_ms, then behaves",
    "cut-body": "applies the call, then sends half of the answer and closes",
    "garbage": "applies the call, then answers 200 with something that is not JSON",
    "drip": "applies the call, then sends the answer one byte every 30 ms",
}
AFTER = {"apply-then-drop", "apply-then-reset", "apply-then-hang", "500-after", "cut-body", "garbage", "drip"}


@dataclass(slots=True)
class Fault:
    """One order: which method (`*` is all), which kind, what share of its calls, how many times at most."""

    method: str
    kind: str
    share: float = 1.0
    count: int | None = None
    retry_after: int = 3
    delay_ms: int = 50

    def __post_init__(self) -> None:
        self.kind = str(self.kind)
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(KINDS)}")
        if not 0 < self.share <= 1:
            raise ValueError("share is more than 0 and at most 1")


class Faults:
    """The orders in force. The choice is random with a fixed seed, so that a run can be repeated."""

    def __init__(self, seed: int = 1) -> None:
        self.orders: list[Fault] = []
        self._random = random.Random(seed)  # noqa: S311 (chance in tests, no secret)

    def add(self, fields: dict[str, Any]) -> Fault:
        """Adds an order from its JSON fields; raises ValueError or TypeError if they are wrong."""
        fault = Fault(**fields)
        self.orders.append(fault)
        return fault

    def clear(self) -> None:
        """Ends all misbehaviour."""
        self.orders.clear()

    def choose(self, method: str) -> Fault | None:
        """The fault that strikes this call, if any; counts it."""
        if not self.orders:
            return None
        for fault in self.orders:
            if fault.method not in ("*", method) or fault.count == 0 or self._random.random() >= fault.share:
                continue
            if fault.count is not None:
                fault.count -= 1
            return fault
        return None
