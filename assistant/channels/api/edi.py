"""EDI over the API: interchanges in (X12), and those that go out, to be fetched."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.channels.api.intake import MessageOut, body_of, shown
from assistant.channels.api.pages import LINKED, Limit, piece
from assistant.channels.api.problems import WrongForm, responses
from assistant.domain.edi import Outgoing, OutKind
from assistant.domain.identity import KeyScope
from assistant.domain.person import Person, acting, require_works_here

FORM = "application/edi-x12"
OutNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class OutgoingOut(BaseModel):
    """An interchange to a partner; ``control`` is its number (ISA13), without gaps for each partner."""

    id: int
    partner_id: str
    kind: OutKind
    control: int
    case_id: str
    made_at: str
    fetched_at: str | None


class TakenOut(BaseModel):
    """What became of an interchange.

    ``taken``: ``answers`` say what of it (997), or why not (TA1), and ``requests`` are worked now. ``known``: the same
    bytes came before. ``duplicate``: its number came before with other contents. ``unknown_partner``: it is kept, and
    nobody is answered.
    """

    outcome: Literal["taken", "known", "duplicate", "unknown_partner"]
    message: MessageOut
    requests: list[MessageOut]
    answers: list[OutgoingOut]


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/edi", tags=["edi"])
    read, write = callers.may(KeyScope.EDI_READ), callers.may(KeyScope.EDI_WRITE)
    body = {"required": True, "content": {FORM: {"schema": {"type": "string", "minLength": 106}}}}

    @routes.post(
        "",
        status_code=202,
        openapi_extra={"requestBody": body},
        responses={200: {"model": TakenOut, "description": "The same bytes came before."}, **responses(409, 413, 415)},
    )
    def receive(
        response: Response,
        person: Annotated[Person, Depends(write)],
        raw: Annotated[bytes, Depends(body_of(app))],
        content_type: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> TakenOut:
        """An X12 interchange: kept as it came, acknowledged, and each 180 of it a request."""
        require_works_here(person)
        if content_type.partition(";")[0].strip().lower() != FORM:
            raise WrongForm(f"An interchange is {FORM}. Nothing was kept.")
        taken = app.edi.receive(raw)
        response.status_code = 200 if taken.outcome == "known" else 202
        return TakenOut(
            outcome=taken.outcome,
            message=shown(taken.message, new=taken.new),
            requests=[shown(each, new=True) for each in taken.requests],
            answers=[_out(each) for each in taken.answers],
        )

    @routes.get("/outbox", responses={200: {"headers": LINKED}, **responses()})
    def outbox(
        request: Request,
        response: Response,
        _person: Annotated[Person, Depends(read)],
        unfetched: bool = False,
        limit: Limit = 100,
        after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    ) -> list[OutgoingOut]:
        """What goes to partners, oldest first."""
        with app.store.unit(ACTOR) as unit:
            found = unit.edi.outgoing(unfetched=unfetched, limit=limit + 1, after=after)
        return [_out(each) for each in piece(found, limit, "id", request, response)]

    @routes.get(
        "/outbox/{number}",
        response_class=Response,
        responses={200: {"content": {FORM: {"schema": {"type": "string"}}}}, **responses(404)},
    )
    def fetch(number: OutNumber, _person: Annotated[Person, Depends(read)]) -> Response:
        """An interchange as it is sent. Reading it changes nothing; say that it was passed on by POST fetched."""
        with app.store.unit(ACTOR) as unit:
            return Response(unit.edi.get(number).body, media_type=FORM)

    @routes.post("/outbox/{number}/fetched", responses=responses(404))
    def fetched(number: OutNumber, person: Annotated[Person, Depends(write)]) -> OutgoingOut:
        """It was passed on to the partner: it is listed as unfetched no more."""
        require_works_here(person)
        with app.store.unit(acting(person)) as unit:
            unit.edi.fetched(number)
            return _out(unit.edi.get(number))

    return routes


def _out(each: Outgoing) -> OutgoingOut:
    return OutgoingOut(
        id=each.id,
        partner_id=each.partner_id,
        kind=each.kind,
        control=each.control,
        case_id=each.case_id,
        made_at=each.made_at.isoformat(),
        fetched_at=None if each.fetched_at is None else each.fetched_at.isoformat(),
    )
