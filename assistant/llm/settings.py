"""Where the model is, and how much it may take."""

from dataclasses import dataclass, field

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """A server that speaks OpenAI's chat completions. The key never shows in a printout or an error.

    ``timeout_seconds`` bounds one call, ``total_seconds`` one ask with all its retries; ``max_tokens`` the answer.
    ``tracing`` lets LangSmith's own variables take effect; without it they have none.
    """

    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    timeout_seconds: float = 60.0
    max_tokens: int = 4_000
    attempts: int = 3
    total_seconds: float = 120.0
    tracing: bool = False

    @property
    def url(self) -> str:
        """Never left open: an ambient variable must not send the key elsewhere."""
        return self.base_url or OPENAI_URL

    @property
    def max_answer_bytes(self) -> int:
        """What the whole HTTP answer may hold; far more than max_tokens of any script, with the envelope."""
        return 65_536 + self.max_tokens * 32
