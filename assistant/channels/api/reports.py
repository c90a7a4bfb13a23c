"""Reports in: what warehouses and carriers say of a case's goods."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.cases import StepOut
from assistant.channels.api.pages import CaseId
from assistant.channels.api.problems import responses
from assistant.domain.identity import KeyScope
from assistant.domain.person import Person
from assistant.domain.report import REPORTS, Condition, Goods, Report
from assistant.steps.hear import hear

Number = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9 ./#_-]*$")]
Kind = Annotated[str, Field(max_length=40, json_schema_extra={"enum": sorted(REPORTS)})]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Your name for this report; sent again with it, it stands once.",
    ),
]


class GoodsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sku: Annotated[Number, Field(min_length=1)]
    quantity: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4, examples=["3"])]
    uom: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,6}$", examples=["EA"])]
    lot: Number = ""
    serials: Annotated[list[Annotated[Number, Field(min_length=1)]], Field(max_length=500)] = []
    condition: Condition = "not_known"


class ReportIn(BaseModel):
    """``reference`` is your number: of the parcel, of the receipt. There is no field for free text."""

    model_config = ConfigDict(extra="forbid")
    type: Kind
    at: AwareDatetime
    reference: Number = ""
    goods: Annotated[list[GoodsIn], Field(max_length=500)] = []


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/cases", tags=["cases"])

    @routes.post(
        "/{case_id}/reports",
        status_code=201,
        responses={
            200: {"model": StepOut, "description": "The report of this key stands already."},
            **responses(404, 409),
        },
    )
    def report(
        case_id: CaseId,
        said: ReportIn,
        response: Response,
        person: Annotated[Person, Depends(callers.may(KeyScope.EVENTS_WRITE))],
        key: Key,
    ) -> StepOut:
        """Write what a warehouse or carrier says into the case's story. It moves and posts nothing."""
        goods = tuple(Goods(**{**each.model_dump(), "serials": tuple(each.serials)}) for each in said.goods)
        told = Report(kind=said.type, at=said.at, reference=said.reference, goods=goods)
        row, new = hear(app.store, person, case_id, told, key)
        response.status_code = 201 if new else 200
        return StepOut(
            sequence=row.sequence, at=row.at.isoformat(), actor=row.actor, event=row.event, details=dict(row.details)
        )

    return routes
