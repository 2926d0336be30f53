"""What residents sent is shown by us, with a type of ours; whatever could run is only offered for download."""

import pytest

DATA = bytes(range(256)) * 40


async def _flag_with(house, *, kind, mime, state="stored"):
    rumour_id = await house.flag(f"{kind} {mime}")
    async with house.desk.db.write() as uow:
        flag = (await uow.rumours.flags(rumour_id))[0]
        path = await house.desk.store.save(DATA, ".bin")
        media_id = await uow.media.create(
            kind=kind, mime=mime, size=len(DATA), seconds=3, path=path, state=state, tries=0,
            created_at=house.clock.now(),
        )  # fmt: skip
        await uow.connection.exec_driver_sql(f"UPDATE flags SET media_id = {media_id} WHERE id = {flag.id}")
    return rumour_id, flag.id


@pytest.mark.parametrize(
    ("kind", "mime", "served", "shown"),
    [
        ("voice", "audio/ogg", "audio/ogg", "<audio"),
        ("photo", "image/jpeg", "image/jpeg", "<img"),
        ("photo", "text/html", "image/jpeg", "<img"),
        ("photo", "image/svg+xml", "image/jpeg", "<img"),
        ("video", "video/mp4; codecs=x", "video/mp4", "<video"),
        ("audio", "application/x-sh", "audio/mpeg", "<audio"),
        ("document", "text/html", "application/octet-stream", "download"),
        ("document", "image/png", "application/octet-stream", "download"),
        ("unheard-of", "text/html", "application/octet-stream", "download"),
    ],
)
async def test_the_type_is_ours(house, kind, mime, served, shown):
    rumour_id, flag_id = await _flag_with(house, kind=kind, mime=mime)
    tess = await house.signed_in("Tess")
    assert shown in await (await tess.get(f"/console/rumours/{rumour_id}")).text()
    answer = await tess.get(f"/console/media/flag/{flag_id}")
    assert answer.headers["Content-Type"] == served
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment" if shown == "download" else "inline")
    assert await answer.read() == DATA


async def test_a_player_can_jump(house):
    _, flag_id = await _flag_with(house, kind="voice", mime="audio/ogg")
    tess = await house.signed_in("Tess")
    answer = await tess.get(f"/console/media/flag/{flag_id}", headers={"Range": "bytes=100-199"})
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(DATA)}"
    assert await answer.read() == DATA[100:200]


async def test_only_what_is_stored_and_only_for_who_reads_rumours(house):
    _, removed = await _flag_with(house, kind="photo", mime="image/png", state="removed")
    _, kept = await _flag_with(house, kind="photo", mime="image/gif")
    tess, rani = await house.signed_in("Tess"), await house.signed_in("Rani")
    assert (await tess.get(f"/console/media/flag/{removed}")).status == 404
    assert (await tess.get("/console/media/flag/999")).status == 404
    assert (await rani.get(f"/console/media/flag/{kept}")).status == 403
    assert (await rani.get(f"/console/media/rendition/{kept}")).status == 404, "a flag's file has no second way out"
