"""Exports: cases line by line, and the audit log, as files for spreadsheets and for programs."""

import json
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.channels.api.problems import responses
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.identity import KeyScope
from assistant.domain.person import Person, Role
from assistant.steps.export import as_csv, as_json_lines
from assistant.steps.export_cases import as_case_csv, case_lines

Form = Annotated[Literal["jsonl", "csv"], Query(description="JSON Lines, or CSV for spreadsheets.")]
_MEDIA = {"jsonl": "application/jsonl", "csv": "text/csv"}
_TEXT = {media: {"schema": {"type": "string"}} for media in _MEDIA.values()}
_CONTENT: dict[int | str, dict[str, Any]] = {200: {"content": _TEXT}}
_IN_MEMORY, _CHUNK = 1_000_000, 65_536


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/exports", tags=["exports"])
    read = callers.may(KeyScope.EXPORTS_READ)

    @routes.get("/cases", response_class=Response, responses={**_CONTENT, **responses()})
    def cases(
        _person: Annotated[Person, Depends(read)],
        form: Form = "jsonl",
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
    ) -> Response:
        """Every line of every case changed in a time, newest case first; no names and nothing anybody wrote."""

        def write(out: IO[str]) -> None:
            with app.store.unit(ACTOR) as unit:
                lines = case_lines(unit, since, until)
                if form == "csv":
                    as_case_csv(lines, out)
                else:
                    out.writelines(json.dumps(line) + "\n" for line in lines)

        return _file(write, form)

    @routes.get("/audit", response_class=Response, responses={**_CONTENT, **responses()})
    def audit(
        person: Annotated[Person, Depends(read)],
        form: Form = "jsonl",
        stream: Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9 _.:-]*$")] = "",
    ) -> Response:
        """The audit log, whole or one stream of it, each row with its hashes. For auditors and administrators."""
        if not person.roles & {Role.AUDITOR, Role.ADMIN}:
            raise NotAllowedToYou("The whole log is for auditors and administrators; a case's story is for all.")

        def write(out: IO[str]) -> None:
            with app.store.unit(ACTOR) as unit:
                (as_csv if form == "csv" else as_json_lines)(unit.audit.all_rows(stream), out)

        return _file(write, form)

    return routes


def _file(write: Callable[[IO[str]], object], form: str) -> StreamingResponse:
    """Written whole before the first byte is sent: an export that breaks off half-way would look complete."""
    held = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, mode="w+", encoding="utf-8", newline="")  # noqa: SIM115 - closed below
    try:
        write(held)
    except BaseException:
        held.close()
        raise
    held.seek(0)

    def pieces() -> Iterator[str]:
        with held:
            while piece := held.read(_CHUNK):
                yield piece

    return StreamingResponse(pieces(), media_type=_MEDIA[form])
