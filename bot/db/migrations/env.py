"""Called by Alembic; the connection comes from bot/db/migrate.py."""

from alembic import context

from bot.db.migrate import is_compared
from bot.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=is_compared,
)
context.run_migrations()
