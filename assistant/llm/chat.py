"""A chat model behind assistant.domain.model.Model: one structured call, over any OpenAI-compatible server.

Which of the three forms of asking a server can do is found out on the first ask and remembered. Rate limits, server
errors and timeouts are tried again, bounded in time and attempts. Whatever else goes wrong is ModelUnavailable, in
words for an operator, and never holds the key.
"""

import time
import warnings
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.domain.model import ModelUnavailable, Reply
from assistant.llm import answer, forms, wire
from assistant.llm.settings import LlmSettings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_openai import ChatOpenAI

_TRY_AGAIN = {408, 409, 429, 500, 502, 503, 504}
_LONGEST_WAIT_SECONDS = 30.0
_WHAT_TO_CHECK = {
    401: "Check OPENAI_API_KEY.",
    403: "Check what the key may use.",
    404: "Check OPENAI_BASE_URL and BACKHAUL_MODEL.",
    429: "Check the account's limits and quota.",
}


class _Failed(Exception):
    """One call went wrong. ``passing``: worth another try; ``form``: a plainer form may do.

    ``wait_seconds`` is what the server asked for; None where it named nothing.
    """

    def __init__(
        self, words: str, *, passing: bool = False, form: bool = False, wait_seconds: float | None = None
    ) -> None:
        super().__init__(words)
        self.passing = passing
        self.form = form
        self.wait_seconds = wait_seconds


class _Ask:
    """One ask: its clock, its count of calls, and how the last one failed."""

    def __init__(self, total_seconds: float) -> None:
        self.started = time.monotonic()
        self.calls = 0
        self.last = ""
        self._until = self.started + total_seconds

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 3)

    @property
    def left_seconds(self) -> float:
        return self._until - time.monotonic()


class ChatModel:
    """Implements assistant.domain.model.Model. langchain is loaded by the first ask, not before."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._chat: ChatOpenAI | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self._settings.model

    def __repr__(self) -> str:
        return f"ChatModel({self._settings!r})"

    def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> Reply:
        asked = _Ask(self._settings.total_seconds)
        try:
            chat = self._built()
            asked = _Ask(self._settings.total_seconds)  # loading langchain is no time of the server's
            message = self._answered(chat, asked, system, user, schema)
            data = answer.read(message, schema, self._settings.max_tokens)
        except (_Failed, answer.NotTheForm) as failure:
            words = f"The model {self.name} at {self._settings.url} can't be used now: {failure}"
            raise ModelUnavailable(self._clean(words), calls=asked.calls, seconds=asked.seconds) from None
        except Exception as failure:  # noqa: BLE001  # the port promises ModelUnavailable and nothing else
            words = f"The model {self.name} at {self._settings.url} failed ({type(failure).__name__}): {failure}"
            raise ModelUnavailable(self._clean(words), calls=asked.calls, seconds=asked.seconds) from None
        usage = message.usage_metadata
        return Reply(
            data=data,
            model=str(message.response_metadata.get("model_name") or self.name),
            calls=asked.calls,
            tokens_in=usage["input_tokens"] if usage else 0,
            tokens_out=usage["output_tokens"] if usage else 0,
            seconds=asked.seconds,
        )

    def _answered(
        self, chat: "ChatOpenAI", asked: _Ask, system: str, user: str, schema: Mapping[str, Any]
    ) -> "AIMessage":
        """The first answer that a form brings, from the form that is known to work downwards."""
        url, model = self._settings.url, self._settings.model
        proven = forms.known(url, model)
        form = proven or forms.Form.JSON_SCHEMA
        while True:
            try:
                message = self._retried(chat, asked, form, (system, user), schema)
            except _Failed as failure:
                # A 500 that does not pass is how some servers refuse a form; from a proven form it is an outage.
                if not failure.form or (failure.passing and proven is not None):
                    raise
                forms.forget(url, model)
                next_form = forms.after(form)
                if next_form is None or asked.left_seconds <= 0 or asked.calls >= self._settings.attempts + 2:
                    raise
                form = next_form
            else:
                forms.remember(url, model, form)
                return message

    def _retried(
        self, chat: "ChatOpenAI", asked: _Ask, form: forms.Form, parts: tuple[str, str], schema: Mapping[str, Any]
    ) -> "AIMessage":
        import stamina

        def again(error: Exception) -> bool | float:
            if not isinstance(error, _Failed) or not error.passing:
                return False
            if error.wait_seconds is None:
                return True
            bearable = error.wait_seconds < min(asked.left_seconds, _LONGEST_WAIT_SECONDS)
            return max(error.wait_seconds, 0.1) if bearable else False

        for attempt in stamina.retry_context(
            on=again, attempts=self._settings.attempts, timeout=max(asked.left_seconds, 0.001), wait_initial=0.5
        ):
            with attempt:
                try:
                    return self._once(chat, asked, form, parts, schema)
                except _Failed as failure:
                    asked.last = str(failure)
                    raise
        raise AssertionError("unreachable: the last attempt raises")

    def _once(
        self, chat: "ChatOpenAI", asked: _Ask, form: forms.Form, parts: tuple[str, str], schema: Mapping[str, Any]
    ) -> "AIMessage":
        import httpx
        import openai
        from langsmith import tracing_context

        seconds = min(self._settings.timeout_seconds, asked.left_seconds)
        if seconds <= 0:
            raise _Failed(f"the time for it is used up; last: {asked.last or 'nothing was asked'}")
        asked.calls += 1
        messages = [("system", forms.instructed(parts[0], form, schema)), ("user", parts[1])]
        try:
            # LangSmith goes by variables that stand in many environments: what customers write leaves only if asked.
            with tracing_context(enabled=self._settings.tracing):
                return forms.bound(chat, form, schema).invoke(messages, timeout=seconds)
        except openai.APITimeoutError:
            raise _Failed(f"no answer within {seconds:.3g} seconds", passing=True) from None
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except openai.LengthFinishReasonError:
            raise _Failed(f"its answer was cut off at {self._settings.max_tokens} tokens") from None
        except openai.APIConnectionError as error:
            root = _root(error)
            if isinstance(root, httpx.DecodingError):
                raise _Failed(str(root)) from None
            raise _Failed(f"no connection: {root}", passing=True) from None

    def _refusal(self, error: Any) -> _Failed:
        """``error`` is an openai.APIStatusError. A 500 that names the form is not tried again as it stands."""
        status, said = int(error.status_code), str(error.message)
        about_form = forms.rejected(status, said)
        return _Failed(
            f"it answered HTTP {status}: {said[:300]} {_WHAT_TO_CHECK.get(status, '')}".strip(),
            passing=not about_form and (status in _TRY_AGAIN or status > 504),
            form=about_form or status == 500,
            wait_seconds=_wait(error.response.headers),
        )

    def _built(self) -> "ChatOpenAI":
        with self._lock:
            if self._chat is None:
                from langchain_openai import ChatOpenAI
                from pydantic import SecretStr

                settings = self._settings
                # Said again as a refusal, and dealt with there.
                warnings.filterwarnings("ignore", "(This model does not support|Invalid schema for) OpenAI's")
                self._chat = ChatOpenAI(
                    model=settings.model,
                    base_url=settings.url,
                    api_key=SecretStr(settings.api_key or "none"),
                    timeout=settings.timeout_seconds,
                    max_completion_tokens=settings.max_tokens,
                    max_retries=0,
                    use_responses_api=False,
                    streaming=False,
                    http_client=wire.client(settings.max_answer_bytes, settings.timeout_seconds),
                )
            return self._chat

    def _clean(self, words: str) -> str:
        key = self._settings.api_key
        return " ".join((words.replace(key, "(key)") if key else words).split())[:600]


def _root(error: BaseException) -> BaseException:
    """What is at the bottom of it: clients wrap the wire's own errors."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


def _wait(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; its other form, a date, counts as not given."""
    try:
        return max(float(headers.get("retry-after", "")), 0.0)
    except ValueError:
        return None
