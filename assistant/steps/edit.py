"""An edit form's fields become a new draft: what a person changed carries no quote; their reason stands for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from assistant.domain.draft import CaseLine, Draft, Finding, FindingCode, Intent, Reason, Resolution
from assistant.domain.errors import ReviewerMustAct

_SETTLED_BY = {
    FindingCode.MISSING_QUANTITY: "quantity",
    FindingCode.MISSING_LOT: "lot",
    FindingCode.MISSING_SERIAL: "serials",
}


def edited(draft: Draft, form: Mapping[str, str]) -> Draft:
    """Raises ReviewerMustAct naming the field that does not fit."""
    kept = [n for n in range(len(draft.lines)) if not form.get(f"drop-{n}")]
    lines = tuple(_line(n, draft.lines[n], form) for n in kept)
    findings = tuple(_findings(draft, kept, lines))
    if any(form.get(f"new-{name}", "").strip() for name in ("sku", "quantity", "lot", "serials")):
        if not form.get("new-sku", "").strip():
            raise ReviewerMustAct("The new line names no item. Nothing was changed.")
        blank = CaseLine(sku=None, quantity=None, uom=None, reason_code=Reason.OTHER)
        lines = (*lines, _line("new", blank, form))
    if draft.intent is not Intent.ADJUSTMENT and any(
        line.quantity is not None and line.quantity <= 0 for line in lines
    ):
        raise ReviewerMustAct("A quantity that comes back or is credited is more than zero. Nothing was changed.")
    order_nos = tuple(dict.fromkeys(line.order_no for line in lines if line.order_no))
    customer_id = form.get("customer_id", "").strip() or None
    try:
        resolution = Resolution(form.get("resolution", draft.resolution.value))
    except ValueError:
        raise ReviewerMustAct("That resolution is not one of ours. Nothing was changed.") from None
    return replace(
        draft,
        lines=lines,
        order_nos=order_nos or draft.order_nos,
        customer_id=customer_id or draft.customer_id,
        resolution=resolution,
        findings=findings,
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
        checks={name: check for name, check in line.checks.items() if name not in changed},
    )


def _findings(draft: Draft, kept: Sequence[int], lines: Sequence[CaseLine]) -> Iterator[Finding]:
    """What still stands: of the lines that were kept, at their new places, where no value settles it."""
    for finding in draft.findings:
        if finding.line is None:
            yield finding
        elif finding.line in kept:
            place = kept.index(finding.line)
            field = _SETTLED_BY.get(finding.code)
            if field is None or not getattr(lines[place], field):
                yield replace(finding, line=place)


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
