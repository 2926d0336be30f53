"""P: the console never holds the vault or its key: not by import, not by any object that it can reach."""

import ast
import contextlib
import functools
import logging
import types
from pathlib import Path
from secrets import token_urlsafe

import pytest

import bot
from bot.db import Database
from bot.domain.controller import Controller
from bot.http.app import guarded_app
from bot.i18n import Registry
from bot.services.desk import build_desk
from bot.services.ports import SystemClock
from bot.services.vault import Vault
from bot.storage.erasures import ErasureFiles
from bot.storage.folder import FolderStore
from bot.web.app import ConsoleSettings, add_console

ROOT = Path(bot.__file__).parent
FILES = sorted((ROOT / "web").rglob("*.py")) + sorted((ROOT / "http").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_imports_the_vault(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{each.name}" for each in node.names]
        for name in names:
            assert not name.startswith(("bot.services.vault", "nacl", "bot.services.residents", "bot.config"))


def _inside(thing):
    """What an object holds: attributes, items, closures, bound selves; not the modules that code was written in."""
    if isinstance(thing, dict):
        yield from thing.keys()
        yield from thing.values()
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from thing
    elif isinstance(thing, types.FunctionType):
        for cell in thing.__closure__ or ():
            with contextlib.suppress(ValueError):
                yield cell.cell_contents
        yield thing.__defaults__
        yield thing.__kwdefaults__
    elif isinstance(thing, types.MethodType):
        yield from (thing.__self__, thing.__func__)
    elif isinstance(thing, functools.partial):
        yield from (thing.func, thing.args, thing.keywords)
    yield from _attributes(thing)


def _attributes(thing):
    yield from getattr(thing, "__dict__", {}).values()
    if isinstance(thing, types.FunctionType):
        return  # its other slots lead to the globals of its module, and from there to the whole process
    for kind in type(thing).__mro__:
        for slot in kind.__dict__.values():
            if isinstance(slot, types.MemberDescriptorType):
                with contextlib.suppress(AttributeError):
                    yield slot.__get__(thing)


def _reachable(start):
    """Everything that hangs on an object, but for loggers: those are the whole process's, and other tests' too."""
    seen = {}
    waiting = [start]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | types.ModuleType | int | float | logging.Logger):
            continue
        seen[id(thing)] = thing
        if not isinstance(thing, str | bytes):
            waiting.extend(_inside(thing))
    return list(seen.values())


async def _console(tmp_path, clock):
    db = Database(f"sqlite+aiosqlite:///{tmp_path}/vouch.db")
    desk = build_desk(
        db, Registry.load(), Controller(), clock, FolderStore(tmp_path), bot_id=1, rate=25, deputy_minutes=20,
        need_chats=True, erasures=ErasureFiles(tmp_path / "erasures"),
    )  # fmt: skip
    app = guarded_app(https=False)
    add_console(app, desk, ConsoleSettings("http://127.0.0.1:8080", secure=False, sample=True))
    return app, desk


async def test_no_vault_can_be_reached_from_the_console(tmp_path):
    secret = token_urlsafe(32)
    vault = Vault(secret)
    app, desk = await _console(tmp_path, SystemClock())
    found = _reachable(app)
    assert any(each is desk for each in found), "the walk gets as far as the desk"
    assert any(each is desk.approvals for each in found)
    assert any(each is desk.store for each in found)
    assert not [each for each in found if isinstance(each, Vault) or type(each).__module__.startswith("nacl")]
    assert not [each for each in found if isinstance(each, str | bytes) and each in (secret, secret.encode())]
    assert vault.fingerprint
    await desk.db.close()


async def test_the_walk_would_find_one(tmp_path):
    clock = SystemClock()
    clock.vault = Vault(token_urlsafe(32))
    app, desk = await _console(tmp_path, clock)
    assert [each for each in _reachable(app) if isinstance(each, Vault)]
    await desk.db.close()
