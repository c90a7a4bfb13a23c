"""Approvals in steps and by line; what the policy said of a case; policies, absences, and what cases hold of money."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _number_decisions()
    _create_judgements_and_policies()
    _create_absences()
    _create_holds()


def _case_id(table: str) -> tuple[Any, ...]:
    column = sa.Column("case_id", sa.String(length=20), nullable=False)
    return column, sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id"))


def _number_decisions() -> None:
    """One person may decide a revision again (another policy, fewer lines), so decisions are numbered in their case."""
    connection = op.get_bind()
    old = sa.table("decisions", *(sa.column(name) for name in ("case_id", "revision", "verdict", "by", "at")),
                   *(sa.column(name) for name in ("policy_version", "digests", "reason")))  # fmt: skip
    kept = [dict(row) for row in connection.execute(sa.select(old).order_by(old.c.case_id, old.c.at)).mappings()]
    op.drop_table("decisions")
    made = op.create_table(
        "decisions",
        *_case_id("decisions"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=320), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("policy_version", sa.String(length=80), nullable=False),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("stands_in_for", sa.String(length=320), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_decisions")),
    )
    numbers: dict[str, int] = {}
    for row in kept:
        numbers[row["case_id"]] = numbers.get(row["case_id"], 0) + 1
        connection.execute(
            made.insert().values(**row, number=numbers[row["case_id"]], step="", stands_in_for="", lines="[]")
        )


def _create_judgements_and_policies() -> None:
    op.create_table(
        "judgements",
        *_case_id("judgements"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(length=80), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_judgements")),
    )
    op.create_index(op.f("ix_judgements_at"), "judgements", ["at"])
    op.create_table(
        "policies",
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("effective_from", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.String(length=320), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policies")),
    )


def _create_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=320), nullable=False),
        sa.Column("first", sa.String(length=10), nullable=False),
        sa.Column("last", sa.String(length=10), nullable=False),
        sa.Column("stand_in", sa.String(length=320), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_person"), "absences", ["person"])


def _create_holds() -> None:
    op.create_table(
        "credit_holds",
        *_case_id("credit_holds"),
        sa.Column("order_no", sa.String(length=200), nullable=False),
        sa.Column("sku", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "order_no", "sku", name=op.f("pk_credit_holds")),
    )
    op.create_index("ix_credit_holds_line", "credit_holds", ["order_no", "sku"])
    op.create_table(
        "serial_holds",
        sa.Column("order_no", sa.String(length=200), nullable=False),
        sa.Column("sku", sa.String(length=200), nullable=False),
        sa.Column("serial", sa.String(length=200), nullable=False),
        *_case_id("serial_holds"),
        sa.PrimaryKeyConstraint("order_no", "sku", "serial", name=op.f("pk_serial_holds")),
    )
    op.create_index(op.f("ix_serial_holds_case_id"), "serial_holds", ["case_id"])
