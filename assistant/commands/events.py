"""`backhaul events`: the catalogue of events, as docs/events.md has it."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from assistant.domain.event import TYPES, Event, cloud_event, posted_event
from assistant.domain.posting import Posting, PostingState

_SOURCE = "https://backhaul.kestrelsupply.example/v1"
_HEAD = """# Events

What Backhaul tells other programs. Printed by `backhaul events`; a test holds this page to it.

Each event is a CloudEvent 1.0 in JSON: `subject` is the case, `id` what a receiver tells repetitions by, `data` ids,
states, quantities and amounts; nothing that a customer wrote. An event is written in the transaction of what it tells
of, so there is none of what did not happen, and none is missing. `GET /v1/events` lists them, oldest first (scope
`events.read`). Numbers are given while changes are being written: on PostgreSQL a lower one may appear shortly after
a higher one, so a program that reads the list goes back a minute and leaves out the ids it has.

## Webhooks

An administrator, or a key of theirs with the scope `webhooks.write`, names an https address and the types it is told
of:

    curl -u ada@kestrelsupply.example:PASSWORD -H 'Content-Type: application/json' \\
      -d '{"url": "https://erp.example/hooks", "types": ["case.authorised", "case.credited"]}' \\
      https://backhaul.example/v1/webhooks

The answer holds the secret, once. Deliveries are signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`,
`webhook-signature`), so any of its libraries checks them. Any 2xx within 15 seconds is a yes, 410 ends the webhook,
and all else is tried again after 5 s, 20 s, 80 s and so on up to 6 hours, eight times in all. Then the delivery is
dead: it stands among the exceptions, where a person sends it again. `POST /v1/webhooks/{id}/replay` sends events
again by id or by time, under the ids they had. An event may arrive twice, and later than one that happened after it.

Addresses have to be public, over TLS, and answer themselves: redirects are not followed, no proxy is used, and the
address that was looked up (in 5 seconds at most) and checked is the one that is called. BACKHAUL_WEBHOOKS_PRIVATE=1
lets events go into one's own network and over plain HTTP. Secrets are kept encrypted; their key is the file
`webhook-key` in the data folder. A delivery that arrived is forgotten after 90 days (`backhaul retention`).

## The types
"""


def example(kind: str) -> Event:
    """One of this type, as it could have been."""
    at = datetime(2026, 11, 20, 14, 3, 7, tzinfo=UTC)
    line = {"order_no": "KS-700121", "sku": "PRV-34", "quantity": "3", "uom": "EA", "reason_code": "NO_LONGER_NEEDED"}
    more: dict[str, tuple[dict[str, Any], str]] = {
        "authorise_return": ({"customer_id": "K-304", "lines": [line]}, "RMA-20017"),
        "post_credit_memo": (
            {"customer_id": "K-304", "currency": "USD", "lines": [{**line, "amount": "412.50"}]},
            "CM-90004",
        ),
        "post_adjustment": (
            {"lines": [{"sku": "PRV-34", "quantity": "-2", "uom": "EA", "location": "A-12"}]},
            "ADJ-31",
        ),
    }
    data = None
    for tool, (arguments, document_no) in more.items():
        told = posted_event(
            Posting(
                key="k",
                case_id="BH-1001",
                revision=1,
                tool=tool,
                arguments=arguments,
                state=PostingState.DONE,
                document_no=document_no,
            )
        )
        if told is not None and told[0] == kind:
            data = told[1]
    if data is None:
        state = "draft" if kind == "case.drafted" else kind.removeprefix("case.")
        before = None if state == "draft" else "in_review" if state in {"approved", "rejected"} else "draft"
        before = "approved" if state in {"authorised", "settled"} else before
        data = {"case_id": "BH-1001", "kind": "return", "state": state, "before": before, "revision": 1}
        data |= {"customer_id": "K-304", "order_nos": ["KS-700121"]}
    return Event(number=1, id="evt_0d9f3c5a7b1e4d2f8a6b0c1d2e3f4a5b", type=kind, at=at, case_id="BH-1001", data=data)


def page() -> str:
    """The catalogue as Markdown."""
    parts = [_HEAD, "| type | what happened |", "| --- | --- |"]
    parts += [f"| `{kind}` | {says} |" for kind, says in TYPES.items()]
    parts.append("\n## One of each\n")
    for kind in TYPES:
        told = json.dumps(cloud_event(example(kind), _SOURCE), indent=1)
        parts.append(f"`{kind}`\n\n" + "\n".join(f"    {line}" for line in told.splitlines()) + "\n")
    return "\n".join(parts).rstrip() + "\n"


@click.command()
def events() -> None:
    """Print the catalogue of events, with an example of each."""
    click.echo(page(), nl=False)
