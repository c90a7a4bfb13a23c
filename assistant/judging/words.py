"""A judgement in words: which rows matched, line by line, and what each asked for."""

from collections.abc import Iterator

from assistant.domain.money import from_minor
from assistant.domain.policy import Judgement, LineJudgement
from assistant.judging.book import Book
from assistant.judging.schema import BY_NAME


def explained(said: Judgement, book: Book) -> Iterator[str]:
    """Lines of text; ``book`` is the policy the case was judged by."""
    yield f"Policy {said.policy_version}, counted to {said.counted_to}."
    for number, what in said.lacking.items():
        yield f"\nLine {number} can't be judged: it {what}."
    for number, line in said.lines.items():
        facts = line.facts
        verdict = "allowed" if line.allowed else "refused"
        worth = f"{from_minor(facts.amount_minor, ''):,.2f}"
        yield f"\nLine {number}: {facts.reason}, {facts.category}, worth {worth}: {verdict}."
        yield from _rows(line, book)
    yield "\nApprovals:"
    for step in said.steps:
        rows = ", ".join(row.id for row in step.rows)
        yield f"  {step.place}. {step.role.value.replace('_', ' ')} (asked for by {rows})"
    if not said.steps:
        yield "  nobody is asked, so nobody can approve it"


def _rows(line: LineJudgement, book: Book) -> Iterator[str]:
    against = {row.id for row in line.refusals}
    for row in line.rows:
        mark = "✗" if row.id in against else "·"
        yield f"  {mark} {row.id}: {row.says}"
        if row.table not in BY_NAME or row.id == "none":
            continue
        conditions = book.row(row)[1]
        if conditions:
            yield "      because " + ", ".join(
                f"{name.replace('_', ' ')} is {cell}" for name, cell in conditions.items()
            )
