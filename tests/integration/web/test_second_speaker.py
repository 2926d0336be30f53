"""The second speaker in the console: hears a recording alone, and sees its words and its source only afterwards."""

from datetime import timedelta

from bot.domain.staff import Role

SOURCE, WORDS = "It protects children.", "یہ بچوں کو بچاتا ہے"


async def _recorded(house) -> int:
    """A leader's recording in Urdu that waits for its second speaker."""
    message_id = await house.message()
    now = house.clock.now()
    async with house.desk.db.write() as uow:
        leader_id = await uow.leaders.create(
            name="Sample Imam", role="imam", role_english="imam", community="Sample Mosque", languages=["ur"],
            tasks=["record"], state="active", sample=True, created_at=now,
        )  # fmt: skip
        consent_id = await uow.leaders.add_consent(
            leader_id=leader_id, wording="1", scope=["bot"], name_shown=True, until=now + timedelta(days=90),
            given_at=now, via="chat",
        )  # fmt: skip
        media_id = await house.desk.recordings.keep(uow, b"OggS sample", "audio/ogg")
        return await uow.messages.add_rendition(
            message_id=message_id, language="ur", form="voice", text=WORDS, media_id=media_id, leader_id=leader_id,
            consent=["bot"], consented_at=now, consent_until=now + timedelta(days=90), consent_id=consent_id,
            state="draft", content_hash="hash of a sample recording", created_at=now,
        )  # fmt: skip


async def test_neither_words_nor_source_before_it_was_heard_and_said(house):
    path = f"/console/renditions/{await _recorded(house)}"
    rani = await house.signed_in("Rani")
    for page in (path, f"{path}/review"):
        shown = await (await rani.get(page)).text()
        assert SOURCE not in shown, page
        assert WORDS not in shown, page
        assert "<audio" in shown or "review-open" in shown, page
    message = await (await rani.get("/console/messages/mmr")).text()
    assert WORDS not in message
    assert SOURCE not in message
    assert "source-kept" in message
    assert (await rani.get("/console/messages/mmr/edit")).status == 403
    assert (await rani.post(f"{path}/approve", data={"form": "approve", "seen": "x"})).status in {400, 403, 409}
    assert (await rani.post(f"{path}/test-send", data={})).status == 403

    said = {"form": "say", "said": "It keeps children safe.", "tie": "none"}
    assert (await rani.post(f"{path}/review", data=said)).status == 200
    for page in (path, f"{path}/review"):
        shown = await (await rani.get(page)).text()
        assert WORDS in shown, page
    assert "protects" in shown
    assert "review-approve" in shown


async def test_who_is_not_asked_to_hear_it_reads_it_as_before(house):
    path = f"/console/renditions/{await _recorded(house)}"
    await house.staff("Paul", Role.REVIEWER, languages=("pl",))
    for name in ("Tess", "Paul"):
        shown = await (await (await house.signed_in(name)).get(path)).text()
        assert SOURCE in shown
        assert WORDS in shown
        assert "approve-button" not in shown


async def test_a_form_whose_file_was_not_chosen_is_taken_as_browsers_send_it(house):
    path = f"/console/renditions/{await _recorded(house)}/review"
    rani = await house.signed_in("Rani")
    parts = "".join(
        f'--sample\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("form", "say"), ("said", "It keeps children safe."), ("tie", "none"))
    )
    no_file = '--sample\r\nContent-Disposition: form-data; name="spoken"; filename=""\r\n'
    body = f"{parts}{no_file}Content-Type: application/octet-stream\r\n\r\n\r\n--sample--\r\n"
    answer = await rani.post(path, data=body.encode(), headers={"Content-Type": "multipart/form-data; boundary=sample"})
    assert answer.status == 200
    assert "review-approve" in await answer.text()
