"""What somebody with the database in hand could do to the record: one manipulation at a time, straight in SQL.

Used in small by the tests and in thousands by the campaign `chain`.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TABLES = {
    "chain": ("seq", ("at", "kind", "ref", "digest", "detail", "hash", "signature")),
    "audit": ("id", ("at", "actor", "via", "action", "subject", "detail", "salt")),
    "manifests": ("id", ("body", "signature")),
}
Manipulation = Callable[[sqlite3.Connection, random.Random], int | None]
"""Does its harm and says the number of the first entry of the chain that it touched; None: the harm is outside it."""


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def _seq(db: sqlite3.Connection, table: str, key: int) -> int:
    if table == "chain":
        return key
    kind = "audit" if table == "audit" else "manifest"
    return int(db.execute("SELECT seq FROM chain WHERE kind = ? AND ref = ?", (kind, key)).fetchone()[0])


def _key(db: sqlite3.Connection, table: str, chance: random.Random) -> int:
    name = TABLES[table][0]
    return int(chance.choice(db.execute(f"SELECT {name} FROM {table}").fetchall())[0])


def _flipped(value: object, chance: random.Random) -> object:
    """The value with one bit of it turned over."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(16))
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    text = str(value)
    at = chance.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ (1 << chance.randrange(4))) + text[at + 1 :]


def flip(db: sqlite3.Connection, chance: random.Random) -> int | None:
    """One bit of one value."""
    table = chance.choice(list(TABLES))
    key = _key(db, table, chance)
    column = chance.choice(TABLES[table][1])
    name = TABLES[table][0]
    old = db.execute(f"SELECT {column} FROM {table} WHERE {name} = ?", (key,)).fetchone()[0]
    new = _flipped(old, chance)
    while (
        table == "chain"
        and column == "ref"
        and db.execute(
            "SELECT 1 FROM chain WHERE ref = ? AND kind = (SELECT kind FROM chain WHERE seq = ?)", (new, key)
        ).fetchone()
    ):
        new = _flipped(new, chance)
    seq = _seq(db, table, key)
    db.execute(f"UPDATE {table} SET {column} = ? WHERE {name} = ?", (new, key))
    return seq


def remove(db: sqlite3.Connection, chance: random.Random) -> int | None:
    """One row, anywhere but at the end of the chain (that is `cut`)."""
    table = chance.choice(list(TABLES))
    key = _key(db, table, chance)
    if table == "chain":
        key = min(key, int(db.execute("SELECT max(seq) - 1 FROM chain").fetchone()[0]))
    seq = _seq(db, table, key)
    db.execute(f"DELETE FROM {table} WHERE {TABLES[table][0]} = ?", (key,))
    return seq


def swap(db: sqlite3.Connection, chance: random.Random) -> int | None:
    """Two rows change places, with everything in them."""
    table = chance.choice(("chain", "audit"))
    name = TABLES[table][0]
    left, right = _key(db, table, chance), _key(db, table, chance)
    while right == left:
        right = _key(db, table, chance)
    seq = min(_seq(db, table, left), _seq(db, table, right))
    for old, new in ((left, -1), (right, left), (-1, right)):
        db.execute(f"UPDATE {table} SET {name} = ? WHERE {name} = ?", (new, old))
    return seq


def insert(db: sqlite3.Connection, chance: random.Random) -> int | None:
    """One row more: in the chain, moving up all that follow; or in the log alone."""
    if chance.random() < 0.3:
        columns = ", ".join(each for each in _columns(db, "audit") if each != "id")
        db.execute(
            f"INSERT INTO audit ({columns}) SELECT {columns} FROM audit WHERE id = ?", (_key(db, "audit", chance),)
        )
        return None
    at = _key(db, "chain", chance)
    last = int(db.execute("SELECT max(seq) FROM chain").fetchone()[0])
    for seq in range(last, at - 1, -1):
        db.execute("UPDATE chain SET seq = ? WHERE seq = ?", (seq + 1, seq))
    db.execute(
        "INSERT INTO chain (seq, at, kind, ref, digest, detail, hash, signature) "
        "SELECT ?, at, 'erased', ref, digest, detail, hash, signature FROM chain WHERE seq = ?",
        (at, at + 1),
    )
    return at


def cut(db: sqlite3.Connection, chance: random.Random) -> int | None:
    """Everything from some entry on."""
    seq = _key(db, "chain", chance)
    db.execute("DELETE FROM chain WHERE seq >= ?", (seq,))
    return seq


KINDS: dict[str, Manipulation] = {"flip": flip, "remove": remove, "swap": swap, "insert": insert, "cut": cut}


@contextmanager
def manipulated(path: Path, kind: str, chance: random.Random) -> Iterator[int | None]:
    """The SQLite file at `path` with one manipulation in it, undone afterwards; yields the first entry touched."""
    db = sqlite3.connect(path)
    before = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    try:
        db.execute("PRAGMA foreign_keys=OFF")
        touched = KINDS[kind](db, chance)
        db.commit()
        yield touched
    finally:
        for table, rows in before.items():
            db.execute(f"DELETE FROM {table}")
            marks = ", ".join("?" * len(_columns(db, table)))
            db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        db.commit()
        db.close()
