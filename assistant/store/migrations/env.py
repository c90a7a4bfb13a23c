"""Alembic's environment: always on the connection that assistant.store.migrate hands over."""

from alembic import context

from assistant.store import tables_outside  # noqa: F401 - its tables are declared by being imported
from assistant.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
