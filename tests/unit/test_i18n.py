"""Languages: finding one from a tag, falling back honestly, filling texts safely, keeping directions apart."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import (
    SOURCE,
    Catalogs,
    LanguageStatus,
    LocalesInvalid,
    MissingValue,
    Registry,
    Safe,
    Status,
    UnknownLanguage,
    first_strong,
    isolate,
    strip_controls,
    utf16_len,
)

FSI, PDI = "\u2068", "\u2069"
SHIPPED = Registry.load()

URDU = """\
msgid ""
msgstr ""
"Language: ur\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Hello"
msgstr "سلام"

msgid "Hello {name}"
msgstr "سلام {name}"

msgid "From {name}:\\n<b>{body}</b>"
msgstr "{name} کی طرف سے:\\n<b>{body}</b>"

msgctxt "button"
msgid "Stop"
msgstr "بند کریں"

#, fuzzy
msgid "Unsure"
msgstr "شاید"

msgid "Broken {name}"
msgstr "خراب {nmae}"

msgid "one question"
msgid_plural "{n} questions"
msgstr[0] "ایک سوال"
msgstr[1] "{n} سوال"
"""

ARABIC = """\
msgid ""
msgstr ""
"Language: ar\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : \
n%100>=0 && n%100<=2 ? 4 : 5);\\n"

msgid "one question"
msgid_plural "{n} questions"
msgstr[0] "صفر"
msgstr[1] "واحد"
msgstr[2] "اثنان"
msgstr[3] "قليل {n}"
msgstr[4] "مئة {n}"
msgstr[5] "كثير {n}"
"""

DARI = """\
msgid ""
msgstr ""
"Language: fa_AF\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Stop"
msgstr "ایستاد"
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return SHIPPED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for tag, text in {"ur": URDU, "ar": ARABIC, "fa-AF": DARI, "fa": DARI.replace("Stop", "Hello")}.items():
        path = tmp_path / tag / "LC_MESSAGES" / "bot.po"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def catalogs(registry: Registry, folder: Path) -> Catalogs:
    return Catalogs.load(registry, folder)


@pytest.mark.parametrize(
    ("given_tag", "meant"),
    [
        ("ur", "ur"),
        ("en", "en-GB"),
        ("EN_us", "en-GB"),
        ("pt-BR", "pt"),
        ("es-419", "es"),
        ("it-IT", "it"),
        ("ti-ER", "ti"),
        ("pnb", "pa-Arab"),
        ("pa-PK", "pa-Arab"),
        ("pa-Arab-PK", "pa-Arab"),
        ("pa-IN", "pa"),
        ("prs", "fa-AF"),
        ("fa-IR", "fa"),
        ("ku", "kmr"),
        ("ku-IQ", "ckb"),
        ("zh-hk", "zh-Hant"),
        ("zh-hant-tw", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("yue-HK", "yue"),
        ("sgn-GB", "bfi"),
        ("phr", "phr"),
    ],
)
def test_a_tag_from_an_app_or_a_link_finds_its_language(registry: Registry, given_tag: str, meant: str) -> None:
    found = registry.resolve(given_tag)
    assert found
    assert found.tag == meant


@pytest.mark.parametrize(
    "given_tag", ["ur-Latn", "bn-Latn", "pa-Latn", "zh-Latn", "kmr-Arab", "und", "xx", "", None, "../ur", "ur\0"]
)
def test_no_language_is_found_where_its_letters_would_be_wrong(registry: Registry, given_tag: str | None) -> None:
    assert registry.resolve(given_tag) is None


@given(st.text(max_size=40))
def test_whatever_a_link_carries_is_a_language_or_none(text: str) -> None:
    found = SHIPPED.resolve(text)
    assert found is None or found in SHIPPED.languages


def test_chains_end_in_english_and_never_cross_to_a_language_that_readers_cannot_read(registry: Registry) -> None:
    assert registry.read_chain("phr") == ("phr", "ur", SOURCE)
    assert registry.read_chain("yue") == ("yue", "zh-Hant", SOURCE)
    assert registry.read_chain("fa-AF") == ("fa-AF", "fa", SOURCE)
    assert registry.read_chain(SOURCE) == (SOURCE,)
    for tag in ("ti", "am", "ckb", "kmr", "ps", "so", "bfi", "rmy"):
        assert registry.read_chain(tag) == (tag, SOURCE)
    assert "pa" not in registry.read_chain("pa-Arab")
    with pytest.raises(UnknownLanguage):
        registry.read_chain("pnb")


def test_drafts_are_not_offered_until_their_critical_lines_are_reviewed(registry: Registry) -> None:
    reviewed = LanguageStatus("draft", "a speaker", date(2026, 1, 1), critical_reviewed=True)
    status = Status({"ur": reviewed})
    wanted = ["pl", "phr", "ur", "en-GB", "bfi"]
    assert [each.tag for each in registry.offered(wanted, "off", status)] == ["en-GB", "ur", "phr", "bfi"]
    assert [each.tag for each in registry.offered(wanted, "label", status)] == [
        "en-GB",
        "ur",
        "pl",
        "phr",
        "bfi",
    ]
    assert registry.offered([], "label", Status()) == registry.languages
    with pytest.raises(UnknownLanguage):
        registry.offered(["ur", "klingon"], "label", status)


@pytest.mark.parametrize(
    "text",
    [
        '[ur]\nstatus = "reviewed"\n',
        '[ur]\nstatus = "fine"\n',
        "[ur]\ncritical_reviewed = true\n",
        '[ur]\nstatus = "reviewed"\nby = "x"\nwhen = 2026-01-01\n',
        "[ur]\nwho = 1\n",
        "ur = 1\n",
    ],
)
def test_a_review_without_reviewer_or_day_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.toml").write_text(text, "utf-8")
    with pytest.raises(LocalesInvalid):
        Status.load(tmp_path)


def test_a_broken_registry_says_what_is_wrong(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "locales" / "registry.toml").read_text("utf-8")
    for good, bad, said in (
        ('tag = "pl"', 'tag = "ro"', "twice"),
        ('fallback = ["ur"]', 'fallback = ["phr"]', "fallback"),
        ('babel = "pl"', 'babel = "klingon"', "klingon"),
        ('tag = "en-GB"', 'tag = "en-XX"', "en-GB"),
        ("[[languages]]", "[[lang]]", "languages"),
    ):
        (tmp_path / "registry.toml").write_text(shipped.replace(good, bad), "utf-8")
        with pytest.raises(LocalesInvalid, match=said):
            Registry.load(tmp_path)


def test_texts_come_in_the_language_or_its_fallback_and_say_so(catalogs: Catalogs) -> None:
    urdu, mirpuri, dari = (catalogs.translator(tag) for tag in ("ur", "phr", "fa-AF"))
    assert urdu.text("Hello") == mirpuri.text("Hello") == "سلام"
    assert urdu.complete_for("Hello")
    assert not mirpuri.complete_for("Hello")
    assert mirpuri.language_of("Hello").tag == "ur"
    assert (dari.text("Stop"), dari.text("Hello")) == ("ایستاد", "ایستاد")
    assert dari.language_of("Hello").tag == "fa"
    assert urdu.text("Not translated") == "Not translated"
    assert urdu.language_of("Not translated").tag == SOURCE
    assert catalogs.translator(SOURCE).complete_for("Anything")


def test_a_guess_is_not_shown(catalogs: Catalogs) -> None:
    assert catalogs.translator("ur").text("Unsure") == "Unsure"
    assert catalogs.coverage("ur") == (6, 7)
    assert catalogs.coverage("pl") == (0, 0)


def test_a_button_is_found_in_its_context_and_is_plain_text(catalogs: Catalogs) -> None:
    urdu = catalogs.translator("ur")
    assert urdu.button("Stop") == urdu.text("Stop", context="button") == "بند کریں"
    assert urdu.text("Stop") == "Stop"
    assert urdu.button("Hello") == "سلام"
    assert catalogs.translator(SOURCE).button("{name}", name="Tom & Jo") == "Tom & Jo"
    assert catalogs.translator(SOURCE).button("{name}", name=Safe("<b>Tom</b> &amp; Jo")) == "Tom & Jo"


def test_values_are_escaped_and_ready_made_pieces_are_not(catalogs: Catalogs) -> None:
    english = catalogs.translator(SOURCE)
    assert english.text("Hi {name}", name="<b>&") == "Hi &lt;b&gt;&amp;"
    assert english.text("Hi {name}", name=Safe("<b>x</b>")) == "Hi <b>x</b>"
    assert english.text("See {part}", part=english.text("a {b}", b="<")) == "See a &lt;"
    assert english.text("{name}", name="{other} {name.__class__}") == "{other} {name.__class__}"


def test_values_are_isolated_where_directions_could_mix(catalogs: Catalogs) -> None:
    urdu, english = catalogs.translator("ur"), catalogs.translator(SOURCE)
    assert urdu.text("Hello {name}", name="Ann") == f"سلام {FSI}Ann{PDI}"
    assert english.text("Hello {name}", name="علی") == f"Hello {FSI}علی{PDI}"
    assert english.text("Hello {name}", name="Ann") == "Hello Ann"
    assert urdu.text("Not translated {name}", name="Ann") == "Not translated Ann"


def test_a_value_cannot_break_out_of_its_isolate(catalogs: Catalogs) -> None:
    shown = catalogs.translator("ur").text("Hello {name}", name=f"Ann{PDI}\u202egro.live")
    assert shown == f"سلام {FSI}Anngro.live{PDI}"


def test_a_value_with_a_line_of_its_own_keeps_its_side(catalogs: Catalogs) -> None:
    """A line that is all isolate has no first letter, and chat apps would set it on the left."""
    shown = catalogs.translator("ur").text("From {name}:\n<b>{body}</b>", name="Ann", body="آج بارش ہے")
    assert shown.split("\n")[1] == "<b>آج بارش ہے</b>"
    assert catalogs.translator("ur").text("Hello {name}", name="ایک\nدو") == "سلام ایک\nدو"


def test_a_forgotten_value_is_an_error_in_tests_and_english_at_run_time(registry: Registry, folder: Path) -> None:
    strict = Catalogs.load(registry, folder, strict=True).translator("ur")
    with pytest.raises(MissingValue, match="nmae"):
        strict.text("Broken {name}", name="Ann")
    lenient = Catalogs.load(registry, folder).translator("ur")
    assert lenient.text("Broken {name}", name="Ann") == "Broken Ann"
    assert lenient.text("Hello {name}") == "Hello {name}"


def test_each_number_gets_its_plural_form(catalogs: Catalogs) -> None:
    arabic, urdu = catalogs.translator("ar"), catalogs.translator("ur")
    shown = [arabic.plural("one question", "{n} questions", n) for n in (0, 1, 2, 3, 100, 11)]
    assert [form.split()[0] for form in shown] == ["صفر", "واحد", "اثنان", "قليل", "مئة", "كثير"]
    assert urdu.plural("one question", "{n} questions", 5) == f"{FSI}5{PDI} سوال"
    polish = catalogs.translator("pl")
    assert polish.plural("one question", "{n} questions", 1) == "one question"
    assert polish.plural("one question", "{n} questions", 2) == "2 questions"


def test_dates_and_numbers_are_readable_everywhere(catalogs: Catalogs, registry: Registry) -> None:
    at, london = datetime(2026, 6, 30, 23, 5, tzinfo=UTC), ZoneInfo("Europe/London")
    english = catalogs.translator(SOURCE)
    assert english.date(at, london) == "Wednesday 1/7/2026"
    assert english.time(at, london) == "00:05"
    assert english.number(1234) == "1,234"
    assert catalogs.translator("phr").date(at, london) == catalogs.translator("ur").date(at, london)
    for language in registry.languages:
        translator = catalogs.translator(language.tag)
        assert translator.date(at, london).endswith(" 1/7/2026")
        assert all(character.isascii() for character in translator.number(98765432) if character.isdigit()), (
            language.tag
        )


def test_a_broken_catalog_is_named(registry: Registry, folder: Path) -> None:
    path = folder / "ur" / "LC_MESSAGES" / "bot.po"
    path.write_text('msgid "a"\nmsgstr[0 "b"\n', "utf-8")
    with pytest.raises(LocalesInvalid, match="ur"):
        Catalogs.load(registry, folder)


def test_what_reorders_or_hides_is_removed_and_named() -> None:
    clean, removed = strip_controls("a\u202eb\u2066c\u200bd\ufeffe\0f\ud800g\u2060h\U000e0041i")
    assert clean == "abcdefghi"
    assert removed == ["U+202E", "U+2066", "U+200B", "U+FEFF", "U+0000", "U+D800", "U+2060", "U+E0041"]


def test_what_languages_and_flags_need_is_kept() -> None:
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    for kept in ("می\u200cخواهم", "क्\u200dष", "\u200e1\u200f", england + england, "👨\u200d👩\u200d👧"):
        assert strip_controls(kept) == (kept, [])
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "send money")
    assert strip_controls(f"\U0001f3f4{hidden}\U000e007f")[0] == "\U0001f3f4"


@given(st.text(st.characters(exclude_categories=())))
def test_a_cleaned_text_can_be_sent_and_isolated(text: str) -> None:
    clean, removed = strip_controls(text)
    assert strip_controls(clean) == (clean, [])
    assert len(clean) + len(removed) == len(text)
    clean.encode("utf-8")
    assert isolate(text) == f"{FSI}{clean}{PDI}"
    assert utf16_len(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def test_a_line_takes_its_side_from_its_first_letter() -> None:
    assert first_strong("1. اردو then English") == "rtl"
    assert first_strong("/stop اردو") == "ltr"
    assert first_strong("999") is None
