"""`python -m tests.bench.film.build CORPUS OUT.mp4 CACHE [ASPECT]`: the film of a corpus, as one process."""

import asyncio
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from bot.domain.films import Aspect, FilmClip, FilmPlan, Speaker, Writing
from bot.domain.residents import Form
from bot.i18n import Registry
from bot.media.films import FfmpegFilms


def plan_of(corpus: Path, aspect: Aspect) -> FilmPlan:
    """A plan with every clip of the corpus."""
    registry = Registry.load()
    clips = []
    for at, each in enumerate(json.loads((corpus / "expected.json").read_text())):
        language = registry.get(each["tag"])
        clips.append(FilmClip(
            at, Writing(language.tag, language.script, language.rtl), language.autonym, language.english,
            Form(each["form"]), Speaker(each["name"], each["role"], each["role_english"], ""), each["text"],
            each["english"], corpus / each["file"],
        ))  # fmt: skip
    return FilmPlan(
        "stay-at-home", 1, "Stay at home", tuple(clips), (), "https://t.me/sample_bot?start=l_en-GB-p_film", "VCH-7K2M",
        "Sample Council", date(2026, 11, 12), datetime(2027, 5, 1, tzinfo=UTC), aspect, sample=True,
    )  # fmt: skip


async def main(corpus: str, out: str, cache: str, aspect: str = "16:9") -> None:
    report = await FfmpegFilms(Path(cache)).make(plan_of(Path(corpus), Aspect(aspect)), Path(out))
    for each in report.left_out:
        print("left out", each)
    print(f"{report.seconds:.1f} s, {report.size / 1e6:.2f} MB, {report.loudness} LUFS, {report.true_peak} dBTP, "
          f"{sum(each.reused for each in report.segments)} of {len(report.segments)} reused")  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
