"""One decision table: a JDM file (GoRules' format) read and checked whole, every fault named by row and cell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.domain.policy import Row
from assistant.judging.cells import BadCell, check_answer, check_condition
from assistant.judging.schema import BY_NAME, FACTS, FAULT, Shape

_ID, _SAYS = "_id", "_description"
_SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the row by its id, the cell by its column; '' for the whole."""

    file: str
    row: str
    cell: str
    what: str

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        cell = f", {self.cell}" if self.cell else ""
        return f"{self.file}{row}{cell}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``rules``: each row's cells by column name, with its id and words. The last one is what holds where none does.

    ``rows`` are the same by id, as a judgement names them.
    """

    shape: Shape
    inputs: tuple[str, ...]
    rules: tuple[Mapping[str, str], ...]
    rows: Mapping[str, Row]

    @property
    def last(self) -> str:
        return self.rules[-1][_ID]

    def conditions(self, row_id: str) -> Mapping[str, str]:
        """The row's cells that ask for something."""
        rule = next(rule for rule in self.rules if rule[_ID] == row_id)
        return {name: rule[name] for name in self.inputs if rule[name].strip()}

    def node(self) -> dict[str, Any]:
        """The table in the graph that judges a line. Each row also answers with its own id."""
        outputs = [field.name for field in self.shape.outputs]
        rules = [
            {
                **{f"in-{name}": rule[name] for name in self.inputs},
                **{f"out-{name}": rule[name] for name in outputs},
                "out-row": json.dumps(rule[_ID]),
                _ID: rule[_ID],
            }
            for rule in self.rules
        ]
        return {
            "id": self.shape.name,
            "name": self.shape.name,
            "type": "decisionTableNode",
            "position": {"x": 0, "y": 0},
            "content": {
                "hitPolicy": self.shape.hit,
                "executionMode": "single",
                "passThrough": self.shape.name == FAULT,
                "outputPath": _place(self.shape.name),
                "inputs": [{"id": f"in-{name}", "name": name, "field": _fact(name)} for name in self.inputs],
                "outputs": [{"id": f"out-{name}", "name": name, "field": name} for name in [*outputs, "row"]],
                "rules": rules,
            },
        }


def _place(table: str) -> str:
    return f"answered_{table}"


def _fact(name: str) -> str:
    return f"{_place(FAULT)}.{FAULT}" if name == FAULT else name


def read_table(file: str, text: str) -> Table | list[Fault]:
    """The table of a file ``NAME.json``, or everything that is wrong with it."""
    shape = BY_NAME.get(file.removesuffix(".json"))
    if shape is None:
        return [Fault(file, "", "", f"is no table of ours: {', '.join(sorted(BY_NAME))}")]
    try:
        content = _content(json.loads(text))
        inputs = _columns(content["inputs"])
        outputs = _columns(content["outputs"])
        rules = [dict(rule) for rule in content["rules"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [Fault(file, "", "", f"is no decision table in JDM: {type(error).__name__}: {error}")]
    faults = [*_of_columns(file, shape, content, inputs, outputs), *_of_rules(file, shape, inputs, outputs, rules)]
    if faults:
        return faults[:_SHOWN_FAULTS]
    columns: dict[str, str] = {**inputs, **outputs}
    named = [{str(columns.get(key, key)): str(cell) for key, cell in rule.items()} for rule in rules]
    blank = dict.fromkeys(inputs.values(), "")
    rows = {rule[_ID]: Row(shape.name, rule[_ID], rule[_SAYS]) for rule in named}
    whole = tuple({**blank, **rule} for rule in named)
    return Table(shape=shape, inputs=tuple(inputs.values()), rules=whole, rows=rows)


def _content(graph: Mapping[str, Any]) -> Mapping[str, Any]:
    tables = [node for node in graph["nodes"] if node["type"] == "decisionTableNode"]
    if len(tables) != 1:
        raise ValueError(f"{len(tables)} decision tables in it; a file holds one")
    content: Mapping[str, Any] = tables[0]["content"]
    return content


def _columns(listed: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Field names by column id."""
    columns = {str(column["id"]): str(column["field"]) for column in listed}
    if len(columns) != len(listed) or len(set(columns.values())) != len(listed):
        raise ValueError("two columns have the same id or field")
    return columns


def _of_columns(
    file: str, shape: Shape, content: Mapping[str, Any], inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> Iterator[Fault]:
    if content.get("hitPolicy") != shape.hit:
        yield Fault(file, "", "", f"its hit policy is {content.get('hitPolicy')!r}; it has to be {shape.hit}")
    for name in inputs.values():
        if name not in FACTS or (shape.name == FAULT and name == FAULT):
            yield Fault(file, "", name, "is no fact that this table can ask about")
    wanted = {field.name for field in shape.outputs}
    for name in sorted(wanted - set(outputs.values())):
        yield Fault(file, "", name, "this column is missing")
    for name in sorted(set(outputs.values()) - wanted):
        yield Fault(file, "", name, "is no column of this table")


def _of_rules(
    file: str,
    shape: Shape,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    rules: Sequence[Mapping[str, Any]],
) -> Iterator[Fault]:
    if not rules:
        yield Fault(file, "", "", "has no rows")
        return
    seen: dict[tuple[str, ...], str] = {}
    ids: set[str] = set()
    for number, rule in enumerate(rules, start=1):
        row = str(rule.get(_ID) or f"{number} (no id)")
        if not rule.get(_ID) or row in ids:
            yield Fault(file, row, _ID, "every row has an id of its own")
        ids.add(row)
        if not str(rule.get(_SAYS, "")).strip():
            yield Fault(file, row, _SAYS, "every row says in words what it is for")
        for key in rule:
            if key not in inputs and key not in outputs and key not in {_ID, _SAYS}:
                yield Fault(file, row, key, "is no column of this table")
        yield from _of_cells(file, row, shape, inputs, outputs, rule)
        asked = tuple(" ".join(str(rule.get(key, "")).split()) for key in inputs)
        if shape.hit == "first" and number < len(rules) and (before := seen.get(asked) or seen.get(("",) * len(asked))):
            yield Fault(file, row, "", f"is never reached: row {before} takes everything it asks for")
        seen.setdefault(asked, row)
    yield from _of_last(file, inputs, outputs, rules[-1])


def _of_cells(
    file: str, row: str, shape: Shape, inputs: Mapping[str, str], outputs: Mapping[str, str], rule: Mapping[str, Any]
) -> Iterator[Fault]:
    for key, name in [*inputs.items(), *outputs.items()]:
        cell = rule.get(key, "")
        if not isinstance(cell, str):
            yield Fault(file, row, name, f"a cell is text in JDM, not {type(cell).__name__}")
            continue
        try:
            if key in inputs:
                if name in FACTS:
                    check_condition(cell, FACTS[name])
            elif (field := shape.output(name)) is not None:
                check_answer(cell, field)
        except BadCell as fault:
            yield Fault(file, row, name, str(fault))
    yield from _of_sense(file, row, {name: str(rule.get(key, "")).strip() for key, name in outputs.items()})


def _of_sense(file: str, row: str, answers: Mapping[str, str]) -> Iterator[Fault]:
    """A row that allows answers everything; one that makes an exception, or asks for a step, says who gives it."""
    verdict = answers.get("verdict", "")
    if verdict == '"refuse"':
        return
    asks = verdict == '"exception"' or answers.get("late") == '"exception"' or file == "approval_steps.json"
    for name, cell in answers.items():
        if name in {"step", "role"}:
            if asks and cell == "null":
                yield Fault(file, row, name, "an exception names the step and the role that allows it")
        elif cell == "null" and not _may_stay_empty(name, answers):
            yield Fault(file, row, name, "a row that does not refuse has an answer here")


def _may_stay_empty(name: str, answers: Mapping[str, str]) -> bool:
    fee, nothing = answers.get("fee"), answers.get("document") == '"none"' or answers.get("clock") == '"none"'
    if name in {"basis_points", "amount_minor"}:
        return {"basis_points": '"percent"', "amount_minor": '"fixed"'}[name] != fee
    return nothing and name in {"before", "against", "limit", "unit", "late"}


def _of_last(
    file: str, inputs: Mapping[str, str], outputs: Mapping[str, str], last: Mapping[str, Any]
) -> Iterator[Fault]:
    row = str(last.get(_ID, ""))
    if asked := [name for key, name in inputs.items() if str(last.get(key, "")).strip()]:
        yield Fault(file, row, asked[0], "the last row asks for nothing: it refuses what no other row takes")
    verdict = next((key for key, name in outputs.items() if name == "verdict"), "")
    if str(last.get(verdict, "")).strip() != '"refuse"':
        yield Fault(file, row, "verdict", 'the last row is "refuse"')
