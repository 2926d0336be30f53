"""The sample borough: visibly invented people, the shipped messages, a few rumours. For the demo and for training.

Everything goes through the same services and the same second-person rule as in a real borough.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.db import UnitOfWork
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.domain.residents import Form, ResidentState
from bot.domain.staff import Role
from bot.i18n import Registry
from bot.library import MessageFile, Pack, RecordingFile
from bot.sandbox.samples import SAMPLES
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Person as Phone
from bot.services.audit import Actor, actor_of
from bot.services.desk import Desk
from bot.services.outbox import Address
from bot.services.rumours import Submission
from bot.services.vault import Vault

LANGUAGES = (
    "en-GB", "ur", "pa", "bn", "pl", "ar", "ro", "gu", "hi", "so", "fa", "ps", "ckb", "ti", "fr", "pt", "zh-Hant", "tr",
    "it", "uk",
)  # fmt: skip
SHELF = (
    "stay-at-home",
    "mmr-vaccine",
    "flu-vaccine",
    "scam-texts",
    "check-a-rumour",
    "rumour-about-neighbours",
    "shelf-flood",
)
"""Messages that the sample reviewers have approved; the others show what a draft looks like."""
VOICES = ("en-GB", "ur", "pa", "pl", "bn", "ar")
PEOPLE = 300


@dataclass(frozen=True, slots=True)
class Cast:
    """A sample staff member: name, roles, languages."""

    name: str
    roles: tuple[Role, ...]
    languages: tuple[str, ...] = ()


STAFF = (
    Cast("Sample Admin", (Role.ADMIN,), ("en-GB",)),
    Cast("Sample Triager", (Role.TRIAGER,), ("en-GB",)),
    Cast("Sample Publisher", (Role.PUBLISHER, Role.TRIAGER), ("en-GB",)),
    Cast("Sample Second Publisher", (Role.PUBLISHER, Role.REVIEWER), ("en-GB",)),
    Cast("Sample Urdu and Punjabi Reviewer", (Role.REVIEWER, Role.TRIAGER), ("ur", "pa")),
    Cast("Sample Polish Reviewer", (Role.REVIEWER,), ("pl",)),
    Cast("Sample Other Languages Reviewer", (Role.REVIEWER,), tuple(LANGUAGES)),
)
GUESTS = (
    ("Sample Amina (Urdu)", "en", "English app, as most people have; reads Urdu."),
    ("Sample Piotr (Polish)", "pl", "Polish app."),
    ("Sample Gurpreet (Punjabi)", "en", "English app; reads Punjabi."),
    ("Sample Rahim (Bengali)", "en", "English app; reads Bengali."),
    ("Sample Leila (Arabic)", "ar", "Arabic app."),
)
"""Phones that have not met the bot yet: they are for you to use."""
LEADERS = (
    ("Sample Granthi Harjit (Punjabi)", "en", "Speaks Punjabi. Invite this phone in the console, under Leaders."),
    ("Sample Imam Yusuf (Urdu)", "en", "Speaks Urdu. A second leader, of another faith."),
)
"""Phones of leaders whom nobody has invited yet: people to whom it is left to invite them."""
_RUMOURS = (
    ("Is it true that the library will close next week? A neighbour told me.", "en-GB", 4, False),
    ("They say the tap water in Bloxwich is poisoned!! Do not drink it", "en-GB", 7, True),
    ("کیا یہ سچ ہے کہ اسکول اگلے ہفتے بند ہوں گے؟", "ur", 3, False),
    ("Podobno od stycznia trzeba płacić za wizytę u lekarza rodzinnego. Czy to prawda?", "pl", 2, False),
)


def set_stage(sandbox: Sandbox) -> None:
    """Add every phone, the same ones with the same numbers at every start."""
    for each in STAFF:
        sandbox.add_person(each.name, "en", kind="staff", started=True)
    for name, app_language, note in GUESTS:
        sandbox.add_person(name, app_language, note=note)
    for number in range(PEOPLE):
        tag = LANGUAGES[number % len(LANGUAGES)]
        sandbox.add_person(f"Sample resident {number + 1} ({tag})", "en", kind="crowd", started=True)
    for name, app_language, note in LEADERS:
        sandbox.add_person(name, app_language, note=note, kind="leader")


async def seed(uow: UnitOfWork, desk: Desk, vault: Vault, sandbox: Sandbox, pack: Pack) -> None:
    """Fill an empty database for the people of `set_stage`. Does nothing where there is staff already."""
    if await uow.staff.all():
        return
    await _add_staff(uow, desk, vault, _staff_phones(sandbox))
    await desk.messages.import_pack(uow, replace(pack, messages=list(_with_voices(pack))), sample=True)
    await _approve_shelf(uow, desk)
    await _add_residents(uow, desk, vault, sandbox)
    await _add_rumours(uow, desk, vault, sandbox)


def _staff_phones(sandbox: Sandbox) -> dict[str, Phone]:
    return {each.first_name: each for each in sandbox.core.world.people.values() if each.kind == "staff"}


async def _add_staff(uow: UnitOfWork, desk: Desk, vault: Vault, phones: dict[str, Phone]) -> None:
    for each in STAFF:
        chat_id = phones[each.name].id
        await desk.staff.add(
            uow, None, each.name, list(each.roles), list(each.languages), person_tag=vault.staff_tag(chat_id),
            chat=vault.seal_chat(chat_id), sample=True,
        )  # fmt: skip
    first = await desk.staff.by_name(uow, "Sample Publisher")
    second = await desk.staff.by_name(uow, "Sample Second Publisher")
    await uow.staff.change(second.id, deputy_id=first.id)
    await uow.staff.change(first.id, deputy_id=second.id)


def _with_voices(pack: Pack) -> Iterator[MessageFile]:
    """The shipped messages; 'stay at home' also as computer voices, which say so."""
    for message in pack.messages:
        if message.key != "stay-at-home":
            yield message
            continue
        texts = {each.language: each.text for each in message.renditions}
        yield replace(message, recordings=tuple(_voice(message, tag, texts[tag]) for tag in VOICES if tag in texts))


def _voice(message: MessageFile, tag: str, text: str) -> RecordingFile:
    return RecordingFile(
        name=f"{tag}.ogg", file=SAMPLES / "voices" / f"{tag}.ogg", language=tag,
        leader=f"Sample computer voice ({tag})", role="a computer, not a person", role_english="a computer",
        community="Sample", text=text.split("\n", maxsplit=1)[0], english="Stay home. Protect the NHS. Save lives.",
        consent=("bot", "film"), consented_at=message.valid_from, consent_until=message.valid_until + timedelta(days=1),
        reviewer=None, reviewed_on=None, form="voice",
    )  # fmt: skip


async def _approve_shelf(uow: UnitOfWork, desk: Desk) -> None:
    reviewers = [await _acting(uow, desk, each.name) for each in STAFF if Role.REVIEWER in each.roles]
    for key in SHELF:
        message = await uow.messages.latest(key)
        if message is None:
            continue
        rows = await uow.messages.renditions(message.id)
        for row in sorted(rows, key=lambda row: row.language != SOURCE_LANGUAGE):
            reviewer = next((each for each in reviewers if row.language in each.languages), None)
            if reviewer is not None:
                await desk.approvals.approve_directly(uow, reviewer, "rendition", row.id)


async def _acting(uow: UnitOfWork, desk: Desk, name: str) -> Actor:
    return actor_of(await desk.staff.by_name(uow, name), "demo")


def _crowd(sandbox: Sandbox) -> list[Phone]:
    return [each for each in sandbox.core.world.people.values() if each.kind == "crowd"]


async def _add_residents(uow: UnitOfWork, desk: Desk, vault: Vault, sandbox: Sandbox) -> None:
    now = desk.clock.now()
    areas = [each.id for each in desk.controller.areas]
    rows = []
    for number, phone in enumerate(_crowd(sandbox)):
        tag = LANGUAGES[number % len(LANGUAGES)]
        rows.append(
            {
                "bot_id": desk.bot_id, "person_tag": vault.tag(phone.id), "chat": vault.seal_chat(phone.id),
                "listen": tag, "read": tag, "area": areas[number % len(areas)] if areas and number % 5 else None,
                "form": Form.VOICE if number % 3 else Form.TEXT, "topics": [], "emergencies_only": False,
                "state": ResidentState.ACTIVE, "paused_until": None, "tester": False, "joined_at": now,
                "changed_at": now,
            }
        )  # fmt: skip
    await uow.residents.create_many(rows)


async def _add_rumours(uow: UnitOfWork, desk: Desk, vault: Vault, sandbox: Sandbox) -> None:
    crowd = iter(_crowd(sandbox))
    areas = [each.id for each in desk.controller.areas]
    for text, tag, count, urgent in _RUMOURS:
        for number in range(count):
            phone = next(crowd)
            asker = Address(desk.bot_id, vault.seal_chat(phone.id), vault.asking_tag(phone.id))
            await desk.rumours.report(
                uow, Submission("text", text, None, number % 2 == 0), asker=asker, language=tag, read=tag,
                area=areas[number % len(areas)] if areas else None, urgent=urgent and number == 0,
            )  # fmt: skip


def known_languages(registry: Registry) -> list[str]:
    """Every language tag that a pack may use."""
    return [each.tag for each in registry.languages]
