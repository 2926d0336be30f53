"""A pseudo-language: every text longer and strange, yet readable, to find what is not translated or does not fit."""

import io
import re
import shutil
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.i18n import Registry
from bot.i18n.render import PLACEHOLDER, TAG
from tests.tools.strings.extraction import body_text
from tests.tools.strings.files import entries, ids_of, new_text, po_path

TAG_LTR, TAG_RTL = "qps-ploc", "qps-plocm"
"""The pseudo-language, and the one that is written from right to left (private-use tags of Windows for the same)."""

_ACCENTS = str.maketrans("AEIOUYaeiouycnsz", "ÅËÎØÛÝåëîøûýçñšž")
_MIRROR = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")
_KEPT = re.compile(rf"{PLACEHOLDER.pattern}|{TAG.pattern}|https?://\S+|(?<![\w<])/[a-z]+\b|&[a-z]+;|[0-9]+")
_GROUPS = re.compile(r"\d+(?: \d+)+")
_ENTRY = """
[[languages]]
tag = "{tag}"
autonym = "{autonym}"
english = "Pseudo-language ({direction})"
script = "{script}"
direction = "{direction}"
babel = "en_GB"
read = true
listen = true
signed = false
audio_first = false
fallback = []
aliases = []
plural = "nplurals=2; plural=(n != 1);"
voice = ""
"""


def pseudo(text: str, *, rtl: bool = False, room: int = 4096) -> str:
    """The text with accents (or in Arabic letters), a third longer where there is room, its places and links kept."""
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_strange(text[end : kept.start()], rtl=rtl), kept[0]]
        end = kept.end()
    strange = "".join([*parts, _strange(text[end:], rtl=rtl)])
    longer = max(0, min(len(text) // 3, room - len(strange)))
    filler = ("هههه " if rtl else "~~~~ ") * (longer // 5 + 1)
    lines = [f"\u200e{line}" if rtl and _GROUPS.fullmatch(line) else line for line in strange.split("\n")]
    lines[0] += f" {filler[:longer].strip()}" if longer > 2 and not _KEPT.fullmatch(lines[0]) else ""
    return "\n".join(lines)


def _strange(text: str, *, rtl: bool) -> str:
    return text.lower().translate(_MIRROR) if rtl else text.translate(_ACCENTS)


def write_locales(locales: Path, target: Path) -> Path:
    """A copy of the folder of languages with both pseudo-languages in it; returns the copy."""
    shutil.copytree(locales, target, dirs_exist_ok=True)
    with (target / "registry.toml").open("a", encoding="utf-8") as file:
        file.write(_ENTRY.format(tag=TAG_LTR, autonym="Þšëûðø", script="Latn", direction="ltr"))
        file.write(_ENTRY.format(tag=TAG_RTL, autonym="سودو", script="Arab", direction="rtl"))
    registry = Registry.load(target)
    template = read_po(io.BytesIO((locales / "bot.pot").read_bytes()))
    for tag in (TAG_LTR, TAG_RTL):
        language = registry.get(tag)
        text = new_text(language, template)
        catalog = read_po(io.BytesIO(text.encode()))
        _translate(catalog, rtl=language.rtl)
        path = po_path(target, tag)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text.split(chr(10) * 2, 1)[0].rstrip()}\n\n{body_text(catalog)}", "utf-8")
    return target


def _translate(catalog: Catalog, *, rtl: bool) -> None:
    for message in entries(catalog):
        room = 40 if message.context == "button" else 3000
        forms = tuple(pseudo(text, rtl=rtl, room=room) for text in ids_of(message))
        message.string = forms if len(forms) > 1 else forms[0]
