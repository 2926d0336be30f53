"""Staff in the chat: the way into the console, a second person's yes or no, and answers to questions back."""

from bot.chat import checking, desk, submissions, wishing, wording
from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.errors import NotFound
from bot.services.audit import actor_of


async def console(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/console`: a one-time link, only for staff; others are told kindly what they can do here."""
    if talk.staff is None:
        await talk.say("check.prompt")
        return
    token = await rooms.desk.staff.chat_link(talk.uow, talk.staff)
    await talk.say("staff.link", url=f"{rooms.desk.controller.public_url}/console/sign-in?t={token}")


async def approve(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`ok:ID`: a second person says yes."""
    number = number_in(arguments)
    if talk.staff is None or number is None:
        return
    row = await rooms.desk.approvals.approve(talk.uow, actor_of(talk.staff, "chat"), number)
    await talk.say("staff.approved", about=row.kind, subject_id=row.subject_id)


async def refuse(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`no:ID`: asks for the reason, which is the next thing they type."""
    number = number_in(arguments)
    if talk.staff is None or number is None:
        return
    talk.state.step = f"refuse:{number}"
    await talk.say("staff.ask_reason")


async def see_to_leader(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`vm:ID`: a leader called for help, and this person sees to it."""
    number = number_in(arguments)
    if talk.staff is not None and number is not None:
        first = await rooms.desk.duty.seen(talk.uow, actor_of(talk.staff, "chat"), number)
        await talk.say("staff.voice_seen", leader_id=number, first=first)


async def answer_question(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`q:ID`: the next words answer the team's question."""
    if (number := number_in(arguments)) is not None:
        talk.state.step = f"question:{number}"
        await talk.say("question.write")


async def gist(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`gist:ID`: what they write next is what the text means."""
    number = number_in(arguments)
    if talk.staff is None or number is None:
        return
    talk.state.step = f"gist:{number}"
    await talk.say("staff.gist_write")


async def finish_step(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """The words that a step was waiting for have arrived."""
    name, _, number = talk.state.step.partition(":")
    talk.state.step = ""
    if name == "refuse" and talk.staff is not None:
        row = await rooms.desk.approvals.refuse(talk.uow, actor_of(talk.staff, "chat"), int(number), talk.event.text)
        await talk.say("staff.refused", about=row.kind, subject_id=row.subject_id)
    elif name == "gist" and talk.staff is not None:
        await rooms.desk.reach.gists.give(talk.uow, actor_of(talk.staff, "chat"), int(number), talk.event.text)
        await talk.say("staff.gist_thanks")
    elif name == "question" and talk.event.text and await _is_theirs(talk, int(number)):
        await rooms.desk.questions.reply(talk.uow, int(number), talk.event.text)
        await talk.say("question.thanks")
    elif name == "question" and talk.event.media is not None and await _is_theirs(talk, int(number)):
        await _answer_aloud(rooms, talk, int(number))
    elif name == "wording" and talk.event.text:
        await wording.finish(rooms, talk, int(number))
    elif name == "wish" and talk.event.text:
        await wishing.receive(rooms, talk, number)
    else:
        await checking.receive(rooms, talk, [])


async def _answer_aloud(rooms: Rooms, talk: Talk, question_id: int) -> None:
    """An answer that is spoken, signed or shown: the team gets the file as it gets any other."""
    flag = await checking.report(rooms, talk, submissions.read(talk.event), urgent=False)
    said = f"(answered by {flag.kind}: see {flag.code})"
    await rooms.desk.questions.reply(talk.uow, question_id, said)
    await talk.say("question.thanks")


async def _is_theirs(talk: Talk, question_id: int) -> bool:
    question = await talk.uow.rumours.question(question_id)
    if question is None:
        raise NotFound("This question is no longer open.")
    path = await talk.uow.rumours.reply_path(question.flag_id)
    return path is not None and path.person_tag == talk.person.asking_tag


BUTTONS = {"ok": approve, "no": refuse, "vm": see_to_leader, "q": answer_question, "gist": gist, **desk.BUTTONS}
COMMANDS = {"console": console}
