"""The one question to a model: the static part, the labelled blocks, what the ERP knows of them. Nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.draft import Draft
from assistant.domain.request import Request
from assistant.drafting.candidates import Code, Unknown, codes, unknown_references
from assistant.drafting.labelled import Labelled, labelled, shown
from assistant.drafting.resolve import FoundOrder, Sender, orders_of, sender_of
from assistant.drafting.shown_erp import Shown, shown_erp
from assistant.drafting.words import Passage, passages
from prompts.loader import Prompt, load
from tools.erp import ErpReader, Order

PROMPT = "draft.v4"
_MOST_HISTORY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request made ready for a model, and what is needed to check what it answers.

    ``found``: orders that the request's references lead to; ``shown``: what the model sees of the ERP.
    """

    request: Request
    offline: Draft
    sender: Sender
    places: tuple[Passage, ...]
    blocks: tuple[Labelled, ...]
    codes: tuple[Code, ...]
    found: tuple[FoundOrder, ...]
    history: tuple[Order, ...]
    shown: Shown
    prompt: Prompt
    system: str
    user: str

    @property
    def customer_id(self) -> str | None:
        return self.sender.customer.id if self.sender.customer is not None else None

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What the rules take for a reference that leads nowhere."""
        return unknown_references(self.places, self.codes, self.history)


def asked(request: Request, offline: Draft, erp: ErpReader) -> Asked:
    prompt = load(PROMPT)
    sender = sender_of(request, erp)
    customer_id = sender.customer.id if sender.customer is not None else None
    places = passages(request)
    known = codes(places, erp, customer_id)
    history = erp.orders_of(customer_id, _MOST_HISTORY) if customer_id is not None else ()
    blocks = labelled(request, erp.company())
    found = _found(_of_customers(known) if sender.ours else known, customer_id, erp)
    told = shown_erp(blocks, known, [each.order for each in found], sender, offline, erp, history)
    system, user = prompt.render(
        company=erp.company().name,
        today=request.asked_on.isoformat(),
        who=told.who,
        known=told.known,
        orders=told.text,
        sender=f"{request.sender_name} {request.sender_address}".strip(),
        documents=shown(blocks),
    )
    return Asked(
        request=request,
        offline=offline,
        sender=sender,
        places=places,
        blocks=blocks,
        codes=known,
        found=found,
        history=history,
        shown=told,
        prompt=prompt,
        system=system,
        user=user,
    )


def _of_customers(known: Sequence[Code]) -> list[Code]:
    """References that only a customer's request gives: our own counts name lots and serials, too."""
    return [code for code in known if any(hit.kind not in ("lot", "serial") for hit in code.found)]


def _found(known: Sequence[Code], customer_id: str | None, erp: ErpReader) -> tuple[FoundOrder, ...]:
    """Those that the rules settle on, then the sender's own that any other reference leads to."""
    first = orders_of(known, customer_id, erp)
    more = [found for code in known for found in orders_of([code], customer_id, erp)]
    own = [found for found in more if found.order.customer_id == customer_id]
    return tuple({found.order.order_no: found for found in (*own, *first)}[no] for no in _numbers((*first, *own)))


def _numbers(found: Sequence[FoundOrder]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.order.order_no for each in found))
