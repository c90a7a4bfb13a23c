"""Cases as the worker leaves them, without a workflow engine."""

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assistant.bootstrap import App
from assistant.channels.email import record
from assistant.domain.case import Case, CaseKind
from assistant.domain.draft import CaseLine, Draft, DrafterRun, Identifiers, Intent, Reason, Resolution
from assistant.domain.lifecycle import CaseEvent, MessageEvent
from assistant.domain.message import Arrival, Message
from assistant.domain.party import Party
from assistant.domain.person import Actor, program
from assistant.steps.post import Poster
from assistant.steps.standing import Standing
from assistant.steps.work import Desk
from extractors.mail.reader import read_message

ACTOR = program("test")


def worked(app: App, raw: bytes, desk: Desk | None = None) -> Case:
    """A recorded mail, worked as far as review."""
    _, saved = worked_as_far(app, raw, desk=desk)
    assert saved is not None
    return kept(app, saved)


def worked_as_far(app: App, raw: bytes, channel: str = "email", desk: Desk | None = None) -> tuple[Message, str | None]:
    """A recorded mail, worked as far as it goes: how the message stands, and the case it made or changed."""
    desk = desk or replace(app.desk, reader=read_message)
    message, _ = record(app.store, Arrival(channel=channel, raw=raw))
    case_id = None
    if desk.claim(message.id) and (drafted := desk.draft(message.id)) is not None:
        saved = desk.save(message.id, drafted)
        if saved is not None:
            desk.propose(*saved)
            case_id = saved[0]
    with app.store.unit(ACTOR) as unit:
        return unit.messages.get(message.id), case_id


def kept(app: App, case_id: str) -> Case:
    with app.store.unit(program("test")) as unit:
        return unit.cases.get(case_id)


def poster(app: App) -> Poster:
    return Poster(app.store, app.erp, app.review.gate, app.review.bench, app.review.letters)


def standing(app: App, case: Case) -> Standing:
    """How the case stands, as its page shows it."""
    with app.store.unit(program("test")) as unit:
        return app.review.standing(unit, unit.cases.get(case.id))


def seen(app: App, case: Case) -> tuple[str, ...]:
    """The digests a reviewer has on the screen."""
    return standing(app, case).digests


def back(sku: str = "PRV-34", quantity: object = 3, **fields: Any) -> CaseLine:
    """A line of KS-700121, sold to Fennimore Plumbing (K-304) and delivered on 28 October 2026."""
    known: dict[str, Any] = {"uom": "EA", "reason_code": Reason.NO_LONGER_NEEDED, "order_no": "KS-700121", **fields}
    return CaseLine(sku=sku, quantity=Decimal(str(quantity)), **known)


def submitted(
    app: App, *lines: CaseLine, customer_id: str = "K-304", kind: CaseKind = "return", by: Actor = ACTOR, **draft: Any
) -> Case:
    """A case of these lines, before the reviewers."""
    intent = {"return": Intent.RETURN_REQUEST, "credit": Intent.CREDIT_REQUEST, "adjustment": Intent.ADJUSTMENT}[kind]
    drafted = Draft(
        intent=intent,
        summary="Goods come back.",
        customer_id=customer_id,
        order_nos=tuple(dict.fromkeys(line.order_no for line in lines if line.order_no)),
        lines=lines,
        resolution=Resolution.CREDIT,
        identifiers=Identifiers(),
        findings=draft.pop("findings", ()),
        questions=(),
        drafter=DrafterRun(name="test"),
    )
    with app.store.unit(by) as unit:
        raw = f"Subject: back\r\n\r\n{uuid.uuid4()}".encode()
        message, _ = unit.messages.record(Arrival(channel="email", raw=raw), sender="joe@fennimoreplumbing.example")
        party = Party(name="Joe", address="joe@fennimoreplumbing.example", customer_id=customer_id)
        unit.messages.move(message.id, MessageEvent.CLAIM)
        case = unit.cases.open(kind, party, message.id, "back", drafted)
        unit.messages.move(message.id, MessageEvent.DRAFT, case_id=case.id)
        case = unit.cases.move(case.id, CaseEvent.SUBMIT, 1)
        app.review.bench.keep_judgement(unit, case)
        return case
