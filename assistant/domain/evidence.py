"""Why a value stands on a draft: the words that say it, or the ERP record that proves it."""

from dataclasses import dataclass

from extractors.document import Locator


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words of the request. ``quote`` is exactly the text at ``at``; we compute the place, no model does."""

    quote: str
    at: Locator


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A record of the ERP, by its path there (``orders/SO-1``), and the words of it that matter."""

    record: str
    quote: str


Evidence = Quoted | Proven
