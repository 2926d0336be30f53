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
    unique_id: str | None
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
    name_own: str | None
    role: str
    role_english: str
    community: str
    languages: list[str]
    tasks: list[str]
    credited: bool
    state: str
    person_tag: bytes | None
    chat: bytes | None
    invite_until: datetime | None
    invited_by: int | None
    joined_at: datetime | None
    paused_at: datetime | None
    alarm_at: datetime | None
    alarm_step: int
    sample: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentRow:
    id: int
    leader_id: int
    wording: str
    scope: list[str]
    name_shown: bool
    until: datetime
    given_at: datetime
    via: str
    recorded_by: int | None
    witness: str | None
    evidence_id: int | None
    asked_30_at: datetime | None
    asked_7_at: datetime | None
    ended_at: datetime | None
    ended_as: str | None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What a leader or translator was asked for: one message revision in one language and form."""

    id: int
    kind: str
    message_id: int
    leader_id: int
    language: str
    form: str
    target_seconds: int | None
    due_at: datetime | None
    waiting: int
    position: int
    words: str | None
    state: str
    asked_by: int | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RecordingRow:
    id: int
    request_id: int
    leader_id: int
    media_id: int
    form: str
    state: str
    seconds: int
    unique_id: str | None
    by_id: bool
    findings: list[str]
    rendition_id: int | None
    recorded_by: int | None
    witness: str | None
    created_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    id: int
    rendition_id: int
    content_hash: str
    reviewer_id: int
    state: str
    said: str
    said_media_id: int | None
    tie: str | None
    reason: str | None
    created_at: datetime
    said_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    id: int
    message_id: int
    leader_id: int
    language: str
    text: str
    media_id: int | None
    state: str
    answer: str | None
    answered_by: int | None
    created_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PassageRow:
    request_id: int
    no: int
    text: str
    media_id: int | None


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
    facts: dict[str, str]
    shelf: str | None
    asks: list[str]
    answers: list[str]
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
    english: str | None
    media_id: int | None
    leader_id: int | None
    consent: list[str]
    consented_at: datetime | None
    consent_until: datetime | None
    consent_id: int | None
    translator: str | None
    made_by: int | None
    reviewer: str | None
    reviewer_id: int | None
    reviewed_on: date | None
    state: str
    content_hash: str
    carried_from: int | None
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
    assignee_id: int | None
    due_at: datetime | None
    reminders: int
    harm: int
    target: str | None
    consulted: str | None
    consulted_by: int | None
    consulted_at: datetime | None
    merged_into: int | None
    draft: dict[str, str] | None
    reach_limit: int | None
    seen_again: int
    helped: int
    not_helped: int


@dataclass(frozen=True, slots=True)
class NoteRow:
    id: int
    rumour_id: int
    text: str
    made_by: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Flags that went from one rumour into another (`merge` or `split`)."""

    id: int
    kind: str
    from_id: int
    into_id: int
    keys: list[str]
    made_by: int
    made_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class SavedReplyRow:
    id: int
    language: str
    title: str
    text: str
    made_by: int
    made_at: datetime


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
    expect_at: datetime | None
    wants_changes: bool
    message_id: int | None


@dataclass(frozen=True, slots=True)
class OriginalRow:
    flag_id: int
    sealed: bytes
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
    film_id: int | None
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
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class ChainRow:
    seq: int
    at: datetime
    kind: str
    ref: int
    digest: str
    detail: dict[str, Any]
    hash: str
    signature: bytes | None


@dataclass(frozen=True, slots=True)
class ManifestRow:
    id: int
    code: str
    rendition_id: int
    rendition_hash: str | None
    body: str
    disclosed: dict[str, Any]
    line_hash: str | None
    signature: bytes | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class LookupRow:
    id: int
    bot_id: int
    person_tag: bytes
    chat: bytes
    language: str
    kind: str
    file_id: str
    tries: int
    draft: str | None
    unique_id: str | None
    reader: dict[str, str] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionRow:
    id: int
    message_id: int
    kind: str
    title: str
    text: str
    facts: dict[str, str]
    answers: list[str] | None
    meaning: str
    languages: list[str]
    areas: list[str]
    hours: int | None
    state: str
    made_by: int
    result_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CircleNoteRow:
    id: int
    leader_id: int
    key: str
    topic: str
    language: str
    text: str
    english: str | None
    state: str
    moderated_by: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WishRow:
    id: int
    code: str
    kind: str
    text: str
    language: str | None
    area: str | None
    received_hour: datetime
    state: str
    answered_by: int | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class WishPathRow:
    wish_id: int
    bot_id: int
    person_tag: bytes
    chat: bytes
    language: str
    until: datetime


@dataclass(frozen=True, slots=True)
class HearsayRow:
    id: int
    rumour_id: int
    how: str
    language: str | None
    area: str | None
    people: int
    logged_by: int
    logged_at: datetime


@dataclass(frozen=True, slots=True)
class GistRow:
    flag_id: int
    asked_id: int
    asked_at: datetime
    text: str | None
    given_by: int | None
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    rumour_id: int
    text: str
    verdict: str
    made_by: int
    made_at: datetime
    approved_by: int | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupChatRow:
    bot_id: int
    group_tag: bytes
    automatic: bool
    answered: list[list[Any]]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class LikenessRow:
    id: int
    kind: str
    owner: str
    answer: str
    language: str | None
    text: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class MatchLabelRow:
    id: int
    confidence: float
    right: bool
    by: str
    language: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class LanguageWishRow:
    id: int
    bot_id: int
    person_tag: bytes
    chat: bytes
    language: str


@dataclass(frozen=True, slots=True)
class WordingRow:
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


@dataclass(frozen=True, slots=True)
class FilmRow:
    id: int
    message_id: int
    aspect: str
    languages: list[str]
    state: str
    reason: str | None
    clips: list[tuple[int, str, bool]]
    report: dict[str, Any] | None
    media_id: int | None
    sha256: str | None
    done: int
    steps: int
    tries: int
    holder: str | None
    lease_until: datetime | None
    created_by: int
    created_at: datetime
    approved_by: int | None
    published_at: datetime | None
    ended_at: datetime | None
    plays: int
    downloads: int
    opens: int
