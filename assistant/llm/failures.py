"""How a call to a model goes wrong: whether another try helps, or a plainer form; in words for an operator."""

from collections.abc import Mapping
from typing import Any

from assistant.llm import forms

_TRY_AGAIN = {408, 409, 429, 500, 502, 503, 504}
_WHAT_TO_CHECK = {
    401: "Check OPENAI_API_KEY.",
    403: "Check what the key may use.",
    404: "Check OPENAI_BASE_URL and BACKHAUL_MODEL.",
    429: "Check the account's limits and quota.",
}


class Failed(Exception):
    """One call went wrong. ``passing``: worth another try; ``form``: a plainer form may do; ``blind``: it can't see.

    ``wait_seconds`` is what the server asked for; None where it named nothing.
    """

    def __init__(
        self,
        words: str,
        *,
        passing: bool = False,
        form: bool = False,
        blind: bool = False,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(words)
        self.passing = passing
        self.form = form
        self.blind = blind
        self.wait_seconds = wait_seconds


def of(error: Exception, seconds: float, max_tokens: int) -> Failed | None:
    """What an exception of a chat model means; None for one that no server caused."""
    import httpx
    import openai

    if isinstance(error, openai.APITimeoutError):
        return Failed(f"no answer within {seconds:.3g} seconds", passing=True)
    if isinstance(error, openai.LengthFinishReasonError):
        return Failed(f"its answer was cut off at {max_tokens} tokens")
    if isinstance(error, openai.APIConnectionError):
        root = _root(error)
        if isinstance(root, httpx.DecodingError):
            return Failed(str(root))
        return Failed(f"no connection: {root}", passing=True)
    if isinstance(error, httpx.TimeoutException):
        return Failed(f"no answer within {seconds:.3g} seconds", passing=True)
    status = getattr(error, "status_code", None)  # other providers' clients are made alike
    return _refusal(error, status) if isinstance(status, int) else None


def _refusal(error: Exception, status: int) -> Failed:
    """A 500 that names the form is not tried again as it stands."""
    said = str(getattr(error, "message", error))
    about_form = forms.rejected(status, said)
    return Failed(
        f"it answered HTTP {status}: {said[:300]} {_WHAT_TO_CHECK.get(status, '')}".strip(),
        passing=not about_form and (status in _TRY_AGAIN or status > 504),
        form=about_form or status == 500,
        blind=forms.blind(status, said),
        wait_seconds=_wait(getattr(getattr(error, "response", None), "headers", {})),
    )


def _root(error: BaseException) -> BaseException:
    """What is at the bottom of it: clients wrap the wire's own errors."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


def _wait(headers: Mapping[str, Any]) -> float | None:
    """Retry-After in seconds; its other form, a date, counts as not given."""
    try:
        return max(float(headers.get("retry-after", "")), 0.0)
    except ValueError:
        return None
