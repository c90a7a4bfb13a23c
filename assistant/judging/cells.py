"""The cells of a decision table: a small grammar, checked with types before zen sees a cell.

A condition is blank (anything), one or more literals with commas between (one of them), ``not in [..]``, a comparison
(``> 5``, ``>= 5``, ``< 5``, ``<= 5``) or a range (``[1..5]``, both ends included). An answer is one literal, ``null``
where the column allows it, or the name of a fact of the same type. Literals: ``"text"``, whole numbers, true, false.
"""

import json
import re
from collections.abc import Iterator

import zen

from assistant.judging.schema import FACTS, MOST, Field

_NUMBER = r"-?(?:0|[1-9]\d{0,15})"
_COMPARED = re.compile(rf"(?:>=|<=|>|<)\s*({_NUMBER})")
_RANGE = re.compile(rf"\[\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*\]")
_NONE_OF = re.compile(r"not in\s*(\[.*\])", re.DOTALL)


class BadCell(Exception):
    """Says what is wrong with a cell, for the person who edits the table."""


def check_condition(cell: str, field: Field) -> None:
    """Raises BadCell unless the cell is a condition on this field."""
    if not cell.strip():
        return
    _check_spelling(cell)
    if field.kind == "whole":
        for number in _numbers(cell):
            if abs(number) > MOST:
                raise BadCell(f"{number} is too large")
    elif field.kind == "flag":
        if cell.strip() not in {"true", "false"}:
            raise BadCell(f"{cell!r} is no condition on {field.name}: true or false")
    else:
        for word in _texts(cell, field):
            _check_word(word, field)
    _compile(cell, condition=True)


def check_answer(cell: str, field: Field) -> None:
    """Raises BadCell unless the cell is an answer of this column's type."""
    text = cell.strip()
    _check_spelling(text)
    if text == "null":
        if not field.empty:
            raise BadCell("null can't stand here")
        return
    if text in FACTS:
        if FACTS[text].kind != field.kind or field.words is not None:
            raise BadCell(f"the fact {text} is {FACTS[text].kind}, the column {field.name} takes {_wanted(field)}")
        return
    try:
        value = json.loads(text)
    except ValueError:
        raise BadCell(f"{cell!r} is no answer: {field.name} takes {_wanted(field)}") from None
    right = {"whole": isinstance(value, int) and not isinstance(value, bool), "flag": isinstance(value, bool)}
    if not right.get(field.kind, isinstance(value, str)):
        raise BadCell(f"{cell!r} does not fit: {field.name} takes {_wanted(field)}")
    if isinstance(value, str):
        _check_word(value, field)
    elif abs(value) > MOST or value < 0:
        raise BadCell(f"{value} is out of range")
    _compile(cell, condition=False)


def _numbers(cell: str) -> Iterator[int]:
    text = cell.strip()
    if found := _COMPARED.fullmatch(text):
        return iter([int(found[1])])
    if found := _RANGE.fullmatch(text):
        low, high = int(found[1]), int(found[2])
        if low > high:
            raise BadCell(f"{text} is empty: {low} is more than {high}")
        return iter([low, high])
    parts = [part.strip() for part in text.split(",")]
    if all(re.fullmatch(_NUMBER, part) for part in parts):
        return iter([int(part) for part in parts])
    raise BadCell(f"{text!r} is no condition on a whole number: 5, 5, 6 or > 5, >= 5, < 5, <= 5 or [1..5]")


def _texts(cell: str, field: Field) -> list[str]:
    text = cell.strip()
    if found := _NONE_OF.fullmatch(text):
        text = found[1][1:-1]
    try:
        words = json.loads(f"[{text}]")
    except ValueError:
        words = None
    if not words or not all(isinstance(word, str) for word in words):
        raise BadCell(f'{cell.strip()!r} is no condition on {field.name}: "a", "b" or not in ["a", "b"]')
    return list(words)


def _check_word(word: str, field: Field) -> None:
    if field.words is not None and word not in field.words:
        raise BadCell(f"“{word}” is no {field.name}: one of {', '.join(sorted(field.words))}")
    if not re.fullmatch(r"[^\"'`]+", word):
        raise BadCell(f"“{word}” is empty or holds a quote")


def _check_spelling(cell: str) -> None:
    """No escapes: our reading and zen's could differ."""
    if "\\" in cell:
        raise BadCell(f"{cell!r} holds a backslash")


def _wanted(field: Field) -> str:
    if field.words is not None:
        return "one of " + ", ".join(f'"{word}"' for word in sorted(field.words))
    return {"text": "a text", "whole": "a whole number", "flag": "true or false"}[field.kind]


def _compile(cell: str, *, condition: bool) -> None:
    """What our grammar lets through must also be one to zen."""
    try:
        (zen.compile_unary_expression if condition else zen.compile_expression)(cell)
    except Exception as error:  # zen raises plain exceptions of several kinds
        raise BadCell(f"{cell!r} does not compile: {str(error).splitlines()[0][:200]}") from error
