"""Thanks after a broadcast, and calls for help that go on until somebody sees to them."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """What has ended already is thanked for: nobody is written to about last year."""
    op.add_column("broadcasts", sa.Column("thanked_at", _INSTANT, nullable=True))
    op.execute("UPDATE broadcasts SET thanked_at = finished_at WHERE finished_at IS NOT NULL")
    op.add_column("leaders", sa.Column("alarm_at", _INSTANT, nullable=True))
    op.add_column("leaders", sa.Column("alarm_step", sa.SmallInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Forgets who was thanked, and which calls are open."""
    op.drop_column("leaders", "alarm_step")
    op.drop_column("leaders", "alarm_at")
    op.drop_column("broadcasts", "thanked_at")
