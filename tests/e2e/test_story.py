"""The five-minute story in a real browser: two phones, a rumour, an answer, a second person, a correction."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page

from tests.tools.screenshots import CHROMIUM, ask, ask_what_is_known, demo, join, sign_in

pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason="chromium is not installed (apt-get install chromium)"
)
SHOTS = Path("build/screenshots")
TRUTH = "The vitamin drops from the clinic contain no pork"


@pytest.fixture
def url() -> Iterator[str]:
    with demo() as address:
        yield address


@pytest.fixture(scope="module")
def quiet() -> Iterator[str]:
    """A demo for those who only look: shared, and without the encoder, which takes seconds to read the library."""
    with demo(encoder=False) as address:
        yield address


def bubbles(phone: Locator, text: str) -> Locator:
    return phone.get_by_test_id("bubble").filter(has_text=text)


async def console(browser: Browser, url: str, name: str, failures: list[str]) -> Page:
    context = await browser.new_context(viewport={"width": 1100, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda line: failures.append(line.text) if line.type == "error" else None)
    await sign_in(page, url, name)
    return page


async def test_a_rumour_is_answered_by_two_people_and_the_correction_reaches_both_phones(
    url: str, browser: Browser
) -> None:
    failures: list[str] = []
    guests = await browser.new_page(viewport={"width": 860, "height": 860})
    guests.set_default_timeout(20_000)
    guests.on("pageerror", lambda error: failures.append(str(error)))
    await guests.goto(url)
    link = await guests.get_by_test_id("open-phones").get_attribute("href")
    await guests.goto(f"{url}{link}&bare=1")
    phones = guests.locator("section.phone")
    urdu, polish = phones.nth(0), phones.nth(1)
    await join(urdu, "ur")
    await join(polish, "pl")
    await guests.screenshot(path=SHOTS / "1-joined.png")
    for phone in (urdu, polish):
        await ask(phone)
    await guests.screenshot(path=SHOTS / "2-asked.png")

    triager = await console(browser, url, "Sample Triager", failures)
    await triager.goto(f"{url}/console/rumours")
    await triager.get_by_role("link", name="vitamin drops").first.click()
    assert await triager.get_by_test_id("flag-count").inner_text() != ""
    rumour = re.sub(r"[?#].*", "", triager.url)
    await triager.get_by_test_id("answer-title").fill(TRUTH)
    await triager.get_by_test_id("answer-truth").fill(f"{TRUTH}.")
    await triager.get_by_test_id("answer-claim").fill("A message going round says that they do.")
    await triager.get_by_test_id("answer-why").fill("They are made from plants; the maker lists everything in them.")
    await triager.get_by_test_id("write-approver").select_option(label="Sample Publisher")
    await triager.get_by_test_id("answer-ask").click()
    await triager.get_by_test_id("approval-holder").wait_for()
    assert await triager.get_by_test_id("approve-button").count() == 0, "the author is offered no approval"
    await triager.screenshot(path=SHOTS / "3-waits-for-second-person.png", full_page=True)

    publisher = await console(browser, url, "Sample Publisher", failures)
    await publisher.goto(rumour)
    await publisher.get_by_test_id("approve-button").click()
    for phone in (urdu, polish):
        await bubbles(phone, TRUTH).first.wait_for()
    await guests.wait_for_timeout(2000)
    assert [await bubbles(phone, TRUTH).count() for phone in (urdu, polish)] == [1, 1], "told once each"
    await guests.screenshot(path=SHOTS / "4-told-in-english.png")

    # A triager writes it in Urdu, a second speaker approves: the update comes by itself, right to left.
    await triager.goto(rumour)
    await triager.get_by_test_id("translate-ur").click()
    words = "کلینک سے ملنے والے وٹامن کے قطروں میں سور کا کوئی جزو نہیں۔"
    await triager.get_by_test_id("write-text").fill(words)
    await triager.get_by_test_id("write-save").click()
    reviewer = await console(browser, url, "Sample Urdu and Punjabi Reviewer", failures)
    await reviewer.get_by_test_id("home-drafts").get_by_role("link", name=TRUTH).first.click()
    await reviewer.get_by_test_id("approve-button").click()
    await bubbles(urdu, words).first.wait_for()
    side = await bubbles(urdu, words).first.evaluate(
        "(bubble, word) => getComputedStyle([...bubble.querySelectorAll('[dir]'), bubble]"
        ".find(part => part.textContent.includes(word))).direction",
        "قطروں",
    )
    assert side == "rtl"
    assert await bubbles(polish, words).count() == 0
    await guests.screenshot(path=SHOTS / "5-told-in-urdu.png")

    # From the rumour straight to a corrective broadcast, approved by another publisher.
    await publisher.goto(rumour)
    await publisher.get_by_test_id("make-broadcast").click()
    await publisher.get_by_test_id("broadcast-create").click()
    broadcast = re.sub(r"[?#].*", "", publisher.url)
    await publisher.get_by_test_id("ask-approver").select_option(label="Sample Second Publisher")
    await publisher.get_by_test_id("approval").get_by_role("button").first.click()
    second = await console(browser, url, "Sample Second Publisher", failures)
    await second.goto(broadcast)
    await second.screenshot(path=SHOTS / "6-dry-run.png", full_page=True)
    await second.get_by_test_id("approve-button").click()
    await second.get_by_test_id("count-sent").filter(has_text="300").wait_for(timeout=150_000)
    await second.screenshot(path=SHOTS / "7-broadcast.png", full_page=True)
    await guests.wait_for_timeout(1500)
    assert await second.get_by_test_id("count-skipped").inner_text() == "2", "the two who asked"
    assert await bubbles(urdu, words).count() == 1, "as the answer's update; nobody is told twice"
    assert await bubbles(polish, TRUTH).count() == 1, "as the answer"

    # What the library knows is answered at once, in the language of the phone: nobody at the desk is asked.
    for phone in (urdu, polish):
        await ask_what_is_known(phone)
        await bubbles(phone, "nhs.uk").last.wait_for()
    await guests.screenshot(path=SHOTS / "8-known-already.png")
    assert failures == []


async def test_a_phone_of_390_pixels_shows_no_page_wider_than_itself(quiet: str, browser: Browser) -> None:
    failures: list[str] = []
    page = await console(browser, quiet, "Sample Publisher", failures)
    await page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "rumours", "messages", "broadcasts", "broadcasts/new", "rumours/1", "messages/mmr-vaccine"):
        await page.goto(f"{quiet}/console/{path}")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"/console/{path} is {width} pixels wide"
        await page.screenshot(path=SHOTS / f"narrow-{path.replace('/', '-') or 'home'}.png")
    assert failures == []


async def test_the_rumour_desk_works_without_javascript(quiet: str, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, quiet, "Sample Triager")
    await page.goto(f"{quiet}/console/rumours/1")
    await page.get_by_test_id("close-open").click()
    await page.get_by_test_id("outcome-not_amplified").check()
    await page.get_by_test_id("close-reason").fill("Nobody else has heard of it; an answer would spread it.")
    await page.get_by_test_id("close-button").click()
    await page.get_by_test_id("reopen-button").wait_for()
