"""Public texts in every written language of the registry, and casual romanisations of some.

Two collections: `sib`, which nothing was tuned to, is the measured one; `ntrex` is what the thresholds were set with.
"""

import csv
import random
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SIB_ADDRESS = "https://raw.githubusercontent.com/dadelani/sib-200/main/data/annotated/{code}/test.tsv"
"""SIB-200 (Adelani and others 2023; its sentences are FLORES-200's, CC BY-SA 4.0): 204 sentences of encyclopaedias
and guide books in 205 languages."""
SIB_CODES = {
    "am": "amh_Ethi", "ar": "arb_Arab", "bg": "bul_Cyrl", "bn": "ben_Beng", "ckb": "ckb_Arab", "cs": "ces_Latn",
    "en-GB": "eng_Latn", "es": "spa_Latn", "fa": "pes_Arab", "fa-AF": "prs_Arab", "fr": "fra_Latn", "gu": "guj_Gujr",
    "hi": "hin_Deva", "hu": "hun_Latn", "it": "ita_Latn", "kmr": "kmr_Latn", "lt": "lit_Latn", "lv": "lvs_Latn",
    "ne": "npi_Deva", "pa": "pan_Guru", "pl": "pol_Latn", "ps": "pbt_Arab", "pt": "por_Latn", "ro": "ron_Latn",
    "ru": "rus_Cyrl", "sk": "slk_Latn", "so": "som_Latn", "sq": "als_Latn", "ta": "tam_Taml", "ti": "tir_Ethi",
    "tr": "tur_Latn", "uk": "ukr_Cyrl", "ur": "urd_Arab", "vi": "vie_Latn", "zh-Hans": "zho_Hans",
    "zh-Hant": "zho_Hant",
}  # fmt: skip
"""The registry's tags and SIB's names for them. It has no Shahmukhi."""
NTREX_ADDRESS = "https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/main/NTREX-128/newstest2019-ref.{code}.txt"
"""NTREX-128 (Federmann, Kocmi, Xin 2022), CC BY-SA 4.0: the same 1,997 sentences of news in 128 languages."""
NTREX_CODES = {
    "am": "amh", "ar": "arb", "bg": "bul", "bn": "ben", "ckb": "ckb-Arab", "cs": "ces", "en-GB": "eng-GB", "es": "spa",
    "fa": "fas", "fa-AF": "prs", "fr": "fra", "gu": "guj", "hi": "hin", "hu": "hun", "it": "ita", "kmr": "kmr",
    "lt": "lit", "lv": "lav", "ne": "nep", "pa": "pan", "pl": "pol", "ps": "pus", "pt": "por", "ro": "ron",
    "ru": "rus", "sk": "slk", "so": "som", "sq": "sqi", "ta": "tam", "ti": "tir", "tr": "tur", "uk": "ukr",
    "ur": "urd", "vi": "vie", "zh-Hans": "zho-CN", "zh-Hant": "zho-TW",
}  # fmt: skip
"""The registry's tags and NTREX's names for them. It has no Shahmukhi."""
ROMANISED = {"hi": (0x0900, "a"), "pa": (0x0A00, "a"), "bn": (0x0980, "o"), "gu": (0x0A80, "a")}
"""Scripts that are romanised here by rule: where their block begins, and the vowel that goes unwritten. Hindi stands
for Urdu, which is the same when it is typed in Latin letters."""
EACH = 300
SHORT, MIDDLE = 40, 80
"""A third of the texts are cut to so many characters, a third to so many, a third are whole sentences."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and what it is in; `language` None for a romanised one, which nobody should claim to know."""

    text: str
    language: str | None
    source: str


def samples(collection: str, folder: Path, *, seed: int = 2026) -> Iterator[Sample]:
    """Texts of `sib` or `ntrex`: always the same for the same seed. Files that are not in the folder are fetched."""
    codes, read = (SIB_CODES, _sib) if collection == "sib" else (NTREX_CODES, _ntrex)
    for tag, code in codes.items():
        for number, line in enumerate(_picked(read(folder, code), seed)):
            yield Sample(_cut(line, number, spaced=not tag.startswith("zh")), tag, tag)
    for tag, (block, vowel) in ROMANISED.items():
        for number, line in enumerate(_picked(read(folder, codes[tag]), seed + 1)):
            if not re.search("[A-Za-z]{3}", line):
                yield Sample(_cut(romanise(line, block, vowel), number, spaced=True), None, f"{tag}-Latn")


def _sib(folder: Path, code: str) -> list[str]:
    rows = csv.reader(_fetched(folder, f"{code}.tsv", SIB_ADDRESS.format(code=code)), delimiter="\t", quoting=3)
    return [row[2].strip() for row in rows if len(row) == 3][1:]


def _ntrex(folder: Path, code: str) -> list[str]:
    return _fetched(folder, f"newstest2019-ref.{code}.txt", NTREX_ADDRESS.format(code=code))


def _fetched(folder: Path, name: str, address: str) -> list[str]:
    path = folder / name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(address, timeout=60) as answer:
            path.write_bytes(answer.read())
    return path.read_text("utf-8").splitlines()


def _picked(lines: list[str], seed: int) -> list[str]:
    kept = [line.strip() for line in lines if len(line) > 20]
    random.Random(seed).shuffle(kept)
    return kept[:EACH]


def _cut(line: str, number: int, *, spaced: bool) -> str:
    size = (SHORT, MIDDLE, len(line))[number % 3]
    cut = line[: size if spaced else size // 2]
    return cut.rsplit(" ", 1)[0] if spaced and len(cut) < len(line) and " " in cut else cut


_AT = (*range(0x15, 0x29), *range(0x2A, 0x31), 0x32, 0x33, *range(0x35, 0x3A), *range(0x58, 0x60))
_LETTERS = "k kh g gh n ch chh j jh n t th d dh n t th d dh n p f b bh m y r l l v sh sh s h q g z z r rh f y"
_CONSONANTS = dict(zip(_AT, _LETTERS.split(), strict=True))
_VOWELS = {0x05: "a", 0x06: "aa", 0x07: "i", 0x08: "ee", 0x09: "u", 0x0A: "oo", 0x0B: "ri", 0x0D: "e", 0x0F: "e",
           0x10: "ai", 0x11: "o", 0x13: "o", 0x14: "au"}  # fmt: skip
_SIGNS = {0x3E: "a", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "ri", 0x45: "e", 0x47: "e", 0x48: "ai",
          0x49: "o", 0x4B: "o", 0x4C: "au"}  # fmt: skip
_NASAL, _STOP, _DIGITS = (0x01, 0x02, 0x70), 0x4D, range(0x66, 0x70)


def romanise(text: str, block: int, vowel: str) -> str:
    """As people type it: no marks, the vowel that goes unwritten dropped at the end of words (Unicode's Indic blocks
    share one order, so that one table serves them all)."""
    return "".join(_word(part, block, vowel) for part in re.split(r"(\s+)", text))


def _word(word: str, block: int, vowel: str) -> str:
    out, open_consonant = [], False
    for character in word:
        at = ord(character) - block
        if open_consonant and (at in _CONSONANTS or at in _VOWELS or at in _NASAL):
            out.append(vowel)
        if 0 <= at < 0x80 and at not in _DIGITS:
            out.append(_CONSONANTS.get(at) or _VOWELS.get(at) or _SIGNS.get(at) or ("n" if at in _NASAL else ""))
        else:
            out.append(str(at - 0x66) if at in _DIGITS else "." if character == "।" else character)
        open_consonant = at in _CONSONANTS or (open_consonant and at == 0x3C)
    return "".join(out)
