"""Every table, by noun. `vault` tables (info={"vault": True}) say something about who a person is.

No table holds a name, user name, phone number or open chat address of a resident. `person_tag` is a keyed hash,
`chat` a sealed address; both are worthless without the key, which is never in the database. Flags are joined to
persons only by `reply_paths`, which expire.
"""

from bot.db.tables.base import VAULT, metadata
from bot.db.tables.broadcasts import (
    PARTITIONS,
    QUEUED,
    UNSETTLED,
    broadcast_groups,
    broadcasts,
    deliveries,
    erased_counts,
)
from bot.db.tables.claims import claims
from bot.db.tables.films import films
from bot.db.tables.gists import gists
from bot.db.tables.groups import groups
from bot.db.tables.hearsay import hearsay
from bot.db.tables.languages import language_corrections, language_wishes, wording_suggestions
from bot.db.tables.leaders import consents, leaders, passages, requests, suggestions
from bot.db.tables.matching import likenesses, match_labels
from bot.db.tables.messages import media, messages, renditions
from bot.db.tables.provenance import chain, fingerprints, lookups, manifests
from bot.db.tables.recordings import recordings, reviews
from bot.db.tables.residents import residents, tester_invites
from bot.db.tables.revisions import circle_notes, revisions
from bot.db.tables.rumours import (
    flags,
    moved_flags,
    originals,
    questions,
    reply_paths,
    rumour_keys,
    rumour_moves,
    rumour_notes,
    rumour_viewers,
    rumours,
    saved_replies,
)
from bot.db.tables.running import conversations, leases, meta, outbox, updates
from bot.db.tables.staff import approvals, audit, sessions, sign_in_links, staff
from bot.db.tables.wishes import wish_paths, wishes

__all__ = [
    "PARTITIONS",
    "QUEUED",
    "UNSETTLED",
    "VAULT",
    "approvals",
    "audit",
    "broadcast_groups",
    "broadcasts",
    "chain",
    "circle_notes",
    "claims",
    "consents",
    "conversations",
    "deliveries",
    "erased_counts",
    "films",
    "fingerprints",
    "flags",
    "gists",
    "groups",
    "hearsay",
    "language_corrections",
    "language_wishes",
    "leaders",
    "leases",
    "likenesses",
    "lookups",
    "manifests",
    "match_labels",
    "media",
    "messages",
    "meta",
    "metadata",
    "moved_flags",
    "originals",
    "outbox",
    "passages",
    "questions",
    "recordings",
    "renditions",
    "reply_paths",
    "requests",
    "residents",
    "reviews",
    "revisions",
    "rumour_keys",
    "rumour_moves",
    "rumour_notes",
    "rumour_viewers",
    "rumours",
    "saved_replies",
    "sessions",
    "sign_in_links",
    "staff",
    "suggestions",
    "tester_invites",
    "updates",
    "wish_paths",
    "wishes",
    "wording_suggestions",
]
