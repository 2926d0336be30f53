"""The shipped languages and catalogs, and the tool that keeps them in step: every slip is planted once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.i18n import SOURCE, Catalogs, Registry, Status, strip_controls
from tests.tools.strings.__main__ import main
from tests.tools.strings.files import NOT_TRANSLATED, catalog_tags, findings, po_path
from tests.tools.strings.pseudo import TAG_LTR, pseudo, write_locales

ROOT = Path(__file__).parents[2]

SOURCES = """\
from bot.i18n import BUTTON, N_, pN_

# An ordinary remark.
# Translators: a greeting.
HELLO = N_("Hello {name}")
PAGE = pN_("page", "Home")
# Critical: how to get help in danger.
HELP = N_("In danger call <b>999</b> or see https://www.nhs.uk/help")


def screen(translator, n, kind):
    translator.text(HELLO, name="x")
    translator.text("See " "you", context="farewell")
    translator.plural("one question", "{n} questions", n)
    translator.button("Stop")
    translator.button("Yes" if n else "No")
    translator.text("Escalate this flag", context="staff")
    kind.text()
"""

URDU = {
    "Hello {name}": "سلام {name}",
    "Home": "گھر",
    "In danger call <b>999</b> or see https://www.nhs.uk/help": "خطرے میں <b>999</b> پر فون کریں یا دیکھیں https://www.nhs.uk/help",
    "See you": "پھر ملیں گے",
    "Stop": "بند کریں",
}

GLOSSARY = """\
[[terms]]
id = "home"
english = ["home"]

[translations.ur]
home = ["گھر"]
never = ["قطار"]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout with sources, the registry, an empty status file and a part-translated Urdu catalog."""
    (tmp_path / "bot" / "chat").mkdir(parents=True)
    (tmp_path / "bot" / "chat" / "screens.py").write_text(SOURCES, "utf-8")
    (tmp_path / "bot" / "db.py").write_text('rows.text("SELECT 1")\n', "utf-8")
    (tmp_path / "locales").mkdir()
    shutil.copy(ROOT / "locales" / "registry.toml", tmp_path / "locales")
    (tmp_path / "locales" / "status.toml").write_text("", "utf-8")
    (tmp_path / "locales" / "glossary.toml").write_text(GLOSSARY, "utf-8")
    assert main(["extract"], tmp_path) == 0
    assert main(["new", "ur"], tmp_path) == 0
    for source, translation in URDU.items():
        replace(tmp_path, f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{translation}"')
    return tmp_path


def replace(root: Path, old: str, new: str, tag: str = "ur") -> None:
    path = po_path(root / "locales", tag)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_shipped_catalogs_are_current_and_unbroken() -> None:
    wrong, _ = findings(ROOT)
    assert wrong == []


def test_the_shipped_catalogs_load_and_name_only_languages_that_exist() -> None:
    registry = Registry.load()
    catalogs = Catalogs.load(registry, strict=True)
    assert set(catalog_tags(ROOT / "locales")) == set(catalogs.loaded)
    assert {registry.get(tag).tag for tag in Status.load().languages} <= set(catalogs.loaded)


def test_the_registry_holds_the_languages_of_the_borough() -> None:
    languages = Registry.load().languages
    assert [language.tag for language in languages[:7]] == [SOURCE, "pa", "ur", "bn", "pl", "ro", "gu"]
    assert sum(language.read for language in languages) == 37
    assert [language.tag for language in languages if not language.read] == ["phr", "syl", "bfi", "yue", "rmy"]
    assert [language.tag for language in languages if language.signed] == ["bfi"]
    assert {language.tag for language in languages if language.rtl} == {
        "ur", "ar", "ps", "ckb", "fa", "fa-AF", "phr", "pa-Arab",
    }  # fmt: skip
    assert len({language.autonym for language in languages}) == len(languages)


def test_every_language_can_be_a_button_and_a_deep_link() -> None:
    for language in Registry.load().languages:
        assert strip_controls(language.autonym)[1] == []
        assert len(language.autonym) <= 24
        assert len(f"l_{language.tag}-p_") < 20
        assert {language.plural_index(n) for n in range(200)} == set(range(language.plural_count or 1))


def test_extraction_finds_every_way_of_saying_something(checkout: Path) -> None:
    pot = (checkout / "locales" / "bot.pot").read_text("utf-8")
    assert pot.count("msgid ") == 9 + 1
    assert '#. Translators: a greeting.\n#: bot/chat/screens.py\n#, python-brace-format\nmsgid "Hello {name}"' in pot
    assert "ordinary remark" not in pot
    assert 'msgctxt "page"\nmsgid "Home"' in pot
    assert 'msgctxt "farewell"\nmsgid "See you"' in pot
    assert 'msgctxt "button"\nmsgid "No"' in pot
    assert 'msgid "one question"\nmsgid_plural "{n} questions"' in pot
    assert "SELECT" not in pot


@pytest.mark.parametrize("call", ['N_(f"a {n}")', 'N_("a" + n)', 'translator.text(f"a {n}")', "N_(n)"])
def test_a_text_put_together_at_run_time_is_refused(checkout: Path, call: str) -> None:
    (checkout / "bot" / "chat" / "more.py").write_text(f"{call}\n", "utf-8")
    assert any(line.startswith("bot/chat/more.py:1:") for line in findings(checkout)[0])
    assert main(["extract"], checkout) == 1


def test_a_part_translated_draft_passes_and_its_gaps_are_listed(checkout: Path) -> None:
    wrong, notes = findings(checkout)
    assert wrong == []
    assert sum(note.endswith(NOT_TRANSLATED) for note in notes) == 9 - len(URDU)
    assert main(["check"], checkout) == 0
    assert main(["check", "--strict"], checkout) == 1
    assert main(["check", "--strict", "--language", "pl"], checkout) == 0


def test_a_changed_source_drops_its_translation_and_keeps_the_others(checkout: Path) -> None:
    source = checkout / "bot" / "chat" / "screens.py"
    source.write_text(source.read_text("utf-8").replace("Hello {name}", "Hello, {name}"), "utf-8")
    replace(checkout, '"MIME-Version: 1.0\\n"\n', '"MIME-Version: 1.0\\n"\n"X-Generator: A tool\\n"\n')
    assert any("not current" in line for line in findings(checkout)[0])
    assert main(["update"], checkout) == 0
    assert findings(checkout)[0] == []
    text = po_path(checkout / "locales", "ur").read_text("utf-8")
    assert 'msgid "Hello, {name}"\nmsgstr ""' in text
    assert 'msgstr "بند کریں"' in text
    assert "X-Generator: A tool" in text
    assert '#~ msgid "Hello {name}"' in text
    assert main(["update"], checkout) == 0
    assert po_path(checkout / "locales", "ur").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("سلام {name}", "سلام", "{name} is missing"),
        ("سلام {name}", "سلام {nmae}", "unknown placeholder {nmae}"),
        ("سلام {name}", "سلام {name} {", "a brace"),
        ("دیکھیں https://www.nhs.uk/help", "دیکھیں https://www.nhs.uk/hlep", "other links"),
        ("<b>999</b> پر", "<b>99</b> پر", "other numbers"),
        ("<b>999</b> پر", "<b>۹۹۹</b> پر", "digits that are not 0 to 9"),
        ("<b>999</b> پر", "<b>999 پر", "other tags"),
        ("<b>999</b> پر", "</b>999<b> پر", "not nested"),
        ("گھر", "گھ\u202eر", "invisible character"),
        ("گھر", "\u2068گھر", "isolate that is not closed"),
        ("گھر", "घर", "letters of another script"),
        ("گھر", "Ghar", "not written in the letters of Urdu"),
        ("پھر ملیں گے", "پھر مليں گے", "letters of a neighbour where Urdu has its own: ي"),
        ("پھر ملیں گے", "پھر  ملیں گے", "two spaces"),
        ("پھر ملیں گے", "پھر ملیں گے؟", "does not end with a question mark"),
        ("پھر ملیں گے", "پھر ملیں گے 🙂", "other pictures"),
        ("پھر ملیں گے", "پھر ملیں گے\\nجی", "2 lines where the source has 1"),
        ("پھر ملیں گے", "پھر ملیں گے /stop", "other commands"),
        ("گھر", "مکان", "the term 'home' is not said as in locales/glossary.toml (گھر)"),
        ("بند کریں", "قطار بند", "the office's word 'قطار'"),
        ("پھر ملیں گے", " پھر ملیں گے", "spaces or line breaks"),
        ("پھر ملیں گے", "OK پھر ملیں گے", "starts from the wrong side"),
        ("پھر ملیں گے", "پھر\\n116 123", "shown from its end"),
        ("گھر", "گھر & در", "a bare <, > or &"),
        ("پھر ملیں گے", "پھر ticket گے", "staff word 'ticket'"),
        ("بند کریں", "بند " * 20 + "کریں", "at most 64 fit"),
        ("بند کریں", "<b>بند</b>", "a tag on a button"),
        ("Plural-Forms: nplurals=2; plural=(n != 1);", "Plural-Forms: nplurals=1; plural=0;", "Plural-Forms"),
        ("Language: ur", "Language: und", "Language: ur"),
        ('msgstr[1] ""', 'msgstr[1] "{n} سوال"', "all 2 plural forms"),
        ('msgid "Home"', 'msgid "House"', "1 texts are missing and 1 are no longer used"),
    ],
)  # fmt: skip
def test_a_slip_in_a_translation_is_named(checkout: Path, old: str, new: str, said: str) -> None:
    replace(checkout, old, new)
    wrong, _ = findings(checkout)
    assert any(said in line and line.startswith("locales/ur/") for line in wrong), wrong
    assert main(["check"], checkout) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("This is misinformation", "staff word 'misinformation'"),
        ("Hello {}", "a brace"),
        ("Hello {0.name}", "a brace"),
        ("<a href='{url}'>x</a>", "inside a tag"),
        ("<b>x", "never closed"),
        ("<p>x</p>", "not allowed"),
        ("Tom & Jo", "a bare"),
        ("Choose اردو", "not English"),
    ],
)
def test_a_slip_in_the_english_is_named(checkout: Path, text: str, said: str) -> None:
    (checkout / "bot" / "chat" / "more.py").write_text(f'N_("{text}")\n', "utf-8")
    assert any(said in line for line in findings(checkout)[0])


def test_plural_forms_may_leave_out_a_number_only_where_they_name_it(checkout: Path) -> None:
    assert main(["new", "ar"], checkout) == 0
    path = po_path(checkout / "locales", "ar")
    for index, form in enumerate(("لا أسئلة", "سؤال", "سؤالان", "{n} أسئلة", "{n} سؤال", "{n} سؤالا")):
        replace(checkout, f'msgstr[{index}] ""', f'msgstr[{index}] "{form}"', "ar")
    assert findings(checkout)[0] == []
    path.write_text(path.read_text("utf-8").replace("{n} أسئلة", "أسئلة"), "utf-8")
    assert any("form 3: the placeholder {n} is missing" in line for line in findings(checkout)[0])


@pytest.fixture
def mark_reviewed(checkout: Path) -> Callable[[], None]:
    def mark() -> None:
        table = '[ur]\nby = "a speaker"\nwhen = 2026-01-01\ncritical_reviewed = true\n'
        (checkout / "locales" / "status.toml").write_text(table, "utf-8")

    return mark


def test_translators_fill_a_list_and_slips_are_named_and_kept_out(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "pl"], checkout) == 0
    capsys.readouterr()
    assert main(["missing", "pl"], checkout) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 9
    assert rows[0] == {"msgid": "Hello {name}", "comment": "Translators: a greeting.", "msgstr": ""}
    by_id = {row["msgid"]: row for row in rows}
    assert by_id["one question"]["forms"] == ["1", "2, 3, 4, 22, 23, ...", "0, 5, 6, 7, 8, ..."]
    assert by_id["In danger call <b>999</b> or see https://www.nhs.uk/help"]["critical"]
    by_id["Hello {name}"]["msgstr"] = "Cześć {nmae}"
    by_id["Stop"]["msgstr"] = "Koniec"
    by_id["one question"]["msgstr"] = ["{n} pytanie", "{n} pytania", "{n} pytań"]
    file = tmp_path / "pl.json"
    file.write_text(json.dumps([*rows, {"msgid": "No such", "msgstr": "x"}, "?"]), "utf-8")
    assert main(["fill", "pl", str(file)], checkout) == 1
    said = capsys.readouterr()
    assert "2 texts are in the catalog of pl now, 7 are missing" in said.out
    for slip in ("{name} is missing", "{nmae}", "no such text", "an object"):
        assert slip in said.err
    text = po_path(checkout / "locales", "pl").read_text("utf-8")
    assert 'msgstr "Koniec"' in text
    assert "nmae" not in text
    assert findings(checkout)[0] == []
    assert main(["fill", "tlh", str(file)], checkout) == 1


def test_a_critical_line_that_lost_its_translation_undoes_the_review(
    checkout: Path, mark_reviewed: Callable[[], None]
) -> None:
    mark_reviewed()
    assert findings(checkout)[0] == []
    replace(checkout, URDU["In danger call <b>999</b> or see https://www.nhs.uk/help"], "")
    assert any("reviewed as critical, yet not translated" in line for line in findings(checkout)[0])


def test_a_language_is_added_in_one_command(checkout: Path) -> None:
    registry = Registry.load()
    for language in registry.languages:
        code = 0 if language.read and language.tag not in {SOURCE, "ur"} else 1
        assert main(["new", language.tag], checkout) == code, language.tag
    assert findings(checkout)[0] == []
    assert len(Catalogs.load(registry, checkout / "locales").loaded) == 36
    assert main(["new", "tlh"], checkout) == 1


def test_a_status_or_folder_without_a_language_is_named(checkout: Path) -> None:
    (checkout / "locales" / "status.toml").write_text('[pl]\nstatus = "draft"\n', "utf-8")
    shutil.copytree(checkout / "locales" / "ur", checkout / "locales" / "xx")
    wrong, _ = findings(checkout)
    assert any("pl has no catalog" in line for line in wrong)
    assert any("xx" in line for line in wrong)


def test_a_glossary_that_names_no_language_or_no_term_is_named(checkout: Path) -> None:
    (checkout / "locales" / "glossary.toml").write_text("[translations.xx]\nhome = []\n", "utf-8")
    wrong, _ = findings(checkout)
    assert any("xx is not a language" in line for line in wrong)
    assert any("the term home" in line for line in wrong)


def test_a_pseudo_language_keeps_what_the_check_insists_on(tmp_path: Path) -> None:
    folder = write_locales(ROOT / "locales", tmp_path / "locales")
    catalogs = Catalogs.load(Registry.load(folder), folder, strict=True)
    done, of = catalogs.coverage(TAG_LTR)
    assert done == of > 200
    for source in ("Its number is:\n{code}", "To get no more messages, send:\n/stop", "<b>x</b> 999", "a\n{b}"):
        for rtl in (False, True):
            fake = pseudo(source, rtl=rtl)
            assert fake != source
            assert source.split("\n")[1:] == fake.split("\n")[1:]
            assert ("{code}" in fake) == ("{code}" in source)
            assert ("<b>" in fake) == ("<b>" in source)
