"""`make bench-matching`: how well matching finds, answers, joins and holds back; writes build/bench-matching.json.

Through the same engine, index, guard and verdict as the bot. What is tuned (thresholds, and the space of
tests/tools/language_space.py) was tuned on one half of the rumours; what is printed is the other half (`tune` prints
the first). One exception: the nearness at which texts join was set with both halves in view, since the space fits the
first half too well to tell. Speed and memory are those of 100,000 rows of noise around real texts, in this process.
"""

import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from bot.matching.engine import Engine, engine
from bot.matching.index import Index
from bot.matching.model import name as engine_name
from bot.matching.verdict import LOOKED_AT, Decision, Thresholds, Verdict, judge
from tests.bench.rumours import Rumour, contradictions, other_claims, rumours

ROWS = 100_000
_LIBRARIES = 8
_FORWARD = (
    "Salaam everyone, please send this to all your groups. My cousin works at the hospital and he told us that "
    "from Monday the council will fine every family that puts the wrong bin out, they have cameras on the lorries "
    "now and they read the names on your letters. Four hundred pounds each time! My neighbour already got the "
    "letter. Do not open the door when they come, do not sign anything, and tell the elderly because nobody tells "
    "them. Share before they delete this message. "
)  # fmt: skip


class Known:
    """An index of texts with an answer each, judged as the bot judges."""

    def __init__(self, made: Engine, texts: list[tuple[str, str]], thresholds: Thresholds) -> None:
        self._engine, self._thresholds = made, thresholds
        self.answers = list(dict.fromkeys(answer for answer, _ in texts))
        self._texts = dict(enumerate(text for _, text in texts))
        self._index = Index(made.dimensions)
        numbers = [self.answers.index(answer) for answer, _ in texts]
        self._index.add(list(self._texts), numbers, made.vectors(list(self._texts.values())))

    def verdicts(self, texts: list[str]) -> Iterable[Verdict]:
        """One for each text."""
        for text, vector in zip(texts, self._engine.vectors(texts), strict=True):
            yield self.verdict(text, vector)

    def verdict(self, text: str, vector: Any) -> Verdict:
        """The verdict on one text."""
        return judge(text, self._index.nearest(vector, LOOKED_AT), self._texts, self._thresholds)

    def verdict_without(self, text: str, vector: Any, answer: str) -> Verdict:
        """The verdict as if this answer were not known."""
        number = self.answers.index(answer)
        near = [each for each in self._index.nearest(vector, LOOKED_AT) if each.answer != number]
        return judge(text, near, self._texts, self._thresholds)


def main() -> None:
    """Print every figure with its goal."""
    half = sys.argv[1] if len(sys.argv) > 1 else "report"
    made, figures = engine(), []
    print(f"engine: {engine_name()}; the {half} half")
    asked = [each for each in rumours() if each.tuning == (half == "tune") and each.language != "claim"]
    known = [(each.key, each.text) for each in rumours() if each.language == "claim"] + other_claims()
    index = Known(made, known, Thresholds())
    figures += _found(index, asked)
    figures += _in_any_language(made, asked)
    figures += _answered(made, index, asked, half)
    figures += _of_few(made, asked, known)
    figures += _joined(made, asked)
    figures += _quick(made)
    _write(figures)


Figure = dict[str, Any]


def _figure(name: str, value: float, goal: float, unit: str = "share", *, at_most: bool = False) -> Figure:
    met = value <= goal if at_most else value >= goal
    print(f"{name:52} {value:9.3f} {unit:6} goal {'<=' if at_most else '>='} {goal:<7} {'met' if met else 'NOT MET'}")
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "baseline": goal,
        "ratio": None,
        "goal": goal,
        "met": met,
    }


def _ranks(index: Known, asked: list[Rumour]) -> dict[str, list[int]]:
    """Per language, at which place the right answer was (0 is first)."""
    ranks: dict[str, list[int]] = defaultdict(list)
    for each, verdict in zip(asked, index.verdicts([each.text for each in asked]), strict=True):
        answers = list(dict.fromkeys(index.answers[found.answer] for found in verdict.candidates))
        ranks[each.language].append(answers.index(each.key) if each.key in answers else 99)
    return ranks


def _found(index: Known, asked: list[Rumour]) -> list[Figure]:
    ranks = _ranks(index, asked)
    every = [rank for each in ranks.values() for rank in each]
    lowest = min(ranks, key=lambda each: _share(rank < 10 for rank in ranks[each]))
    print(
        " ".join(
            f"{each}:{_share(r == 0 for r in ranks[each]):.2f}/{_share(r < 10 for r in ranks[each]):.2f}"
            for each in ranks
        )
    )
    return [
        _figure("rumours in 17 languages, success@1", _share(rank == 0 for rank in every), 0.90),
        _figure("rumours in 17 languages, success@10", _share(rank < 10 for rank in every), 0.965),
        _figure(f"lowest language ({lowest}), success@10", _share(rank < 10 for rank in ranks[lowest]), 0.75),
    ]


def _in_any_language(made: Engine, asked: list[Rumour]) -> list[Figure]:
    chance, every = random.Random(7), []
    wordings = [each for each in rumours() if each.language != "ur-Latn"]
    for _ in range(3):
        pool = {
            key: chance.choice([each for each in wordings if each.key == key])
            for key in {each.key for each in wordings}
        }
        index = Known(made, [(key, each.text) for key, each in pool.items()] + other_claims(), Thresholds())
        ranks = _ranks(
            index, [each for each in asked if pool[each.key] is not each and pool[each.key].text != each.text]
        )
        every += [rank for each in ranks.values() for rank in each]
    return [_figure("the answer in one arbitrary language, success@10", _share(rank < 10 for rank in every), 0.956)]


def _answered(made: Engine, index: Known, asked: list[Rumour], half: str) -> list[Figure]:
    right = wrong = 0
    sure: list[tuple[float, bool, bool]] = []
    vectors = made.vectors([each.text for each in asked])
    for each, vector, verdict in zip(asked, vectors, index.verdicts([each.text for each in asked]), strict=True):
        hit = bool(verdict.candidates) and index.answers[_first(verdict)] == each.key
        right += verdict.decision == Decision.ANSWER and hit
        wrong += verdict.decision == Decision.ANSWER and not hit
        absent = index.verdict_without(each.text, vector, each.key)
        wrong += absent.decision == Decision.ANSWER
        sure += [(verdict.confidence, hit, bool(verdict.against)), (absent.confidence, False, bool(absent.against))]
    held = {each.key for each in asked}
    opposite = [(key, language, text) for key, language, text in contradictions() if key in held]
    false = [
        (key, language, text)
        for (key, language, text), verdict in zip(
            opposite, index.verdicts([text for *_, text in opposite]), strict=True
        )
        if verdict.decision == Decision.ANSWER and index.answers[_first(verdict)] == key
    ]
    if half == "tune":
        _show_thresholds(sure)
    print("answered though contradicting:", *(f"{language}: {text}" for _, language, text in false), sep="\n  ")
    blocked = sum(hit and against for _, hit, against in sure)
    print(f"right first answers held back by the guard: {blocked} of {sum(hit for _, hit, _ in sure)}")
    return [
        _figure("answered by itself: precision", right / max(1, right + wrong), 0.98),
        _figure("answered by itself: recall", right / len(asked), 0.47),
        _figure(
            f"contradictions answered, of 64 (from {len(opposite)})",
            64 * len(false) / len(opposite),
            7,
            "texts",
            at_most=True,
        ),
    ]


def _of_few(made: Engine, asked: list[Rumour], known: list[tuple[str, str]]) -> list[Figure]:
    """What a library of twelve claims does with questions about something else: most libraries are small."""
    wrong = offered = every = 0
    vectors = made.vectors([each.text for each in asked])
    for seed in range(_LIBRARIES):
        few = random.Random(seed).sample(known, 12)
        index, held = Known(made, few, Thresholds()), {key for key, _ in few}
        for each, vector in zip(asked, vectors, strict=True):
            if each.key not in held:
                decision = index.verdict(each.text, vector).decision
                wrong += decision == Decision.ANSWER
                offered += decision == Decision.SUGGEST
                every += 1
    return [
        _figure("twelve known: others' questions answered", wrong / every, 0.01, at_most=True),
        _figure("twelve known: others' questions offered something", offered / every, 0.25, at_most=True),
    ]


def _show_thresholds(sure: list[tuple[float, bool, bool]]) -> None:
    count = sum(1 for each in sure) / 2
    for threshold in np.arange(2, 12, 0.5):
        taken = [hit for value, hit, against in sure if value >= threshold and not against]
        print(f"  threshold {threshold:4.1f}: precision {_share(taken):.3f} recall {sum(taken) / count:.3f}")


def _first(verdict: Verdict) -> int:
    return max(verdict.candidates, key=lambda each: each.cosine).answer


def _joined(made: Engine, asked: list[Rumour]) -> list[Figure]:
    vectors = made.vectors([each.text for each in asked])
    above = np.triu_indices(len(asked), 1)
    same = np.array([asked[a].key == asked[b].key for a, b in zip(*above, strict=True)])
    scores = (vectors @ vectors.T)[above]
    chance = np.random.default_rng(5)
    others = chance.choice(np.flatnonzero(~same), size=2 * int(same.sum()), replace=False)
    chosen = np.concatenate([np.flatnonzero(same), others])
    joined = scores[chosen] >= Thresholds().same
    right = int((joined & same[chosen]).sum())
    for threshold in np.arange(0.2, 0.6, 0.04) if asked[0].tuning else []:
        taken = scores[chosen] >= threshold
        print(f"  join {threshold:.2f}: {same[chosen][taken].mean():.3f} {same[chosen][taken].sum() / same.sum():.3f}")
    return [
        _figure("same rumour joined: precision", right / max(1, int(joined.sum())), 0.972),
        _figure("same rumour joined: recall", right / int(same.sum()), 0.82),
    ]


def _quick(made: Engine) -> list[Figure]:
    chance = np.random.default_rng(1)
    real = made.vectors([each.text for each in rumours()])
    texts = {row: each.text for row, each in enumerate(rumours())}
    index = Index(made.dimensions)
    started = time.perf_counter()
    for start in range(0, ROWS, 4096):
        rows = range(start, min(ROWS, start + 4096))
        near = real[[row % len(real) for row in rows]] + 0.05 * chance.standard_normal((len(rows), real.shape[1]))
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        index.add(rows, list(rows), near.astype(np.float16))
    print(f"  {ROWS} rows made and added in {time.perf_counter() - started:.1f} s")
    figures = []
    for name, text, goal in (("72 characters", _FORWARD[:72], 60.0), ("500 characters", _FORWARD[:500], 200.0)):
        spent = sorted(_spent(made, index, text + f" {number}", texts) for number in range(20))
        figures.append(_figure(f"CPU of one comparison, {name}, p95", 1000 * spent[18], goal, "ms", at_most=True))
    return [*figures, _figure("resident memory with 100,000 rows", _resident(), 350, "MB", at_most=True)]


def _spent(made: Engine, index: Index, text: str, texts: dict[int, str]) -> float:
    started = time.process_time()
    near = index.nearest(made.vectors([text])[0], LOOKED_AT)
    judge(text, near, {each.row: texts[each.row % len(texts)] for each in near}, Thresholds())
    return time.process_time() - started


def _resident() -> float:
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _share(every: Iterable[Any]) -> float:
    listed = list(every)
    return sum(map(bool, listed)) / max(1, len(listed))


def _write(figures: list[Figure]) -> None:
    target = Path(__file__).parent.parent.parent / "build/bench-matching.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
