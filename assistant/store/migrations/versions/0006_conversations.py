"""Letters wait between tries and are counted by whom they go to; a second request waits for a person with its draft."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("kind", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("recipient", sa.Text(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("next_try_at", sa.String(length=40), nullable=False, server_default=""))
    op.create_index(op.f("ix_outbox_recipient"), "outbox", ["recipient"])
    op.add_column("inquiries", sa.Column("draft", sa.Text(), nullable=False, server_default=""))
