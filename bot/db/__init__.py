"""All SQL: tables, repositories by noun, the unit of work, wake-ups and migrations."""

from bot.db.database import Database, SpoiledError, UnitOfWork
from bot.db.wakeups import INBOX, SENDER, Wakeups

__all__ = ["INBOX", "SENDER", "Database", "SpoiledError", "UnitOfWork", "Wakeups"]
