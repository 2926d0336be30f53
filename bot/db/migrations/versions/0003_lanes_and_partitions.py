"""Lanes of the inbox, so that several workers handle it; deliveries in partitions (PostgreSQL).

Updates that wait while this runs get lane 0 whatever their chat. Stop the workers first, as for any upgrade.
"""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PARTITIONS = 16
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Copies every delivery (PostgreSQL): about a second for a million rows, and as much space again meanwhile."""
    op.drop_index("ix_updates_waiting", "updates")
    op.add_column("updates", sa.Column("lane", sa.SmallInteger(), nullable=False, server_default=sa.text("0")))
    _index_updates(["bot_id", "lane", "update_id"])
    if _is_postgresql():
        _rebuild_deliveries(postgresql_partition_by="HASH (broadcast_id)")


def downgrade() -> None:
    """Loses nothing: waiting updates are handled by one worker again, deliveries are copied into one plain table."""
    if _is_postgresql():
        _rebuild_deliveries()
    op.drop_index("ix_updates_waiting", "updates")
    op.drop_column("updates", "lane")
    _index_updates(["bot_id", "update_id"])


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _index_updates(columns: list[str]) -> None:
    waiting = sa.text("state = 0")
    op.create_index("ix_updates_waiting", "updates", columns, sqlite_where=waiting, postgresql_where=waiting)


def _rebuild_deliveries(**options: str) -> None:
    """A new table with the same rows. Its indexes are made after the copy, which is quicker."""
    for name in ("ix_deliveries_open", "ix_deliveries_recall", "ix_deliveries_resident_id"):
        op.drop_index(name, "deliveries")
    op.drop_constraint("pk_deliveries", "deliveries")
    op.rename_table("deliveries", "deliveries_before")
    made = op.create_table(
        "deliveries",
        sa.Column("broadcast_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("resident_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("group_no", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("fence", _BIG, nullable=True),
        sa.Column("changed_at", bot.db.types.Instant(timezone=True), nullable=True),
        sa.Column("message_ref", _BIG, nullable=True),
        sa.Column("error", sa.String(length=120), nullable=True),
        sa.Column("not_before", bot.db.types.Instant(timezone=True), nullable=True),
        sa.Column("recall", sa.SmallInteger(), nullable=True),
        **options,
    )
    for number in range(_PARTITIONS if options else 0):
        op.execute(
            f"CREATE TABLE deliveries_{number} PARTITION OF deliveries "
            f"FOR VALUES WITH (MODULUS {_PARTITIONS}, REMAINDER {number})"
        )
    columns = ", ".join(made.c.keys())
    op.execute(f"INSERT INTO deliveries ({columns}) SELECT {columns} FROM deliveries_before")  # noqa: S608
    op.drop_table("deliveries_before")
    op.create_primary_key("pk_deliveries", "deliveries", ["broadcast_id", "resident_id"])
    columns_of = {
        "ix_deliveries_open": (["broadcast_id", "state", "resident_id"], sa.text("state < 2")),
        "ix_deliveries_recall": (["broadcast_id", "recall", "resident_id"], sa.text("recall < 2")),
        "ix_deliveries_resident_id": (["resident_id"], None),
    }
    for name, (keys, where) in columns_of.items():
        op.create_index(name, "deliveries", keys, postgresql_where=where)
