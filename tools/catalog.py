"""The catalog: every tool there is, with its schema, effect and scope. Built from an ERP, a case desk and a book."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from tools.case_book import CaseBook, Run, case_tools
from tools.contract import Arguments, Caller, Effect, Refused, Result, Tool, ToolCall, Unanswered
from tools.erp import (
    AdjustmentLine,
    CreditLine,
    Erp,
    ErpRefused,
    ErpSilent,
    Order,
    Posted,
    ReturnLine,
)
from tools.permissions import CASE_DRAFT, CASE_PROPOSE, ERP_POST, ERP_READ
from tools.schemas import (
    AdjustmentIn,
    CaseNow,
    CaseRevision,
    CreditIn,
    CustomerAddress,
    CustomerOut,
    CustomersOut,
    DocumentOut,
    DraftIn,
    DraftSaved,
    DraftUpdate,
    Eligibility,
    ItemCode,
    ItemOut,
    ItemsOut,
    OrderItem,
    OrderLineOut,
    OrderOut,
    OrderReference,
    OrdersOut,
    ReturnIn,
)


class CaseDesk(Protocol):
    """What the case tools ask of the application. Raises Refused where a rule says no."""

    def save_draft(self, message_id: str, draft: Mapping[str, Any]) -> tuple[str, int]: ...
    def update_draft(
        self, message_id: str, case_id: str, revision: int, draft: Mapping[str, Any], why: str
    ) -> tuple[str, int]: ...
    def submit(self, case_id: str, revision: int) -> str: ...
    def ask_sender(self, case_id: str, revision: int) -> str: ...


def catalog(erp: Erp, desk: CaseDesk, book: CaseBook) -> Mapping[str, Tool]:
    """Every tool by its name. Nothing else can be called."""
    tools = (*_reading(erp), *case_tools(book), *_drafting(desk), *_posting(erp))
    return {tool.name: tool for tool in tools}


def _reading(erp: Erp) -> Sequence[Tool]:
    def lookup_order(asked: OrderReference, _call: ToolCall, caller: Caller) -> Result:
        numbers = dict.fromkeys(found.order_no for found in erp.find(asked.reference))
        orders = [order for number in numbers if (order := erp.order(number)) is not None]
        return OrdersOut(orders=tuple(_order_out(o) for o in orders if _may_see(caller, o.customer_id)))

    def lookup_customer(asked: CustomerAddress, _call: ToolCall, caller: Caller) -> Result:
        found = [c for c in erp.customers_by_email(asked.email) if _may_see(caller, c.id)]
        return CustomersOut(
            customers=tuple(
                CustomerOut(id=c.id, name=c.name, tier=c.tier, return_window_days=c.return_window_days) for c in found
            )
        )

    def item_status(asked: ItemCode, _call: ToolCall, caller: Caller) -> Result:
        fields = ItemOut.model_fields
        found = erp.items_by_code(asked.code, caller.customer_id)
        return ItemsOut(items=tuple(ItemOut(**{name: getattr(item, name) for name in fields}) for item in found))

    def credit_eligibility(asked: OrderItem, _call: ToolCall, caller: Caller) -> Result:
        order = erp.order(asked.order_no)
        line = order.line_of(asked.sku) if order is not None and _may_see(caller, order.customer_id) else None
        if order is None or line is None:
            raise Refused(f"there is no {asked.sku} on an order {asked.order_no}")
        shipped, returned = order.shipped(asked.sku), erp.returned(order.order_no, asked.sku)
        return Eligibility(
            customer_id=order.customer_id,
            shipped=shipped,
            returned=returned,
            left=max(shipped - returned, Decimal(0)),
            unit_price=line.unit_price,
            currency=order.currency,
        )

    def reading(
        name: str,
        summary: str,
        takes: type[Arguments],
        gives: type[Result],
        run: Run,
        owners: Callable[[Any], frozenset[str]],
    ) -> Tool:
        return Tool(
            name=name,
            version="1",
            effect=Effect.READ,
            scope=ERP_READ,
            summary=summary,
            takes=takes,
            gives=gives,
            run=_erp_answers(run),
            owners=owners,
            max_argument_bytes=1_000,
        )

    return (
        reading(
            "lookup_order",
            "Orders that a reference (our number, PO, invoice, shipment, tracking, lot, serial) leads to.",
            OrderReference,
            OrdersOut,
            lookup_order,
            lambda found: frozenset(order.customer_id for order in found.orders),
        ),
        reading(
            "lookup_customer",
            "Customers an email address belongs to.",
            CustomerAddress,
            CustomersOut,
            lookup_customer,
            lambda found: frozenset(customer.id for customer in found.customers),
        ),
        reading(
            "item_status",
            "Items by SKU, maker's part number or UPC.",
            ItemCode,
            ItemsOut,
            item_status,
            lambda _: frozenset(),  # what is on sale is everybody's to know
        ),
        reading(
            "credit_eligibility",
            "What was shipped, has come back and can still come back of an order's item, and its price.",
            OrderItem,
            Eligibility,
            credit_eligibility,
            lambda found: frozenset({found.customer_id}),
        ),
    )


def _drafting(desk: CaseDesk) -> Sequence[Tool]:
    def save_draft(asked: DraftIn, _call: ToolCall, _caller: Caller) -> Result:
        case_id, revision = desk.save_draft(asked.message_id, asked.draft)
        return DraftSaved(case_id=case_id, revision=revision)

    def update_draft(asked: DraftUpdate, _call: ToolCall, _caller: Caller) -> Result:
        told = asked.message_id, asked.case_id, asked.revision, asked.draft, asked.why
        case_id, revision = desk.update_draft(*told)
        return DraftSaved(case_id=case_id, revision=revision)

    def submit(asked: CaseRevision, _call: ToolCall, _caller: Caller) -> Result:
        return CaseNow(state=desk.submit(asked.case_id, asked.revision))

    def ask_sender(asked: CaseRevision, _call: ToolCall, _caller: Caller) -> Result:
        return CaseNow(state=desk.ask_sender(asked.case_id, asked.revision))

    return (
        Tool(
            name="save_draft",
            version="1",
            effect=Effect.DRAFT,
            scope=CASE_DRAFT,
            summary="Keep the draft of a message's request as a case.",
            takes=DraftIn,
            gives=DraftSaved,
            run=save_draft,
            max_argument_bytes=4_000_000,
        ),
        Tool(
            name="update_draft",
            version="1",
            effect=Effect.DRAFT,
            scope=CASE_DRAFT,
            summary="Keep what a customer's answer changes in a case as its next revision.",
            takes=DraftUpdate,
            gives=DraftSaved,
            run=update_draft,
            max_argument_bytes=4_000_000,
        ),
        Tool(
            name="submit_for_approval",
            version="1",
            effect=Effect.PROPOSE,
            scope=CASE_PROPOSE,
            summary="Put a case's current revision before the reviewers.",
            takes=CaseRevision,
            gives=CaseNow,
            run=submit,
        ),
        Tool(
            name="ask_sender",
            version="1",
            effect=Effect.PROPOSE,
            scope=CASE_PROPOSE,
            summary="Send the sender the open questions of a case, all in one mail.",
            takes=CaseRevision,
            gives=CaseNow,
            run=ask_sender,
        ),
    )


def _posting(erp: Erp) -> Sequence[Tool]:
    def authorise_return(asked: ReturnIn, call: ToolCall, _caller: Caller) -> Result:
        lines = [ReturnLine(**line.model_dump()) for line in asked.lines]
        return _document(erp.authorise_return(call.key, asked.customer_id, lines))

    def post_credit_memo(asked: CreditIn, call: ToolCall, _caller: Caller) -> Result:
        lines = [CreditLine(**line.model_dump()) for line in asked.lines]
        return _document(erp.post_credit_memo(call.key, asked.customer_id, asked.currency, lines))

    def post_adjustment(asked: AdjustmentIn, call: ToolCall, _caller: Caller) -> Result:
        lines = [AdjustmentLine(**line.model_dump()) for line in asked.lines]
        return _document(erp.post_adjustment(call.key, lines))

    def committing(name: str, summary: str, takes: type[Arguments], run: Run, version: str = "1") -> Tool:
        return Tool(
            name=name,
            version=version,
            effect=Effect.COMMIT,
            scope=ERP_POST,
            summary=summary,
            takes=takes,
            gives=DocumentOut,
            run=_erp_answers(run),
        )

    return (
        committing("authorise_return", "Open the RMA that lets goods come back.", ReturnIn, authorise_return),
        committing("post_credit_memo", "Credit the customer.", CreditIn, post_credit_memo, "2"),
        committing("post_adjustment", "Correct the stock.", AdjustmentIn, post_adjustment),
    )


def _erp_answers(run: Run) -> Run:
    def answered(arguments: Any, call: ToolCall, caller: Caller) -> Result:
        try:
            return run(arguments, call, caller)
        except ErpRefused as refusal:
            raise Refused(str(refusal)) from refusal
        except ErpSilent as silence:
            raise Unanswered(str(silence)) from silence

    return answered


def _may_see(caller: Caller, customer_id: str) -> bool:
    return caller.customer_id is None or caller.customer_id == customer_id


def _order_out(order: Order) -> OrderOut:
    delivered = [s.delivered_on for s in order.shipments if s.delivered_on is not None]
    return OrderOut(
        order_no=order.order_no,
        customer_id=order.customer_id,
        customer_po=order.customer_po,
        ordered_on=order.ordered_on,
        delivered_on=max(delivered, default=None),
        lines=tuple(
            OrderLineOut(
                sku=line.sku,
                quantity=line.quantity,
                uom=line.uom,
                shipped=order.shipped(line.sku),
                lots=order.lots(line.sku),
                serials=order.serials(line.sku),
            )
            for line in order.lines
        ),
    )


def _document(posted: Posted) -> DocumentOut:
    return DocumentOut(document_no=posted.document_no, kind=posted.kind)
