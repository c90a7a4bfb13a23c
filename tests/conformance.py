"""Our own description (OpenAPI) held against what the API answers: schemathesis makes the requests.

`python -m tests.conformance [REQUESTS]` makes 5,000 of them and writes docs/reports/api.md; the tests make a few.
Half of the requests fit the description, half don't; ids are made up, or those of cases that are there.
"""

import base64
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema
from starlette.testclient import TestClient

from assistant import bootstrap, serve
from assistant.bootstrap import App
from assistant.channels.email import record
from assistant.channels.outgoing import post_for
from assistant.demo import files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.identity import KeyScope
from assistant.domain.message import Arrival
from assistant.domain.person import Person, Role, program
from assistant.settings import OutsideSettings, Settings
from tests.edi import interchange
from tests.passwords import quick
from tests.worked import back, submitted

REPORT = Path(__file__).parents[1] / "docs" / "reports" / "api.md"
REQUESTS = 5_000
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
Auth = dict[str, str]
ADMIN = Person(id="ada@kestrelsupply.example", name="Ada", roles=frozenset({Role.ADMIN}))


@dataclass
class Seen:
    """What was asked and answered; ``faults`` are the answers that the description does not allow."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.answers.total()


@contextmanager
def living() -> Iterator[tuple[App, TestClient]]:
    """A Backhaul with the sample distributor, nobody working, and passwords that are checked quickly."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        partners = here / "partners.json"
        one = {"qualifier": "ZZ", "id": "FENNIMORE", "customer_id": "K-304", "name": "F", "address": "edi@f.example"}
        partners.write_text(json.dumps({"us": {"qualifier": "ZZ", "id": "KESTREL"}, "partners": [one]}))
        made = Settings(
            data=here,
            database_url=f"sqlite:///{here / 'backhaul.sqlite'}",
            workflow_url=f"sqlite:///{here / 'workflow.sqlite'}",
            erp=here / "erp.sqlite",
            today=date(2026, 11, 20),
            message_bytes=200_000,
            outside=OutsideSettings(calls_per_minute=1_000_000, partners=partners),
        )
        sandbox = bootstrap.sandbox(made)
        sandbox.load(bootstrap.erp_file(files.erp_file()))
        sandbox.close()
        app = bootstrap.app(made, post_for)
        hash_ = quick(PASSWORD)
        with app.store.unit(program("test")) as unit:
            for person in (*PEOPLE, ADMIN):
                unit.people.add(person, hash_)
        submitted(app, back(quantity=1))
        record(app.store, Arrival(channel="email", raw=b"Subject: 3 valves\r\n\r\nThree come back."))
        with TestClient(serve.web(app, demo=False)) as client:
            yield app, client
        app.close()


def ask(requests_wanted: int, first_seed: int = 1, without: str = "") -> Seen:
    """Spreads the requests over all operations; each in four ways.

    ``without`` takes a status out of the description, to show that its answers are missed.
    """
    seen = Seen()
    logging.disable(logging.INFO)
    with living() as (app, client):
        described = client.get("/v1/openapi.json").json()
        for path in described["paths"].values():
            for operation in path.values():
                operation["responses"].pop(without, None)
        schema = schemathesis.openapi.from_dict(described)
        assert isinstance(schema, OpenApiSchema)
        operations: list[Any] = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
        each_way = requests_wanted // (len(operations) * 4) + 1
        round_no = 0
        while seen.total < requests_wanted and round_no < 40:
            for operation in operations:
                for way in range(4):
                    _one(app, client, operation, way, each_way, first_seed + round_no * 4 + way, seen)
            round_no += 1
    return seen


def _one(app: App, client: TestClient, operation: Any, way: int, examples: int, number: int, seen: Seen) -> None:
    mode = GenerationMode.POSITIVE if way % 2 == 0 else GenerationMode.NEGATIVE
    known = _known(app, operation.path) if way >= 2 else {}
    who = _who(app, operation)

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def asking(case: Any) -> None:
        for name, value in known.items():
            case.path_parameters[name] = value
        kwargs = case.as_transport_kwargs(base_url="http://testserver")
        kwargs["headers"] = {**kwargs["headers"], **({} if seen.total % 25 == 0 else who)}
        if way >= 2:
            _make_it_fit(operation.label, kwargs, seen.total)
        kwargs.pop("cookies", None)
        try:
            sent: Any = requests.Request(**{k: v for k, v in kwargs.items() if k in _TAKES}).prepare()
            headers = {k: v for k, v in sent.headers.items() if k.lower() != "content-length"}
            answer = client.request(sent.method, sent.url, headers=headers, content=sent.body)
        except (UnicodeError, requests.exceptions.InvalidHeader, ValueError):
            return  # no client could send it
        seen.answers[(operation.label, answer.status_code)] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as faults:
            seen.faults.append(f"{operation.label}: {'; '.join(str(f) for f in faults.exceptions)}"[:2_000])

    if (
        operation.method.upper() in {"GET", "DELETE"}
        and mode is GenerationMode.NEGATIVE
        and not _can_be_wrong(operation)
    ):
        return
    asking()


def _make_it_fit(label: str, kwargs: dict[str, Any], number: int) -> None:
    """Where made-up values are never taken, values that are, with what was made up among them."""
    if label == "POST /v1/edi":
        said = kwargs.get("data")
        noise = (said if isinstance(said, bytes) else str(said).encode())[: number % 40]
        whole = interchange(number + 1)
        place = number * 37 % len(whole)
        kwargs["data"] = whole if number % 4 == 0 else whole[:place] + noise + whole[place:]
        kwargs["headers"]["Content-Type"] = "application/edi-x12"
    elif label == "POST /v1/webhooks" and isinstance(kwargs.get("json"), dict):
        kwargs["json"]["url"] = f"https://hooks.example/{number}"
    elif label.endswith("/decisions"):
        kwargs["headers"]["If-Match"] = '"1"'


_TAKES = {"method", "url", "headers", "files", "data", "json", "params"}


def _can_be_wrong(operation: Any) -> bool:
    return any(True for _ in operation.iter_parameters()) or bool(list(operation.body))


def _known(app: App, path: str) -> dict[str, Any]:
    """Ids of things that are there."""
    if "{case_id}" in path:
        return {"case_id": submitted(app, back(quantity=1)).id}
    if "{webhook_id}" in path:
        with app.store.unit(program("test")) as unit:
            standing = [each.id for each in unit.webhooks.list()]
        for each in standing:
            app.announcer.end(ADMIN, each)  # there may be only so many
        return {"webhook_id": app.announcer.subscribe(ADMIN, "https://hooks.example/", [])[0].id}
    with app.store.unit(program("test")) as unit:
        if "{event_id}" in path:
            return {"event_id": unit.events.list()[0].id}
        if "{message_id}" in path:
            return {"message_id": unit.messages.list()[0].id}
        if "{number}" in path and not unit.edi.outgoing():
            unit.edi.send("P", "997", unit.edi.next_control("P"), "ISA", "key", "m-1")
    return {"number": 1} if "{number}" in path else {}


@schemathesis.serializer("message/rfc822", "application/edi-x12")
def _as_it_is(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _who(app: App, operation: Any) -> Auth:
    if operation.path.endswith("/decisions"):
        approver = next(each.id for each in PEOPLE if Role.RETURNS_APPROVER in each.roles)
        token = base64.b64encode(f"{approver}:{PASSWORD}".encode()).decode()
        return {"Authorization": f"Basic {token}"}
    _, words = app.keys.make("conformance", ADMIN.id, list(KeyScope), 1, program("test"))
    return {"Authorization": f"Bearer {words}"}


def report(seen: Seen) -> str:
    rows: dict[str, Counter[int]] = {}
    for (label, status), count in sorted(seen.answers.items()):
        rows.setdefault(label, Counter())[status] += count
    statuses = sorted({status for _, status in seen.answers})
    lines = [
        "# The API against its own description",
        "",
        f"schemathesis {schemathesis.__version__} made {seen.total:,} requests from /v1/openapi.json; half of them",
        "fit it, half don't; one in 25 comes without credentials, half name things that are there. Checked of every",
        "answer: no 5xx, a documented status, media type, headers and body, and 405 where a method is not one of the",
        "resource's.",
        "",
        f"Answers that the description does not allow: {len(seen.faults)}.",
        "",
        "| operation | requests | " + " | ".join(map(str, statuses)) + " |",
        "| --- | " + " | ".join(["---:"] * (len(statuses) + 1)) + " |",
    ]
    for label, counts in rows.items():
        lines.append(f"| {label} | {counts.total()} | " + " | ".join(str(counts.get(s, "")) for s in statuses) + " |")
    lines += ["", "Made by `make api-conformance`; the seed is fixed, so that it can be made again."]
    return "\n".join(lines) + "\n"


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    seen = ask(wanted)
    for fault in dict.fromkeys(seen.faults):
        print(fault, "\n")
    print(f"{seen.total:,} requests, {len(seen.faults)} answers that the description does not allow")
    if wanted >= REQUESTS:
        REPORT.write_text(report(seen))
    sys.exit(1 if seen.faults else 0)


if __name__ == "__main__":
    main()
