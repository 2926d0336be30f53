"""Staff: invited with a link that is shown once, given and denied roles, removed; deputies; the audit log."""


async def _text(answer):
    return await answer.text()


async def test_a_new_colleague_joins_with_a_link_shown_once(house):
    ada = await house.signed_in("Ada")
    answer = await ada.post(
        "/console/staff", data={"form": "add", "name": "Nadia", "roles": "triager", "languages": "ur"}
    )
    page = await _text(answer)
    link = page.partition('data-testid="invite-link">')[2].partition("<")[0]
    assert link.startswith("https://t.me/SampleVouchBot?start=s_")
    code = link.partition("start=s_")[2]
    for path in ("/console/staff", "/console/audit"):
        assert code not in await _text(await ada.get(path))
    async with house.desk.db.write() as uow:
        row = await house.desk.staff.accept_invite(uow, code, person_tag=b"new phone", chat=b"sealed")
    assert (row.name, row.roles, row.languages) == ("Nadia", ["triager"], ["ur"])
    twice = await ada.post("/console/staff", data={"form": "add", "name": "Nadia", "roles": "admin"})
    assert twice.status == 409
    assert 'value="Nadia"' in await _text(twice)


async def test_without_a_role_nobody_is_added(house):
    ada = await house.signed_in("Ada")
    for roles in ({}, {"roles": "king"}):
        assert (await ada.post("/console/staff", data={"form": "add", "name": "Nadia", **roles})).status == 400
    async with house.desk.db.read() as uow:
        assert await uow.staff.by_name("Nadia") is None


async def test_the_last_admin_stays_and_nobody_promotes_themselves(house):
    ada = await house.signed_in("Ada")
    assert (await ada.post("/console/staff/5/remove", data={})).status == 409
    assert (await ada.post("/console/staff/5/roles", data={"roles": ["admin", "publisher"]})).status == 403
    async with house.desk.db.read() as uow:
        row = await uow.staff.get(5)
    assert (row.active, row.roles) == (True, ["admin"])


async def test_my_deputy(house):
    percy = await house.signed_in("Percy")
    assert (await percy.post("/console/me/deputy", data={"form": "deputy", "deputy": "Petra"})).status == 200
    assert 'value="Petra" selected' in await _text(await percy.get("/console/me"))
    assert (await percy.post("/console/me/deputy", data={"form": "deputy", "deputy": "Nobody Known"})).status == 404
    async with house.desk.db.read() as uow:
        assert (await uow.staff.by_name("Percy")).deputy_id == 4


async def test_the_audit_log_turns_its_pages(house):
    ada = await house.signed_in("Ada")
    for n in range(60):
        async with house.desk.db.write() as uow:
            await house.desk.audit.note_system(uow, "counted", f"number {n}!")
    first = await _text(await ada.get("/console/audit"))
    assert "number 59!" in first
    assert "number 5!" not in first
    older = first.partition('href="/console/audit?before=')[2].partition('"')[0]
    second = await _text(await ada.get(f"/console/audit?before={older}"))
    assert "number 5!" in second
    assert "number 59!" not in second
    assert all(f"number {n}!" in first + second for n in range(60))
