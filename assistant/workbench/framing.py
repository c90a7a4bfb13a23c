"""What every page has in common: its frame, and how a form is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from assistant.domain.person import Person
from assistant.workbench import views
from assistant.workbench.session import form_token
from tools.erp import Company

_HERE = Path(__file__).parent
Form = Mapping[str, str]


async def form_of(request: Request) -> Form:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


class Framed:
    """Renders a template as a page for a person, or for nobody yet."""

    def __init__(self, company: Company) -> None:
        self._templates = Jinja2Templates(directory=_HERE / "templates")
        self._templates.env.globals.update(moment=views.moment, company=company)

    def __call__(
        self, request: Request, name: str, person: Person | None, status: int = 200, **values: Any
    ) -> Response:
        context = {"person": person, "token": form_token(request), **values}
        return self._templates.TemplateResponse(request, name, context, status_code=status)
