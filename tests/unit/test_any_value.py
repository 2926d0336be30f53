"""Any value in any text of any language leaves a message that a channel takes, with directions kept apart."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import SOURCE, Catalogs, Registry, utf16_len
from bot.i18n.render import PLACEHOLDER
from bot.sandbox.markup import message_text
from tests.tools.strings.files import entries, ids_of

LOCALES = Path(__file__).parents[2] / "locales"
FSI, PDI = "\u2068", "\u2069"
OPENING, CONTROLS = "\u2066\u2067\u2068", "\u202a\u202b\u202c\u202d\u202e\u200b\u2060\ufeff"

_PIECES = st.sampled_from([
    "مرحبا", "اردو متن", "Latin", "עברית", "বাংলা", "<b>", "&amp;", "</a>", "{name}", "{", "\u202e", "\u2066", "\u2069",
    "\u200f", "\u200c", "👩‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e007f", "\n", "\r\n", "\t", "%s", "999", "https://x.example/?a=1&b=<2>",
    "\ud800", "\0", "e\u0301", "/stop", "@name",
])  # fmt: skip
VALUES = st.lists(_PIECES | st.text(max_size=8), max_size=12).map("".join) | st.just("ی" * 4096) | st.just("😱" * 2048)


@cache
def _catalogs() -> Catalogs:
    return Catalogs.load(Registry.load(LOCALES), LOCALES, strict=True)


@cache
def _texts() -> tuple[tuple[str | None, tuple[str, ...]], ...]:
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (LOCALES / "bot.pot").open("rb") as file:
        return tuple((each.context, ids_of(each)) for each in entries(read_po(file)))


def _spoken(tag: str, context: str | None, ids: tuple[str, ...], value: str, n: int) -> str:
    t = _catalogs().translator(tag)
    names = {name for text in ids for name in PLACEHOLDER.findall(text)} - {"n"}
    if len(ids) > 1:
        return t.plural(ids[0], ids[1], n, context, **dict.fromkeys(names, value))
    return t.text(ids[0], context, **dict.fromkeys(names | ({"n"} if "{n}" in ids[0] else set()), value))


@given(data=st.data(), value=VALUES, n=st.integers(0, 10**6))
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_text_of_any_language(data: st.DataObject, value: str, n: int) -> None:
    tags = [each.tag for each in _catalogs().registry.languages]
    tag = data.draw(st.sampled_from(tags))
    context, ids = data.draw(st.sampled_from(_texts()))
    html = _spoken(tag, context, ids, value, n)
    assert not set(html) & set(CONTROLS)
    for line in html.split("\n"):
        depth = 0
        for character in line:
            depth += (character in OPENING) - (character == PDI)
            assert depth in {0, 1}, "an isolate is ended where it began"
        assert depth == 0
    if html.strip() and utf16_len(html) <= 4096:
        message_text(html, "HTML")  # raises where Telegram would refuse it
    if len(value) >= 2048 and PLACEHOLDER.search(ids[-1].replace("{n}", "")):
        assert value in html.replace(FSI, "").replace(PDI, ""), "nothing of a value is lost"


@pytest.mark.parametrize("tag", ["ur", "ar", "ckb", "pa-Arab", "en-GB", "pl", "ti"])
def test_a_value_alone_on_its_line_keeps_the_side_of_the_reader(tag: str) -> None:
    shown = _catalogs().translator(tag).text("Its number is:\n{code}", code="ABC-DEFG")
    assert shown.split("\n")[1] == "ABC-DEFG"
    assert FSI not in _catalogs().translator(SOURCE).text("Sent by {organisation}", organisation="Council")
