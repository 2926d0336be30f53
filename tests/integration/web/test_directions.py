"""Every page says in which language and direction it is, and what people wrote in another stands apart from it."""

import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest

import bot
from bot.domain.staff import Role
from bot.services.outbox import Address
from bot.web.routes import ROUTES
from tests.integration.web.conftest import BOT_ID, REGISTRY

ROOT = Path(bot.__file__).parent
URDU = "یہ سچ ہے؟"
ENDLESS = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "use"}
SHEETS = sorted(path for path in ROOT.rglob("*.css") if "vendor" not in path.parts)
PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)\b|(?<![-\w])(?:left|right)\s*:|(?:float|text-align)\s*:\s*(?:left|right)"
)


class _Page(HTMLParser):
    """Collects what is wrong: words from the right inside nothing that says so, a language without its direction."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        lang = found.get("lang") or ""
        if tag == "html" and not (lang and found.get("dir") in {"ltr", "rtl"}):
            self.wrong.append("<html> without its language and direction")
        known = lang and REGISTRY.resolve(lang)
        if known and known.rtl and found.get("dir") not in {"rtl", "auto"} and tag != "bdi":
            self.wrong.append(f"<{tag} lang={lang}> without a direction")
        if tag not in ENDLESS:
            self._open.append((tag, found))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(unicodedata.bidirectional(each) in {"R", "AL"} for each in data):
            return
        inside = [tag for tag, _ in self._open]
        stands_apart = "bdi" in inside or any(found.get("dir") in {"rtl", "auto"} for _, found in self._open)
        if not stands_apart and not {"title", "option"} & set(inside):
            self.wrong.append(f"{data.strip()[:40]!r} in {'/'.join(inside[-4:])}")


def _wrong(page: str) -> list[str]:
    reader = _Page()
    reader.feed(page)
    return reader.wrong


def test_the_reader_sees_what_is_wrong() -> None:
    page = (
        f'<html lang="en-GB" dir="ltr"><p>{URDU}</p><p lang="ur">x</p><bdi>{URDU}</bdi><p dir="auto">{URDU}</p></html>'
    )
    assert len(_wrong(page)) == 2
    assert len(_wrong("<html lang='en'><p>x</p></html>")) == 1


async def _busy(house) -> None:
    await house.message(ur=f"{URDU} متن", pl_draft="Tekst")
    await house.message("flood", title="Floods", ur_draft=URDU)
    await house.flag(URDU, language="ur", read="ur")
    await house.flag(f"Is this true? {URDU}", language=None)
    await house.residents("ur", 3)
    async with house.desk.db.write() as uow:
        to = Address(BOT_ID, b"sealed", b"0123456789abcdef")
        await house.desk.reach.wishes.receive(uow, "know", URDU, asker=to, language="ur", area=None)


@pytest.mark.parametrize("who", ["Tess", "Rani", "Ada", None])
async def test_every_page_of_the_console(house, who):
    await _busy(house)
    await house.staff(f"Sample {URDU}", Role.REVIEWER, languages=("ur",))
    browser = await house.signed_in(who) if who else house.browser()
    read = 0
    for route in ROUTES:
        if route.method != "GET" or "/media/" in route.path:
            continue
        for number in ("1", "2", "999"):
            path = re.sub(r"\{[^}]*id[^}]*\}", number, re.sub(r"\{key[^}]*\}", "mmr", route.path))
            answer = await browser.get(path.replace("{tag}", "ur"))
            if answer.content_type != "text/html" or "sign-out" in path:
                continue
            page = await answer.text()
            if page.lstrip().startswith("<!doctype") or "<html" in page:
                read += 1
                assert _wrong(page) == [], path
            if "id" not in route.path:
                break
    assert read > (20 if who else 1)


async def test_every_page_for_anybody(house):
    read = [each for each in REGISTRY.languages if each.read and each.tag != "en-GB"]
    texts = {each.tag.replace("-", "_"): URDU if each.rtl else "Text" for each in read}
    await house.message(**texts)
    browser = house.browser()
    for language in REGISTRY.languages:
        for path in (f"/m/mmr/{language.tag}", "/verify", "/verify/ABC-DEFG", "/nowhere"):
            page = await (await browser.get(path, headers={"Accept-Language": language.tag})).text()
            assert _wrong(page) == [], path
            if path.startswith("/m/") and language.read:
                assert f'<html lang="{language.tag}" dir="{language.direction}"' in page


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_know_start_and_end_not_left_and_right(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    # Written words keep their side line by line; a whole text from the right stands on the right.
    text = text.replace('.v-said[dir="rtl"] { text-align: right; }', "")
    assert PHYSICAL.findall(text) == []


@pytest.mark.parametrize("path", ["http/static/base.css", "sandbox/static/phones.css"])
def test_each_script_has_its_typeface(path):
    text = (ROOT / path).read_text("utf-8")
    for name in ("Gurmukhi", "Bengali", "Devanagari", "Gujarati", "Tamil", "Ethiopic", "Arabic", "CJK HK"):
        assert f'"Noto Sans {name}"' in text
    nastaliq = next(line for line in text.splitlines() if "Noto Nastaliq Urdu" in line)
    for tag in ("ur", "pa-Arab", "phr"):
        assert f":lang({tag})" in nastaliq
    for tag in ("ar", "fa", "ps", "ckb"):
        assert f":lang({tag})" not in nastaliq, "Sorani, Pashto and Persian letters are not all in Nastaliq"
