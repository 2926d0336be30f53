"""What carries answers further than the chat with one person, together."""

from dataclasses import dataclass

from bot.i18n import Registry
from bot.services.audit import Audit
from bot.services.claims import Claims
from bot.services.open_data import OpenData
from bot.services.ports import Clock
from bot.services.sharing import Sharing


@dataclass(frozen=True, slots=True)
class Reach:
    """Part of the desk: built there, and like it without the vault's key."""

    sharing: Sharing
    claims: Claims
    open_data: OpenData


def build_reach(registry: Registry, audit: Audit, clock: Clock) -> Reach:
    """Wire them to each other."""
    sharing = Sharing(registry, clock)
    return Reach(sharing=sharing, claims=Claims(audit, clock), open_data=OpenData(sharing, clock))
