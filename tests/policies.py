"""The shipped policy's files, to be changed by a test; and the facts of a plain line."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib import resources
from typing import Any

from assistant.domain.person import Role
from assistant.domain.policy import Asked, Judgement, LineFacts, LineJudgement, Row

VERSION = "returns-2026.2"
PLAIN = LineFacts(
    kind="return",
    reason="NO_LONGER_NEEDED",
    resolution="credit",
    customer_id="C-1",
    customer_tier="silver",
    branch="TOL",
    category="plumbing",
    vendor_id="V-1",
    carrier="UPS",
    tracking="none",
    returnable=True,
    special_order=False,
    hazmat=False,
    whole_units=True,
    has_core=False,
    in_warranty=False,
    delivered=True,
    sender_known=True,
    photos_missing=False,
    flagged=False,
    credit_override=False,
    days_since_delivery=10,
    business_days_since_delivery=7,
    agreed_window_days=30,
    agreed_fee_basis_points=1500,
    core_charge_minor=0,
    amount_minor=10_000,
    case_amount_minor=10_000,
)


def facts(**changed: Any) -> LineFacts:
    return replace(PLAIN, **changed)


def shipped_files() -> dict[str, str]:
    folder = resources.files("assistant.policies").joinpath(VERSION)
    return {each.name: each.read_text() for each in folder.iterdir() if each.name.endswith(".json")}


def rules(files: Mapping[str, str], table: str) -> list[dict[str, Any]]:
    graph = json.loads(files[f"{table}.json"])
    found: list[dict[str, Any]] = next(n for n in graph["nodes"] if n["id"] == "table")["content"]["rules"]
    return found


def with_rules(files: Mapping[str, str], table: str, changed: list[dict[str, Any]], **content: Any) -> dict[str, str]:
    graph = json.loads(files[f"{table}.json"])
    node = next(n for n in graph["nodes"] if n["id"] == "table")
    node["content"] |= {"rules": changed, **content}
    return {**files, f"{table}.json": json.dumps(graph)}


def with_cell(files: Mapping[str, str], table: str, row: int, column: str, cell: Any) -> dict[str, str]:
    changed = rules(files, table)
    changed[row][column] = cell
    return with_rules(files, table, changed)


def with_head(files: Mapping[str, str], **changed: str) -> dict[str, str]:
    head = json.loads(files["policy.json"])
    return {**files, "policy.json": json.dumps({**head, **changed})}


def judgement(*steps: tuple[int, Role], version: str = "p1") -> Judgement:
    """A judgement that asks for these steps, and for a returns approver's where none are named."""
    row = Row("approval_steps", "r-1", "Because.")
    asks = tuple(Asked(place, role, row) for place, role in steps or ((1, Role.RETURNS_APPROVER),))
    line = LineJudgement(facts=PLAIN, rows=(row,), refusals=(), asks=asks, rma_valid_days=30)
    return Judgement(policy_version=version, policy_digest="0" * 64, counted_to=date(2026, 3, 3), lines={1: line})
