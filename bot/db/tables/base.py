"""What every table is made with."""

from sqlalchemy import Column, MetaData

from bot.db.types import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
VAULT = {"vault": True}
"""The `info` of a table that says something about who a person is."""


def identity() -> Column[int]:
    """The column `id`: a number of its own for each row."""
    return Column("id", Id, primary_key=True, autoincrement=True)
