"""With all text hidden, in a real browser: by numbers, pictures and sample sound alone, from welcome to erased."""

import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Locator

from tests.tools.screenshots import CHROMIUM, demo, sign_in

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.timeout(240),
]
SHOTS = Path("build/screenshots")
ANSWER = "nhs.uk/vaccinations/mmr"
"""Where the vetted answer comes from: its text is there for whoever reads it to them."""
CODE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b")
HIDE = ".words, .owner, .bar-words, .when, .fine, .day { visibility: hidden !important; }"
WITHOUT_WORDS = """() => document.querySelectorAll('.key').forEach(key => {
  const [number, picture] = key.textContent.replace('\\u200f', '').trim().split(' ');
  key.textContent = /^[1-3]\\ufe0f\\u20e3$/.test(number) ? `${number} ${picture}` : '';
})"""
"""What is left on the phone: sound, pictures, and on each button its number and its picture."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo(encoder=False) as address:
        yield address


async def press(phone: Locator, number: int, picture: str) -> None:
    """Wait for the newest choice with this number and picture, and press it; its words are gone before."""
    key = phone.locator(".key").filter(has_text=re.compile(rf"{number}\ufe0f\u20e3 {picture}")).last
    await key.wait_for()
    await phone.page.evaluate(WITHOUT_WORDS)
    await key.click()


async def say(phone: Locator, sample: str) -> None:
    """Answer with a voice or a sign."""
    await phone.get_by_test_id("attach").click()
    await phone.get_by_test_id(f"sample-{sample}").click()


async def _guest(url: str, language: str, name: str) -> int:
    async with aiohttp.ClientSession(f"{url}/sandbox/api/") as session:
        fields = {"first_name": name, "language_code": "en", "note": "sample"}
        person = await (await session.post("people", json=fields)).json()
        await (await session.post(f"people/{person['id']}/start", json={"payload": f"l_{language}"})).read()
        return int(person["id"])


@pytest.mark.parametrize(("language", "sample", "sound"), [("phr", "voice", "audio"), ("bfi", "video", "video")])
async def test_who_reads_nothing_gets_everything(
    url: str, browser: Browser, language: str, sample: str, sound: str
) -> None:
    guest = await _guest(url, language, "Sample guest")
    page = await browser.new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page.set_default_timeout(20_000)
    await page.goto(f"{url}/phones/{guest}")
    await page.add_style_tag(content=HIDE)
    phone = page.locator("section.phone")
    await phone.locator(f"{sound}[src]").first.wait_for()
    assert await phone.locator(".line.in").first.locator(sound).count() == 1, "the first thing that arrives is heard"
    await page.screenshot(path=SHOTS / f"ear-{language}-1.png")
    await press(phone, 1, "🔔")
    await phone.locator(".key").filter(has_text="⚙").last.wait_for()
    await say(phone, sample)
    await press(phone, 1, "✅")
    await page.screenshot(path=SHOTS / f"ear-{language}-2.png")
    await phone.get_by_test_id("bubble").filter(has_text=CODE).last.wait_for(state="attached")

    await _answered_by_two(browser, url)
    await phone.get_by_test_id("bubble").filter(has_text=ANSWER).last.wait_for(state="attached")
    await page.screenshot(path=SHOTS / f"ear-{language}-3.png")
    for number, picture in ((1, "🏠"), (3, "⚙"), (2, "✋"), (2, "🗑"), (1, "🗑")):
        await press(phone, number, picture)
    await phone.get_by_test_id("bubble").filter(has_text="/start").last.wait_for(state="attached")
    screens = phone.locator(".line.in:has(.key)")
    assert await screens.count() >= 6
    assert await phone.locator(f".line.in {sound}").count() >= await screens.count(), "each of them is heard"
    await page.close()


async def _answered_by_two(browser: Browser, url: str) -> None:
    """The team answers what was said with a vetted message; a second person says yes."""
    triager = await (await browser.new_context()).new_page()
    await sign_in(triager, url, "Sample Triager")
    await triager.goto(f"{url}/console/rumours")
    await triager.locator(".v-row__link").first.click()
    await triager.get_by_test_id("use-open").click()
    await triager.get_by_test_id("use-key").select_option("mmr-vaccine")
    await triager.get_by_test_id("use-approver").select_option(label="Sample Publisher")
    await triager.get_by_test_id("use-ask").click()
    await triager.get_by_test_id("approval-holder").wait_for()
    publisher = await (await browser.new_context()).new_page()
    await sign_in(publisher, url, "Sample Publisher")
    await publisher.goto(re.sub(r"[?#].*", "", triager.url))
    await publisher.get_by_test_id("approve-button").click()
    await publisher.wait_for_load_state()
