"""Alembic's entry: one transaction on the connection ``migrations.run`` hands over."""

from alembic import context
from sqlalchemy import Connection

from migrations.schema import metadatas

connection = context.config.attributes.get("connection")
if not isinstance(connection, Connection):
    raise SystemExit("run migrations through migrations.run.upgrade(url), or `switchboard migrate`")

context.configure(connection=connection, target_metadata=metadatas(), compare_server_default=True)
context.run_migrations()
