"""What is offered to somebody who types our name and a few words in any chat."""

from dataclasses import dataclass

MOST_RESULTS = 8
"""Shown to a person who types; Telegram itself takes 50 (Bot API, answerInlineQuery)."""
CACHE_SECONDS = 30
"""How long Telegram may show the same again without asking: what is withdrawn stops being offered within that time."""


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One answer to insert. `id` has 1 to 64 bytes; `html` is the whole message as it will stand in the chat."""

    id: str
    title: str
    description: str
    html: str


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What a query is answered with. `button` opens our chat, with `payload` as its deep link (1 to 64 characters)."""

    query_id: str
    results: tuple[InlineResult, ...] = ()
    button: str = ""
    payload: str = "inline"
