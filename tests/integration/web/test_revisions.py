"""Changes of messages in the console: a second person sees the difference and its price; and the ready shelf."""

from bot.domain.staff import Role


async def test_a_change_is_seen_by_its_second_person_before_it_counts(house):
    await house.message(ur="حفاظت")
    await house.residents("ur", 3)
    percy, rani = await house.signed_in("Percy"), await house.signed_in("Rani")
    form = await (await percy.get("/console/messages/mmr/edit")).text()
    assert "3 people" in form
    assert "instead of Urdu" in form
    saved = await percy.post(
        "/console/messages/mmr/edit",
        data={
            "title": "MMR protects",
            "text": "It protects children and adults.",
            "meaning": "changed",
            "place": "Clinic",
            "answers": "It makes children ill.\r\n\r\nIt is for babies only.",
        },
    )
    page = await saved.text()
    assert "waits for a yes" in page
    await percy.post("/console/revisions/1/ask", data={"approver": "Rani"})
    shown = await (await rani.get("/console/revisions/1")).text()
    for said in (
        "It protects children and adults.",
        "the meaning changed",
        "3 people",
        "Clinic",
        "It is for babies only.",
    ):
        assert said in shown
    async with house.desk.db.read() as uow:
        seen = await house.desk.revisions.content_hash(uow, 1)
    assert "Change of a message" in await (await rani.get("/console/")).text()
    done = await rani.post("/console/revisions/1/approve", data={"seen": seen, "form": "approve"})
    assert "The new revision is in force" in await done.text()
    message = await (await rani.get("/console/messages/mmr")).text()
    assert "revision 2" in message
    assert "Clinic" in message
    assert "<bdi>It makes children ill.</bdi>" in message


async def test_a_change_without_its_mark_is_not_taken(house):
    await house.message()
    percy = await house.signed_in("Percy")
    answer = await percy.post("/console/messages/mmr/edit", data={"title": "x", "text": "New words", "form": "edit"})
    assert answer.status == 400
    page = await answer.text()
    assert "Say whether the meaning changed" in page
    assert "New words" in page, "what was typed is not lost"


async def test_from_the_shelf_with_a_second_yes(house):
    message_id = await house.message("shelf-flood", title="Sample flood", pl="Powódź")
    async with house.desk.db.write() as uow:
        await uow.messages.change(message_id, shelf="flood", asks=["place"])
    await house.residents("pl", 1)
    percy, petra = await house.signed_in("Percy"), await house.signed_in("Petra")
    assert "Sample flood" in await (await percy.get("/console/shelf")).text()
    missing = await percy.post("/console/shelf/shelf-flood", data={"hours": "24", "form": "take"})
    assert missing.status == 400
    await percy.post("/console/shelf/shelf-flood", data={"hours": "24", "place": "Sample School"})
    await percy.post("/console/shelf/taken/1/ask", data={"approver": "Petra"})
    assert "Sample School" in await (await petra.get("/console/shelf/taken/1")).text()
    async with house.desk.db.read() as uow:
        seen = await house.desk.shelf.content_hash(uow, 1)
    done = await petra.post("/console/shelf/taken/1/approve", data={"seen": seen, "form": "approve"})
    assert done.status == 200
    async with house.desk.db.read() as uow:
        assert [each.state for each in await uow.broadcasts.page()] == ["sending"]


async def test_the_board_and_the_circle_are_shown(house):
    await house.message(ur_draft="حفاظت")
    await house.residents("pl", 4)
    async with house.desk.db.write() as uow:
        leader_id = await uow.leaders.create(
            name="Sample Imam", role="x", role_english="x", community="Sample Mosque", sample=True, languages=["ur"],
            state="active", created_at=house.clock.now(),
        )  # fmt: skip
        leader = await uow.leaders.get(leader_id)
        await house.desk.circle.write(uow, leader, "mmr", "ur", "جمعہ کے بعد بات کی۔")
    await house.staff("Rolf", Role.REVIEWER)
    rolf = await house.signed_in("Rolf")
    board = await (await rolf.get("/console/coverage")).text()
    assert "<strong>4</strong> people are without" in board
    assert "Nothing yet in:" in board
    assert "جمعہ" in await (await rolf.get("/console/circle")).text()
    taken = await rolf.post("/console/circle/1/show", data={"english": "After Friday prayers."})
    assert "What leaders read" in await taken.text()
