"""Sessions, brakes on guessing, keys of the API, accounts elsewhere; people who left; what was erased, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table, column, kind in (
        ("people", "ended_at", sa.String(length=40)),
        ("messages", "envelope_from", sa.Text()),
        ("messages", "erased_at", sa.String(length=40)),
        ("cases", "erased_at", sa.String(length=40)),
    ):
        op.add_column(table, sa.Column(column, kind, nullable=False, server_default=""))
    _create_sessions()
    _create_keys()
    _create_links()


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=320), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.String(length=40), nullable=False),
        sa.Column("seen_at", sa.String(length=40), nullable=False),
        sa.Column("ends_at", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"])
    op.create_index(op.f("ix_sessions_ends_at"), "sessions", ["ends_at"])
    op.create_table(
        "brakes",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.String(length=40), nullable=False),
        sa.Column("held_until", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_brakes")),
    )
    op.create_index(op.f("ix_brakes_failed_at"), "brakes", ["failed_at"])


def _create_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=320), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("ends_at", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.String(length=40), nullable=False),
        sa.Column("used_on", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_keys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.create_index(op.f("ix_api_keys_person_id"), "api_keys", ["person_id"])


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("person_id", sa.String(length=320), nullable=False),
        sa.Column("proof", sa.String(length=80), nullable=False),
        sa.Column("proven_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_links_person_id")),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_person_id"), "links", ["person_id"])
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("person_id", sa.String(length=320), nullable=False),
        sa.Column("ends_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_link_codes_person_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_codes")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_link_codes_person_id")),
    )
