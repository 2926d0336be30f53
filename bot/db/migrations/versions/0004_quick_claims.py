"""Indexes by which the next deliveries are found at once, and a broadcast to very many is queued in one pass."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Reads every delivery once. A person's own rows are found by the broadcasts and the primary key."""
    op.drop_index("ix_deliveries_open", "deliveries")
    op.drop_index("ix_deliveries_resident_id", "deliveries")
    _index("ix_deliveries_queued", ["broadcast_id", "resident_id"], "state = 0")
    _index("ix_deliveries_unsettled", ["broadcast_id", "state"], "state IN (-1, 1)")
    op.create_index(
        "ix_broadcast_groups_chosen", "broadcast_groups", ["broadcast_id", "listen", "read", "form", "no", "language"]
    )


def downgrade() -> None:
    op.drop_index("ix_broadcast_groups_chosen", "broadcast_groups")
    op.drop_index("ix_deliveries_unsettled", "deliveries")
    op.drop_index("ix_deliveries_queued", "deliveries")
    op.create_index("ix_deliveries_resident_id", "deliveries", ["resident_id"])
    _index("ix_deliveries_open", ["broadcast_id", "state", "resident_id"], "state < 2")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
