"""What a model may not turn round: where the rules read a value in the request, other words have to say otherwise.

A model proposes, and quotes. A quote that says nothing of the kind is no reason to drop what the rules read.
"""

from assistant.domain.draft import Reason, Resolution
from assistant.drafting import vocabulary_intent as words
from assistant.drafting.vocabulary_reasons import REASONS

_RESOLUTIONS = {
    Resolution.REPAIR: words.REPAIR,
    Resolution.REPLACEMENT: words.REPLACEMENT,
    Resolution.CREDIT: words.CREDIT,
}


def says_reason(text: str, reason: Reason) -> bool:
    """Whether the words hold any that give that reason, or hint at it."""
    return any(pattern.search(text) for each, known in REASONS if each is reason for _, pattern in known)


def says_resolution(text: str, resolution: Resolution) -> bool:
    return bool((pattern := _RESOLUTIONS.get(resolution)) is not None and pattern.search(text))
