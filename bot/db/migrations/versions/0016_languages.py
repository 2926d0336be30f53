"""What people and staff say about languages, and which invisible characters were taken out of a question."""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Id, Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "language_wishes",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("bot_id", Id, nullable=False),
        sa.Column("person_tag", sa.LargeBinary, nullable=False),
        sa.Column("chat", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("bot_id", "person_tag", "language", name="uq_language_wishes_bot_id_person_tag_language"),
    )
    op.create_index("ix_language_wishes_person_tag", "language_wishes", ["person_tag"])
    op.create_index("ix_language_wishes_language", "language_wishes", ["language"])
    op.create_table(
        "wording_suggestions",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("string_id", sa.String(16), nullable=True),
        sa.Column("english", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("suggestion", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("done_at", Instant, nullable=True),
    )
    op.create_table(
        "language_corrections",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("rumour_id", Id, sa.ForeignKey("rumours.id", ondelete="CASCADE"), nullable=False),
        sa.Column("guessed", sa.String(16), nullable=True),
        sa.Column("confidence", sa.Float, nullable=True),
        sa.Column("corrected", sa.String(16), nullable=False),
        sa.Column("by_id", Id, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_language_corrections_rumour_id", "language_corrections", ["rumour_id"])
    op.add_column("flags", sa.Column("hidden", sa.String(200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("flags") as flags:
        flags.drop_column("hidden")
    op.drop_table("language_corrections")
    op.drop_table("wording_suggestions")
    op.drop_table("language_wishes")
