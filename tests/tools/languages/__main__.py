"""The command line: `measure [--from sib|ntrex] [--data FOLDER]` prints figures and writes build/languages.json;
`export FILE.jsonl`."""

import argparse
import json
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from bot.i18n import Catalogs, Registry
from bot.i18n.identify import identify, load_model
from tests.tools.languages.sources import Sample, samples

ROOT = Path(__file__).resolve().parents[3]
RECIPIENTS = 1000
AVERAGE_GOAL, EACH_GOAL, UNKNOWN_GOAL = 97.0, 90.0, 90.0
ALIKE = {"cs", "sk", "pa-Arab", "ur", "fa", "fa-AF"}
"""Right when offered as a choice: short texts of the two are often the same; Dari and Persian are one in writing."""


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit code: 1 where a goal is not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.languages", description=__doc__)
    parser.add_argument("command", choices=["measure", "export"])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument(
        "--from", dest="collection", choices=["sib", "ntrex"], default="sib", help="sib: nothing was tuned to it"
    )
    parser.add_argument("--data", type=Path, help="the collection's files; fetched if not there")
    chosen = parser.parse_args(arguments)
    found = list(samples(chosen.collection, chosen.data or ROOT / "build" / chosen.collection))
    if chosen.command == "export":
        lines = [json.dumps({"text": each.text, "language": each.language}, ensure_ascii=False) for each in found]
        (chosen.file or Path("languages.jsonl")).write_text("\n".join(lines) + "\n", "utf-8")
        return 0
    figures = [*_identification(found), *_catalogs()]
    for each in figures:
        state = "met" if each["met"] else "NOT MET"
        print(f"{each['name']}: {each['value']} {each['unit']} (goal {each['goal']}: {state})")
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "languages.json").write_text(json.dumps(figures, indent=1) + "\n")
    return 0 if all(each["met"] for each in figures) else 1


def _identification(found: list[Sample]) -> list[dict[str, Any]]:
    load_model()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    taken_for: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    began = time.process_time()
    guesses = [identify(each.text) for each in found]
    micros = (time.process_time() - began) / len(found) * 1e6
    for each, guess in zip(found, guesses, strict=True):
        total[each.source] += 1
        right[each.source] += _is_right(each, guess.language, guess.choices)
        if guess.language != each.language:
            taken_for[each.source][guess.language] += 1
    share = {source: 100 * right[source] / total[source] for source in total}
    for source, percent in share.items():
        others = ", ".join(f"{tag or 'unknown'} {count}" for tag, count in taken_for[source].most_common(3))
        print(f"  {source:8} {percent:5.1f} % of {total[source]}  {others}")
    native = [percent for source, percent in share.items() if not source.endswith("-Latn")]
    roman = [percent for source, percent in share.items() if source.endswith("-Latn")]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        _figure("identified, average of the languages", round(sum(native) / len(native), 1), "%", AVERAGE_GOAL),
        _figure("identified, the worst language", round(min(native), 1), "%", EACH_GOAL),
        _figure("romanised texts called unknown, the worst of them", round(min(roman), 1), "%", UNKNOWN_GOAL),
        _figure("time of one text", round(micros), "us of CPU", 1000, least=False),
        _figure("memory of the process with the model", round(memory), "MB", 200, least=False),
    ]


def _is_right(sample: Sample, language: str | None, choices: tuple[str, ...]) -> bool:
    if language == sample.language:
        return True
    return language is not None and sample.language in ALIKE and sample.language in choices


def _catalogs() -> list[dict[str, Any]]:
    registry = Registry.load()
    began = time.process_time()
    catalogs = Catalogs.load(registry)
    loading = time.process_time() - began
    tags = [tag for tag in catalogs.loaded if catalogs.coverage(tag)[0]] or ["en-GB"]
    translators = [catalogs.translator(tag) for tag in tags]
    rounds = 200
    began = time.process_time()
    for _ in range(rounds):
        for t in translators:
            t.text("Sent by {organisation}", organisation="Sample Council <& partners>")
    formatting = (time.process_time() - began) / rounds / len(translators) * 1e6
    whole = _message(catalogs, tags) * len(tags)
    return [
        # A broadcast renders once for all who get the same (services/contents.py), here in every language.
        _figure(
            f"a broadcast's message, {RECIPIENTS} recipients in {len(tags)} languages, each",
            round(whole / RECIPIENTS, 1),
            "us of CPU",
            20,
            least=False,
        ),
        _figure(f"{len(catalogs.loaded)} catalogs loaded", round(loading, 2), "s of CPU", 1, least=False),
        _figure("one text filled", round(formatting, 1), "us of CPU", 20, least=False),
    ]


def _message(catalogs: Catalogs, tags: list[str], rounds: int = 20) -> float:
    """Microseconds for one whole message in one language. The rest of the bot is loaded after memory was measured."""
    from bot.chat.renderer import ChatRenderer  # noqa: PLC0415
    from tests.factories import CONTROLLER  # noqa: PLC0415
    from tests.unit.chat.conftest import card  # noqa: PLC0415

    renderer = ChatRenderer(catalogs, CONTROLLER)
    for each in range(rounds + 1):
        if each == 1:  # Babel reads each locale once a process, about 10 ms
            began = time.process_time()
        for tag in tags:
            renderer.render("message.card", card("Sample words " * 30, tag), tag)
    return (time.process_time() - began) / rounds / len(tags) * 1e6


def _figure(name: str, value: float, unit: str, goal: float, *, least: bool = True) -> dict[str, Any]:
    met = value >= goal if least else value <= goal
    return {"name": name, "value": value, "unit": unit, "baseline": None, "ratio": None, "goal": goal, "met": met}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
