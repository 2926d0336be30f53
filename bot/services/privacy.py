"""What is held about a person: given to them, and erased, whenever they ask."""

from typing import Any

import structlog

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, OriginalRow
from bot.domain.broadcasts import DeliveryState
from bot.services.ports import Clock, Erasures
from bot.services.residents import Person
from bot.services.vault import Vault

log = structlog.get_logger()


class Privacy:
    """Access and erasure (UK GDPR articles 15 and 17), by the person alone, at once."""

    def __init__(self, vault: Vault, erasures: Erasures, clock: Clock) -> None:
        self._vault = vault
        self._erasures = erasures
        self._clock = clock

    async def everything_about(self, uow: UnitOfWork, person: Person) -> dict[str, Any]:
        """All that is held about a person, as plain data."""
        resident = await uow.residents.get(person.bot_id, person.tag)
        asked = await uow.rumours.flags_of_person(person.asking_tag)
        staff = await uow.staff.by_tag(person.staff_tag)
        originals = {each.flag.id: await uow.rumours.original(each.flag.id) for each in asked}
        leader = await uow.leaders.by_tag(person.staff_tag)
        asked_back = await uow.rumours.questions([each.flag.id for each in asked])
        return {
            "settings": None if resident is None else {
                "listen": resident.listen, "read": resident.read, "area": resident.area, "form": resident.form,
                "topics": resident.topics, "emergencies_only": resident.emergencies_only, "state": resident.state,
                "paused_until": _iso(resident.paused_until), "quiet_from": resident.quiet_from,
                "quiet_to": resident.quiet_to, "tester": resident.tester,
                "joined_at": _iso(resident.joined_at), "changed_at": _iso(resident.changed_at),
            },
            "messages_sent_to_you": [] if resident is None else [
                {"broadcast": broadcast_id, "state": DeliveryState(state).word, "at": _iso(at)}
                for broadcast_id, state, at in await uow.deliveries.of_resident(resident.id)
            ],
            "questions": [
                {
                    "code": each.flag.code, "kind": each.flag.kind, "text": each.flag.text,
                    "language": each.flag.language, "area": each.flag.area, "forwarded": each.flag.forwarded,
                    "received_hour": _iso(each.flag.received_hour), "state": each.state,
                    **self._original(originals[each.flag.id]),
                    "told": each.told, "answer_language": each.answer_language,
                    "way_back_until": _iso(each.way_back_until), "hears_by": _iso(each.hears_by),
                    "wants_changes": each.wants_changes,
                    "asked_back": [
                        {"question": question.text, "your_answer": question.reply}
                        for question in asked_back if question.flag_id == each.flag.id
                    ],
                }
                for each in asked
            ],
            "wishes": [
                {
                    "code": each.code, "kind": each.kind, "text": each.text, "language": each.language,
                    "area": each.area, "received_hour": _iso(each.received_hour), "state": each.state,
                }
                for each in await uow.wishes.of_person(person.asking_tag)
            ],
            "staff": None if staff is None else {
                "name": staff.name, "roles": staff.roles, "languages": staff.languages,
            },
            "leader": None if leader is None else await _as_leader(uow, leader),
            "languages_you_wait_for": await uow.languages.wishes_of(person.bot_id, person.tag),
            "clips_being_looked_at": await uow.manifests.lookups_of(person.bot_id, person.tag),
            "chat_address": "kept encrypted, only to write to you",
            "made_at": _iso(self._clock.now()),
        }  # fmt: skip

    def _original(self, row: OriginalRow | None) -> dict[str, str | None]:
        if row is None:
            return {"original": None, "original_until": None}
        return {"original": self._vault.open_original(row.sealed), "original_until": _iso(row.until)}

    async def forget(self, uow: UnitOfWork, person: Person) -> dict[str, int]:
        """Erase the person: settings, deliveries, wishes, the conversation, every way back, what waits to be sent.

        What they asked stays with the team without them. A staff record is the employer's and stays; so does what a
        leader agreed to, which goes by itself (LeaderErasure). Returns what was removed, as counts. The caller wipes
        freed pages afterwards (Database.wipe_freed_pages).
        """
        await self._remember(person)
        questions = await uow.residents.erase_reply_paths(person.asking_tag)
        questions += await uow.wishes.erase_paths(person.asking_tag)
        resident = await uow.residents.get(person.bot_id, person.tag)
        if resident is not None:
            await uow.residents.erase(resident.id)
        await uow.languages.drop_wishes(person.bot_id, person.tag)
        await uow.inbox.drop_conversation(person.bot_id, person.tag)
        await uow.manifests.drop_lookups_of(person.bot_id, person.tag)
        await uow.outbox.drop_of(person.bot_id, [person.tag, person.asking_tag])
        await uow.meta.note_erasure(self._clock.now())
        return {"settings": int(resident is not None), "questions": questions}

    async def _remember(self, person: Person) -> None:
        """For a backup that may be restored: written first, since a mark too many erases nobody who stayed."""
        marks = [self._vault.erasure_mark(tag) for tag in (person.tag, person.asking_tag)]
        try:
            await self._erasures.note(marks, self._clock.now())
        except OSError:
            # The erasure itself must not wait for it.
            log.error("erasure.not_noted", reason="the folder erasures in VOUCH_DATA_DIR cannot be written")


async def _as_leader(uow: UnitOfWork, leader: LeaderRow) -> dict[str, Any]:
    """All that is held about somebody as a leader or translator, but the recordings themselves: those they can hear."""
    asked = await uow.leaders.requests(leader_id=leader.id)
    takes = await uow.recordings.of_leader(leader.id)
    voices = await uow.messages.renditions_by_leader(leader.id)
    return {
        "name": leader.name, "name_own": leader.name_own, "role": leader.role, "role_english": leader.role_english,
        "community": leader.community, "languages": leader.languages, "tasks": leader.tasks,
        "credited": leader.credited, "state": leader.state, "invitation_until": _iso(leader.invite_until),
        "joined_at": _iso(leader.joined_at), "paused_at": _iso(leader.paused_at),
        "written_down_at": _iso(leader.created_at), "sent_with_your_voice": await uow.leaders.reach(leader.id),
        "consents": [
            {
                "wording": each.wording, "scope": each.scope, "name_shown": each.name_shown,
                "given_at": _iso(each.given_at), "until": _iso(each.until), "via": each.via, "witness": each.witness,
                "with_a_file_as_evidence": each.evidence_id is not None,
                "asked_30_days_before_at": _iso(each.asked_30_at),
                "asked_7_days_before_at": _iso(each.asked_7_at), "ended_at": _iso(each.ended_at),
                "ended_as": each.ended_as,
            }
            for each in await uow.leaders.consents(leader.id)
        ],
        "asked_of_you": [
            {
                "message": await _title(uow, each.message_id), "kind": each.kind, "language": each.language,
                "form": each.form, "due_at": _iso(each.due_at), "state": each.state, "your_words": each.words,
                "asked_at": _iso(each.created_at), "changed_at": _iso(each.changed_at),
                "your_translation": [part.text for part in await uow.leaders.passages(each.id)],
            }
            for each in asked
        ],
        "your_recordings": [
            {
                "form": each.form, "seconds": each.seconds, "state": each.state, "found": each.findings,
                "witness": each.witness, "sent_at": _iso(each.created_at), "submitted_at": _iso(each.submitted_at),
            }
            for each in takes
        ],
        "what_became_of_them": [
            {
                "message": await _title(uow, each.message_id), "language": each.language, "form": each.form,
                "text": each.text, "state": each.state, "checked_by": each.reviewer,
                "what_the_second_speaker_said": [
                    {"meaning": review.said, "tie": review.tie, "reason": review.reason, "decision": review.state}
                    for review in await uow.recordings.reviews(each.id)
                ],
            }
            for each in voices
        ],
        "your_proposals": [
            {"text": each.text, "language": each.language, "answer": each.answer, "state": each.state}
            for each in await uow.leaders.suggestions(leader_id=leader.id)
        ],
        "your_notes_to_other_leaders": [
            {"about": each.key, "text": each.text, "language": each.language, "english": each.english,
             "state": each.state, "written_at": _iso(each.created_at)}
            for each in await uow.circle.of_leader(leader.id)
        ],
    }  # fmt: skip


async def _title(uow: UnitOfWork, message_id: int) -> str:
    message = await uow.messages.get(message_id)
    return message.title if message is not None else ""


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
