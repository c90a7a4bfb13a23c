"""A Document as plain values, for ``backhaul read --json``."""

from dataclasses import asdict
from typing import Any

from extractors.document import Document


def as_json(document: Document) -> dict[str, Any]:
    """Dicts, lists, strings and numbers only; boxes as lists of four numbers in points, to a thousandth."""
    plain = _listed(asdict(document))
    if not isinstance(plain, dict):
        raise TypeError("a document is a record")
    return plain


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _listed(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_listed(held) for held in value]
    return round(value, 3) if isinstance(value, float) else value
