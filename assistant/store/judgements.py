"""What the policy said of cases, with the facts it was said by."""

from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select

from assistant.domain.policy import Judgement
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.tables import judgements
from assistant.store.times import to_text

_JUDGEMENT: TypeAdapter[Judgement] = TypeAdapter(Judgement)


class SqlJudgements:
    """Implements assistant.domain.ports.Judgements."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def keep(self, case_id: str, revision: int, judgement: Judgement) -> None:
        if self.latest(case_id, revision, judgement.policy_version) == judgement:
            return
        j = judgements.c
        last = self._c.execute(select(func.max(j.number)).where(j.case_id == case_id)).scalar()
        self._c.execute(
            insert(judgements).values(
                case_id=case_id,
                number=(last or 0) + 1,
                revision=revision,
                policy_version=judgement.policy_version,
                at=to_text(self._clock.now()),
                body=_JUDGEMENT.dump_json(judgement).decode(),
            )
        )
        matched = {str(number): [row.id for row in line.rows] for number, line in sorted(judgement.lines.items())}
        said = {"revision": revision, "policy": judgement.policy_version, "digest": judgement.policy_digest}
        steps = [step.name for step in judgement.steps]
        self._audit.append(case_id, "case.judged", {**said, "rows": matched, "steps": steps})

    def latest(self, case_id: str, revision: int, policy_version: str = "") -> Judgement | None:
        j = judgements.c
        found = select(j.body).where(j.case_id == case_id, j.revision == revision)
        if policy_version:
            found = found.where(j.policy_version == policy_version)
        body = self._c.execute(found.order_by(j.number.desc()).limit(1)).scalar()
        return None if body is None else _JUDGEMENT.validate_json(body)

    def since(self, day: date, limit: int = 10_000) -> tuple[tuple[str, Judgement], ...]:
        j = judgements.c
        last = (
            select(j.case_id, func.max(j.number).label("number"))
            .where(j.at >= day.isoformat())
            .group_by(j.case_id)
            .order_by(j.case_id)
            .limit(limit)
            .subquery()
        )
        found = select(j.case_id, j.body).join(last, (j.case_id == last.c.case_id) & (j.number == last.c.number))
        rows = self._c.execute(found.order_by(j.case_id)).all()
        return tuple((row.case_id, _JUDGEMENT.validate_json(row.body)) for row in rows)
