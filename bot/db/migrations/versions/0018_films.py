"""Films: chosen, made, approved, published; a broadcast may carry one."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "films",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("message_id", _BIG, nullable=False),
        sa.Column("aspect", sa.String(4), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("clips", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("media_id", _BIG, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("holder", sa.String(32), nullable=True),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("created_by", _BIG, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("approved_by", _BIG, nullable=True),
        sa.Column("published_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
            for name in ("plays", "downloads", "opens")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_films_message_id_messages")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_films_media_id_media")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_films_created_by_staff")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_films_approved_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_films")),
    )
    op.create_index("ix_films_message_id", "films", ["message_id"])
    op.create_index("ix_films_state", "films", ["state", "id"])
    op.add_column("broadcasts", sa.Column("film_id", _BIG, nullable=True))


def downgrade() -> None:
    """Loses the films; their files are found by nothing any more."""
    op.drop_column("broadcasts", "film_id")
    op.drop_table("films")
