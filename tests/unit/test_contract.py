"""The outside contract in bot/README.md is true of the code, and the other way round; documents hang together."""

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.__main__ import app
from bot.app.site import WEBHOOK_PATH
from bot.chat.conversation import COMMANDS
from bot.config import Settings, load_settings
from bot.errors import ConfigInvalid
from bot.web.health import health_routes
from bot.web.routes import ROUTES

ROOT = Path(__file__).resolve().parents[2]
HOUSE = (ROOT / "bot/README.md").read_text("utf-8")
EXAMPLE = (ROOT / "deploy/env.example").read_text("utf-8")
PARTS = ("bot", "deploy", "locales", "messages", "tests", ".ci")
TEXT = {
    ".md",
    ".py",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".sh",
    ".mako",
    ".service",
    ".example",
    ".lock",
    ".pot",
    ".po",
    "",
}


def section(title: str) -> str:
    """The part of bot/README.md under a heading."""
    _, found, rest = HOUSE.partition(f"\n## {title}\n")
    assert found, f"bot/README.md has no part '{title}'"
    return re.split(r"\n##? ", rest)[0]


def block(title: str) -> list[str]:
    """The lines of the first fenced block under a heading."""
    return section(title).split("```")[1].strip().splitlines()


# Commands


def built() -> dict[str, set[str]]:
    """Every command of the command line with its options."""
    found = {"--version": {"--version"}}

    def walk(command: Any, path: list[str]) -> None:
        if hasattr(command, "commands"):
            for name, each in command.commands.items():
                walk(each, [*path, name])
        else:
            found[" ".join(path)] = {name for each in command.params for name in each.opts if name.startswith("--")}

    walk(typer.main.get_command(app), [])
    return found


def written() -> dict[str, set[str]]:
    """Every command that the README names, with its options."""
    found = {}
    for line in block("Command line"):
        rest = line.removeprefix("vouch ")
        name = re.match(r"--version|[a-z]+(?: [a-z]+)*(?= |$)", rest)
        assert name, line
        found[name[0]] = set(re.findall(r"--[a-z-]+", rest))
    return found


def test_every_command_and_option_is_in_the_readme_and_exists() -> None:
    assert written() == built()


def test_chat_commands_are_in_the_readme_and_exist() -> None:
    assert set(re.findall(r"/([a-z]+)", section("In the chat").split("A deep link")[0])) == set(COMMANDS)


def test_addresses_are_in_the_readme_and_exist() -> None:
    listed = set(re.findall(r"`(/[a-z/]+)`", section("Addresses").split("The demo")[0]))
    health = {each.path for each in health_routes(lambda: True)}
    assert listed == health | {WEBHOOK_PATH, "/console/", "/verify", "/verify/key"}
    assert "/console/" in {each.path for each in ROUTES}


# Settings


def shown(field: FieldInfo) -> str:
    """A default as one writes it in an environment variable; nothing for none."""
    value = field.default
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def defaults() -> dict[str, str]:
    return {f"VOUCH_{name.upper()}": shown(field) for name, field in Settings.model_fields.items()}


def secrets() -> list[str]:
    """The settings that hold a secret."""
    return [
        f"VOUCH_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if SecretStr in (get_args(field.annotation) if isinstance(field.annotation, types.UnionType) else ())
    ]


def test_settings_in_the_readme_are_those_of_the_code_with_the_same_defaults() -> None:
    rows = re.findall(r"^\| `(VOUCH_\w+)` \| (.+?) \|", section("Settings"), re.MULTILINE)
    assert {name: "" if value == "none" else value.strip("`") for name, value in rows} == defaults()
    marked = re.findall(r"^\| `(VOUCH_\w+)` \| .+? \| secret", section("Settings"), re.MULTILINE)
    assert sorted(marked) == sorted(secrets())


def test_settings_in_the_example_are_those_of_the_code_with_the_same_defaults() -> None:
    lines = dict(re.findall(r"^#(VOUCH_\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    files = {f"{name}_FILE": "" for name in secrets()}
    assert lines == {**defaults(), **files}


def test_the_example_sets_nothing_by_itself() -> None:
    assert not [line for line in EXAMPLE.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", secrets())
def test_every_secret_can_stand_in_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "missing"))
    with pytest.raises(ConfigInvalid, match=f"{name}_FILE cannot be read"):
        load_settings()


# Documents


def test_the_tree_names_every_room_of_the_house() -> None:
    named = re.findall(r"^  ([a-z0-9_]+(?:/|\.py))", section("The tree"), re.MULTILINE)
    there = {f"{each.name}/" for each in (ROOT / "bot").iterdir() if each.is_dir() and not each.name.startswith("_")}
    there |= {each.name for each in (ROOT / "bot").glob("*.py") if each.name != "__init__.py"}
    assert set(named) == there


def test_every_room_says_what_it_is_for() -> None:
    rooms = [ROOT / each for each in PARTS if each != ".ci"]
    rooms += [each for each in (ROOT / "bot").iterdir() if each.is_dir() and not each.name.startswith("_")]
    silent = [str(each.relative_to(ROOT)) for each in rooms if not (each / "README.md").is_file()]
    assert not silent


def own_texts() -> Iterator[tuple[str, str]]:
    """Every text file of the project, by its path."""
    tops = [each for each in ROOT.iterdir() if each.is_file() and each.name not in {".env", ".coverage", ".git"}]
    inner = [each for part in PARTS for each in (ROOT / part).rglob("*") if "__pycache__" not in each.parts]
    for path in (*tops, *inner):
        if path.is_file() and path.suffix in TEXT and "vendor" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def anchors(document: Path) -> set[str]:
    """How a Markdown viewer names the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.strip().lower()).replace(" ", "-") for each in headings}


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for name, text in own_texts():
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
            path, _, part = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            there = ((ROOT / name).parent / path).resolve() if path else ROOT / name
            if not there.exists() or (part and part not in anchors(there)):
                broken.append(f"{name}: {target}")
    assert not broken


def test_pictures_are_there_and_light() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert pictures
    assert all(0 < (ROOT / each).stat().st_size < 200_000 for each in pictures)


def test_no_text_names_a_machine_or_a_package_index() -> None:
    places = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
    indexes = re.compile(r"pypi[.]org|python[h]osted|registry[.]npmjs|--(?:extra-)?index-url[ =]http")
    found = []
    for name, text in own_texts():
        found += [f"{name}: {each}" for each in (*places.findall(text), *indexes.findall(text))]
    assert not found
