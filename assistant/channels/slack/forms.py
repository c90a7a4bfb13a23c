"""Forms: reasons of decisions, lines to choose among or to edit, a request that a call-centre agent types."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assistant.channels.slack import blocks as kit
from assistant.channels.slack.blocks import Block, words
from assistant.domain.case import Case
from assistant.domain.draft import CaseLine, Reason
from assistant.domain.money import plain

_MOST_LINES, _MOST_CHOSEN = 10, 50
_TICKED_AT_ONCE, _CHOSEN = 10, "lines-"
_LINE_FIELDS = ("sku", "quantity", "uom", "order_no", "reason_code", "lot", "serials")


def rejection(case_id: str, revision: int, channel: str) -> Block:
    asked = kit.typed("Reason", "reason", long=True, hint="The customer reads it.")
    blocks = [kit.section(f"*{words(case_id)}*, revision {revision}. A rejection is final for this revision."), asked]
    return kit.modal("Reject a case", "reject_reason", blocks, "Reject", _metadata(case_id, revision, channel))


def choose_lines(case: Case, rejected: Collection[int], digests: Sequence[str], channel: str, link: str) -> Block:
    """Which lines are approved; the others are rejected for good. ``digests`` are what was on the screen."""
    open_lines = [(n, line) for n, line in enumerate(case.draft.lines, start=1) if n not in rejected]
    blocks = [kit.section(f"*{case.id}*, revision {case.revision.number}. Take the tick from what is not approved.")]
    for first in range(0, min(len(open_lines), _MOST_CHOSEN), _TICKED_AT_ONCE):
        together = open_lines[first : first + _TICKED_AT_ONCE]
        shown = {str(n): words(kit.cut(_in_words(n, line), 60)) for n, line in together}
        blocks.append(kit.ticked("Approved", f"{_CHOSEN}{first}", shown))
    if len(open_lines) > _MOST_CHOSEN:
        left = len(open_lines) - _MOST_CHOSEN
        blocks.append(
            kit.context(f"{left} more lines are approved with these; <{link}|look at them in the workbench>.")
        )
    hint = "Needed where a line is left out. The customer reads it."
    blocks.append(kit.typed("Reason", "reason", long=True, optional=True, hint=hint))
    told = _metadata(case.id, case.revision.number, channel, digests=list(digests))
    return kit.modal("Approve by line", "choose_lines", blocks, "Approve", told)


def left_out(view: Mapping[str, Any]) -> tuple[list[int], bool]:
    """The lines whose tick was taken away, and whether any is left."""
    values = (view.get("state") or {}).get("values") or {}
    out, kept = [], 0
    for block in view.get("blocks") or ():
        block_id = str(block.get("block_id"))
        if block_id.startswith(_CHOSEN):
            held = (values.get(block_id) or {}).get(block_id) or {}
            ticked = {option["value"] for option in held.get("selected_options") or ()}
            offered = [option["value"] for option in block["element"]["options"]]
            out += [int(value) for value in offered if value not in ticked]
            kept += len(ticked)
    return out, kept > 0


def early_credit(case_id: str, revision: int, channel: str) -> Block:
    asked = kit.typed("Why it can't wait", "reason", long=True, hint="Those who have to agree read it.")
    told = (
        f"*{words(case_id)}*, revision {revision}. Credit before the goods are back: approvals given so far are void."
    )
    blocks = [kit.section(told), asked]
    return kit.modal("Credit early", "early_credit", blocks, "Ask for it", _metadata(case_id, revision, channel))


def _in_words(number: int, line: CaseLine) -> str:
    quantity = plain(line.quantity) if line.quantity is not None else "?"
    return f"{number}. {quantity} {line.uom or ''} × {line.sku or 'unknown item'}, {line.order_no or 'no order'}"


def edit(case: Case, channel: str, link: str) -> Block:
    """By line; of a longer case the first lines, the others in the workbench."""
    blocks = [kit.section(f"*{case.id}*, revision {case.revision.number}. Who edits a case doesn't approve it.")]
    for number, line in enumerate(case.draft.lines[:_MOST_LINES]):
        blocks += [kit.divider(), *_line(number, line)]
    if len(case.draft.lines) > _MOST_LINES:
        left = len(case.draft.lines) - _MOST_LINES
        blocks.append(kit.context(f"{left} more lines stay as they are; <{link}|edit them in the workbench>."))
    blocks.append(kit.typed("Why", "why", long=True, hint="The next reviewer reads that."))
    return kit.modal("Edit a case", "edit_lines", blocks, "Save", _metadata(case.id, case.revision.number, channel))


def _line(number: int, line: CaseLine) -> list[Block]:
    values = {
        "sku": line.sku or "",
        "quantity": plain(line.quantity) if line.quantity is not None else "",
        "uom": line.uom or "",
        "order_no": line.order_no or "",
        "lot": line.lot or "",
        "serials": " ".join(line.serials),
    }
    labels = {"sku": "item", "order_no": "order", "uom": "unit"}
    made = [kit.section(f"*Line {number + 1}*")]
    for name in _LINE_FIELDS:
        if name == "reason_code":
            reasons = {reason.value: reason.value.replace("_", " ").lower() for reason in Reason}
            made.append(kit.chosen("reason", f"reason_code-{number}", reasons, line.reason_code.value))
        else:
            label = labels.get(name, name)
            made.append(kit.typed(label, f"{name}-{number}", values[name], optional=True))
    return made


def request(customer: str = "", channel: str = "") -> Block:
    """What an agent types while the customer is on the telephone."""
    blocks = [
        kit.typed("Customer", "customer", customer, hint="Name, or the address of somebody there."),
        kit.typed("Order, PO or invoice", "order", optional=True),
        kit.typed("What comes back or is to be credited, how many, and why", "words", long=True),
        kit.typed("Lots or serial numbers", "marks", optional=True),
        kit.files("Photos and papers", "files"),
    ]
    return kit.modal("New request", "new_request", blocks, "Record", json.dumps({"channel": channel}))


def edited_fields(view: Mapping[str, Any]) -> dict[str, str]:
    """The edit form's fields as steps.edit reads them."""
    return {name: value for name, value in typed_in(view).items() if name != "why"}


def typed_in(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in a form, by block; an empty field is ''."""
    found: dict[str, str] = {}
    for block_id, elements in ((view.get("state") or {}).get("values") or {}).items():
        state = elements.get(block_id) or {}
        chosen = (state.get("selected_option") or {}).get("value")
        found[block_id] = str(chosen if chosen is not None else state.get("value") or "")
    return found


def files_in_form(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    elements = ((view.get("state") or {}).get("values") or {}).get("files") or {}
    return list((elements.get("files") or {}).get("files") or ())


def request_words(typed: Mapping[str, str]) -> str:
    """The form as an agent would have written it."""
    told = [f"{typed.get('customer', '').strip()}: {typed.get('words', '').strip()}"]
    if order := typed.get("order", "").strip():
        told.append(f"Order {order}")
    if marks := typed.get("marks", "").strip():
        told.append(f"Lot or serial: {marks}")
    return "\n\n".join(told)


def metadata(view: Mapping[str, Any]) -> dict[str, Any]:
    try:
        told = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _metadata(case_id: str, revision: int, channel: str, **more: Any) -> str:
    return json.dumps({"case": case_id, "revision": revision, "channel": channel, **more})
