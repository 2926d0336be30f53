"""Known texts with their vectors, to compare what residents ask with."""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own: nothing that is there changes."""
    op.create_table(
        "likenesses",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("answer", sa.String(80), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("model", sa.String(48), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_likenesses_owner", "likenesses", ["kind", "owner"])
    op.create_index("ix_likenesses_model", "likenesses", ["model", "id"])


def downgrade() -> None:
    op.drop_table("likenesses")
