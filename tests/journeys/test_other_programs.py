"""Other programs, through real processes: a partner's 180 in, a person approves, the 180 and the webhooks go out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from assistant.demo.people import PASSWORD
from assistant.edi.x12 import read
from tests.edi import interchange
from tests.journeys.backhaul import Served, served, until
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.slow
ADA, RICK = "ada.admin@kestrelsupply.example", "rick@kestrelsupply.example"


@dataclass(frozen=True)
class House:
    running: Served
    receiver: Receiver
    secret: str
    keys: dict[str, str]

    def api(self, method: str, path: str, **more: object) -> httpx.Response:
        return httpx.request(method, f"{self.running.base}{path}", timeout=20, **{"headers": self.keys, **more})  # type: ignore[arg-type] # httpx checks them


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    partners = tmp_path / "partners.json"
    one = {"qualifier": "ZZ", "id": "FENNIMORE", "customer_id": "K-304", "name": "Fennimore Plumbing"}
    one["address"] = "edi@fennimoreplumbing.example"
    partners.write_text(json.dumps({"us": {"qualifier": "ZZ", "id": "KESTREL"}, "partners": [one]}))
    more = {"BACKHAUL_EDI_PARTNERS": str(partners), "BACKHAUL_WEBHOOKS_PRIVATE": "1"}
    with receiving() as receiver, served(tmp_path / "data", **more) as running:
        for words in (("people", "add", ADA, "--name", "Ada", "--role", "admin", "--no-password"),):
            assert running.command(*words).returncode == 0
        scopes = [word for scope in ("webhooks.write", "edi.write", "edi.read", "events.read", "cases.read")
                  for word in ("--scope", scope)]  # fmt: skip
        made = running.command("key", "make", "erp", "--person", ADA, *scopes)
        key = {"Authorization": f"Bearer {made.stdout.strip()}"}
        url = f"{running.base}/v1/webhooks"
        asked = {"url": receiver.url, "types": ["case.in_review", "case.approved", "case.rma_issued"]}
        hook = httpx.post(url, json=asked, headers=key, timeout=20).json()
        yield House(running, receiver, hook["secret"], key)


def test_a_partner_asks_a_person_approves_and_both_programs_are_told(house: House) -> None:
    house.receiver.answers = [503]  # the first one is tried again
    form = {**house.keys, "Content-Type": "application/edi-x12"}
    taken = house.api("POST", "/v1/edi", content=interchange(), headers=form).json()
    assert (taken["outcome"], [each["kind"] for each in taken["answers"]]) == ("taken", ["997"])

    def in_review() -> str:
        cases = house.api("GET", "/v1/cases?state=in_review").json()
        return next((each["id"] for each in cases if each["message_id"] == taken["requests"][0]["id"]), "")

    case_id = until(in_review, seconds=60)
    whole = house.api("GET", f"/v1/cases/{case_id}")
    decision = {"verdict": "approved", "digests": [each["digest"] for each in whole.json()["planned"]]}
    decided = httpx.post(
        f"{house.running.base}/v1/cases/{case_id}/decisions",
        json=decision,
        headers={"If-Match": whole.headers["etag"]},
        auth=(RICK, PASSWORD),
        timeout=20,
    )
    assert decided.status_code == 201

    def answered() -> list[int]:
        return [each["id"] for each in house.api("GET", "/v1/edi/outbox").json() if each["kind"] == "180"]

    (number,) = until(answered, seconds=60)
    body = house.api("GET", f"/v1/edi/outbox/{number}").text
    assert read(body.encode()).faults == ()
    assert "RDR*RA~" in body

    def told() -> set[str]:
        of_case = [json.loads(body) for _, body in house.receiver.got if json.loads(body)["subject"] == case_id]
        return {each["type"] for each in of_case}

    until(lambda: told() == {"case.in_review", "case.approved", "case.rma_issued"}, seconds=60)

    def came_twice() -> bool:
        ids = [headers["webhook-id"] for headers, _ in house.receiver.got]
        return ids.count(ids[0]) == 2  # the one that was answered 503, under the id it had

    until(came_twice, seconds=60)
    for headers, sent in house.receiver.got:
        Webhook(house.secret).verify(sent, headers)
    assert (house.running.data / "webhook-key").exists()
