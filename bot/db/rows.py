"""What repositories give back: frozen rows named as their tables. Times are aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ResidentRow:
    id: int
    bot_id: int
    person_tag: bytes
    chat: bytes
    listen: str
    read: str
    area: str | None
    form: str
    topics: list[str]
    emergencies_only: bool
    state: str
    paused_until: datetime | None
    quiet_from: int | None
    quiet_to: int | None
    tester: bool
    joined_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class StaffRow:
    id: int
    name: str
    person_tag: bytes | None
    chat: bytes | None
    roles: list[str]
    languages: list[str]
    deputy_id: int | None
    active: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class MediaRow:
    id: int
    kind: str
    mime: str
    size: int
    seconds: int
    sha256: str | None
    path: str | None
    bot_id: int | None
    file_id: str | None
    state: str
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LeaderRow:
    id: int
    name: str
    role: str
    role_english: str
    community: str
    sample: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: int
    key: str
    revision: int
    title: str
    topic: str
    emergency: bool
    valid_from: datetime
    valid_until: datetime
    sources: list[dict[str, str]]
    vetted_by: str | None
    vetted_on: date | None
    origin: str
    content_hash: str
    created_by: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RenditionRow:
    id: int
    message_id: int
    language: str
    form: str
    text: str
    media_id: int | None
    leader_id: int | None
    consent: list[str]
    consented_at: datetime | None
    consent_until: datetime | None
    translator: str | None
    made_by: int | None
    reviewer: str | None
    reviewer_id: int | None
    reviewed_on: date | None
    state: str
    content_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RumourRow:
    id: int
    state: str
    urgent: bool
    text: str
    language: str | None
    flag_count: int
    first_at: datetime
    last_at: datetime
    message_id: int | None
    drafted_by: int | None
    decided_by: int | None
    reason: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FlagRow:
    id: int
    rumour_id: int
    code: str
    kind: str
    text: str
    media_id: int | None
    language: str | None
    area: str | None
    forwarded: bool
    urgent: bool
    received_hour: datetime
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyPathRow:
    flag_id: int
    bot_id: int
    person_tag: bytes
    chat: bytes
    language: str
    state: str
    until: datetime


@dataclass(frozen=True, slots=True)
class QuestionRow:
    id: int
    flag_id: int
    text: str
    asked_by: int
    asked_at: datetime
    reply: str | None
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    id: int
    kind: str
    subject_id: int
    content_hash: str
    state: str
    requested_by: int | None
    asked_id: int
    asked_at: datetime
    asked_ids: list[int]
    decided_by: int | None
    decided_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    id: int
    bot_id: int | None
    message_id: int
    state: str
    reason: str | None
    languages: list[str]
    areas: list[str]
    rumour_id: int | None
    created_by: int
    approved_by: int | None
    send_at: datetime | None
    send_local: str | None
    until: datetime | None
    series: str | None
    repeat: str | None
    occurrence: str | None
    paid: bool
    resend_of: int | None
    resend_kind: str | None
    audience_size: int | None
    approved_hash: str | None
    approved_set: list[int] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    recalled_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Residents of one broadcast who get the same thing: the plan is made once a group, not once a person."""

    broadcast_id: int
    no: int
    listen: str
    read: str
    form: str
    language: str | None
    out_form: str
    text_id: int | None
    media_rendition_id: int | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: int
    bot_id: int
    person_tag: bytes | None
    chat: bytes | None
    kind: str
    params: dict[str, Any]
    language: str
    state: int
    not_before: datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    id: int
    at: datetime
    actor: str
    via: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WishRow:
    id: int
    bot_id: int
    person_tag: bytes
    chat: bytes
    language: str


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    id: int
    language: str
    string_id: str | None
    english: str
    shown: str
    suggestion: str
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    id: int
    rumour_id: int
    guessed: str | None
    confidence: float | None
    corrected: str
    at: datetime
