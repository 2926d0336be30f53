"""Facts beneath spoken texts, the ready shelf, changes that a second person confirms, and the leaders' circle."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Quick: new columns are empty."""
    op.add_column("messages", sa.Column("facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("messages", sa.Column("shelf", sa.String(length=20), nullable=True))
    op.add_column("messages", sa.Column("asks", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("renditions") as batch:
        batch.add_column(sa.Column("carried_from", _BIG, nullable=True))
        batch.create_foreign_key(op.f("fk_renditions_carried_from_renditions"), "renditions", ["carried_from"], ["id"])
    op.create_table(
        "revisions",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("meaning", sa.String(length=10), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", _BIG, nullable=False),
        sa.Column("result_id", _BIG, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_revisions_message_id_messages")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_revisions_made_by_staff")),
        sa.ForeignKeyConstraint(["result_id"], ["messages.id"], name=op.f("fk_revisions_result_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    op.create_index("ix_revisions_message_id", "revisions", ["message_id"])
    op.create_table(
        "circle_notes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("leader_id", _BIG, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("moderated_by", _BIG, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["leader_id"], ["leaders.id"], name=op.f("fk_circle_notes_leader_id_leaders")),
        sa.ForeignKeyConstraint(["moderated_by"], ["staff.id"], name=op.f("fk_circle_notes_moderated_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_notes")),
    )
    op.create_index("ix_circle_notes_leader_id", "circle_notes", ["leader_id"])
    op.create_index("ix_circle_notes_state", "circle_notes", ["state", "id"])


def downgrade() -> None:
    """Loses facts, the shelf, open changes and the circle."""
    op.drop_table("circle_notes")
    op.drop_table("revisions")
    with op.batch_alter_table("renditions") as batch:
        batch.drop_constraint(op.f("fk_renditions_carried_from_renditions"), type_="foreignkey")
        batch.drop_column("carried_from")
    with op.batch_alter_table("messages") as batch:
        for name in ("asks", "shelf", "facts"):
            batch.drop_column(name)
