"""What Slack handed over, conversations, our messages there, and the workspaces that installed us."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _create_deliveries()
    _create_conversations()
    _create_posts()
    op.create_table(
        "slack_installations",
        sa.Column("team", sa.String(length=80), nullable=False),
        sa.Column("bot_user_id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_slack_installations")),
    )
    op.create_table(
        "slack_states",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_slack_states")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "slack_deliveries",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("held_until", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_deliveries")),
    )
    op.create_index(op.f("ix_slack_deliveries_account"), "slack_deliveries", ["account"])
    op.create_index(op.f("ix_slack_deliveries_place"), "slack_deliveries", ["place"])
    op.create_index("ix_slack_deliveries_state", "slack_deliveries", ["state", "received_at"])


def _create_conversations() -> None:
    op.create_table(
        "slack_conversations",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("thread", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=320), nullable=False),
        sa.Column("case_id", sa.String(length=20), nullable=True),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("drafted", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_conversations")),
    )
    op.create_index(op.f("ix_slack_conversations_case_id"), "slack_conversations", ["case_id"])
    of = ["slack_conversations.id"]
    op.create_table(
        "slack_turns",
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=320), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], of, name=op.f("fk_slack_turns_conversation")),
        sa.PrimaryKeyConstraint("conversation", "ts", name=op.f("pk_slack_turns")),
    )
    op.create_table(
        "slack_mails",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], of, name=op.f("fk_slack_mails_conversation")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_slack_mails_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_slack_mails")),
    )
    op.create_index(op.f("ix_slack_mails_conversation"), "slack_mails", ["conversation"])


def _create_posts() -> None:
    op.create_table(
        "slack_posts",
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("thread", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("shown", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("held_until", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("wanted_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_posts")),
    )
    op.create_index(op.f("ix_slack_posts_state"), "slack_posts", ["state"])
    op.create_index(op.f("ix_slack_posts_subject"), "slack_posts", ["subject"])
