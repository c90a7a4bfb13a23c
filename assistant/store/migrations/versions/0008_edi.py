"""EDI: interchanges and transactions of partners, and what goes out to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "edi_interchanges",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("control", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_edi_interchanges_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_edi_interchanges")),
    )
    op.create_index("ix_edi_interchanges_control", "edi_interchanges", ["partner_id", "control"])
    op.create_table(
        "edi_transactions",
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("interchange", sa.String(length=20), nullable=False),
        sa.Column("group_control", sa.String(length=20), nullable=False),
        sa.Column("control", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("answered", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_edi_transactions_message_id")),
        sa.PrimaryKeyConstraint(
            "partner_id", "interchange", "group_control", "control", name=op.f("pk_edi_transactions")
        ),
    )
    op.create_index(op.f("ix_edi_transactions_message_id"), "edi_transactions", ["message_id"])
    op.create_table(
        "edi_outgoing",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("control", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("fetched_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edi_outgoing")),
        sa.UniqueConstraint("key", name=op.f("uq_edi_outgoing_key")),
        sa.UniqueConstraint("partner_id", "control", name=op.f("uq_edi_outgoing_partner_id")),
    )
    op.create_index(op.f("ix_edi_outgoing_message_id"), "edi_outgoing", ["message_id"])
