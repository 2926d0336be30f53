"""Texts into pieces: the unigram SentencePiece vocabulary of the encoder, searched with numpy alone.

The pieces stand in the model's file as bytes with a score each. Instead of a dictionary of 250,000 strings (45 MB)
there is one sorted array of hashes (2 MB): the hashes of all pieces, and for a text those of all its substrings up to
the longest piece, are computed for the whole array at once. Two pieces with one 64-bit hash would be a mistake of the
vocabulary's; the loader counts that there is none.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

_META = 0x2581
"""SentencePiece writes a space as this sign."""
_PRIME = np.uint64(1_099_511_628_211)
_SPACES = re.compile(" {2,}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of a model, and what becomes of single characters before."""

    hashes: Any
    """Sorted 64-bit hashes of the pieces."""
    ids: Any
    """The piece of each of those hashes."""
    scores: Any
    """The score of each piece, by its number."""
    longest: int
    """Characters of the longest piece."""
    replaced: dict[int, str]
    begin: int
    end: int
    unknown: int
    unknown_score: float


def vocabulary(
    blob: bytes, offsets: Any, scores: Any, replaced: dict[int, str], *, begin: int, end: int, unknown: int
) -> Vocabulary:
    """The vocabulary of these pieces: `blob` holds them one after the other, `offsets` where each begins and ends.

    Raises ValueError when two pieces have the same hash.
    """
    text = np.frombuffer(blob, dtype=np.uint8)
    starts = (text & 0xC0) != 0x80
    at = np.concatenate([[0], np.cumsum(starts)])[offsets]
    points = np.frombuffer(blob.decode("utf-8").encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    lengths = np.diff(at)
    hashes = np.zeros(len(lengths), dtype=np.uint64)
    for place in range(int(lengths.max())):
        longer = np.flatnonzero(lengths > place)
        hashes[longer] = (hashes[longer] + points[at[:-1][longer] + place] + np.uint64(1)) * _PRIME
    order = np.argsort(hashes)
    if np.any(np.diff(hashes[order]) == 0):
        raise ValueError("two pieces of the vocabulary have one hash")
    return Vocabulary(
        hashes[order], order.astype(np.int32), scores, int(lengths.max()), replaced,
        begin, end, unknown, float(scores.min()) - 10.0,
    )  # fmt: skip


def tokenize(words: Vocabulary, text: str, limit: int) -> list[int]:
    """The pieces of a text between the marks of begin and end, at most `limit` in all.

    The best way through is the one with the highest sum of scores (Viterbi); a character that is in no piece counts as
    one unknown piece.
    """
    plain = _SPACES.sub(" ", text.translate(words.replaced))
    points = np.array([_META if each == " " else ord(each) for each in (" " + plain.lstrip(" "))], dtype=np.uint64)
    pieces = _best(words, _found(words, points), len(points))
    return [words.begin, *pieces[: limit - 2], words.end]


def _found(words: Vocabulary, points: Any) -> list[list[tuple[int, int]]]:
    """For each place, the pieces that end there: their length and number."""
    ending: list[list[tuple[int, int]]] = [[] for _ in range(len(points) + 1)]
    hashes = np.zeros(len(points), dtype=np.uint64)
    for length in range(1, min(words.longest, len(points)) + 1):
        count = len(points) - length + 1
        hashes = (hashes[:count] + points[length - 1 :] + np.uint64(1)) * _PRIME
        at = np.minimum(np.searchsorted(words.hashes, hashes), len(words.hashes) - 1)
        for start in np.flatnonzero(words.hashes[at] == hashes):
            ending[int(start) + length].append((length, int(words.ids[at[start]])))
    return ending


def _best(words: Vocabulary, ending: list[list[tuple[int, int]]], count: int) -> list[int]:
    best = [0.0] * (count + 1)
    came: list[tuple[int, int]] = [(0, 0)] * (count + 1)
    for end in range(1, count + 1):
        best[end], came[end] = best[end - 1] + words.unknown_score, (1, words.unknown)
        for length, piece in ending[end]:
            score = best[end - length] + float(words.scores[piece])
            if piece != words.unknown and score > best[end]:
                best[end], came[end] = score, (length, piece)
    pieces: list[int] = []
    end = count
    while end > 0:
        length, piece = came[end]
        pieces.append(piece)
        end -= length
    return pieces[::-1]
