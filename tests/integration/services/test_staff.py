"""Who works here: invitations bound to a phone, one-time links, sessions, and a pilot that lets in whom it should."""

import asyncio

import pytest

from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.factories import World


async def test_an_invitation_binds_one_phone_once(world: World) -> None:
    ana = await world.staff("Ana Sample", phone=False)
    async with world.db.write() as uow:
        code = await world.desk.staff.invite(uow, None, ana.id)
    assert len(f"s_{code}") <= 64, "it fits into a deep link"
    phone, second = world.phone(), world.phone()
    await phone.start(f"s_{code}")
    assert phone.kinds == ["staff.joined"]
    assert "Ana Sample" in phone.last
    await second.start(f"s_{code}")
    assert second.kinds == ["sorry"]
    assert await world.chat_of(ana) == phone.chat_id
    await phone.command("console")
    assert "https://vouch.example/console/sign-in?t=" in phone.last


async def test_an_old_invitation_is_none(world: World) -> None:
    ana = await world.staff("Ana Sample", phone=False)
    async with world.db.write() as uow:
        code = await world.desk.staff.invite(uow, None, ana.id)
    world.clock.advance(days=8)
    phone = world.phone()
    await phone.start(f"s_{code}")
    assert phone.kinds == ["sorry"]


async def test_a_staff_phone_does_not_take_a_second_record(world: World) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample", phone=False)
    async with world.db.write() as uow:
        code = await world.desk.staff.invite(uow, None, bea.id)
    phone = world.phone(await world.chat_of(ana))
    await phone.start(f"s_{code}")
    assert "two people need two phones" in phone.last
    other = world.phone()
    await other.start(f"s_{code}")
    assert other.kinds == ["staff.joined"], "the invitation is still good for its own person"


async def test_residents_get_no_console(world: World) -> None:
    phone = world.phone()
    await phone.start("l_en-GB")
    await phone.command("console")
    assert "sign-in" not in phone.texts()


async def test_a_link_signs_in_once(world: World) -> None:
    ana = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        token = await world.desk.staff.chat_link(uow, await world.desk.staff.get(uow, ana.id))

    async def use() -> str | None:
        try:
            async with world.db.write() as uow:
                return await world.desk.staff.sign_in(uow, token)
        except NotAllowed:
            return None

    async with world.db.read() as uow:
        assert await world.desk.staff.link_is_good(uow, token)
        assert await world.desk.staff.link_is_good(uow, token), "to look at it does not use it up"
    sessions = [each for each in await asyncio.gather(*(use() for _ in range(10))) if each]
    assert len(sessions) == 1
    async with world.db.read() as uow:
        actor = await world.desk.staff.session(uow, sessions[0])
        assert actor is not None
        assert actor.name == "Ana Sample"
        assert await world.desk.staff.session(uow, "made up") is None
        assert not await world.desk.staff.link_is_good(uow, token)


@pytest.mark.parametrize(("minutes", "good"), [(4, True), (6, False)])
async def test_a_link_lives_five_minutes(world: World, minutes: int, good: bool) -> None:
    ana = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        token = await world.desk.staff.chat_link(uow, await world.desk.staff.get(uow, ana.id))
    world.clock.advance(minutes=minutes)
    async with world.db.read() as uow:
        assert await world.desk.staff.link_is_good(uow, token) is good


async def test_sessions_end_by_idleness_by_age_and_by_removal(world: World) -> None:
    ana, _ = await world.staff("Ana Sample"), await world.staff("Bea Sample")

    async def signed_in() -> str:
        async with world.db.write() as uow:
            token = await world.desk.staff.chat_link(uow, await world.desk.staff.get(uow, ana.id))
            return await world.desk.staff.sign_in(uow, token)

    async def alive(session: str) -> bool:
        async with world.db.read() as uow:
            return await world.desk.staff.session(uow, session) is not None

    idle = await signed_in()
    world.clock.advance(minutes=29)
    assert await alive(idle)
    world.clock.advance(minutes=2)
    assert not await alive(idle)
    busy = await signed_in()
    for _ in range(23):
        world.clock.advance(minutes=20)
        async with world.db.write() as uow:
            await world.desk.staff.touch(uow, busy)
        assert await alive(busy)
    world.clock.advance(minutes=25)
    assert not await alive(busy), "eight hours are the end, however busy"
    removed = await signed_in()
    async with world.db.write() as uow:
        await world.desk.staff.remove(uow, None, "Ana Sample")
    assert not await alive(removed)


async def test_a_changed_role_counts_from_the_next_request_on(world: World) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    async with world.db.write() as uow:
        token = await world.desk.staff.chat_link(uow, await world.desk.staff.get(uow, bea.id))
        session = await world.desk.staff.sign_in(uow, token)
        await world.desk.staff.set_roles(uow, ana, bea.id, [Role.TRIAGER], ["ur"])
        actor = await world.desk.staff.session(uow, session)
    assert actor is not None
    assert actor.roles == (Role.TRIAGER,)


async def test_a_server_link_is_announced_to_the_other_admins(world: World) -> None:
    await world.staff("Ana Sample")
    bea = await world.staff("Bea Sample")
    async with world.db.write() as uow:
        await world.desk.staff.server_link(uow, "Ana Sample", via="command line: root")
    await world.send_all()
    [told] = world.messenger.to(await world.chat_of(bea))
    assert "A sign-in link for Ana Sample was printed on the server" in told.html


async def test_the_last_admin_stays(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.ADMIN)
    await world.staff("Bea Sample", Role.PUBLISHER)
    async with world.db.write() as uow:
        with pytest.raises(Conflict):
            await world.desk.staff.remove(uow, ana, "Ana Sample")
        with pytest.raises(NotAllowed):
            await world.desk.staff.set_roles(uow, ana, ana.id, [Role.TRIAGER], [])


async def test_names_are_never_used_twice_and_must_be_names(world: World) -> None:
    await world.staff("Ana Sample")
    await world.staff("Bea Sample")
    async with world.db.write() as uow:
        await world.desk.staff.remove(uow, None, "Bea Sample")
        for name in ("Ana Sample", "Bea Sample", " Ana Sample "):
            with pytest.raises(Conflict, match="never used twice"):
                await world.desk.staff.add(uow, None, name, [Role.ADMIN], [])
        for name in ("", "  ", "x" * 81, "a\nb", "a\u202eb"):
            with pytest.raises(InvalidInput):
                await world.desk.staff.add(uow, None, name, [Role.ADMIN], [])
        with pytest.raises(InvalidInput, match="at least one role"):
            await world.desk.staff.add(uow, None, "Dov Sample", [], [])
        with pytest.raises(NotFound):
            await world.desk.staff.add(uow, None, "Dov Sample", [Role.ADMIN], ["xx"])


async def test_tokens_and_invitations_are_in_the_database_only_as_hashes(world: World) -> None:
    ana = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        secrets = [
            await world.desk.staff.invite(uow, None, ana.id),
            await world.desk.staff.invite_testers(uow, uses=3),
            await world.desk.staff.chat_link(uow, await world.desk.staff.get(uow, ana.id)),
        ]
        secrets.append(await world.desk.staff.sign_in(uow, secrets[2]))
        for table in ("staff", "tester_invites", "sign_in_links", "sessions", "audit"):
            for row in await uow.connection.exec_driver_sql(f"SELECT * FROM {table}"):
                assert not [each for each in secrets if each in str(tuple(row))], table


# The closed pilot


async def test_a_closed_pilot_lets_in_staff_and_testers_alone(world: World) -> None:
    world.settle(pilot=True)
    stranger, tester = world.phone(), world.phone()
    for step in ("start", "l_ur", "text", "button", "bad invitation"):
        if step == "text":
            await stranger.say("is this true?")
        elif step == "button":
            await stranger.press_stale("join")
        else:
            await stranger.start({"start": "", "l_ur": "l_ur", "bad invitation": "t_made-up"}[step])
        assert stranger.kinds[-1] == "pilot.closed"
    async with world.db.read() as uow:
        assert await uow.inbox.conversation(world.desk.bot_id, world.person(stranger.chat_id).tag) is None
    async with world.db.write() as uow:
        code = await world.desk.staff.invite_testers(uow, uses=1)
    await tester.start(f"t_{code}")
    assert tester.kinds == ["language.first"]
    await tester.press("l:ur")
    await tester.press("join")
    await tester.press("a:none")
    await tester.press("f:text")
    assert (await world.joined(tester.chat_id)).tester
    await stranger.start(f"t_{code}")
    assert stranger.kinds[-1] == "pilot.closed", "one place, one person"
    ana = await world.staff("Ana Sample")
    member = world.phone(await world.chat_of(ana))
    await member.start("l_en-GB")
    assert member.kinds == ["welcome"]


async def test_an_invitation_of_testers_is_used_up_exactly(world: World) -> None:
    async with world.db.write() as uow:
        code = await world.desk.staff.invite_testers(uow, uses=5, days=30)

    async def use() -> bool:
        async with world.db.write() as uow:
            return await world.desk.staff.use_tester_invite(uow, code)

    assert sum(await asyncio.gather(*(use() for _ in range(12)))) == 5
    async with world.db.write() as uow:
        late = await world.desk.staff.invite_testers(uow, uses=5, days=1)
    world.clock.advance(days=2)
    async with world.db.write() as uow:
        assert not await world.desk.staff.use_tester_invite(uow, late)
