"""What carries answers further than the chat with one person, together."""

from dataclasses import dataclass

from bot.i18n import Registry
from bot.services.audit import Audit
from bot.services.cards import Cards
from bot.services.claims import Claims
from bot.services.gists import Gists
from bot.services.hearsay import Hearsay
from bot.services.open_data import OpenData
from bot.services.outbox import Outbox
from bot.services.ports import Clock
from bot.services.sharing import Sharing
from bot.services.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Reach:
    """Part of the desk: built there, and like it without the vault's key."""

    sharing: Sharing
    claims: Claims
    open_data: OpenData
    wishes: Wishes
    hearsay: Hearsay
    gists: Gists


def build_reach(
    registry: Registry, outbox: Outbox, audit: Audit, cards: Cards, clock: Clock, *, bot_id: int, reply_days: int
) -> Reach:
    """Wire them to each other."""
    sharing = Sharing(registry, clock)
    return Reach(
        sharing=sharing,
        claims=Claims(audit, clock),
        open_data=OpenData(sharing, clock),
        wishes=Wishes(outbox, audit, cards, sharing, clock, reply_days=reply_days),
        hearsay=Hearsay(registry, audit, clock),
        gists=Gists(outbox, registry, audit, clock, bot_id=bot_id),
    )
