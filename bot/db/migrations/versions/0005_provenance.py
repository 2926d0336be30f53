"""The chain over the audit log, manifests of what was approved, fingerprints of recordings, clips to be looked at."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """The chain begins here: entries of before stay in the log, outside it."""
    op.add_column("audit", sa.Column("salt", sa.LargeBinary(), nullable=True))
    op.add_column("media", sa.Column("unique_id", sa.String(length=80), nullable=True))
    op.create_index("ix_media_sha256", "media", ["sha256"])
    op.create_index("ix_media_unique_id", "media", ["unique_id"])
    _chain()
    op.create_table(
        "manifests",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("rendition_id", _BIG, nullable=False),
        sa.Column("rendition_hash", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("disclosed", sa.JSON(), nullable=False),
        sa.Column("line_hash", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["rendition_id"], ["renditions.id"], name=op.f("fk_manifests_rendition_id_renditions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifests")),
        sa.UniqueConstraint("code", name=op.f("uq_manifests_code")),
    )
    op.create_index("ix_manifests_rendition_id", "manifests", ["rendition_id"])
    op.create_index("ix_manifests_line_hash", "manifests", ["line_hash"])
    op.create_table(
        "fingerprints",
        sa.Column("media_id", _BIG, nullable=False),
        sa.Column("frames", sa.LargeBinary(), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_fingerprints_media_id_media")),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "lookups",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", _BIG, nullable=False),
        sa.Column("person_tag", sa.LargeBinary(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookups")),
        sa.UniqueConstraint("bot_id", "person_tag", "file_id", name=op.f("uq_lookups_bot_id_person_tag_file_id")),
    )


def _chain() -> None:
    op.create_table(
        "chain",
        sa.Column("seq", _BIG, autoincrement=False, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", _BIG, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_chain")),
    )
    things, unsealed = sa.text("kind IN ('audit', 'manifest')"), sa.text("signature IS NULL")
    op.create_index(
        "uq_chain_thing", "chain", ["kind", "ref"], unique=True, sqlite_where=things, postgresql_where=things
    )
    op.create_index("ix_chain_unsealed", "chain", ["seq"], sqlite_where=unsealed, postgresql_where=unsealed)


def downgrade() -> None:
    """Loses every manifest, seal and fingerprint."""
    for table in ("lookups", "fingerprints", "manifests", "chain"):
        op.drop_table(table)
    op.drop_index("ix_media_unique_id", "media")
    op.drop_index("ix_media_sha256", "media")
    with op.batch_alter_table("media") as batch:
        batch.drop_column("unique_id")
    with op.batch_alter_table("audit") as batch:
        batch.drop_column("salt")
