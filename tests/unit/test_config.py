"""Settings: every mistake has its sentence, all are told at once, and no secret is ever in one."""

import os
from pathlib import Path

import pytest

from bot.config import is_loopback, load_settings, read_areas
from bot.errors import ConfigInvalid

TOKEN = "123456789:AAsample-token-of-a-test-0123456789"
SECRET = "sample-secret-of-a-test-that-opens-nothing"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and no .env of this folder."""

    for name in list(os.environ):
        if name.startswith("VOUCH_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"VOUCH_{name}", value)


def _problem() -> str:
    with pytest.raises(ConfigInvalid) as refused:
        load_settings()
    return str(refused.value)


def test_the_defaults_start() -> None:
    settings = load_settings()
    assert (settings.listen, settings.site, settings.timezone) == (
        "127.0.0.1:8080", "http://127.0.0.1:8080", "Europe/London",
    )  # fmt: skip
    assert settings.database == "sqlite+aiosqlite:///data/vouch.db"
    assert (settings.is_sqlite, settings.sandboxed, settings.secure_site) == (True, False, False)
    assert (settings.token, settings.bot_id) == ("", None)
    assert settings.pilot, "no real residents before the paperwork"


WRONG = [
    ("TELEGRAM_TOKEN", "hunter2", "VOUCH_TELEGRAM_TOKEN: this is not a bot token"),
    ("TELEGRAM_API_URL", "example.org", "VOUCH_TELEGRAM_API_URL: an address starts with http:// or https://"),
    ("TELEGRAM_UPDATES", "pigeons", "VOUCH_TELEGRAM_UPDATES: "),
    ("WEBHOOK_SECRET", "short", "VOUCH_WEBHOOK_SECRET: use 16 to 256 of A-Z a-z 0-9 _ -"),
    ("WEBHOOK_SECRET", "not a secret with spaces", "VOUCH_WEBHOOK_SECRET: use 16 to 256"),
    ("LISTEN", "8080", "VOUCH_LISTEN: give HOST:PORT, such as 127.0.0.1:8080"),
    ("LISTEN", "127.0.0.1:99999", "VOUCH_LISTEN: give HOST:PORT"),
    ("PUBLIC_URL", "ftp://example.org", "VOUCH_PUBLIC_URL: an address starts with"),
    ("PUBLIC_URL", "http://vouch.example", "VOUCH_PUBLIC_URL must be https:// anywhere but on loopback"),
    ("DATABASE_URL", "mysql://root@localhost/x", "VOUCH_DATABASE_URL is sqlite+aiosqlite:///PATH or postgresql"),
    ("SECRET_KEY", "hunter2", "VOUCH_SECRET_KEY: at least 32 characters"),
    ("RATE_PER_SECOND", "0", "VOUCH_RATE_PER_SECOND is 1 to 30"),
    ("RATE_PER_SECOND", "31", "VOUCH_RATE_PER_SECOND is 1 to 30"),
    ("RATE_PER_SECOND", "fast", "VOUCH_RATE_PER_SECOND: "),
    ("RATE_PER_SECOND", "nan", "VOUCH_RATE_PER_SECOND is 1 to 30"),
    ("TIMEZONE", "Walsall", "VOUCH_TIMEZONE: Walsall is not an IANA time zone such as Europe/London"),
    ("TIMEZONE", "../../etc/passwd", "is not an IANA time zone"),
    ("DRAFT_LANGUAGES", "on", "VOUCH_DRAFT_LANGUAGES: "),
    ("AREAS_FILE", "nowhere.toml", "VOUCH_AREAS_FILE: nowhere.toml is not a list of [[areas]] with id and name"),
    ("DPIA_SIGNED", "yes", "VOUCH_DPIA_SIGNED: give date and signatory"),
    ("DPIA_SIGNED", "2026-11-24", "VOUCH_DPIA_SIGNED: give date and signatory"),
    ("RETENTION_REPLY_DAYS", "31", "VOUCH_RETENTION_REPLY_DAYS: "),
    ("RETENTION_FLAG_DAYS", "0", "VOUCH_RETENTION_FLAG_DAYS: "),
    ("APPROVAL_DEPUTY_MINUTES", "0", "VOUCH_APPROVAL_DEPUTY_MINUTES: "),
    ("CLI_APPROVE", "true", "VOUCH_CLI_APPROVE=true needs a loopback VOUCH_TELEGRAM_API_URL"),
    ("CLI_APPROVE", "perhaps", "VOUCH_CLI_APPROVE: "),
    ("LOG_FORMAT", "xml", "VOUCH_LOG_FORMAT: "),
    ("LOG_LEVEL", "LOUD", "VOUCH_LOG_LEVEL: "),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG, ids=[f"{each[0]}={each[1]}" for each in WRONG])
def test_every_wrong_setting_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    _set(monkeypatch, **{name: value})
    problem = _problem()
    assert sentence in problem
    assert problem.startswith("The settings do not allow a start: ")
    assert "\n" not in problem


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {"TELEGRAM_TOKEN": "x", "LISTEN": "x", "TIMEZONE": "x", "SECRET_KEY": "x", "LOG_LEVEL": "x"}
    _set(monkeypatch, **fields, WEBHOOK_SECRET_FILE="/nowhere/at/all")
    problem = _problem()
    for name in fields:
        assert f"VOUCH_{name}: " in problem
    assert "VOUCH_WEBHOOK_SECRET_FILE cannot be read" in problem


def test_mistakes_of_combination_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, RATE_PER_SECOND="0", CLI_APPROVE="true", TELEGRAM_UPDATES="webhook", DATABASE_URL="mysql://x")
    problem = _problem()
    for part in ("RATE_PER_SECOND", "CLI_APPROVE", "webhook needs VOUCH_PUBLIC_URL", "VOUCH_DATABASE_URL is"):
        assert part in problem


def test_no_secret_is_ever_in_the_sentence_or_on_show(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(
        monkeypatch, TELEGRAM_TOKEN="tok-hunter2", WEBHOOK_SECRET="web hunter2", SECRET_KEY="key-hunter2",
        DATABASE_URL="mysql://someone:db-hunter2@host/x",
    )  # fmt: skip
    assert "hunter2" not in _problem()
    good = {
        "TELEGRAM_TOKEN": TOKEN, "WEBHOOK_SECRET": "web-hunter2-web-hunter2", "SECRET_KEY": SECRET,
        "DATABASE_URL": "postgresql+psycopg://someone:db-hunter2@host/x",
    }  # fmt: skip
    _set(monkeypatch, **good)
    settings = load_settings()
    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    for secret in ("hunter2", TOKEN.partition(":")[2], SECRET):
        assert secret not in shown
    assert settings.database.endswith("db-hunter2@host/x")


def test_every_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {
        "TELEGRAM_TOKEN": TOKEN, "WEBHOOK_SECRET": "sample-webhook-secret", "SECRET_KEY": SECRET,
        "DATABASE_URL": "postgresql+psycopg://someone@host/x",
    }  # fmt: skip
    for name, value in values.items():
        (tmp_path / name).write_text(value + "\n")
        _set(monkeypatch, **{f"{name}_FILE": str(tmp_path / name)})
    settings = load_settings()
    assert settings.token == TOKEN
    assert settings.bot_id == 123456789
    assert settings.database == values["DATABASE_URL"]
    for field in (settings.webhook_secret, settings.secret_key):
        assert field is not None
        assert field.get_secret_value() in values.values()
    _set(monkeypatch, SECRET_KEY="a secret from the environment comes first")
    key = load_settings().secret_key
    assert key is not None
    assert key.get_secret_value().startswith("a secret from")


def test_a_secret_file_that_is_not_there_is_named_and_its_content_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("hunter2")
    _set(monkeypatch, TELEGRAM_TOKEN_FILE=str(tmp_path / "token"), SECRET_KEY_FILE="/nowhere/hunter3")
    problem = _problem()
    assert "VOUCH_TELEGRAM_TOKEN: this is not a bot token" in problem
    assert "VOUCH_SECRET_KEY_FILE cannot be read" in problem
    assert "hunter" not in problem


def test_a_sandbox_may_do_what_a_real_bot_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, TELEGRAM_API_URL="http://127.0.0.1:8081/", CLI_APPROVE="true", RATE_PER_SECOND="0")
    settings = load_settings()
    assert (settings.sandboxed, settings.pilot) == (True, False)
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    _set(monkeypatch, RATE_PER_SECOND="1001")
    assert "0, or 1 to 1000" in _problem()


def test_the_pilot_is_over_when_everything_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = {
        "ORGANISATION": "Sample Council",
        "PRIVACY_CONTACT": "privacy@council.example",
        "PRIVACY_URL": "https://council.example/privacy",
        "DPIA_SIGNED": "2026-11-24 Sam Sample, data protection officer",
        "RETENTION_CONFIRMED": "true",
        "SEEN_BY_POLICE": "false",
        "SEEN_BY_IMMIGRATION": "false",
        "SEEN_BY_PARTNERS": "true",
    }
    _set(monkeypatch, **settled)
    assert not load_settings().pilot
    for name, value in settled.items():
        monkeypatch.delenv(f"VOUCH_{name}")
        settings = load_settings()
        assert settings.pilot, name
        assert len(settings.missing_paperwork) == 1
        _set(monkeypatch, **{name: value})


def test_languages_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, LANGUAGES=" ur, pl ,,en-GB ")
    assert load_settings().language_list == ("ur", "pl", "en-GB")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://10.0.0.1", False),
        ("https://api.telegram.org", False),
        ("http://127.0.0.1@evil.example", False),
        ("nonsense", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[[areas]]\nid = 'a'\n", "is not a list of"), ("areas = 5", "is not a list of"), ("[[", "is not a list of"),
        ("[[areas]]\nid='a'\nname='A'\n[[areas]]\nid='a'\nname='B'", "each once"),
        ("[[areas]]\nid='A B'\nname='A'", "a-z, 0-9 and _"),
        ("[[areas]]\nid='" + "a" * 41 + "'\nname='A'", "a-z, 0-9 and _"),
    ],
)  # fmt: skip
def test_a_wrong_list_of_areas_is_told_plainly(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "areas.toml"
    path.write_text(content)
    with pytest.raises(ValueError, match=sentence):
        read_areas(path)


def test_areas_are_read(tmp_path: Path) -> None:
    path = tmp_path / "areas.toml"
    path.write_text("[[areas]]\nid='palfrey'\nname='Palfrey'\nward_code='E05'\n[[areas]]\nid='pleck'\nname='Pleck'\n")
    assert [each["id"] for each in read_areas(path)] == ["palfrey", "pleck"]
    assert load_settings(areas_file=path).areas_file == path
