"""Media of rumours: what is written in a picture, and which waiting question somebody sent a file with."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Quick: new columns are empty."""
    op.add_column("fingerprints", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("lookups", sa.Column("draft", sa.String(length=12), nullable=True))
    op.add_column("lookups", sa.Column("unique_id", sa.String(length=80), nullable=True))
    op.add_column("lookups", sa.Column("reader", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Loses what was read in pictures; files that wait to be looked at are no longer answered for."""
    for name in ("reader", "unique_id", "draft"):
        op.drop_column("lookups", name)
    op.drop_column("fingerprints", "words")
