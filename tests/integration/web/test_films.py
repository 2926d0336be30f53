"""The film in the console and in public: chosen with plain links, watched, approved, shown in ranges, gone at once."""

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta

import pytest

from bot.jobs import forget_withdrawn, stop_films
from bot.media.films import FfmpegFilms
from tests.fakes import FakeFilmMaker
from tests.unit.media.clips import voice


async def _recorded(house, real=None, **consent):
    """A message with voices in Urdu, Polish and Punjabi; by language what their speakers agreed to, and in `real` the
    bytes of recordings that can be played."""
    message_id = await house.message(ur="متن", pl="Tekst")
    now = house.clock.now()
    for number, language in enumerate(("ur", "pl", "pa")):
        data = (real or {}).get(language, f"voice {language}".encode())
        name = await house.desk.store.save(data, ".ogg")
        async with house.desk.db.write() as uow:
            media_id = await uow.media.create(
                kind="voice", mime="audio/ogg", size=9, seconds=9, path=name, sha256=f"of {language}", state="stored",
                tries=0, created_at=now,
            )  # fmt: skip
            leader_id = await uow.leaders.create(
                name=f"Sample <b>{language}</b>", role="imam", role_english="imam", community="Sample", sample=True,
                created_at=now, languages=[language], tasks=[], credited=False, state="listed",
            )  # fmt: skip
            await uow.messages.add_rendition(
                message_id=message_id, language=language, form="voice", text=f"Words <i>{language}</i>",
                english="Words.", media_id=media_id, leader_id=leader_id, consented_at=now, created_at=now,
                consent=consent.get(language, ["bot", "film"]), consent_until=now + timedelta(days=9 + number),
                state="approved", content_hash=f"voice {language}",
            )  # fmt: skip


def _chosen(page):
    return re.findall(r'data-testid="clip-([a-z-]+)"', page)


def _link(page, testid):
    return re.search(rf'href="([^"]+)"[^>]*data-testid="{testid}"', page)[1].replace("&amp;", "&")


async def _made(house, browser, order="ur,pl", aspects="16:9"):
    """Ask for a film and let a worker make it; returns the address of its page."""
    answer = await browser.post("/console/messages/mmr/film", data={"order": order, "aspects": aspects, "form": "make"})
    assert answer.status == 200, await answer.text()
    assert await house.desk.film_making.make_next(house.desk.db, FakeFilmMaker()) is not None
    return answer.url.path


async def _published(house, order="ur,pl", aspects="16:9"):
    """From the wish to the screen; returns the film's number."""
    percy, petra = await house.signed_in("Percy"), await house.signed_in("Petra")
    path = await _made(house, percy, order, aspects)
    await percy.post(f"{path}/ask", data={"approver": "Petra", "form": "ask"})
    page = await (await petra.get(path)).text()
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]
    answer = await petra.post(f"{path}/approve", data={"seen": seen, "form": "approve"})
    assert "It is on the public page" in await answer.text()
    return int(path.rpartition("/")[2])


async def test_choosing_and_ordering_takes_links_alone(house):
    await _recorded(house, pa=["bot"])
    tess = await house.signed_in("Tess")
    page = await (await tess.get("/console/messages/mmr/film")).text()
    assert _chosen(page) == ["pl", "ur"] or _chosen(page) == ["ur", "pl"]
    assert "has not agreed to the public film" in page
    assert "&lt;b&gt;pa&lt;/b&gt;" in page
    second = _chosen(page)[1]
    page = await (await tess.get(_link(page, f"up-{second}"))).text()
    assert _chosen(page)[0] == second
    page = await (await tess.get(_link(page, f"down-{second}"))).text()
    assert _chosen(page)[1] == second
    page = await (await tess.get(_link(page, f"out-{second}"))).text()
    assert second not in _chosen(page)
    page = await (await tess.get(_link(page, f"in-{second}"))).text()
    assert _chosen(page)[1] == second
    page = await (await tess.get("/console/messages/mmr/film?order=pa,xx,%22%3E,ur,ur")).text()
    assert _chosen(page) == ["ur"]
    refused = await tess.post("/console/messages/mmr/film", data={"order": "ur,pa", "aspects": "16:9", "form": "make"})
    assert refused.status == 400
    assert "may not be shown" in await refused.text()


async def test_from_the_choice_to_the_screen(house):
    await _recorded(house)
    percy, petra = await house.signed_in("Percy"), await house.signed_in("Petra")
    answer = await percy.post(
        "/console/messages/mmr/film", data={"order": "pa,ur", "aspects": "16:9", "form": "make"}
    )  # fmt: skip
    path = answer.url.path
    assert 'data-testid="film-progress"' in await answer.text()
    assert "approve-button" not in await (await petra.get(path)).text()
    assert (await petra.get(path.replace("/films/", "/media/film/"))).status == 404
    await house.desk.film_making.make_next(house.desk.db, FakeFilmMaker())
    page = await (await percy.get(path)).text()
    assert "film-video" in page
    assert "it was not chosen" in page
    assert "ask-button" in page
    assert (await house.browser().get("/m/mmr")).status == 200
    assert "film-video" not in await (await house.browser().get("/m/mmr")).text()
    refused = await percy.post(f"{path}/approve", data={"seen": "", "form": "approve"})
    assert refused.status in {403, 409}
    await percy.post(f"{path}/ask", data={"approver": "Petra", "form": "ask"})
    assert f'href="{path}"' in await (await petra.get("/console/")).text()
    stale = await petra.post(f"{path}/approve", data={"seen": "0" * 64, "form": "approve"})
    assert stale.status == 409
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', await (await petra.get(path)).text())[1]
    assert (await petra.post(f"{path}/approve", data={"seen": seen, "form": "approve"})).status == 200
    assert "film-video" in await (await house.browser().get("/m/mmr/ur")).text()


async def test_anybody_sees_it_with_ranges_subtitles_and_a_download(house):
    await _recorded(house)
    film_id = await _published(house, "ur,pl")
    anybody = house.browser()
    page = await (await anybody.get("/m/mmr/pl")).text()
    assert re.findall(r'srclang="([a-zA-Z-]+)"', page)[0] == "pl"
    assert "<script" not in page
    video = f"/m/mmr/film/{film_id}.mp4"
    whole = await anybody.get(video)
    data = await whole.read()
    assert (whole.status, whole.content_type, whole.headers["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert "Set-Cookie" not in whole.headers
    part = await anybody.get(video, headers={"Range": "bytes=100-199"})
    assert part.status == 206
    assert await part.read() == data[100:200]
    assert (await anybody.get(video, headers={"Range": f"bytes={len(data)}-"})).status == 416
    saved = await anybody.get(f"{video}?save")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="mmr-16x9.mp4"'
    words = await anybody.get(f"/m/mmr/film/{film_id}.ur.vtt")
    assert words.content_type == "text/vtt"
    assert "00:00:01.000 --> 00:00:09.000\nWords &lt;i&gt;ur&lt;/i&gt;" in await words.text()
    assert "Words <i>pl</i>" in await (await anybody.get(f"/m/mmr/film/{film_id}.pl.srt")).text()
    assert (await anybody.get(f"/m/mmr/film/{film_id}.ti.vtt")).status == 404


async def test_plays_are_plain_totals(house):
    await _recorded(house)
    film_id = await _published(house)
    anybody = house.browser()
    video = f"/m/mmr/film/{film_id}.mp4"
    for wanted in ("bytes=0-", "bytes=0-1", "bytes=500-", "bytes=0-99999999"):
        await anybody.get(video, headers={"Range": wanted})
    await anybody.get(f"{video}?save")
    await anybody.head(video)
    for came_by in (film_id, film_id + 1, "x"):
        await anybody.get(f"/m/mmr/ur?film={came_by}")
    await house.app.on_cleanup[-1](house.app)  # as when the server ends: nothing that was counted is lost
    async with house.desk.db.read() as uow:
        film = await uow.films.get(film_id)
    assert (film.plays, film.downloads, film.opens) == (2, 1, 1)


async def test_withdrawn_is_gone_at_once_and_the_page_says_so(house):
    await _recorded(house)
    film_id = await _published(house, "ur,pl")
    anybody = house.browser()
    paths = [f"/m/mmr/film/{film_id}.mp4", f"/m/mmr/film/{film_id}.ur.vtt"]
    assert [(await anybody.get(each)).status for each in paths] == [200, 200]
    async with house.desk.db.write() as uow:
        message = await uow.messages.latest("mmr")
        row = await uow.messages.find_rendition(message.id, "pl", "voice")
        await house.desk.renditions.withdraw(uow, await house.actor("Percy"), row.id)
    assert [(await anybody.get(each)).status for each in paths] == [404, 404]
    page = await (await anybody.get("/m/mmr/ur")).text()
    assert "film-video" not in page
    assert 'data-testid="film-gone"' in page
    percy = await house.signed_in("Percy")
    assert (await percy.get(f"/console/media/film/{film_id}")).status == 404
    page = await (await percy.get(f"/console/films/{film_id}")).text()
    assert "it was withdrawn (Polish)" in page
    assert "film-again" in page
    async with house.desk.db.write() as uow:
        await house.desk.film_sharing.end(uow, await house.desk.film_sharing.over(uow))
    page = await (await percy.get(f"/console/films/{film_id}")).text()
    assert "Taken down" in page
    assert _link(page, "film-again") == "/console/messages/mmr/film?order=ur,pl"
    page = await (await percy.get("/console/messages/mmr/film?order=ur,pl")).text()
    assert _chosen(page) == ["ur"]
    since = page[page.index('data-testid="film-gone-since"') :]
    assert "it was withdrawn" in since[: since.index("</div>")]


async def test_taken_down_by_hand(house):
    await _recorded(house)
    film_id = await _published(house)
    petra = await house.signed_in("Petra")
    assert (await petra.post(f"/console/films/{film_id}/stop", data={"form": "stop"})).status == 200
    assert (await house.browser().get(f"/m/mmr/film/{film_id}.mp4")).status == 404
    assert "Taken down by Petra" in await (await petra.get(f"/console/films/{film_id}")).text()


async def test_another_message_does_not_serve_it(house):
    await _recorded(house)
    film_id = await _published(house)
    await house.message("heat")
    assert (await house.browser().get(f"/m/heat/film/{film_id}.mp4")).status == 404
    assert "film-video" not in await (await house.browser().get("/m/heat")).text()


async def test_without_ffmpeg_the_page_says_what_to_install(house):
    await _recorded(house)
    lacking = FakeFilmMaker(lacks="ffmpeg is not installed: apt-get install ffmpeg.")
    await house.desk.film_making.note_missing(house.desk.db, lacking)
    tess = await house.signed_in("Tess")
    assert "apt-get install ffmpeg" in await (await tess.get("/console/messages/mmr/film")).text()
    await house.desk.film_making.note_missing(house.desk.db, FakeFilmMaker())
    assert "apt-get install" not in await (await tess.get("/console/messages/mmr/film")).text()


async def test_a_press_pack_is_for_films_whose_people_agreed_to_partners(house):
    both = ["bot", "film", "partners"]
    await _recorded(house, ur=both, pa=both)
    without = await _published(house, "ur,pl")
    percy = await house.signed_in("Percy")
    assert "Polish" in (await (await percy.get(f"/console/films/{without}")).text()).partition("film-no-pack")[2][:300]
    refused = await percy.get(f"/console/films/{without}/pack")
    assert refused.status == 403
    assert "Polish" in await refused.text()

    film_id = await _published(house, "ur,pa")
    answer = await percy.get(f"/console/films/{film_id}/pack")
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {"READ-ME-FIRST.txt", "embed.html", "mmr-16x9.mp4", "texts/ur.txt", "texts/en-GB.txt"} <= names
        assert {"subtitles/mmr-16x9.ur.vtt", "subtitles/mmr-16x9.en-GB.srt"} <= names
        read_me = archive.read("READ-ME-FIRST.txt").decode()
        shown = await (await house.browser().get(f"/m/mmr/film/{film_id}.mp4")).read()
        assert archive.read("mmr-16x9.mp4") == shown
        assert hashlib.sha256(shown).hexdigest() in read_me
        assert "Valid until" in read_me
    async with house.desk.db.write() as uow:
        row = await uow.messages.find_rendition((await uow.messages.latest("mmr")).id, "pa", "voice")
        await uow.messages.change_rendition(row.id, consent=["bot"])
    assert (await percy.get(f"/console/films/{film_id}/pack")).status == 404


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
async def test_a_real_film_is_made_shown_and_taken_down(house, tmp_path):
    sound = voice(tmp_path / "ur.ogg", 1.5).read_bytes()
    await _recorded(house, real={"ur": sound, "pl": b"not a recording"})
    percy, petra = await house.signed_in("Percy"), await house.signed_in("Petra")
    answer = await percy.post(
        "/console/messages/mmr/film", data={"order": "pl,ur", "aspects": "9:16", "form": "make"}
    )  # fmt: skip
    path = answer.url.path
    maker = FfmpegFilms(tmp_path / "films")
    assert await house.desk.film_making.make_next(house.desk.db, maker) == int(path.rpartition("/")[2])
    page = await (await petra.get(path)).text()
    assert "film-video" in page
    assert "Polish" in page.partition('data-testid="film-left-out"')[2][:400], "what could not be read is named"
    await percy.post(f"{path}/ask", data={"approver": "Petra", "form": "ask"})
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', await (await petra.get(path)).text())[1]
    await petra.post(f"{path}/approve", data={"seen": seen, "form": "approve"})
    public = f"/m/mmr/film/{path.rpartition('/')[2]}"
    film = tmp_path / "got.mp4"
    film.write_bytes(await (await house.browser().get(f"{public}.mp4")).read())
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", str(film)],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert "h264,720,1280" in probed
    assert "aac" in probed
    assert "Words &lt;i&gt;ur&lt;/i&gt;" in await (await house.browser().get(f"{public}.ur.vtt")).text()
    house.clock.forward(days=9, minutes=1)
    assert (await house.browser().get(f"{public}.mp4")).status == 404
    await stop_films.run(house.desk)
    await forget_withdrawn.run(house.desk.db, house.desk.films, maker)
    assert not list((tmp_path / "films").glob("film-*")), "nothing of it is kept"
    assert not [each for each in (tmp_path / "media").iterdir() if each.suffix == ".mp4"]
