"""The rumour desk: who has what, until when, how grave; notes, moves between rumours, sealed originals."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LINKS = {"assignee_id": "staff", "consulted_by": "staff", "merged_into": "rumours"}


def _instant() -> sa.types.TypeEngine[object]:
    return bot.db.types.Instant(timezone=True)


def _added() -> list[sa.Column[object]]:
    return [
        sa.Column("assignee_id", _BIG, nullable=True),
        sa.Column("due_at", _instant(), nullable=True),
        sa.Column("reminders", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("harm", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("target", sa.String(80), nullable=True),
        sa.Column("consulted", sa.Text(), nullable=True),
        sa.Column("consulted_by", _BIG, nullable=True),
        sa.Column("consulted_at", _instant(), nullable=True),
        sa.Column("merged_into", _BIG, nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("reach_limit", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("seen_again", "helped", "not_helped")
        ),
    ]


def upgrade() -> None:
    """Reads no flag; what is open keeps its place and gets a due time when it is next touched."""
    with op.batch_alter_table("rumours") as table:
        for column in _added():
            table.add_column(column)
        for name, other in _LINKS.items():
            table.create_foreign_key(op.f(f"fk_rumours_{name}"), other, [name], ["id"])
    with op.batch_alter_table("reply_paths") as table:
        table.add_column(sa.Column("expect_at", _instant(), nullable=True))
        table.add_column(sa.Column("wants_changes", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("message_id", _BIG, nullable=True))
        table.create_foreign_key(op.f("fk_reply_paths_message_id"), "messages", ["message_id"], ["id"])
    op.create_index("ix_reply_paths_expect_at", "reply_paths", ["expect_at"])
    op.create_table(
        "originals",
        sa.Column("flag_id", _BIG, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", _instant(), nullable=False),
        _link("originals", "flag_id", "flags", cascade=True),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_originals")),
    )
    op.create_index("ix_originals_until", "originals", ["until"])
    _add_notes_and_moves()
    op.create_table(
        "rumour_viewers",
        sa.Column("rumour_id", _BIG, nullable=False),
        sa.Column("staff_id", _BIG, nullable=False),
        sa.Column("seen_at", _instant(), nullable=False),
        _link("rumour_viewers", "rumour_id", "rumours"),
        _link("rumour_viewers", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("rumour_id", "staff_id", name=op.f("pk_rumour_viewers")),
    )
    op.create_table(
        "saved_replies",
        _identity(),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_made("saved_replies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
    )
    op.create_index("ix_saved_replies_language", "saved_replies", ["language"])


def _add_notes_and_moves() -> None:
    op.create_table(
        "rumour_notes",
        _identity(),
        sa.Column("rumour_id", _BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_made("rumour_notes"),
        _link("rumour_notes", "rumour_id", "rumours"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_notes")),
    )
    op.create_index("ix_rumour_notes_rumour_id", "rumour_notes", ["rumour_id"])
    op.create_table(
        "rumour_moves",
        _identity(),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("from_id", _BIG, nullable=False),
        sa.Column("into_id", _BIG, nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        *_made("rumour_moves"),
        sa.Column("undone_at", _instant(), nullable=True),
        _link("rumour_moves", "from_id", "rumours"),
        _link("rumour_moves", "into_id", "rumours"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_moves")),
    )
    op.create_index("ix_rumour_moves_from_id", "rumour_moves", ["from_id"])
    op.create_index("ix_rumour_moves_into_id", "rumour_moves", ["into_id"])
    op.create_table(
        "moved_flags",
        sa.Column("move_id", _BIG, nullable=False),
        sa.Column("flag_id", _BIG, nullable=False),
        _link("moved_flags", "move_id", "rumour_moves", cascade=True),
        _link("moved_flags", "flag_id", "flags", cascade=True),
        sa.PrimaryKeyConstraint("move_id", "flag_id", name=op.f("pk_moved_flags")),
    )
    op.create_index("ix_moved_flags_flag_id", "moved_flags", ["flag_id"])


def _identity() -> sa.Column[int]:
    return sa.Column("id", _BIG, autoincrement=True, nullable=False)


def _made(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("made_by", _BIG, nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        _link(table, "made_by", "staff"),
    )


def _link(table: str, name: str, other: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    called = op.f(f"fk_{table}_{name}")
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=called, ondelete="CASCADE" if cascade else None)


def downgrade() -> None:
    for table in ("saved_replies", "rumour_viewers", "moved_flags", "rumour_moves", "rumour_notes", "originals"):
        op.drop_table(table)
    op.drop_index("ix_reply_paths_expect_at", "reply_paths")
    with op.batch_alter_table("reply_paths") as table:
        table.drop_constraint(op.f("fk_reply_paths_message_id"), type_="foreignkey")
        for name in ("message_id", "wants_changes", "expect_at"):
            table.drop_column(name)
    with op.batch_alter_table("rumours") as table:
        for name in _LINKS:
            table.drop_constraint(op.f(f"fk_rumours_{name}"), type_="foreignkey")
        for column in reversed(_added()):
            table.drop_column(column.name)
