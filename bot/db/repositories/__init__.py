"""Repositories by noun; `Repositories` holds one of each on the same connection."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.approvals import ApprovalRepository
from bot.db.repositories.audit import AuditRepository
from bot.db.repositories.broadcasts import BroadcastRepository
from bot.db.repositories.chain import ChainRepository
from bot.db.repositories.circle import CircleRepository
from bot.db.repositories.claims import ClaimRepository
from bot.db.repositories.deliveries import DeliveryRepository
from bot.db.repositories.erasing import ErasingRepository
from bot.db.repositories.films import FilmRepository
from bot.db.repositories.gists import GistRepository
from bot.db.repositories.groups import GroupRepository
from bot.db.repositories.hearsay import HearsayRepository
from bot.db.repositories.inbox import InboxRepository
from bot.db.repositories.languages import LanguageRepository
from bot.db.repositories.leaders import LeaderRepository
from bot.db.repositories.likenesses import LikenessRepository
from bot.db.repositories.manifests import ManifestRepository
from bot.db.repositories.match_labels import MatchLabelRepository
from bot.db.repositories.media import MediaRepository
from bot.db.repositories.messages import MessageRepository
from bot.db.repositories.meta import MetaRepository
from bot.db.repositories.outbox import OutboxRepository
from bot.db.repositories.recalls import RecallRepository
from bot.db.repositories.recordings import RecordingRepository
from bot.db.repositories.residents import ResidentRepository
from bot.db.repositories.revisions import RevisionRepository
from bot.db.repositories.rumours import RumourRepository
from bot.db.repositories.staff import StaffRepository
from bot.db.repositories.tallies import TallyRepository
from bot.db.repositories.triage import TriageRepository
from bot.db.repositories.wishes import WishRepository


class Repositories:
    """One repository a noun, made when first used."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def flush(self) -> None:
        """Write what the repositories have collected, to be written together."""
        for each in self._collecting():
            await each.flush()

    def discard(self) -> None:
        """Forget what they have collected and not written."""
        for each in self._collecting():
            each.discard()

    def _collecting(self) -> "list[InboxRepository | OutboxRepository]":
        """Those that have been used."""
        return [getattr(self, name) for name in ("inbox", "outbox") if name in self.__dict__]

    @cached_property
    def meta(self) -> MetaRepository:
        return MetaRepository(self.connection)

    @cached_property
    def inbox(self) -> InboxRepository:
        return InboxRepository(self.connection)

    @cached_property
    def outbox(self) -> OutboxRepository:
        return OutboxRepository(self.connection)

    @cached_property
    def residents(self) -> ResidentRepository:
        return ResidentRepository(self.connection)

    @cached_property
    def staff(self) -> StaffRepository:
        return StaffRepository(self.connection)

    @cached_property
    def match_labels(self) -> MatchLabelRepository:
        return MatchLabelRepository(self.connection)

    @cached_property
    def likenesses(self) -> LikenessRepository:
        return LikenessRepository(self.connection)

    @cached_property
    def audit(self) -> AuditRepository:
        return AuditRepository(self.connection)

    @cached_property
    def languages(self) -> LanguageRepository:
        return LanguageRepository(self.connection)

    @cached_property
    def chain(self) -> ChainRepository:
        return ChainRepository(self.connection)

    @cached_property
    def circle(self) -> CircleRepository:
        return CircleRepository(self.connection)

    @cached_property
    def revisions(self) -> RevisionRepository:
        return RevisionRepository(self.connection)

    @cached_property
    def erasing(self) -> ErasingRepository:
        return ErasingRepository(self.connection)

    @cached_property
    def claims(self) -> ClaimRepository:
        return ClaimRepository(self.connection)

    @cached_property
    def groups(self) -> GroupRepository:
        return GroupRepository(self.connection)

    @cached_property
    def wishes(self) -> WishRepository:
        return WishRepository(self.connection)

    @cached_property
    def hearsay(self) -> HearsayRepository:
        return HearsayRepository(self.connection)

    @cached_property
    def films(self) -> FilmRepository:
        return FilmRepository(self.connection)

    @cached_property
    def gists(self) -> GistRepository:
        return GistRepository(self.connection)

    @cached_property
    def manifests(self) -> ManifestRepository:
        return ManifestRepository(self.connection)

    @cached_property
    def media(self) -> MediaRepository:
        return MediaRepository(self.connection)

    @cached_property
    def messages(self) -> MessageRepository:
        return MessageRepository(self.connection)

    @cached_property
    def leaders(self) -> LeaderRepository:
        return LeaderRepository(self.connection)

    @cached_property
    def recordings(self) -> RecordingRepository:
        return RecordingRepository(self.connection)

    @cached_property
    def rumours(self) -> RumourRepository:
        return RumourRepository(self.connection)

    @cached_property
    def approvals(self) -> ApprovalRepository:
        return ApprovalRepository(self.connection)

    @cached_property
    def broadcasts(self) -> BroadcastRepository:
        return BroadcastRepository(self.connection)

    @cached_property
    def deliveries(self) -> DeliveryRepository:
        return DeliveryRepository(self.connection)

    @cached_property
    def recalls(self) -> RecallRepository:
        return RecallRepository(self.connection)

    @cached_property
    def tallies(self) -> TallyRepository:
        return TallyRepository(self.connection)

    @cached_property
    def triage(self) -> TriageRepository:
        return TriageRepository(self.connection)
