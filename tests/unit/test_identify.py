"""In which language a question is: right where it can be told, and unknown rather than wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.__main__ import app
from bot.i18n import Registry
from bot.i18n.identify import Identifier, identify

KNOWN = {
    "am": "ይህ እውነት ነው?",
    "ar": "هل هذا صحيح؟",
    "bg": "Вярно ли е, че училището ще бъде затворено?",
    "bn": "এটা কি সত্যি?",
    "ckb": "ئەم هەواڵە ڕاستە؟",
    "cs": "Je pravda, že škola bude příští týden zavřená?",
    "en-GB": "Is it true that the library will close next week?",
    "es": "¿Es verdad que la escuela estará cerrada?",
    "fa": "این خبر راست است؟",
    "fr": "Est-ce vrai que l'école sera fermée ?",
    "gu": "શું આ સાચું છે?",
    "hi": "क्या यह सच है?",
    "hu": "Igaz, hogy bezárják az iskolát?",
    "it": "È vero che la scuola sarà chiusa?",
    "kmr": "Gelo rast e ku dibistan dê were girtin?",
    "lt": "Ar tiesa, kad mokykla bus uždaryta?",
    "lv": "Vai tiesa, ka skola būs slēgta?",
    "ne": "के विद्यालय बन्द हुने कुरा साँचो हो?",
    "pa": "ਕੀ ਇਹ ਸੱਚ ਹੈ?",
    "pa-Arab": "ایہہ گل سچی اے؟ تسیں دسو",
    "pl": "Czy to prawda, że szkoła będzie zamknięta?",
    "ps": "آیا دا خبر رښتیا دی؟",
    "pt": "É verdade que a escola vai fechar?",
    "ro": "Este adevărat că școala va fi închisă?",
    "ru": "Правда ли, что школу закроют?",
    "sk": "Je pravda, že škola bude budúci týždeň zatvorená?",
    "so": "Ma run baa in dugsiga la xirayo?",
    "sq": "A është e vërtetë që shkolla do të mbyllet?",
    "ta": "இது உண்மையா?",
    "ti": "እዚ ሓቂ ድዩ?",
    "tr": "Okulun kapanacağı doğru mu?",
    "uk": "Чи правда, що школу закриють?",
    "ur": "کیا یہ سچ ہے کہ اسکول بند ہوں گے؟",
    "vi": "Có đúng là trường sẽ đóng cửa không?",
    "zh-Hans": "学校真的要关门吗",
    "zh-Hant": "學校真的要關門嗎",
}
UNKNOWN = (
    "yeh baat sach hai kya, doctor ne mana kiya hai",
    "kal school band rahega sab ko bata do",
    "council wale logon ke ghar aa rahe hain",
    "tusi ki karde ho, eh gall sach hai?",
    "eh message sab nu bhejo, paani vich zehar hai",
    "bhai ei khobor ta ki sotti",
    "vaccine nile naki manush mara jay",
    "kalke school bondho thakbe, sobaike janaben",
    "keef halak ya akhi, hal hatha sahih",
    "Ist es wahr, dass die Schule geschlossen wird?",
    "これは本当ですか",
    "이것은 사실입니까",
    "είναι αλήθεια;",
    "https://example.org/is-it-true",
    "12345 !!! 🙂",
    "",
)


@pytest.mark.parametrize("tag", KNOWN)
def test_a_question_in_its_own_letters_is_known(tag: str) -> None:
    guess = identify(KNOWN[tag])
    assert guess.language == tag
    assert guess.choices[0] == tag
    assert set(guess.choices) <= {each.tag for each in Registry.load().languages}


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_nobody_can_tell_is_unknown(text: str) -> None:
    assert identify(text).language is None
    assert identify(text, ["ur", "phr"]).language is None, "their own language makes no guess of nothing"


def test_the_senders_own_language_decides_between_neighbours() -> None:
    alike = "Je to pravda?"
    assert identify(alike, ["sk"]).language == "sk"
    assert identify(alike, ["cs", "en-GB"]).language == "cs"
    assert identify("یہ سچ ہے", ["pa-Arab"]).language == "pa-Arab"
    assert identify("این خبر راست است؟", ["fa-AF"]).language == "fa-AF"
    assert identify("Is it true that the library will close?", ["ur"]).language == "en-GB"
    assert identify("yeh sach hai kya bhai", ["pa"]).choices[0] == "pa"


def test_names_and_links_in_latin_letters_do_not_hide_the_language() -> None:
    assert identify("WhatsApp ਤੇ 5G ਟਾਵਰ ਬਾਰੇ https://example.org/long/address/of/a/page").language == "pa"
    assert identify("NHS کی ویب سائٹ").language == "ur"


@given(st.text(max_size=300))
def test_anything_may_be_asked(text: str) -> None:
    guess = identify(text)
    assert 0 <= guess.confidence <= 1
    assert guess.language is None or guess.language in guess.choices


def test_a_process_does_not_wait_for_the_model() -> None:
    identifier = Identifier()
    first = identifier.guess(KNOWN["pl"], [])
    assert first is None or first.language == "pl"
    identifier._loading.join()  # type: ignore[union-attr]
    guess = identifier.guess(KNOWN["pl"], [])
    assert guess is not None
    assert guess.language == "pl"


def test_the_command_line_answers_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"text": KNOWN["ti"]}) + "\n" + json.dumps({"text": "?", "own": ["so"]}) + "\n", "utf-8")
    done = CliRunner().invoke(app, ["languages", "identify", "--file", str(file)])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["language"] for row in rows] == ["ti", None]
    assert rows[1]["choices"] == ["so"]
    one = CliRunner().invoke(app, ["languages", "identify", "--text", KNOWN["ur"], "--json"])
    assert json.loads(one.stdout)[0]["language"] == "ur"
    assert CliRunner().invoke(app, ["languages", "identify"]).exit_code == 2
    listed = json.loads(CliRunner().invoke(app, ["languages", "list", "--json"]).stdout)
    assert len(listed) == 42
