"""Is it really from us? Whatever arrives is first held against what we have sent: codes, files, words."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from html import unescape

from bot.chat import submissions
from bot.chat.renderer import ChatRenderer
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.db.rows import RenditionRow
from bot.domain.codes import LETTERS, read_code
from bot.domain.events import IncomingMedia, MediaKind
from bot.domain.proofs import Proof
from bot.domain.residents import Form
from bot.services.media import FETCH_LIMIT
from bot.services.provenance import plain_lines
from bot.services.verifying import Found

Handler = Callable[[Rooms, Talk, list[str]], Awaitable[None]]
_CODE = re.compile(r"(?<![\w-])([A-Za-z0-9]{4})[-\u2010-\u2013 ]([A-Za-z0-9]{4})(?![\w-])")
_SHAPE = frozenset(LETTERS + "BDGILOSZ0125")
"""What stands in a code, or is taken for it."""
_SHORT = 60
"""A text up to this long that holds a code is somebody asking about that code."""
_MOST_LINES = 80
_TAG = re.compile(r"<[^>]*>")
_LOOKED_AT = frozenset({
    MediaKind.VOICE, MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.ROUND, MediaKind.ANIMATION, MediaKind.DOCUMENT,
})  # fmt: skip
_HARMLESS = frozenset({Proof.GENUINE, Proof.UNKNOWN})


async def is_ours(rooms: Rooms, talk: Talk) -> bool:
    """Answer where it is ours, or claims to be. False where it is for others to say what is known about it."""
    media = talk.event.media
    if media is not None:
        found = await rooms.desk.verifying.by_unique_id(talk.uow, media.unique_id)
        if found.proof is Proof.UNKNOWN:
            await _look_later(rooms, talk, media)
            return False
        await _say(talk, found)
        return True
    code = _code_in(talk.event.text)
    if code is not None:
        await _say_of_code(rooms, talk, await rooms.desk.verifying.by_code(talk.uow, code))
        return True
    return await _same_words(rooms, talk)


def _code_in(text: str) -> str | None:
    """The code that a short text asks about, also a mistyped one; two groups of digits are years or a telephone."""
    said = _CODE.search(text) if len(text) <= _SHORT else None
    if said is None:
        return read_code(text) if len(text) <= _SHORT else None
    code = "".join(said.groups())
    typed_so = code.isupper() and said[0][4] != " "
    looks_like_one = typed_so and set(code) <= _SHAPE
    return code if read_code(code) or looks_like_one else None


async def _look_later(rooms: Rooms, talk: Talk, media: IncomingMedia) -> None:
    """Compared with our recordings in a moment; only who sent something like them hears more."""
    if media.kind not in _LOOKED_AT or (media.size or 0) > FETCH_LIMIT or not await talk.uow.manifests.any_prints():
        return
    if media.kind is MediaKind.DOCUMENT and not (media.mime or "").startswith(("audio/", "video/")):
        return
    to = talk.residents.address(talk.person)
    await talk.uow.manifests.ask(
        bot_id=to.bot_id, person_tag=talk.person.tag, chat=to.chat, language=talk.language, kind=str(media.kind),
        file_id=media.file_id, tries=0, created_at=rooms.desk.clock.now(),
    )  # fmt: skip


async def _same_words(rooms: Rooms, talk: Talk) -> bool:
    said = plain_lines(talk.event.text)[:_MOST_LINES]
    if len(said) < 2 and len("".join(said)) < _SHORT:
        return False
    for found in await rooms.desk.verifying.by_lines(talk.uow, said):
        if found.rendition is None:
            continue
        odd = _first_odd(said, plain_lines(found.rendition.text), await _frame(rooms, talk, found.rendition))
        if odd is None:
            await _say(talk, found)
        else:
            await _say(talk, Found(Proof.ALTERED, found.manifest, found.rendition, found.message), odd=odd)
        return True
    return False


def _first_odd(said: list[str], ours: list[str], frame: set[str]) -> str | None:
    """The first line that is not as we sent it; empty where one of ours is missing, None where all are there."""
    left = iter(ours)
    expected = next(left, None)
    for line in said:
        if line == expected:
            expected = next(left, None)
        elif line not in frame:
            return line
    return None if expected is None else ""


async def _frame(rooms: Rooms, talk: Talk, rendition: RenditionRow) -> set[str]:
    """Every line that stands around these words where we send them ourselves to somebody who reads as this person."""
    renderer = ChatRenderer(rooms.catalogs, rooms.desk.controller)
    lines: set[str] = set()
    for missing in (None, talk.language if talk.language != rendition.language else None):
        card = await rooms.desk.cards.params(
            talk.uow, message_id=rendition.message_id, text_id=rendition.id, media_rendition_id=None, missing=missing
        )
        for kind in ("message.card", "answer.told", "answer.update", "check.known"):
            for language in {talk.language, rendition.language}:
                shown = renderer.render(kind, {**card, "card": card, "asked": "", "draft": "0"}, language)
                around = Counter(plain_lines(unescape(_TAG.sub("", shown.html))))
                # Less the words themselves, once: an address may stand in them and among the sources.
                lines.update((around - Counter(plain_lines(rendition.text))).keys())
    return lines


async def _say_of_code(rooms: Rooms, talk: Talk, found: Found) -> None:
    """A code alone proves nothing about what it stands under: whoever asks sees what it belongs to, and compares."""
    row = found.rendition
    if found.proof is not Proof.GENUINE or row is None:
        await _say(talk, found)
        return
    spoken = row.form != Form.TEXT
    card = await rooms.desk.cards.params(
        talk.uow, message_id=row.message_id, text_id=None if spoken else row.id,
        media_rendition_id=row.id if spoken else None, missing=None,
    )  # fmt: skip
    await talk.say("proof.code", card=card, **found.params())


async def _say(talk: Talk, found: Found, *, odd: str = "") -> None:
    draft = ""
    if found.proof not in _HARMLESS:
        draft = talk.state.add_draft(submissions.as_draft(submissions.read(talk.event)))
    await talk.say("proof.found", draft=draft, odd=odd, **found.params())


async def show_ours(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`pv:CODE`: what holds today in place of what they have."""
    found = await rooms.desk.verifying.by_code(talk.uow, arguments[0] if arguments else "")
    card = await rooms.desk.verifying.instead(talk.uow, found, listen=talk.listen, read=talk.language, form=talk.form)
    if card is None:
        await talk.say("proof.nothing_new")
    else:
        await talk.say("message.card", **card)


BUTTONS: dict[str, Handler] = {"pv": show_ours}
COMMANDS: dict[str, Handler] = {}
