"""Settings: environment variables (or `.env`), prefix VOUCH_; every secret also as ..._FILE. All errors at once."""

import ipaddress
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigInvalid

_SECRETS = ("TELEGRAM_TOKEN", "WEBHOOK_SECRET", "SECRET_KEY", "DATABASE_URL")
_TOKEN = re.compile(r"[0-9]{5,15}:[A-Za-z0-9_-]{30,64}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_DAY, _TIME = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_OFFICE_HOURS = re.compile(f"{_DAY}-{_DAY} {_TIME}-{_TIME}")
TELEGRAM = "https://api.telegram.org"


class Settings(BaseSettings):
    """Every setting with its default; bot/README.md lists them for operators."""

    model_config = SettingsConfigDict(env_prefix="VOUCH_", env_file=".env", extra="ignore", env_ignore_empty=True)

    telegram_token: SecretStr | None = None
    telegram_api_url: str = TELEGRAM
    telegram_updates: Literal["polling", "webhook"] = "polling"
    webhook_secret: SecretStr | None = None
    listen: str = "127.0.0.1:8080"
    public_url: str = ""
    database_url: SecretStr | None = None
    data_dir: Path = Path("data")
    secret_key: SecretStr | None = None
    rate_per_second: float = 25
    paid_broadcast: bool = False
    paid_rate_per_second: float = Field(1000, ge=1, le=1000)
    paid_stars_per_month: int = Field(10_000, ge=1, le=100_000_000)
    unasked_per_day: int = Field(1, ge=0, le=100)
    unasked_per_week: int = Field(3, ge=0, le=700)
    timezone: str = "Europe/London"
    office_hours: str = "Mon-Fri 09:00-17:00"
    answer_within_hours: int = Field(8, ge=1, le=80)
    languages: str = ""
    draft_languages: Literal["off", "label"] = "off"
    synthetic_voice: bool = False
    areas_file: Path | None = None
    organisation: str = ""
    privacy_contact: str = ""
    privacy_url: str = ""
    dpia_signed: str = ""
    council_url: str = ""
    seen_by_police: bool | None = None
    seen_by_immigration: bool | None = None
    seen_by_partners: bool | None = None
    retention_confirmed: bool = False
    retention_flag_days: int = Field(90, ge=1, le=3650)
    retention_media_days: int = Field(30, ge=1, le=3650)
    retention_voice_days: int = Field(14, ge=1, le=3650)
    retention_reply_days: int = Field(30, ge=1, le=30)
    retention_delivery_days: int = Field(30, ge=1, le=3650)
    retention_original_days: int = Field(7, ge=1, le=30)
    retention_blocked_days: int = Field(30, ge=1, le=3650)
    retention_audit_days: int = Field(730, ge=30, le=3650)
    approval_deputy_minutes: int = Field(15, ge=1, le=1440)
    reviews_a_day: int = Field(6, ge=1, le=50)
    cli_approve: bool = False
    log_format: Literal["json", "lines"] = "lines"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    ca_file: Path | None = None

    @field_validator("telegram_token")
    @classmethod
    def _token_looks_right(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("this is not a bot token (BotFather gives one like 123456789:AA...)")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_looks_right(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("use 16 to 256 of A-Z a-z 0-9 _ -")
        return value

    @field_validator("secret_key")
    @classmethod
    def _key_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("at least 32 characters")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value} is not an IANA time zone such as Europe/London") from error
        return value

    @field_validator("office_hours")
    @classmethod
    def _hours_understood(cls, value: str) -> str:
        if not _OFFICE_HOURS.fullmatch(value):
            raise ValueError("office hours look like Mon-Fri 09:00-17:00")
        return value

    @field_validator("telegram_api_url", "public_url", "privacy_url", "council_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("an address starts with http:// or https://")
        return value.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _is_host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 <= int(port) < 65536:
            raise ValueError("give HOST:PORT, such as 127.0.0.1:8080")
        return value

    @field_validator("areas_file")
    @classmethod
    def _areas_readable(cls, value: Path | None) -> Path | None:
        if value is not None:
            read_areas(value)
        return value

    @field_validator("dpia_signed")
    @classmethod
    def _signed_with_date(cls, value: str) -> str:
        if value:
            day, _, who = value.partition(" ")
            try:
                date.fromisoformat(day)
            except ValueError as error:
                raise ValueError("give date and signatory, such as `2026-11-24 Name, role`") from error
            if not who.strip():
                raise ValueError("give date and signatory, such as `2026-11-24 Name, role`")
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> "Settings":
        problems = []
        if not self.sandboxed:
            if not 1 <= self.rate_per_second <= 30:
                problems.append("VOUCH_RATE_PER_SECOND is 1 to 30 (0 only with a loopback VOUCH_TELEGRAM_API_URL)")
            if self.cli_approve:
                problems.append("VOUCH_CLI_APPROVE=true needs a loopback VOUCH_TELEGRAM_API_URL")
        elif self.rate_per_second and not 1 <= self.rate_per_second <= 1000:
            problems.append("VOUCH_RATE_PER_SECOND is 0, or 1 to 1000")
        if not is_loopback(self.site) and urlsplit(self.site).scheme != "https":
            problems.append("VOUCH_PUBLIC_URL must be https:// anywhere but on loopback")
        if self.telegram_updates == "webhook" and not self.public_url:
            problems.append("VOUCH_TELEGRAM_UPDATES=webhook needs VOUCH_PUBLIC_URL")
        if not self.is_sqlite and not self.database.startswith("postgresql+psycopg://"):
            problems.append("VOUCH_DATABASE_URL is sqlite+aiosqlite:///PATH or postgresql+psycopg://...")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def sandboxed(self) -> bool:
        """Whether the Bot API is on this machine: no real residents can be reached."""
        return is_loopback(self.telegram_api_url)

    @property
    def site(self) -> str:
        """Where browsers find us."""
        return self.public_url or f"http://{self.listen}"

    @property
    def secure_site(self) -> bool:
        """Whether cookies need Secure and the __Host- prefix."""
        return not is_loopback(self.site)

    @property
    def database(self) -> str:
        """The database address; by default one SQLite file in the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'vouch.db'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one file."""
        return self.database.startswith("sqlite")

    @property
    def token(self) -> str:
        """The bot token, or an empty string."""
        return self.telegram_token.get_secret_value() if self.telegram_token else ""

    @property
    def bot_id(self) -> int | None:
        """The bot's number, which is the first part of its token."""
        return int(self.token.partition(":")[0]) if self.token else None

    @property
    def missing_paperwork(self) -> list[str]:
        """What the controller must settle before real residents may join."""
        needed = {
            "VOUCH_ORGANISATION (who is the controller)": self.organisation,
            "VOUCH_PRIVACY_CONTACT (the data-protection contact)": self.privacy_contact,
            "VOUCH_PRIVACY_URL (the published privacy notice)": self.privacy_url,
            "VOUCH_DPIA_SIGNED (date and signatory of the impact assessment)": self.dpia_signed,
            "VOUCH_RETENTION_CONFIRMED=true (somebody has decided the retention times)": self.retention_confirmed,
            "VOUCH_SEEN_BY_POLICE, _IMMIGRATION, _PARTNERS (yes or no: who can see what residents send)":
                None not in {self.seen_by_police, self.seen_by_immigration, self.seen_by_partners},
        }  # fmt: skip
        return [name for name, value in needed.items() if not value]

    @property
    def pilot(self) -> bool:
        """Whether this is a closed pilot: a real token, and paperwork missing."""
        return not self.sandboxed and bool(self.missing_paperwork)

    @property
    def language_list(self) -> tuple[str, ...]:
        """The borough's own choice of languages; empty means all."""
        return tuple(part.strip() for part in self.languages.split(",") if part.strip())


def load_settings(**overrides: Any) -> Settings:
    """Read the environment. Raises ConfigInvalid with one sentence that names every problem."""
    from_files: dict[str, Any] = {}
    problems: list[str] = []
    for name in _SECRETS:
        path = os.environ.get(f"VOUCH_{name}_FILE")
        if path and f"VOUCH_{name}" not in os.environ:
            try:
                from_files[name.lower()] = Path(path).read_text().strip()
            except OSError:
                problems.append(f"VOUCH_{name}_FILE cannot be read")
    try:
        settings = Settings(**{**from_files, **overrides})
    except ValidationError as error:
        problems += [_sentence(each) for each in error.errors(include_input=False, include_url=False)]
    else:
        if not problems:
            return settings
    raise ConfigInvalid("The settings do not allow a start: " + "; ".join(problems) + ".")


def _sentence(error: Any) -> str:
    name = f"VOUCH_{str(error['loc'][0]).upper()}: " if error["loc"] else ""
    return name + str(error["msg"]).removeprefix("Value error, ")


def is_loopback(url: str) -> bool:
    """Whether an address names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_areas(path: Path) -> list[dict[str, str]]:
    """The areas of a file of `[[areas]] id, name, ward_code`. Raises ValueError with a plain sentence."""
    try:
        rows = tomllib.loads(path.read_text("utf-8"))["areas"]
        areas = [
            {"id": str(row["id"]), "name": str(row["name"]), "ward_code": str(row.get("ward_code", ""))} for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is not a list of [[areas]] with id and name") from error
    ids = [area["id"] for area in areas]
    if len(set(ids)) != len(ids) or not all(re.fullmatch(r"[a-z0-9_]{1,40}", each) for each in ids):
        raise ValueError(f"the ids in {path.name} are a-z, 0-9 and _, each once")
    return areas
