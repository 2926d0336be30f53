"""Leaders and translators: written down, invited by link and QR, helped without the app, withdrawn for."""

from typing import Any

from aiohttp import web
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from bot.db.rows import LeaderRow
from bot.domain.leaders import CONSENT_MONTHS, Scope, Task
from bot.errors import InvalidInput, NotFound
from bot.services.leaders import Profile
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """Everybody whom residents hear, and the form for one more."""
    rows = await visit.uow.leaders.all()
    consents = {each.id: await visit.uow.leaders.consent(each.id) for each in rows}
    return visit.page("leaders.html", rows=rows, consents=consents)


async def show(visit: Visit) -> web.Response:
    """One leader: how they are shown, what they agreed to, what they were asked for, how far their voice went."""
    row = await _leader(visit)
    return visit.page(
        "leader.html", row=row, consents=await visit.uow.leaders.consents(row.id), months=CONSENT_MONTHS,
        requests=await visit.uow.leaders.requests(leader_id=row.id), reached=await visit.uow.leaders.reach(row.id),
        titles=await titles(visit), scopes=list(Scope),
    )  # fmt: skip


async def _leader(visit: Visit) -> LeaderRow:
    row = await visit.uow.leaders.get(visit.number())
    if row is None:
        raise NotFound("There is no such leader.")
    return row


async def titles(visit: Visit) -> dict[int, str]:
    """The titles of all newest messages, by row number."""
    return {each.id: each.title for each in await visit.uow.messages.all_latest()}


def _languages(visit: Visit) -> tuple[str, ...]:
    first, ticked = visit.text("written"), visit.texts("languages")
    if first and first not in ticked:
        raise InvalidInput("Tick their first language among those that they speak or sign, too.")
    return tuple(dict.fromkeys([first, *ticked] if first else ticked))


def _profile(visit: Visit) -> Profile:
    return Profile(
        name=visit.text("name"), name_own=visit.text("name_own"), role=visit.text("role"),
        role_english=visit.text("role_english") or visit.text("role"), community=visit.text("community"),
        languages=_languages(visit), tasks=tuple(visit.texts("tasks") or [Task.RECORD]),
    )  # fmt: skip


async def add(visit: Visit) -> web.Response:
    """Write a leader down and make their invitation, shown once."""
    leader_id = await visit.desk.leaders.enter(visit.uow, visit.me, _profile(visit))
    return await _invited(visit, leader_id)


async def change(visit: Visit) -> web.Response:
    """Put right how they are shown; they see it in their chat."""
    row = await _leader(visit)
    await visit.desk.leaders.change(visit.uow, visit.me, row.id, _profile(visit))
    return visit.go(f"/console/leaders/{row.id}", "leader_changed")


async def invite(visit: Visit) -> web.Response:
    """A new invitation; an older one is void."""
    return await _invited(visit, visit.number())


async def _invited(visit: Visit, leader_id: int) -> web.Response:
    code = await visit.desk.leaders.invite(visit.uow, visit.me, leader_id)
    row = await visit.uow.leaders.get(leader_id)
    link = f"https://t.me/{visit.desk.controller.bot_name}?start=i_{code}"
    return visit.page("leader_invited.html", row=row, link=link, command=f"/start i_{code}", code=_code(link))


def _code(link: str) -> Markup:
    code: Any = QRCode(border=2, box_size=6)
    code.add_data(link)
    code.make(fit=True)
    picture: bytes = code.make_image(image_factory=SvgPathImage).to_string()
    return Markup(picture.decode())  # noqa: S704 - made by us


async def record_consent(visit: Visit) -> web.Response:
    """A leader without the app: their spoken or photographed consent, before a named witness."""
    row = await _leader(visit)
    file = visit.files.get("evidence")
    if file is None or not file.data:
        raise InvalidInput("Add the recording or the photograph of their consent.")
    months = visit.whole_number("months")
    evidence = await visit.desk.recordings.keep(visit.uow, file.data, file.mime)
    await visit.desk.consents.record(
        visit.uow, visit.me, row, [Scope.BOT, *visit.texts("scope")], name_shown=visit.text("name_shown") == "yes",
        months=months, witness=visit.text("witness"), evidence_id=evidence,
    )  # fmt: skip
    return visit.go(f"/console/leaders/{row.id}", "consent_recorded")


async def withdraw(visit: Visit) -> web.Response:
    """They asked us to take everything back for them."""
    row = await _leader(visit)
    await visit.desk.consents.withdraw(visit.uow, row, actor=visit.me)
    return visit.go(f"/console/leaders/{row.id}", "consent_withdrawn")


async def erase(visit: Visit) -> web.Response:
    """They want nothing of them to be left. The files go, and what SQLite freed is wiped, within a minute."""
    await visit.desk.erasing.erase(visit.uow, await _leader(visit), visit.me)
    return visit.go("/console/leaders", "leader_erased")


async def heard_again(visit: Visit) -> web.Response:
    """A leader without a phone says that their voice may be heard again."""
    row = await _leader(visit)
    await visit.desk.leaders.heard_again(visit.uow, row, actor=visit.me)
    return visit.go(f"/console/leaders/{row.id}", "heard_again")
