"""What can become of a call: its fate, the faults that can be ordered, and how a chat refuses."""

import random
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

SENDING = re.compile(r"(send(?!ChatAction)|copyMessage|forwardMessage)\w*", re.IGNORECASE)


class End(StrEnum):
    """How a call ends on the wire: an answer, whole, cut or dripping; a reset, an end of stream, or nothing ever."""

    ANSWER = "answer"
    RESET = "reset"
    FIN = "fin"
    HANG = "hang"
    DRIP = "drip"
    CUT = "cut"


class Fate(NamedTuple):
    """What becomes of one call: whether it is carried out, how it ends, and after how many seconds.

    `retry_after` None: a 429 that names no time. `body` is sent instead of the answer. `name` is told in the truth.
    """

    applied: bool = True
    end: End = End.ANSWER
    status: int = 200
    delay: float = 0.0
    retry_after: int | str | None = 0
    body: bytes = b""
    name: str = ""


class Call(NamedTuple):
    """One call of a method as it arrived; `at` is monotonic."""

    method: str
    params: dict[str, Any]
    at: float


@dataclass(slots=True)
class Plan:
    """Ordered misbehaviour: `kind` of KINDS happens to a share `chance` of the matching calls, at most `count` times.

    `methods` are method names, empty for all sends; the first `after` matching calls are let pass.
    """

    kind: str
    chance: float = 1.0
    count: int = -1
    methods: tuple[str, ...] = ()
    after: int = 0

    def strikes(self, call: Call, dice: random.Random) -> bool:
        """Whether it happens to this call."""
        named = call.method in self.methods if self.methods else bool(SENDING.fullmatch(call.method))
        if named and self.after > 0:
            self.after -= 1
            return False
        if not named or self.count == 0 or dice.random() >= self.chance:
            return False
        self.count -= 1
        return True


_HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
_PAGE = {
    status: Fate(applied=False, status=status, body=_HTML if status == 502 else b"") for status in (500, 502, 503, 504)
}
_ANSWERS: dict[str, Fate] = {
    "reset": Fate(end=End.RESET), "fin": Fate(end=End.FIN), "hang": Fate(end=End.HANG), "drip": Fate(end=End.DRIP),
    "cut": Fate(end=End.CUT), "html": Fate(body=_HTML), "malformed": Fate(body=b'{"ok":true,"result":{"message_i'),
    "wrong-type": Fate(body=b'{"ok":true,"result":7}'), **{str(status): fate for status, fate in _PAGE.items()},
}  # fmt: skip
USUAL = Fate()
KINDS: dict[str, Fate] = {
    **{kind: fate._replace(applied=False) for kind, fate in _ANSWERS.items()},
    **{f"applied-then-{kind}": fate._replace(applied=True) for kind, fate in _ANSWERS.items()},
    "ok-false": Fate(applied=False, body=b'{"ok":false,"error_code":200,"description":"What?"}'),
    **{f"429-{after}": Fate(applied=False, status=429, retry_after=after) for after in (1, 5, 30, 3600, "10", None)},
    "slow": Fate(delay=2.0),
}
"""Every fault that can be ordered, by name; `delay` is added to the stand-in's own."""

REFUSALS: dict[str, tuple[int, str]] = {
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "unknown": (400, "Bad Request: chat not found"),
    "moved": (400, "Bad Request: group chat was upgraded to a supergroup chat"),
}
"""How a chat refuses, by name, in the words of Telegram's server. Who moved has the number of their chat plus MOVED."""
MOVED = -100_000_000_000_000
