"""A chat model behind assistant.domain.model.Model: one structured call, over any chat model langchain knows.

Which of the three forms of asking a server can do, and whether the model can see, is found out on the first ask and
remembered. Rate limits, server errors and timeouts are tried again, bounded in time and attempts; nothing is asked that
the budget does not allow. Whatever else goes wrong is ModelUnavailable, in words for an operator, and never holds the
key.
"""

import base64
import time
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.domain.model import ModelUnavailable, Picture, Reply
from assistant.llm import answer, failures, forms, provider, traces
from assistant.llm.budget import Purse, Spent, Sum
from assistant.llm.failures import Failed
from assistant.llm.settings import LlmSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_LONGEST_WAIT_SECONDS = 30.0


class _Ask:
    """One ask: its question, its clock, its count of calls, and how the last one failed."""

    def __init__(
        self, system: str, user: str, schema: Mapping[str, Any], pictures: Sequence[Picture], total_seconds: float
    ) -> None:
        self.system = system
        self.user = user
        self.schema = schema
        self.pictures = pictures
        self.started = time.monotonic()
        self.calls = 0
        self.last = ""
        self._total_seconds = total_seconds

    def begin(self) -> None:
        """The clock runs from here: loading langchain is no time of the server's."""
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 3)

    @property
    def left_seconds(self) -> float:
        return self.started + self._total_seconds - time.monotonic()

    def messages(self, form: forms.Form) -> list[tuple[str, Any]]:
        system = ("system", forms.instructed(self.system, form, self.schema))
        if not self.pictures:
            return [system, ("user", self.user)]
        parts: list[dict[str, Any]] = [{"type": "text", "text": self.user}]
        for picture in self.pictures:
            url = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"
            parts += [{"type": "text", "text": picture.name}, {"type": "image_url", "image_url": {"url": url}}]
        return [system, ("user", parts)]


class ChatModel:
    """Implements assistant.domain.model.Model. langchain is loaded by the first ask, not before."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._purse = Purse(settings.budget)
        self._chat: BaseChatModel | None = None
        self._sees = {"yes": True, "no": False}.get(settings.pictures)  # None: not known yet
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def purse(self) -> Purse:
        return self._purse

    def __repr__(self) -> str:
        return f"ChatModel({self._settings!r})"

    def ask(
        self,
        system: str,
        user: str,
        schema: Mapping[str, Any],
        *,
        pictures: Sequence[Picture] = (),
        so_far: Sequence[Reply] = (),
    ) -> Reply:
        settings = self._settings
        pictures = () if self._sees is False else tuple(pictures)
        total = settings.total_seconds - sum(reply.seconds for reply in so_far)
        asked = _Ask(system, user, schema, pictures, total)
        most = self._purse.most(f"{system}{user}{schema}", len(pictures), settings.max_tokens)
        took, day = Sum(), ""
        try:
            day = self._purse.reserve(most, so_far)
            chat = self._built()
            asked.begin()
            message = self._seen(chat, asked)
            usage = message.usage_metadata
            reply = Reply(
                data={},
                model=str(message.response_metadata.get("model_name") or self.name),
                calls=asked.calls,
                tokens_in=usage["input_tokens"] if usage else 0,
                tokens_out=usage["output_tokens"] if usage else 0,
                seconds=asked.seconds,
            )
            took = self._purse.of(reply)
            data = answer.read(message, schema, settings.max_tokens)
        except (Failed, answer.NotTheForm, Spent) as failure:
            words = f"The model {self.name} at {settings.url} can't be used now: {failure}"
            raise ModelUnavailable(self._clean(words), calls=asked.calls, seconds=asked.seconds) from None
        except Exception as failure:  # noqa: BLE001  # the port promises ModelUnavailable and nothing else
            words = f"The model {self.name} at {settings.url} failed ({type(failure).__name__}): {failure}"
            raise ModelUnavailable(self._clean(words), calls=asked.calls, seconds=asked.seconds) from None
        finally:
            if day:
                self._purse.settle(day, most, took if took.calls else Sum(calls=asked.calls))
        return Reply(
            data=data,
            model=reply.model,
            calls=reply.calls,
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            seconds=reply.seconds,
        )

    def _seen(self, chat: "BaseChatModel", asked: _Ask) -> "AIMessage":
        """The answer; where the model turns out to be blind, the answer without the pictures."""
        if not asked.pictures or self._sees:
            return self._answered(chat, asked)
        try:
            message = self._answered(chat, asked)
        except Failed as failure:
            if not failure.blind:
                raise
            self._sees = False
            asked.pictures = ()
            return self._answered(chat, asked)
        self._sees = True
        return message

    def _answered(self, chat: "BaseChatModel", asked: _Ask) -> "AIMessage":
        """The first answer that a form brings, from the form that is known to work downwards."""
        url, model = self._settings.url, self._settings.model
        proven = forms.known(url, model)
        form = proven or forms.first(self._settings.provider)
        while True:
            try:
                message = self._retried(chat, asked, form)
            except Failed as failure:
                # A 500 that does not pass is how some servers refuse a form; from a proven form it is an outage.
                if failure.blind and asked.pictures:
                    raise
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

    def _retried(self, chat: "BaseChatModel", asked: _Ask, form: forms.Form) -> "AIMessage":
        import stamina

        def again(error: Exception) -> bool | float:
            if not isinstance(error, Failed) or not error.passing:
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
                    return self._once(chat, asked, form)
                except Failed as failure:
                    asked.last = str(failure)
                    raise
        raise AssertionError("unreachable: the last attempt raises")

    def _once(self, chat: "BaseChatModel", asked: _Ask, form: forms.Form) -> "AIMessage":
        from langsmith import tracing_context

        settings = self._settings
        seconds = min(settings.timeout_seconds, asked.left_seconds)
        if seconds <= 0:
            raise Failed(f"the time for it is used up; last: {asked.last or 'nothing was asked'}")
        asked.calls += 1
        bound = forms.bound(chat, form, asked.schema, settings.provider)
        callbacks = [traces.spans(settings.name, settings.provider)] if settings.opentelemetry else []
        more = {"timeout": seconds} if settings.provider == "openai" else {}  # others bound each call when built
        try:
            # LangSmith goes by variables that stand in many environments: what customers write leaves only if asked.
            with tracing_context(enabled=settings.langsmith, client=traces.langsmith() if settings.langsmith else None):
                return bound.invoke(asked.messages(form), config={"callbacks": callbacks}, **more)
        except Exception as error:
            failed = failures.of(error, seconds, settings.max_tokens)
            if failed is None:
                raise
            raise failed from None

    def _built(self) -> "BaseChatModel":
        with self._lock:
            if self._chat is None:
                self._chat = provider.built(self._settings)
            return self._chat

    def _clean(self, words: str) -> str:
        key = self._settings.api_key
        return " ".join((words.replace(key, "(key)") if key else words).split())[:600]
