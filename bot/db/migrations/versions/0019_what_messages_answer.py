"""What messages answer: what is going round, as staff or a pack say it, beside the words that residents read."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of the messages that are there; an import of their packs brings it."""
    op.add_column("messages", sa.Column("answers", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("revisions", sa.Column("answers", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Loses what messages answer."""
    op.drop_column("revisions", "answers")
    op.drop_column("messages", "answers")
