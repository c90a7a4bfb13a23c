"""Where the model is, and how much it may take."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds for one case and for one day (UTC); None is no bound. Prices are for a million tokens.

    A question is only asked if even its longest answer stays within every bound.
    """

    case_calls: int | None = None
    case_tokens: int | None = None
    case_cost: Decimal | None = None
    day_calls: int | None = None
    day_tokens: int | None = None
    day_cost: Decimal | None = None
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    ledger: Path | None = None  # where the day's sums are kept; in this process alone where None


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """A chat model: ``gpt-4.1-mini``, or with its provider before it, as langchain names them: ``anthropic:claude-..``.

    ``base_url`` is a server that speaks OpenAI's chat completions, or another provider's own. The key never shows in a
    printout or an error. ``timeout_seconds`` bounds one call, ``total_seconds`` a case with all its retries;
    ``max_tokens`` the answer. ``pictures``: whether the model can see; ``auto`` tries. ``langsmith`` lets LangSmith's
    own variables take effect, ``opentelemetry`` makes a span of every call; without them nothing is traced.
    """

    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    timeout_seconds: float = 60.0
    max_tokens: int = 4_000
    attempts: int = 3
    total_seconds: float = 120.0
    pictures: Literal["auto", "yes", "no"] = "auto"
    langsmith: bool = False
    opentelemetry: bool = False
    budget: Budget = field(default_factory=Budget)

    @property
    def provider(self) -> str:
        provider, colon, _ = self.model.partition(":")
        known = colon and provider.replace("_", "").isalpha() and not self.base_url
        return provider if known else "openai"

    @property
    def name(self) -> str:
        """The model's name at its provider."""
        return self.model.removeprefix(f"{self.provider}:")

    @property
    def url(self) -> str:
        """Never left open for OpenAI: an ambient variable must not send the key elsewhere."""
        return self.base_url or (OPENAI_URL if self.provider == "openai" else self.provider)

    @property
    def max_answer_bytes(self) -> int:
        """What the whole HTTP answer may hold; far more than max_tokens of any script, with the envelope."""
        return 65_536 + self.max_tokens * 32
