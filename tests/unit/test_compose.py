"""deploy/compose.yaml could not be run where it was written: its form, its settings, and who gets which secret."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.config import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "deploy/compose.yaml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("upgrade", "web", "worker", "scheduler")
VALUES = {
    "telegram-token": "1234567890:SAMPLE-TOKEN-THAT-OPENS-NOTHING-AT-ALL",
    "secret-key": "a sample key of a test, which seals nothing",
    "database-url": "postgresql+psycopg://vouch:sample@database/vouch",
}


def test_it_says_that_it_was_not_run() -> None:
    assert "NOT RUN" in TEXT.partition("services:")[0]


def test_it_keeps_to_the_compose_specification() -> None:
    """By the specification's own schema, as check-jsonschema (Apache-2.0) carries it."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    schema = Path(package.origin).parent / "builtin_schemas/vendor/compose-spec.json"
    rules = json.loads(schema.read_text("utf-8"))
    checker = jsonschema.validators.validator_for(rules)(rules)
    assert [f"{error.json_path}: {error.message}" for error in checker.iter_errors(COMPOSE)] == []
    broken = {**COMPOSE, "services": {"web": {**SERVICES["web"], "port": ["8080"]}}}
    assert list(checker.iter_errors(broken)), "the schema would find a misspelt key"


def test_there_are_one_web_two_workers_one_scheduler_and_a_database() -> None:
    assert set(SERVICES) == {"database", *OURS}
    roles = {name: SERVICES[name]["command"][-1] for name in ("web", "worker", "scheduler")}
    assert roles == {"web": "web", "worker": "worker", "scheduler": "scheduler"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert SERVICES["database"]["image"].startswith("postgres:")
    assert SERVICES["upgrade"]["command"] == ["db", "upgrade"]


def test_every_service_that_stays_is_watched_and_comes_back() -> None:
    for name, service in SERVICES.items():
        if name == "upgrade":
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name


@pytest.mark.parametrize("name", OURS)
def test_each_role_may_start_with_the_settings_it_gets(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SERVICES[name]["environment"]
    fields = {f"VOUCH_{field.upper()}" for field in Settings.model_fields}
    files = [each for each in given if each.endswith("_FILE") and each not in fields]
    assert {each.removesuffix("_FILE") for each in given} <= fields
    assert {Path(given[each]).name for each in files} == set(SERVICES[name]["secrets"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOUCH_PUBLIC_URL", "https://vouch.example.org")  # from vouch.env
    for each in given:
        monkeypatch.setenv(each, given[each])
    for each in files:
        path = tmp_path / Path(given[each]).name
        path.write_text(VALUES[path.name])
        monkeypatch.setenv(each, str(path))
    settings = load_settings()
    assert not settings.is_sqlite
    assert bool(settings.token) == (settings.secret_key is not None) == (name == "worker"), "only workers hold the key"


def test_the_database_is_reached_from_inside_alone_and_the_console_from_this_machine() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["database"]["networks"] == SERVICES["scheduler"]["networks"] == ["inside"]
    ports = {name: service.get("ports") for name, service in SERVICES.items() if service.get("ports")}
    assert ports == {"web": ["127.0.0.1:8080:8080"]}


def test_secrets_are_files_and_no_value_stands_here() -> None:
    assert all(each["file"].startswith("secrets/") for each in COMPOSE["secrets"].values())
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"deploy/secrets/", "deploy/vouch.env"} <= set(ignored)
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|TOKEN|KEY|DATABASE_URL", name) or value.startswith("/run/secrets/"), name


def test_the_image_copies_what_is_there() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    copied = [each for line in lines if re.match(r"COPY (?!--)", line) for each in line.split()[1:-1]]
    assert copied
    assert [each for each in copied if not (ROOT / each).exists()] == []
    bases = {line.split()[1] for line in lines if line.startswith("FROM ")}
    images = {service["image"] for service in SERVICES.values()}
    assert bases == {"python:3.11-slim-bookworm"}
    assert not [each for each in bases | images if "/" in each], "official images, and our own"
