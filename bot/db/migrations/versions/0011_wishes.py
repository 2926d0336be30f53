"""What residents would like to know or would do better, with ways back that expire."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "wishes",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("received_hour", _INSTANT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_by", _BIG, nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_wishes_answered_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("code", name=op.f("uq_wishes_code")),
    )
    op.create_index("ix_wishes_state", "wishes", ["state"])
    op.create_table(
        "wish_paths",
        sa.Column("wish_id", _BIG, nullable=False),
        sa.Column("bot_id", _BIG, nullable=False),
        sa.Column("person_tag", sa.LargeBinary(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["wish_id"], ["wishes.id"], name=op.f("fk_wish_paths_wish_id_wishes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_wish_paths")),
    )
    op.create_index("ix_wish_paths_person_tag", "wish_paths", ["person_tag"])


def downgrade() -> None:
    """Loses the wishes."""
    op.drop_table("wish_paths")
    op.drop_table("wishes")
