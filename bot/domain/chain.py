"""The chain: every entry holds the hash of the one before, so that nothing in the middle changes unseen. Pure.

An entry says when, what kind of thing it stands for (`ref` is that thing's number), and its digest: a salted hash of
what the thing said. The digest stays when the thing and its salt are erased; then it leads back to nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64
"""What the first entry follows."""


class LinkKind(StrEnum):
    """What an entry of the chain stands for."""

    AUDIT = "audit"
    MANIFEST = "manifest"
    ERASED = "erased"
    """From here on the contents named in `detail` are gone, on purpose."""
    FORGOT = "forgot"
    """From here on audit entries up to a number are gone: their time was over."""
    RESTORED = "restored"
    """A backup was put back: entries that had been sealed after it are lost."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry before it has its place. `detail` holds numbers and hashes only, never a name."""

    kind: LinkKind
    ref: int
    digest: str
    at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)

    def hash_after(self, previous: str, seq: int) -> str:
        """The entry's hash (SHA-256, hexadecimal) as number `seq`, after `previous`."""
        return hashlib.sha256(
            canonical([previous, seq, self.at.astimezone(UTC).isoformat(), self.kind, self.ref, self.digest,
                       dict(self.detail)])
        ).hexdigest()  # fmt: skip


def canonical(value: Any) -> bytes:
    """The one way to write a JSON value: keys in order, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def salted(salt: bytes, value: Any) -> str:
    """The hash of a value with a salt: who does not have the salt cannot find the value by trying."""
    return hashlib.sha256(len(salt).to_bytes(1, "big") + salt + canonical(value)).hexdigest()
