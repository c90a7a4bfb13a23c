"""The returns policy in force, as data with a version. What it does not allow is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.domain.person import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """``approver_roles`` by kind of case; a kind that is not there can't be approved by anybody."""

    version: str
    owner: str
    effective_from: date
    approver_roles: Mapping[str, frozenset[Role]]
    rma_valid_days: int

    def approvers(self, kind: str) -> frozenset[Role]:
        return self.approver_roles.get(kind, frozenset())
