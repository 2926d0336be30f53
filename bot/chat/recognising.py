"""Recognising: what was asked before in other words or another language is answered at once, or offered as a choice.

Files take longer: they are fetched and compared by the worker (services/looking.py), and who sent one is told so.
"""

from typing import Any

from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.domain.events import looked_at_as
from bot.services.media import FETCH_LIMIT
from bot.services.rumours import Submission

_MOST = 40
"""So many different texts of one person are compared within an hour; the rest go to the team as before."""


async def tell(rooms: Rooms, talk: Talk, number: str, submission: Submission) -> None:
    """Nobody asked this in the same words: say what is known about its meaning, else offer to ask the team."""
    found, may_look = None, _may_look(rooms, talk)
    if may_look:
        found = await rooms.desk.recognition.recognise(
            talk.uow, submission.text, listen=talk.listen, read=talk.language, form=talk.form
        )
    if found is None:
        later = may_look and await _look_later(rooms, talk, number, submission)
        if not (later and talk.listener):  # who listens hears what is known, seconds later; no sound says "a moment"
            await talk.say("check.looking" if later else "check.ask", draft=number, kind=submission.kind)
        return
    draft = talk.state.drafts[number]
    draft["sure"], draft["known"] = found.confidence, found.language
    draft["offers"] = [each.message_id for each in found.offers]
    if found.answer is not None:
        await _show(talk, number, draft, found.answer.card)
        return
    items = [each.card["text"] for each in found.offers]
    await talk.say("check.maybe", draft=number, kind=submission.kind, items=items)


async def _look_later(rooms: Rooms, talk: Talk, number: str, submission: Submission) -> bool:
    """Whether the file is looked at: where there is something that it could be like, or words to read in it."""
    media = submission.media
    kind = looked_at_as(media.kind, media.mime) if media is not None else None
    if media is None or kind is None or media.size > FETCH_LIMIT:
        return False
    picture = kind in {"photo", "image"}
    if not (picture and rooms.reads_pictures) and not await talk.uow.manifests.any_prints():
        return False
    to = talk.residents.address(talk.person)
    await talk.uow.manifests.ask_about(
        bot_id=to.bot_id, person_tag=talk.person.tag, chat=to.chat, language=talk.language, kind=kind,
        file_id=media.file_id, tries=0, created_at=rooms.desk.clock.now(), draft=number, unique_id=media.unique_id,
        reader={"listen": talk.listen, "form": talk.form, "kind": submission.kind, "hear": talk.listener},
    )  # fmt: skip
    return True


async def choose_message(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`cq:DRAFT:ID`: this message is meant, of those that were offered for the words in a picture."""
    draft, message_id = talk.state.drafts.get(arguments[0]) if arguments else None, number_in(arguments, 1)
    if draft is None or message_id is None:
        await talk.say("check.gone")
        return
    offer = await rooms.desk.recognition.offer(
        talk.uow, message_id, listen=talk.listen, read=talk.language, form=talk.form
    )
    if offer is None:
        await talk.say("check.ask", draft=arguments[0], kind=draft["kind"])
        return
    await _show(talk, arguments[0], draft, offer.card)


async def choose(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`cm:DRAFT:N`: this one is meant."""
    draft, at = talk.state.drafts.get(arguments[0]) if arguments else None, number_in(arguments, 1)
    if draft is None or at is None or at >= len(draft.get("offers", [])):
        await talk.say("check.gone")
        return
    offer = await rooms.desk.recognition.offer(
        talk.uow, draft["offers"][at], listen=talk.listen, read=talk.language, form=talk.form
    )
    if offer is None:
        await talk.say("check.ask", draft=arguments[0], kind=draft["kind"])
        return
    await judge(rooms, talk, draft, right=at == 0)
    await _show(talk, arguments[0], draft, offer.card)


async def none_of_these(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`co:DRAFT`: something else is meant; the team may have it."""
    draft = talk.state.drafts.get(arguments[0]) if arguments else None
    if draft is None:
        await talk.say("check.gone")
        return
    await judge(rooms, talk, draft, right=False)
    await talk.say("check.ask", draft=arguments[0], kind=draft["kind"])


async def judge(rooms: Rooms, talk: Talk, draft: dict[str, Any], *, right: bool) -> None:
    """Keep, once, whether what was recognised in this draft was right."""
    if "sure" in draft:
        await rooms.desk.recognition.judged(
            talk.uow, draft.pop("sure"), right=right, by="resident", language=draft.pop("known", "")
        )


async def _show(talk: Talk, number: str, draft: dict[str, Any], card: dict[str, Any]) -> None:
    await talk.say("check.recognised", card=card, draft=number, asked=draft["text"][:120])


def _may_look(rooms: Rooms, talk: Talk) -> bool:
    hour = rooms.desk.clock.now().strftime("%Y-%m-%dT%H")
    before, _, count = talk.state.looked_up.partition(" ")
    looked = int(count) + 1 if before == hour and count.isdecimal() else 1
    talk.state.looked_up = f"{hour} {looked}"
    return looked <= _MOST


BUTTONS = {"cm": choose, "cq": choose_message, "co": none_of_these}
COMMANDS: dict[str, Any] = {}
