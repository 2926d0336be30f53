"""Leaders with phones, consents, requests for recordings and translations, second speakers' reviews."""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = Instant(timezone=True)
_UNIQUE = "uq_renditions_message_id_language_form"


def upgrade() -> None:
    """Copies `leaders` and `renditions` on SQLite; adds columns that may be empty or have a default elsewhere."""
    _leaders()
    _consents()
    _requests()
    _suggestions()
    _passages()
    _recordings()
    _reviews()
    with op.batch_alter_table("renditions") as table:
        table.add_column(sa.Column("consent_id", _BIG, nullable=True))
        table.create_foreign_key(op.f("fk_renditions_consent_id"), "consents", ["consent_id"], ["id"])
        table.drop_constraint(op.f(_UNIQUE), type_="unique")
    live = sa.text("state != 'withdrawn'")
    op.create_index("uq_renditions_live", "renditions", ["message_id", "language", "form"], unique=True,
                    sqlite_where=live, postgresql_where=live)  # fmt: skip


def _leaders() -> None:
    with op.batch_alter_table("leaders") as table:
        table.add_column(sa.Column("name_own", sa.String(120), nullable=True))
        for name in ("languages", "tasks"):
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        table.add_column(sa.Column("credited", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("state", sa.String(10), nullable=False, server_default=sa.text("'listed'")))
        for name in ("person_tag", "chat", "invite_hash"):
            table.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
        for name in ("invite_until", "joined_at", "paused_at"):
            table.add_column(sa.Column(name, _AT, nullable=True))
        table.add_column(sa.Column("invited_by", _BIG, nullable=True))
        table.create_foreign_key(op.f("fk_leaders_invited_by"), "staff", ["invited_by"], ["id"])
    op.create_index("uq_leaders_person_tag", "leaders", ["person_tag"], unique=True)


def _consents() -> None:
    op.create_table(
        "consents",
        _id(),
        sa.Column("leader_id", _BIG, nullable=False),
        sa.Column("wording", sa.String(16), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("name_shown", sa.Boolean(), nullable=False),
        sa.Column("until", _AT, nullable=False),
        sa.Column("given_at", _AT, nullable=False),
        sa.Column("via", sa.String(8), nullable=False),
        sa.Column("recorded_by", _BIG, nullable=True),
        sa.Column("witness", sa.String(120), nullable=True),
        sa.Column("evidence_id", _BIG, nullable=True),
        sa.Column("asked_30_at", _AT, nullable=True),
        sa.Column("asked_7_at", _AT, nullable=True),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("ended_as", sa.String(10), nullable=True),
        *_keys("consents", leader_id="leaders", recorded_by="staff", evidence_id="media"),
    )
    op.create_index("ix_consents_leader_id", "consents", ["leader_id"])


def _requests() -> None:
    op.create_table(
        "requests",
        _id(),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("message_id", _BIG, nullable=False),
        sa.Column("leader_id", _BIG, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=True),
        sa.Column("due_at", _AT, nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("position", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_by", _BIG, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        *_keys("requests", message_id="messages", leader_id="leaders", asked_by="staff"),
    )
    op.create_index("ix_requests_message_id", "requests", ["message_id"])
    op.create_index("ix_requests_leader", "requests", ["leader_id", "state"])


def _suggestions() -> None:
    op.create_table(
        "suggestions",
        _id(),
        sa.Column("message_id", _BIG, nullable=False),
        sa.Column("leader_id", _BIG, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media_id", _BIG, nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", _BIG, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("answered_at", _AT, nullable=True),
        *_keys("suggestions", message_id="messages", leader_id="leaders", media_id="media", answered_by="staff"),
    )
    op.create_index("ix_suggestions_leader_id", "suggestions", ["leader_id"])


def _passages() -> None:
    op.create_table(
        "passages",
        sa.Column("request_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media_id", _BIG, nullable=True),
        sa.Column("changed_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("request_id", "no", name=op.f("pk_passages")),
        *_keys("passages", primary=False, request_id="requests", media_id="media"),
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        _id(),
        sa.Column("request_id", _BIG, nullable=False),
        sa.Column("leader_id", _BIG, nullable=False),
        sa.Column("media_id", _BIG, nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("unique_id", sa.String(80), nullable=True),
        sa.Column("by_id", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("rendition_id", _BIG, nullable=True),
        sa.Column("recorded_by", _BIG, nullable=True),
        sa.Column("witness", sa.String(120), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("submitted_at", _AT, nullable=True),
        *_keys("recordings", request_id="requests", leader_id="leaders", media_id="media", rendition_id="renditions",
               recorded_by="staff"),
    )  # fmt: skip
    op.create_index("ix_recordings_request_id", "recordings", ["request_id"])
    op.create_index("ix_recordings_unique_id", "recordings", ["unique_id"])
    arriving = sa.text("state = 'arriving'")
    op.create_index("ix_recordings_arriving", "recordings", ["id"], sqlite_where=arriving, postgresql_where=arriving)


def _reviews() -> None:
    op.create_table(
        "reviews",
        _id(),
        sa.Column("rendition_id", _BIG, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("reviewer_id", _BIG, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("said_media_id", _BIG, nullable=True),
        sa.Column("tie", sa.String(10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("said_at", _AT, nullable=True),
        sa.Column("decided_at", _AT, nullable=True),
        *_keys("reviews", rendition_id="renditions", reviewer_id="staff", said_media_id="media"),
    )
    op.create_index("ix_reviews_rendition_id", "reviews", ["rendition_id"])


def _id() -> sa.Column[int]:
    return sa.Column("id", _BIG, autoincrement=True, nullable=False)


def _keys(table: str, *, primary: bool = True, **columns: str) -> list[sa.Constraint]:
    keys: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in columns.items()
    ]
    return [*keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))] if primary else keys


def downgrade() -> None:
    """Withdrawn rows beside a live one are removed: before this there was room for one only."""
    op.drop_index("uq_renditions_live", "renditions")
    op.execute(
        "DELETE FROM renditions WHERE state = 'withdrawn' AND EXISTS (SELECT 1 FROM renditions AS other WHERE "
        "other.message_id = renditions.message_id AND other.language = renditions.language "
        "AND other.form = renditions.form AND other.id > renditions.id)"
    )
    for name in ("reviews", "recordings", "passages", "suggestions", "requests"):
        op.drop_table(name)
    with op.batch_alter_table("renditions") as table:
        table.drop_constraint(op.f("fk_renditions_consent_id"), type_="foreignkey")
        table.drop_column("consent_id")
        table.create_unique_constraint(op.f(_UNIQUE), ["message_id", "language", "form"])
    op.drop_table("consents")
    op.drop_index("uq_leaders_person_tag", "leaders")
    with op.batch_alter_table("leaders") as table:
        table.drop_constraint(op.f("fk_leaders_invited_by"), type_="foreignkey")
        for name in ("invited_by", "paused_at", "joined_at", "invite_until", "invite_hash", "chat", "person_tag",
                     "state", "credited", "tasks", "languages", "name_own"):  # fmt: skip
            table.drop_column(name)
