"""What a model may not turn round: where the rules read a value in the request, other words have to say otherwise.

A model proposes, and quotes. A quote that says nothing of the kind is no reason to drop what the rules read; nor is one
out of a sentence that has nothing to do with the request, whatever else the mail holds.
"""

from collections.abc import Iterator

from assistant.domain.draft import Draft, Reason, Resolution
from assistant.domain.evidence import Evidence, Quoted
from assistant.drafting import vocabulary_intent as words
from assistant.drafting.places import Place
from assistant.drafting.quantities import clause, sentence
from assistant.drafting.vocabulary_lines import ASKED, CLAIMED, KEPT
from assistant.drafting.vocabulary_reasons import REASONS

_RESOLUTIONS = {
    Resolution.REPAIR: words.REPAIR,
    Resolution.REPLACEMENT: words.REPLACEMENT,
    Resolution.CREDIT: words.CREDIT,
}
# Said of a mail that asks for no goods, or takes back what it asked.
_NO_REQUEST = (
    words.STATUS, words.EXISTING, words.THANKS, words.CANCEL, words.NOT_SHIPPED, words.QUOTE,
    words.DOCUMENTS, words.SUPPLIER, words.TERMS, words.NOTHING, words.WITHDRAWN, words.ORDERS_GOODS,
)  # fmt: skip


def says_reason(text: str, reason: Reason) -> bool:
    """Whether the words hold any that give that reason, or hint at it."""
    return any(pattern.search(text) for each, known in REASONS if each is reason for _, pattern in known)


def says_resolution(text: str, resolution: Resolution) -> bool:
    return bool((pattern := _RESOLUTIONS.get(resolution)) is not None and pattern.search(text))


def says_no_request(text: str) -> bool:
    return any(pattern.search(text) for pattern in _NO_REQUEST)


def concerns(place: Place, read: Draft) -> bool:
    """Whether the sentence around a place has to do with the request: by what the rules read in it, or by its words.

    A row of a table has: its cells are no sentences.
    """
    block, text = place.block.passage.block, place.block.passage.text
    if block.kind == "row":
        return True
    # A subject strings things together that have nothing to do with one another.
    start, end = clause(text, place.start, place.end) if block.label == "subject" else sentence(text, place.start)
    end = max(end, place.end)
    if any(pattern.search(text, start, end) for pattern in (CLAIMED, ASKED, KEPT)):
        return True
    start, end = start + block.at.start, end + block.at.start
    return any(
        proof.at.document == block.at.document and proof.at.start < end and start < proof.at.end
        for proof in _quoted(read)
    )


def _quoted(read: Draft) -> Iterator[Quoted]:
    by_field: list[tuple[Evidence, ...]] = [*read.evidence.values()]
    by_field += [proofs for line in read.lines for proofs in line.evidence.values()]
    yield from (proof for proofs in by_field for proof in proofs if isinstance(proof, Quoted))
