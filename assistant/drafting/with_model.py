"""The drafter with a model: the offline draft, then one question, and a second, small one for what did not hold.

Whatever the model does there is a draft: where it fails, is too dear, or says nothing that holds, the offline one
stands and says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.domain.draft import Draft
from assistant.domain.model import Model, ModelUnavailable, Reply
from assistant.domain.request import Drafter, Request
from assistant.drafting.asked import Asked, asked
from assistant.drafting.confidence import Sure, weighed_of_model
from assistant.drafting.directed import undirected
from assistant.drafting.pictures import pictures
from assistant.drafting.proved import Proved, proved
from assistant.drafting.second_look import corrected, second
from assistant.drafting.standing import weighed_lines
from assistant.drafting.witnesses import witnessed
from tools.erp import ErpReader


@dataclass(frozen=True, slots=True)
class _Took:
    """What the questions of one request took together."""

    replies: tuple[Reply, ...]

    @property
    def calls(self) -> int:
        return sum(reply.calls for reply in self.replies)

    @property
    def tokens_in(self) -> int:
        return sum(reply.tokens_in for reply in self.replies)

    @property
    def tokens_out(self) -> int:
        return sum(reply.tokens_out for reply in self.replies)

    @property
    def seconds(self) -> float:
        return sum(reply.seconds for reply in self.replies)


class ModelDrafter:
    """Implements assistant.domain.request.Drafter."""

    def __init__(self, offline: Drafter, model: Model, erp: ErpReader, sure: Sure = weighed_of_model) -> None:
        self._offline = offline
        self._model = model
        self._erp = erp
        self._sure = sure

    def draft(self, request: Request) -> Draft:
        request = undirected(request)  # a model is not shown what directs it
        offline = self._offline.draft(request)
        if request.machine_reason or not any(document.text.strip() for document in request.documents):
            return offline  # nothing that a model could add
        question = asked(request, offline, self._erp)
        try:
            reply = self._model.ask(question.system, question.user, question.prompt.schema, pictures=pictures(request))
        except ModelUnavailable as failure:
            run = offline.drafter
            note = f"Drafted without the model. {failure}"
            seconds = round(run.seconds + failure.seconds, 4)
            return replace(offline, drafter=replace(run, note=note, calls=failure.calls, seconds=seconds))
        result = proved(reply.data, question, self._erp)
        replies, note = [reply], ""
        if result.failed:
            result, more, note = self._again(reply, result, question)
            replies += more
        return self._done(result, offline, _Took(tuple(replies)), question, note)

    def _again(self, reply: Reply, first: Proved, question: Asked) -> tuple[Proved, Sequence[Reply], str]:
        """Without an answer to the second question the first one's values that hold stand."""
        prompt, system, user = second(first.failed, question)
        try:
            again = self._model.ask(system, user, prompt.schema, so_far=(reply,))
        except ModelUnavailable as failure:
            return first, (), f"Some values could not be looked at again. {failure}"
        data = corrected(reply.data, first.failed, again.data["fixes"])
        return proved(data, question, self._erp, again=True), (again,), ""

    def _done(self, result: Proved, offline: Draft, took: _Took, question: Asked, note: str) -> Draft:
        draft, name = result.draft, "model"
        if result.failed and not result.kept:
            draft, name = offline, offline.drafter.name
            count = len(result.failed)
            note = f"Drafted without the model: none of the {count} values it gave is proved by the request."
        run = replace(
            offline.drafter,
            name=name,
            model=took.replies[0].model,
            prompt=question.prompt.id,
            calls=took.calls,
            tokens_in=took.tokens_in,
            tokens_out=took.tokens_out,
            seconds=round(offline.drafter.seconds + took.seconds, 4),
            dropped=offline.drafter.dropped + len(result.failed),
            note=note,
        )
        draft = witnessed(replace(draft, drafter=run), self._erp)
        return weighed_lines(draft, offline, self._sure) if name == "model" else draft
