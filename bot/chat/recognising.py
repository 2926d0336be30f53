"""Recognising: what was asked before in other words or another language is answered at once, or offered as a choice."""

from typing import Any

from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.services.rumours import Submission

_MOST = 40
"""So many different texts of one person are compared within an hour; the rest go to the team as before."""


async def tell(rooms: Rooms, talk: Talk, number: str, submission: Submission) -> None:
    """Nobody asked this in the same words: say what is known about its meaning, else offer to ask the team."""
    found = None
    if _may_look(rooms, talk):
        found = await rooms.desk.recognition.recognise(
            talk.uow, submission.text, listen=talk.listen, read=talk.language, form=talk.form
        )
    if found is None:
        await talk.say("check.ask", draft=number, kind=submission.kind)
        return
    draft = talk.state.drafts[number]
    draft["sure"], draft["known"] = found.confidence, found.language
    draft["offers"] = [each.message_id for each in found.offers]
    if found.answer is not None:
        await _show(talk, number, draft, found.answer.card)
        return
    items = [each.card["text"] for each in found.offers]
    await talk.say("check.maybe", draft=number, kind=submission.kind, items=items)


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


BUTTONS = {"cm": choose, "co": none_of_these}
COMMANDS: dict[str, Any] = {}
