"""All SQL: tables, repositories by noun, the unit of work and migrations."""

from bot.db.database import Database, UnitOfWork

__all__ = ["Database", "UnitOfWork"]
