"""`/verify` tells anybody what a code belongs to, and gives what is needed to check it without us."""

from datetime import timedelta

import pytest

from bot.services.provenance import disclosures_fit
from bot.services.sealing import Sealing
from bot.services.signatures import MANIFEST, is_signed
from bot.services.vault import Vault
from bot.storage.anchor import AnchorFile

KEY = "sample-key-of-a-test-that-opens-nothing-else"


@pytest.fixture
async def code(house, tmp_path):
    """The code of an approved text in Urdu."""
    vault = Vault(KEY)
    message_id = await house.message(ur="یہ بچوں کو بچاتا ہے۔")
    desk = house.desk
    async with desk.db.write() as uow:
        await uow.meta.set("verify_key", vault.verify_key.hex())
    sealing = Sealing(desk.db, vault, desk.provenance, AnchorFile(tmp_path / "anchor"), desk.clock)
    while await sealing.run():
        pass
    async with desk.db.read() as uow:
        row = await uow.messages.find_rendition(message_id, "ur", "text")
        manifest = await uow.manifests.of_rendition(row.id)
    return manifest.code


async def test_a_code_leads_to_its_message_however_it_is_typed(house, code):
    browser = house.browser()
    for typed in (code, code.lower().replace("-", ""), code.replace("-", " ")):
        answer = await browser.get("/verify", params={"code": typed})
        page = await answer.text()
        assert answer.url.path == f"/verify/{code}"
        assert "verdict-genuine" in page
        assert "یہ بچوں کو بچاتا ہے۔" in page
    assert "Set-Cookie" not in answer.headers
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_page_follows_the_language_of_the_browser(house, code):
    page = await (await house.browser().get("/verify", headers={"Accept-Language": "ur"})).text()
    assert '<html lang="ur" dir="rtl"' in page


async def test_what_is_no_code_of_ours_is_said_kindly(house, code):
    browser = house.browser()
    for typed in ("ACEF-H3KM", "<script>alert(1)</script>", "x" * 400):
        answer = await browser.get("/verify", params={"code": typed})
        page = await answer.text()
        assert "verdict-unknown" in page
        assert "<script>alert" not in page
    assert (await browser.get("/verify/ACEF-AAAA")).status == 404


async def test_out_of_date_and_withdrawn_are_told_apart(house, code):
    browser = house.browser()
    house.clock.forward(days=200)
    assert "verdict-out_of_date" in await (await browser.get(f"/verify/{code}")).text()
    house.clock.time -= timedelta(days=200)
    rani = await house.actor("Rani")
    async with house.desk.db.write() as uow:
        manifest = await uow.manifests.by_code(code)
        await house.desk.renditions.withdraw(uow, rani, manifest.rendition_id)
    page = await (await browser.get(f"/verify/{code}")).text()
    assert "verdict-withdrawn" in page
    assert "یہ بچوں" not in page, "what is withdrawn is not shown"


async def test_anybody_can_check_the_manifest_with_the_public_key(house, code):
    browser = house.browser()
    told = await (await browser.get(f"/verify/{code}.json")).json()
    known = await (await browser.get("/verify/key")).json()
    key = bytes.fromhex(known["key"])
    assert is_signed(key, MANIFEST, told["body"].encode(), bytes.fromhex(told["signature"]))
    assert not is_signed(key, MANIFEST, told["body"].replace("ur", "pl").encode(), bytes.fromhex(told["signature"]))
    assert known["record"].partition(":")[0].isdigit()
    async with house.desk.db.read() as uow:
        assert disclosures_fit(await uow.manifests.by_code(code))
