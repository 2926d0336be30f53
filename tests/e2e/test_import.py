"""`vouch residents import` as a process: many rows in little memory, bad lines kept, invitations without a token."""

import csv
import sqlite3
import struct
import zlib
from contextlib import closing
from pathlib import Path

from qrcode.main import QRCode

from tests.stage import Stage, stage
from tests.tools.import_a_million import run_import, write_list

HEAD = "chat_id,listen,read,area,form,consented_at\n"


def _write(folder: Path, *lines: str) -> Path:
    path = folder / "list.csv"
    path.write_text(HEAD + "".join(f"{each}\n" for each in lines), "utf-8")
    return path


async def test_twenty_thousand_rows_in_little_memory_and_a_repeat_adds_nobody(tmp_path: Path) -> None:
    vouch, path = Stage(tmp_path), tmp_path / "list.csv"
    write_list(path, 20_000)
    first = run_import(vouch, path)
    again = run_import(vouch, path)
    print(f"{20_000 / first.seconds:,.0f} rows/s, start included; peak {first.peak:.0f} MB, again {again.peak:.0f} MB")
    assert first.said.startswith("20000 residents imported, 0 were here already, 0 lines left out")
    assert again.said.startswith("0 residents imported, 20000 were here already")
    assert "Destroy list.csv" in first.said
    assert max(first.peak, again.peak) < 150
    assert sum(n for _, n in _residents(vouch)) == 20_000
    assert not (tmp_path / "list.rejected.csv").exists()


async def test_bad_lines_stand_beside_the_file_and_can_be_put_right_and_imported(tmp_path: Path) -> None:
    vouch = Stage(tmp_path)
    path = _write(tmp_path, "701,ur,,,text,2025-01-31", "702,xx,,,text,2025-01-31", "=1+1,ur,,,text,2025-01-31")
    said = await vouch.cli("residents", "import", str(path), "--token-moves", fails=True)
    assert said == "2 lines of list.csv were left out: list.rejected.csv says which and why."
    rejected = tmp_path / "list.rejected.csv"
    assert rejected.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(rejected.read_text("utf-8").splitlines()))
    assert [(each["line"], each["chat_id"]) for each in rows] == [("3", "702"), ("4", "'=1+1")]
    assert rows[0]["reason"] == "listen names no language that Vouch knows"
    rejected.write_text(rejected.read_text("utf-8").replace("xx", "pl").replace("'=1+1", "703"), "utf-8")
    said = await vouch.cli("residents", "import", str(rejected), "--token-moves")
    assert said.startswith("2 residents imported")


async def test_refusals_are_one_sentence_and_import_nobody(tmp_path: Path) -> None:
    vouch = Stage(tmp_path)
    path = tmp_path / "list.csv"
    path.write_text("chat_id,listen,read,area,form\n701,ur,,,text\n", "utf-8")
    arguments = ("residents", "import", str(path), "--token-moves")
    assert "nobody is imported without the time of their consent" in await vouch.cli(*arguments, fails=True)
    pilot = Stage(tmp_path, VOUCH_TELEGRAM_API_URL="https://api.telegram.org", VOUCH_CLI_APPROVE="false",
                  VOUCH_RATE_PER_SECOND="25")  # fmt: skip
    _write(tmp_path, "701,ur,,,text,2025-01-31")
    assert "closed pilot" in await pilot.cli(*arguments, fails=True)
    assert _residents(vouch) == []


async def test_without_the_token_nobody_is_imported_and_the_invitations_lead_into_the_bot(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        path = _write(
            tmp_path, "701,ur,,palfrey,text,2025-01-31", "702,ur,,palfrey,text,2025-01-31", "703,en,,,text,2025-01-31"
        )
        said = await vouch.cli("residents", "import", str(path))
        assert said.startswith("Nobody was imported")
        assert "2 invitations for 3 people" in said
        assert _residents(vouch) == []
        _check_invitations(tmp_path / "list.invitations")
        await vouch.start()
        person = vouch.sandbox.add_person("Resident One", "en")
        vouch.sandbox.hands.start(person, "l_ur-p_palfrey")
        welcome = (await vouch.answer_to(person))[-1]
        assert any("\u0600" < each < "\u06ff" for each in welcome["text"]), "greeted in Urdu"
        await vouch.press(person, "join")
        await vouch.press(person, "f:text")
        assert _residents(vouch) == [("ur/palfrey", 1)]


def _check_invitations(folder: Path) -> None:
    links = list(csv.DictReader((folder / "links.csv").read_text("utf-8").splitlines()))
    assert [tuple(each.values()) for each in links] == [
        ("en-GB", "", "1", "https://t.me/StageBot?start=l_en-GB"),
        ("ur", "Palfrey", "2", "https://t.me/StageBot?start=l_ur-p_palfrey"),
    ]
    page = (folder / "posters.html").read_text("utf-8")
    assert page.count("<svg") == 2
    assert 'dir="rtl"' in page
    assert all(each["link"] in page for each in links)
    assert "Do not print" not in page
    assert _modules(folder / "ur-palfrey.png") == _wanted(links[1]["link"])
    assert (folder / "ur-palfrey.svg").read_bytes().startswith(b"<svg")


def _residents(vouch: Stage) -> list[tuple[str, int]]:
    """How many are on file, by reading language and area."""
    with closing(sqlite3.connect(vouch.data_dir / "vouch.db")) as db:
        return db.execute("SELECT read || '/' || area, count(*) FROM residents GROUP BY 1 ORDER BY 1").fetchall()


def _wanted(link: str) -> list[list[bool]]:
    code = QRCode(border=4)  # type: ignore[no-untyped-call]
    code.add_data(link)  # type: ignore[no-untyped-call]
    code.make(fit=True)  # type: ignore[no-untyped-call]
    return [[bool(each) for each in row] for row in code.get_matrix()]  # type: ignore[no-untyped-call]


def _modules(path: Path) -> list[list[bool]]:
    """What a one-bit PNG shows, a value a module of twelve pixels."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    side = struct.unpack(">I", data[16:20])[0]
    assert data[24:26] == b"\x01\x00"
    start = data.index(b"IDAT")
    length = struct.unpack(">I", data[start - 4 : start])[0]
    assert zlib.crc32(data[start : start + 4 + length]) == struct.unpack(">I", data[start + 4 + length :][:4])[0]
    raw = zlib.decompress(data[start + 4 : start + 4 + length])
    width = -(-side // 8) + 1
    lines = [raw[at : at + width] for at in range(0, len(raw), width)]
    assert len(lines) == side
    return [[not (lines[y][1 + x // 8] >> (7 - x % 8)) & 1 for x in range(6, side, 12)] for y in range(6, side, 12)]
