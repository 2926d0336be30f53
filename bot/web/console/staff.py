"""Staff: who works here and may do what, invitations, deputies, and one's own page."""

from aiohttp import web

from bot.domain.staff import Role
from bot.errors import InvalidInput
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """Everybody, with a form to add one more."""
    rows = await visit.uow.staff.all()
    on_call = await visit.desk.duty.on_call(visit.uow)
    return visit.page("staff.html", people=rows, names={each.id: each.name for each in rows}, on_call=on_call)


async def add(visit: Visit) -> web.Response:
    """A new staff member, and the invitation for their phone."""
    staff_id = await visit.desk.staff.add(
        visit.uow, visit.me, visit.text("name"), _roles(visit), visit.texts("languages")
    )
    return await _invited(visit, staff_id)


async def invite(visit: Visit) -> web.Response:
    """A new invitation; an older one is void."""
    return await _invited(visit, visit.number())


async def _invited(visit: Visit, staff_id: int) -> web.Response:
    """Show the link in the answer itself: it is a secret, so it goes into no address and no second page."""
    code = await visit.desk.staff.invite(visit.uow, visit.me, staff_id)
    row = await visit.desk.staff.get(visit.uow, staff_id)
    link = f"https://t.me/{visit.desk.controller.bot_name}?start=s_{code}"
    return visit.page("invited.html", person=row, link=link, command=f"/start s_{code}")


async def change(visit: Visit) -> web.Response:
    """Other roles and languages."""
    await visit.desk.staff.set_roles(visit.uow, visit.me, visit.number(), _roles(visit), visit.texts("languages"))
    return visit.go("/console/staff", "staff_changed")


def _roles(visit: Visit) -> list[Role]:
    try:
        roles = [Role(each) for each in visit.texts("roles")]
    except ValueError as error:
        raise InvalidInput("There is no such role.") from error
    if not roles:
        raise InvalidInput("Give at least one role.")
    return roles


async def deputy(visit: Visit) -> web.Response:
    """Somebody's deputy."""
    await visit.desk.staff.set_deputy(visit.uow, visit.me, visit.number(), visit.text("deputy"))
    return visit.go("/console/staff", "staff_changed")


async def remove(visit: Visit) -> web.Response:
    """Take somebody's access away, now."""
    row = await visit.desk.staff.get(visit.uow, visit.number())
    await visit.desk.staff.remove(visit.uow, visit.me, row.name)
    return visit.go("/console/staff", "staff_removed")


async def me(visit: Visit) -> web.Response:
    """My own record and my deputy."""
    rows = await visit.uow.staff.all()
    mine = await visit.desk.staff.get(visit.uow, visit.me.id)
    return visit.page(
        "me.html", mine=mine, others=[each for each in rows if each.id != mine.id],
        on_call=await visit.desk.duty.on_call(visit.uow),
    )  # fmt: skip


async def my_duty(visit: Visit) -> web.Response:
    """I am on call from now on, or not any more."""
    if visit.text("on_call") == "yes":
        await visit.desk.duty.take(visit.uow, visit.me)
        return visit.go("/console/me", "on_call")
    await visit.desk.duty.leave(visit.uow, visit.me)
    return visit.go("/console/me", "off_call")


async def my_deputy(visit: Visit) -> web.Response:
    """Name my deputy."""
    await visit.desk.staff.set_deputy(visit.uow, visit.me, visit.me.id, visit.text("deputy"))
    return visit.go("/console/me", "deputy")
