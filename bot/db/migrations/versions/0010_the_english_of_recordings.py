"""What a recording says in English, for the subtitles of films."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be empty: nothing is copied."""
    op.add_column("renditions", sa.Column("english", sa.Text, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("renditions") as table:
        table.drop_column("english")
