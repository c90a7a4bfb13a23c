"""The versions of the policy: adopted with the program, or proposed by one person and approved by another."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.domain.errors import ChangedMeanwhile, NotFound, OperatorMustAct
from assistant.domain.person import Actor
from assistant.domain.policy import PolicyVersion
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import policies
from assistant.store.times import to_text

_STREAM = "policy"
_HOLDING = ("adopted", "approved")


class SqlPolicies:
    """Implements assistant.domain.ports.Policies."""

    def __init__(self, connection: Connection, audit: SqlAudit, actor: Actor, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._actor = actor
        self._clock = clock

    def adopt(self, version: PolicyVersion) -> None:
        wait_turn(self._c, Turn.POLICY, _STREAM)
        known = self._find(version.version)
        if known is None:
            if not any(each.holds for each in self.list()):
                self._add(version)
        elif known.digest != version.digest:
            raise OperatorMustAct(
                f"The files of policy {version.version} were changed without a new version: they are not the ones that "
                "were adopted. Put them back, or propose them under a version of their own. Nothing was started."
            )

    def propose(self, version: PolicyVersion) -> None:
        wait_turn(self._c, Turn.POLICY, _STREAM)
        if self._find(version.version) is not None:
            raise ChangedMeanwhile(
                f"There is a policy {version.version} already; give the change a version of its own."
            )
        self._add(version)

    def decide(self, version: str, approved: bool, by: str, reason: str = "") -> PolicyVersion:
        wait_turn(self._c, Turn.POLICY, _STREAM)
        known = self.get(version)
        if known.state != "proposed":
            raise ChangedMeanwhile(f"Policy {version} is {known.state} already. Nothing was changed.")
        state = "approved" if approved else "rejected"
        changed = update(policies).where(policies.c.version == version)
        self._c.execute(changed.values(state=state, decided_by=by, reason=reason))
        details = {"version": version, "digest": known.digest, "by": by, "reason": reason}
        self._audit.append(_STREAM, f"policy.{state}", {**details, "before": known.state, "after": state})
        return self.get(version)

    def get(self, version: str) -> PolicyVersion:
        found = self._find(version)
        if found is None:
            raise NotFound(f"There is no policy {version}.")
        return found

    def list(self) -> tuple[PolicyVersion, ...]:
        rows = self._c.execute(select(policies).order_by(policies.c.effective_from, policies.c.at))
        return tuple(_version(row) for row in rows)

    def in_force(self, on: date) -> PolicyVersion | None:
        p = policies.c
        holding = select(policies).where(p.state.in_(_HOLDING), p.effective_from <= on.isoformat())
        row = self._c.execute(holding.order_by(p.effective_from.desc(), p.at.desc()).limit(1)).first()
        return None if row is None else _version(row)

    def _find(self, version: str) -> PolicyVersion | None:
        row = self._c.execute(select(policies).where(policies.c.version == version)).first()
        return None if row is None else _version(row)

    def _add(self, version: PolicyVersion) -> None:
        self._c.execute(
            insert(policies).values(
                version=version.version,
                digest=version.digest,
                effective_from=version.effective_from.isoformat(),
                owner=version.owner,
                files=json.dumps(dict(version.files), sort_keys=True),
                state=version.state,
                proposed_by=version.proposed_by,
                why=version.why,
                decided_by=version.decided_by,
                reason=version.reason,
                at=to_text(self._clock.now()),
            )
        )
        details = {"version": version.version, "digest": version.digest, "by": version.proposed_by, "why": version.why}
        self._audit.append(
            _STREAM, f"policy.{version.state}", {**details, "effective_from": version.effective_from.isoformat()}
        )


def _version(row: Row[Any]) -> PolicyVersion:
    return PolicyVersion(
        version=row.version,
        digest=row.digest,
        effective_from=date.fromisoformat(row.effective_from),
        owner=row.owner,
        files=json.loads(row.files),
        state=row.state,
        proposed_by=row.proposed_by,
        why=row.why,
        decided_by=row.decided_by,
        reason=row.reason,
    )
