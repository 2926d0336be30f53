"""Languages: which there are, how one is found, and every text that a resident reads, in each of them."""

from bot.i18n.bidi import first_strong, has_rtl, isolate, strip_controls, utf16_len
from bot.i18n.catalogs import BUTTON, N_, Catalogs, Translator, Watcher, pN_
from bot.i18n.folder import LocalesInvalid, locales_folder
from bot.i18n.registry import SOURCE, DraftMode, Language, Registry, UnknownLanguage
from bot.i18n.render import MissingValue, Safe
from bot.i18n.status import LanguageStatus, Status
from bot.i18n.terms import terms_in

__all__ = [
    "BUTTON",
    "N_",
    "SOURCE",
    "Catalogs",
    "DraftMode",
    "Language",
    "LanguageStatus",
    "LocalesInvalid",
    "MissingValue",
    "Registry",
    "Safe",
    "Status",
    "Translator",
    "UnknownLanguage",
    "Watcher",
    "first_strong",
    "has_rtl",
    "isolate",
    "locales_folder",
    "pN_",
    "strip_controls",
    "terms_in",
    "utf16_len",
]
