"""An edit form's fields become a new draft: what a person changed carries no quote; their reason stands for it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from assistant.domain.draft import CaseLine, Draft, Reason, Resolution
from assistant.domain.errors import ReviewerMustAct

_BLOCKED_BY_VALUE = {"quantity": "MISSING_QUANTITY", "lot": "MISSING_LOT", "serials": "MISSING_SERIAL"}


def edited(draft: Draft, form: Mapping[str, str]) -> Draft:
    """Raises ReviewerMustAct naming the field that does not fit."""
    lines = tuple(_line(n, line, form) for n, line in enumerate(draft.lines) if not form.get(f"drop-{n}"))
    if form.get("new-sku", "").strip():
        blank = CaseLine(sku=None, quantity=None, uom=None, reason_code=Reason.OTHER)
        lines = (*lines, _line("new", blank, form))
    order_nos = tuple(dict.fromkeys(line.order_no for line in lines if line.order_no))
    customer_id = form.get("customer_id", "").strip() or None
    try:
        resolution = Resolution(form.get("resolution", draft.resolution.value))
    except ValueError:
        raise ReviewerMustAct("That resolution is not one of ours. Nothing was changed.") from None
    open_findings = tuple(f for f in draft.findings if f.line is None or not _settled(f.code.value, f.line, lines))
    return replace(
        draft,
        lines=lines,
        order_nos=order_nos or draft.order_nos,
        customer_id=customer_id or draft.customer_id,
        resolution=resolution,
        findings=tuple(f for f in open_findings if f.line is None or f.line < len(lines)),
        questions=(),
    )


def _line(number: int | str, line: CaseLine, form: Mapping[str, str]) -> CaseLine:
    def given(name: str, before: str | None) -> str | None:
        text = form.get(f"{name}-{number}" if number != "new" else f"new-{name}")
        return before if text is None else (text.strip() or None)

    values: dict[str, object] = {
        "sku": given("sku", line.sku),
        "quantity": _number(given("quantity", None if line.quantity is None else f"{line.quantity:f}")),
        "uom": given("uom", line.uom),
        "order_no": given("order_no", line.order_no),
        "reason_code": _reason(given("reason_code", line.reason_code.value)),
        "lot": given("lot", line.lot),
        "serials": tuple((given("serials", " ".join(line.serials)) or "").replace(",", " ").split()),
    }
    changed = {name for name, value in values.items() if value != getattr(line, name)}
    return replace(
        line,
        **values,  # type: ignore[arg-type] # the names are CaseLine's own
        evidence={name: proofs for name, proofs in line.evidence.items() if name not in changed},
        confidence={name: sure for name, sure in line.confidence.items() if name not in changed},
    )


def _settled(code: str, number: int, lines: tuple[CaseLine, ...]) -> bool:
    field = next((name for name, blocked in _BLOCKED_BY_VALUE.items() if blocked == code), None)
    return field is not None and number < len(lines) and bool(getattr(lines[number], field))


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ReviewerMustAct(f"“{text}” is no quantity. Nothing was changed.")
    return number


def _reason(text: str | None) -> Reason:
    try:
        return Reason(text or "OTHER")
    except ValueError:
        raise ReviewerMustAct(f"“{text}” is no reason code. Nothing was changed.") from None
