"""Templates: Jinja2 with everything escaped and nothing undefined forgiven."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = web.AppKey("templates", Environment)
OWN_FOLDER = Path(__file__).parent / "templates"


def template_environment(folders: Sequence[Path] = (), **values: Any) -> Environment:
    """An environment that looks in `folders`, then in bot/http/templates; `values` are known to every template."""
    environment = Environment(
        loader=FileSystemLoader([*folders, OWN_FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(values)
    return environment
