"""How sure a model's values are: by how each held against the request, the records and the rules' reading."""

from collections.abc import Iterator
from dataclasses import replace

from assistant.domain.draft import CaseLine, Draft
from assistant.domain.evidence import Quoted
from assistant.drafting.confidence import FIELDS, Sure
from assistant.drafting.ground import AGREED, DISPUTED, SAID, WEAK

_MOST_ALONE = 0.89  # a value is sure by its words and a witness: a record that names it, or the rules' own reading
_LEVELS = ((AGREED, "as the rules read it"), (SAID, "as the request says"), (WEAK, "barely held"))


def weighed_lines(draft: Draft, rules: Draft, sure: Sure) -> Draft:
    """The draft with a confidence for each value of its lines instead of how it held; the lines of ``rules`` keep
    theirs."""
    return replace(
        draft,
        lines=tuple(
            line if _among(rules, line) else _weighed(line, number, draft, sure)
            for number, line in enumerate(draft.lines)
        ),
    )


def _among(rules: Draft, line: CaseLine) -> bool:
    return any((each.evidence, each.confidence) == (line.evidence, line.confidence) for each in rules.lines)


def _weighed(line: CaseLine, number: int, draft: Draft, sure: Sure) -> CaseLine:
    told: dict[str, float] = {}
    for field in (each for each in FIELDS if getattr(line, each)):
        held = line.confidence.get(field, 0.0)
        if WEAK < held <= DISPUTED:
            continue  # no answers tell of values in dispute
        share = sure(field, frozenset(_signs(field, line, number, draft)))
        told[field] = round(share if held >= AGREED else min(share, _MOST_ALONE), 3)
    return replace(line, confidence={**line.confidence, **told})


def _signs(field: str, line: CaseLine, number: int, draft: Draft) -> Iterator[str]:
    """``line.confidence`` holds how the value held; a value without that is no reading but a gap (OTHER)."""
    held = line.confidence.get(field, 0.0)
    yield next((name for least, name in _LEVELS if held >= least), "unsaid")
    yield "borne out" if field in line.checks else "not borne out"
    read = next((each for each in line.evidence.get(field, ()) if isinstance(each, Quoted)), None)
    yield f"read by {read.at.source}" if read is not None else "not read"
    yield "one line" if len(draft.lines) == 1 else "few lines" if len(draft.lines) < 6 else "many lines"
    if any(each.line == number and each.field == field for each in draft.questions):
        yield "asked about"
    if field == "reason_code":
        yield f"is {line.reason_code.value}"
