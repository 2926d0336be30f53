"""The lesson's words. Sources: HM Government, SHARE checklist (sharechecklist.gov.uk); WHO, How to report and recognise
misinformation (who.int/campaigns/connecting-the-world-to-combat-coronavirus/how-to-report-misinformation-online)."""

from html import escape

from bot.chat.screens.cards import card_media
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import N_, Safe, pN_

SOURCE_PAGE = "https://sharechecklist.gov.uk/"
STOP = pN_("button", "✋ Stop and check")
PASS = pN_("button", "👍 Pass it on")
NEXT = pN_("button", "▶ Next")
RIGHT, WRONG = N_("✅ That is right."), N_("❌ Better not. Look again:")
WORDS = {
    "stop": N_("Stop. Look. Check.\nFalse news wants you to be quick. Before you pass something on, take a breath. "
               "Ten seconds are enough."),
    "feelings": N_("Look at your feelings.\nDoes it make you afraid or angry, or is it too good to be true? "
                   "That is a sign: such words are made to be passed on, not to be true."),
    "who-says": N_("Who says it?\nIs there a name, a date and a place that you can check? "
                   "\"A doctor said\" or \"my friend's friend works there\" is not a name."),
    "old-picture": N_("A picture can be old.\nMany false stories use a real picture from another year or another "
                      "country. A voice can be copied too. Look for the same news at a source that you trust."),
    # Translators: an invented example for people to decide about; it must sound like a message that is passed around
    "quiz-hurry": N_("What would you do with this?\n\n“URGENT! From tomorrow all the chemists close. A nurse told my "
                     "cousin. Send it to everybody before it is deleted!”"),
    # Translators: an invented example of a message that is all right
    "quiz-official": N_("What would you do with this?\n\n“The library is open on Saturday from 10 to 4. It says so on "
                        "the library's own page, with today's date.”"),
    # Translators: an invented example; no picture is shown
    "quiz-picture": N_("What would you do with this?\n\n“Look at this picture of the flood in our street today!” "
                       "It has no date, and the cars drive on the other side of the road."),
    "ask-us": N_("Not sure? Ask us.\nSend us what you got, just as it is: text, picture, voice, video or link. "
                 "We look into it and tell you what we find. Nobody learns that you asked."),
}  # fmt: skip
WHY = {
    "quiz-hurry": N_("It hurries you, it makes you afraid, and nobody with a name says it. These are three signs of "
                     "false news."),
    "quiz-official": N_("You can check it: it says where it comes from and when. Things like this are good to pass "
                        "on."),
    "quiz-picture": N_("The picture is from somewhere else. Old and distant pictures are used again and again."),
}  # fmt: skip


def step(screen: Screen, params: Params) -> OutgoingMessage:
    """One step: the borough's own words where there are some, else ours."""
    t, card = screen.t, params.get("card")
    words = Safe(_own(card)) if card else _titled(t.text(WORDS[params["step"]]))
    html = paragraphs(words, t.text("Step {at} of {steps}", at=params["at"] + 1, steps=params["steps"]))
    at = params["at"]
    rows: list[tuple[Button, ...]] = []
    if params["asks"]:
        rows.append(screen.row(screen.button(STOP, f"la:{at}:stop"), screen.button(PASS, f"la:{at}:pass")))
    else:
        rows.append((screen.button(NEXT, f"ln:{at + 1}"),))
    rows.append((screen.button(MENU_BUTTON, "menu"),))
    return OutgoingMessage(html, tuple(rows), media=card_media(card) if card else None)


def _own(card: Params) -> str:
    return escape(card["text"], quote=False).replace("**", "")


def _titled(text: str) -> str:
    """The first line in bold."""
    first, _, rest = text.partition("\n")
    return lines(bold(first), rest)


def answer(screen: Screen, params: Params) -> OutgoingMessage:
    """What is right, and why; nobody is scolded."""
    t = screen.t
    html = paragraphs(bold(t.text(RIGHT if params["right"] else WRONG)), t.text(WHY[params["step"]]))
    return OutgoingMessage(html, ((screen.button(NEXT, f"ln:{params['next']}"),),))


def done(screen: Screen, params: Params) -> OutgoingMessage:
    """The end."""
    t = screen.t
    html = paragraphs(
        bold(t.text("🎉 You have finished.")),
        t.plural("You were right {n} time.", "You were right {n} times.", params["right"]),
        t.text("Show it to your family and friends: false news stops with the person who checks."),
        lines(t.text("Read more:"), SOURCE_PAGE),
    )
    rows = (
        (screen.button(pN_("button", "Once more"), "ln:0"),),
        (screen.button(pN_("button", "❓ Check something"), "check"),),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


SCREENS: dict[str, Render] = {"learn.step": step, "learn.answer": answer, "learn.done": done}
