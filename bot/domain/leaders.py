"""Leaders and translators: what they agree to, what they are asked for, and what may be done with their voice."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import InvalidInput, NotAllowed

WORDING = "2026-11"
"""The version of what a leader is told before they say yes (chat/screens/leaders.py). Change the words, change this."""
CONSENT_MONTHS = (3, 12, 24)
"""How long a consent may last; nobody gives their voice for ever."""
ASK_DAYS = (30, 7)
"""Days before a consent ends at which the leader and the team are asked whether it goes on."""
BOT_SECONDS, FILM_SECONDS = 60, 7
"""The longest recording that the bot sends, and what one leader says in the film (Walsall's film: 17 languages in 2
minutes)."""


class LeaderState(StrEnum):
    """LISTED: known from a pack or to the team only. INVITED: asked. ACTIVE: has agreed. WITHDRAWN: took it back."""

    LISTED = "listed"
    INVITED = "invited"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Task(StrEnum):
    """What a leader may be asked for."""

    RECORD = "record"
    TRANSLATE = "translate"


class Scope(StrEnum):
    """Where a voice may be heard: in the bot always, in a public film, on partners' pages."""

    BOT = "bot"
    FILM = "film"
    PARTNERS = "partners"


class ConsentEnd(StrEnum):
    """How a consent ended."""

    NARROWED = "narrowed"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class RequestState(StrEnum):
    """What became of asking a leader for a recording or a translation."""

    ASKED = "asked"
    OPEN = "open"
    SUBMITTED = "submitted"
    CHANGES = "changes"
    DONE = "done"
    DECLINED = "declined"
    HANDED_ON = "handed_on"
    CANCELLED = "cancelled"


WAITING = (RequestState.ASKED, RequestState.OPEN, RequestState.CHANGES)
"""States in which it is the leader's turn."""


class RecordingState(StrEnum):
    """ARRIVING: not looked at yet. DRAFT: the leader can hear it. REFUSED: something is wrong with it."""

    ARRIVING = "arriving"
    DRAFT = "draft"
    REFUSED = "refused"
    REPLACED = "replaced"
    SUBMITTED = "submitted"


class ReviewState(StrEnum):
    """HEARING: alone, without the source. SAID: what it means is written down. COMPARED: has seen the source."""

    HEARING = "hearing"
    SAID = "said"
    COMPARED = "compared"
    APPROVED = "approved"
    CHANGES = "changes"
    REFUSED = "refused"
    EXCEPTION = "exception"


class Tie(StrEnum):
    """What a second speaker declares about themselves and the leader."""

    NONE = "none"
    COMMUNITY = "community"
    FAMILY = "family"
    WORK = "work"


def clean_scope(chosen: Collection[str]) -> list[str]:
    """The scope in its one order; a voice that the bot may not send is no consent at all. Raises InvalidInput."""
    try:
        wanted = {Scope(each) for each in chosen}
    except ValueError as error:
        raise InvalidInput("A consent is for the bot, the film or partners.") from error
    if Scope.BOT not in wanted:
        raise InvalidInput("A consent is at least for the bot: to take it back, withdraw it.")
    return [str(each) for each in Scope if each in wanted]


def check_narrower(old: Collection[str], new: Collection[str]) -> None:
    """Raise NotAllowed where `new` allows what `old` did not: that is a new consent, with everything said again."""
    if not set(new) <= set(old):
        raise NotAllowed("A consent can only be narrowed: for more, it is given anew.")


def consent_until(now: datetime, months: int) -> datetime:
    """When a consent of so many months ends. Raises InvalidInput for a length that is not offered."""
    if months not in CONSENT_MONTHS:
        raise InvalidInput(f"A consent lasts {', '.join(str(each) for each in CONSENT_MONTHS)} months.")
    return now + timedelta(days=round(months * 365.25 / 12))


def may_be_heard(*, now: datetime, until: datetime | None, scope: Collection[str], paused: bool) -> bool:
    """Whether the bot may send this leader's voice at this moment."""
    return until is not None and until > now and Scope.BOT in scope and not paused
