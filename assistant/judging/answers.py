"""What the tables answered, as a judgement: what did not answer, or answered oddly, refuses."""

from collections.abc import Mapping
from typing import Any

from assistant.domain.money import share
from assistant.domain.person import Role
from assistant.domain.policy import Asked, ClaimClock, LineFacts, LineJudgement, Paper, Row
from assistant.judging.schema import Field
from assistant.judging.table import Table

_NO_ROW = "no row of the table takes this line"


class Answers:
    """Each table's matched rows: pairs of the row and its values by column."""

    def __init__(self, tables: Mapping[str, Table], answered: Mapping[str, Any]) -> None:
        self.rows: list[Row] = []
        self.refusals: list[Row] = []
        self.asks: list[Asked] = []
        self._by_table = {name: self._of(table, answered.get(f"answered_{name}")) for name, table in tables.items()}

    def one(self, table: str) -> Mapping[str, Any]:
        """The values of a table's only row; empty where it refused."""
        return next(iter(self._by_table[table]), (None, {}))[1]

    def all(self, table: str) -> list[tuple[Row, Mapping[str, Any]]]:
        return [(row, values) for row, values in self._by_table[table] if row is not None]

    def ask(self, row: Row, values: Mapping[str, Any]) -> None:
        self.asks.append(Asked(values["step"], Role(values["role"]), row))

    def _of(self, table: Table, given: Any) -> list[tuple[Row, Mapping[str, Any]]]:
        listed = given if isinstance(given, list) else [given]
        name = table.shape.name
        found = []
        for answer in listed:
            row = table.rows.get(str(answer.get("row"))) if isinstance(answer, dict) else None
            if row is None:
                found.append((Row(name, "none", _NO_ROW), {"verdict": "refuse"}))
                continue
            fits = {field.name: _value(answer.get(field.name), field) for field in table.shape.outputs}
            if _ODD in fits.values():
                row, fits = Row(name, row.id, f"{row.says} (its answer does not fit)"), {"verdict": "refuse"}
            found.append((row, fits))
        others = [pair for pair in found if pair[0].id != table.last]
        counted = others or found[:1] or [(Row(name, "none", _NO_ROW), {"verdict": "refuse"})]
        return [pair for pair in counted if self._stands(*pair)]

    def _stands(self, row: Row, values: Mapping[str, Any]) -> bool:
        self.rows.append(row)
        if values["verdict"] == "refuse":
            self.refusals.append(row)
            return False
        if values["verdict"] == "exception":
            self.ask(row, values)
        return True


_ODD = object()


def _value(given: Any, field: Field) -> Any:
    """zen answers every number as a float."""
    if given is None:
        return None if field.empty else _ODD
    if field.kind == "whole":
        whole = isinstance(given, int | float) and not isinstance(given, bool) and float(given).is_integer()
        return int(given) if whole else _ODD
    if field.kind == "flag":
        return given if isinstance(given, bool) else _ODD
    return given if isinstance(given, str) and (field.words is None or given in field.words) else _ODD


def judged(facts: LineFacts, answers: Answers) -> LineJudgement:
    """Put the answers together; a late request is refused, or asks for the exception its row names."""
    window, fee = answers.one("return_window"), answers.one("restocking_fee")
    days_late = max(facts.days_since_delivery - window.get("days", 0), 0)
    if window and days_late:
        _late(answers, *answers.all("return_window")[0])
    clocks = tuple(_clock(facts, answers, row, values) for row, values in _named(answers, "claim_clocks", "clock"))
    for row, values in answers.all("approval_steps"):
        answers.ask(row, values)
    return LineJudgement(
        facts=facts,
        rows=tuple(answers.rows),
        refusals=tuple(answers.refusals),
        asks=tuple(answers.asks),
        fault=answers.one("fault").get("fault", ""),
        window_days=window.get("days", 0),
        days_late=days_late if window else 0,
        fee_minor=_fee(facts.amount_minor, fee),
        freight=answers.one("freight").get("payer", ""),
        papers=tuple(Paper(v["document"], v["before"]) for _, v in _named(answers, "documents", "document")),
        rma_valid_days=answers.one("rma_validity").get("days", 0),
        vendor_authorisation=bool(answers.one("vendor_authorisation").get("needed")),
        core=answers.one("core_charge").get("core", ""),
        clocks=clocks,
        credit_timing=answers.one("credit_timing").get("timing", ""),
    )


def _named(answers: Answers, table: str, column: str) -> list[tuple[Row, Mapping[str, Any]]]:
    return [(row, values) for row, values in answers.all(table) if values[column] != "none"]


def _late(answers: Answers, row: Row, values: Mapping[str, Any]) -> None:
    if values["late"] == "exception":
        answers.ask(row, values)
    elif values["late"] != "note":
        answers.refusals.append(row)


def _clock(facts: LineFacts, answers: Answers, row: Row, values: Mapping[str, Any]) -> ClaimClock:
    business = values["unit"] == "business days"
    passed = facts.business_days_since_delivery if business else facts.days_since_delivery
    run_out = passed > values["limit"]
    if run_out:
        _late(answers, row, values)
    return ClaimClock(values["clock"], values["against"], values["limit"], values["unit"], run_out)


def _fee(amount_minor: int, fee: Mapping[str, Any]) -> int:
    """Never more than the line itself."""
    if fee.get("fee") == "percent":
        return min(share(amount_minor, fee["basis_points"]), amount_minor)
    if fee.get("fee") == "fixed":
        return min(int(fee["amount_minor"]), amount_minor)
    return 0
