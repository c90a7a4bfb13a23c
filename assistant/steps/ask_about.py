"""Ask about: the common questions about cases, orders and the policy, answered by rules, with where it stands.

Only our own people ask, and every look goes through the gate. What the rules don't know goes to a model that may read
through the gate, too, where one is set up.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from assistant.domain.money import plain
from assistant.domain.person import Person
from tools.contract import Completed, Result, ToolCall
from tools.erp import ErpReader
from tools.gate import Gate
from tools.permissions import assistant_of
from tools.schemas import CaseOut, CasePolicy, CasesOut, OrderOut, OrdersOut, PassagesOut

_FREE = re.IGNORECASE
_THINGS = r"(?:cases|returns|credits|requests)"
_CASE = re.compile(r"\bBH[- ]?(\d{3,})\b", _FREE)
_DOCUMENT = re.compile(
    r"\b(?:RMA|CM|ADJ)[-\s#:]*(?:no\.?\s*)?(\d{3,})\b|\b(?:credit memo|adjustment)\s+#?(\d{3,})\b", _FREE
)
_ASKS = re.compile(
    r"^\W*(?:where|what|which|who|when|why|how|is|are|was|has|have|did|does|do|can|could|show|list|find|status|any|tell"
    r"|open|policy)\b|\?\s*$",
    _FREE,
)
_LISTS = re.compile(
    rf"\b(?:open|waiting|pending|all)\b.*\b{_THINGS}\b|\bcases\b.*\b(?:open|waiting)\b"
    rf"|\bhow many\b.*\b{_THINGS}\b",
    _FREE,
)
_ABOVE = re.compile(
    r"(?:\babove|\bover|\bmore than|\bgreater than|>|\bexceeding)\s*\$?\s*([\d,]*\d(?:\.\d+)?)\s*(k)?\b", _FREE
)
_OF_WHOM = re.compile(r"\bof\s+((?!RMA\b|BH-)[A-Z][\w&.'-]*(?:\s+(?:&\s+)?[A-Z][\w&.'-]*)*)")
_POLICY = re.compile(r"\b(?:policy|policies|rules?|allowed|return window|restocking|accept)\b", _FREE)
_ORDER = re.compile(r"\b(?:order|po|invoice|shipment|tracking)\b\W*(?:no\.?|number|#)?\s*([A-Z0-9][\w/-]{3,30})", _FREE)
_CREDIT_WORDS = re.compile(
    r"\b(?:wants?|needs?|would like|returning|send(?:ing)? back|credit for|damaged|broken|defective|wrong item)\b",
    _FREE,
)
_WHY = re.compile(r"\bwhy\b|\bpolicy\b|\bwhich (?:rows?|rules?|approvals?)\b", _FREE)
_ASKS_OF_CASE = re.compile(r"^\W*(?:who|why|where|what|which|when)\b.*\bBH[- ]?\d{3,}\b", _FREE)
_MOST_SHOWN = 15
Found = TypeVar("Found", bound=Result)
_CANT = (
    "I can't answer that. I know cases (“where is BH-1001”, “where is RMA 1042”), lists (“open cases of Lomax above "
    "5,000”), orders (“order KS-700121”) and the returns policy (“what is our policy on opened chemicals”)."
)


@dataclass(frozen=True, slots=True)
class AskAbout:
    """``agent`` answers what the rules don't know; it is given the question and whose it is. None: nobody does."""

    erp: ErpReader
    gate: Gate
    own_url: str
    agent: Callable[[str, Person], str | None] | None = None

    def answer(self, text: str, person: Person, case_id: str | None = None) -> str | None:
        """None where it is no question: then it is a request. ``case_id`` is what the thread is about."""
        if not is_question(text):
            return None
        for rule in (self._case, self._document, self._list, self._policy, self._order):
            if (found := rule(text, person)) is not None:
                return found
        if case_id is not None and len(text) < 200:
            return self._status(case_id, person) or _CANT
        if self.agent is not None and (found := self.agent(text, person)) is not None:
            return _plain(found)
        return _CANT

    # -- rules

    def _case(self, text: str, person: Person) -> str | None:
        if (named := _CASE.search(text)) is None:
            return None
        wanted = f"BH-{named[1]}"
        if _WHY.search(text) and (said := self._look("case_policy", CasePolicy, person, reference=wanted)) is not None:
            return _told_policy(said, self._link(wanted))
        return self._status(wanted, person) or f"There is no case {wanted}."

    def _document(self, text: str, person: Person) -> str | None:
        if (named := _DOCUMENT.search(text)) is None:
            return None
        number = named[1] or named[2]
        found = self._status(number, person)
        return found or f"No case of ours led to a document {number}; it may be older, look in the ERP."

    def _list(self, text: str, person: Person) -> str | None:
        if not _LISTS.search(text):
            return None
        above = _amount(text)
        names = [customer.name for customer in self.erp.customers_named(text)]
        if not names and (called := _OF_WHOM.search(text)) is not None:
            return f"No customer of ours is called {_plain(called[1])}."
        found = self._look("find_cases", CasesOut, person, customer=" and ".join(names), above=above)
        if found is None:
            return None
        whose = f" of {_plain(' and '.join(names))}" if names else ""
        more = f" above {above:,.2f}" if above is not None else ""
        head = f"{found.total} open case{'' if found.total == 1 else 's'}{whose}{more}"
        rows = [
            f"• {self._link(case.case_id)} {case.state.replace('_', ' ')}, {case.amount:,.2f} {case.currency}: "
            f"{_short(case.summary)}"
            for case in found.cases[:_MOST_SHOWN]
        ]
        if found.total > len(rows):
            rows.append(f"… and {found.total - len(rows)} more in the workbench.")
        return "\n".join([f"{head}{':' if rows else '.'}", *rows, *(["_From the case store._"] if rows else [])])

    def _policy(self, text: str, person: Person) -> str | None:
        if not _POLICY.search(text):
            return None
        found = self._look("policy_passages", PassagesOut, person, about=text)
        passages = found.passages if found is not None else ()
        if not passages:
            return "I have no text of the returns policy here; the case pages show what its tables say of a case."
        told = [f"*{_plain(each.heading) or 'Returns policy'}*\n>{_short(each.text, 600)}" for each in passages]
        return "\n".join([*told, "_From the returns policy._"])

    def _order(self, text: str, person: Person) -> str | None:
        if (named := _ORDER.search(text)) is None or not any(sign.isdigit() for sign in named[1]):
            return None
        if (found := self._look("lookup_order", OrdersOut, person, reference=named[1])) is None:
            return None
        orders = found.orders
        if not orders:
            return f"No order has the reference {_plain(named[1])}."
        return "\n".join(self._told_order(order) for order in orders[:5])

    # -- in words

    def _look(self, tool: str, gives: type[Found], person: Person, **arguments: object) -> Found | None:
        """None where the gate denies it, or the tool gives no answer."""
        outcome = self.gate.call(ToolCall(tool, arguments), assistant_of(person.id))
        return outcome.result if isinstance(outcome, Completed) and isinstance(outcome.result, gives) else None

    def _status(self, reference: str, person: Person) -> str | None:
        found = self._look("case_status", CasesOut, person, reference=reference)
        cases = found.cases if found is not None else ()
        return self._told(cases[0]) if cases else None

    def _told(self, case: CaseOut) -> str:
        posted = f" Documents: {', '.join(case.documents)}." if case.documents else ""
        last = f" Last decision: {case.decisions[-1].verdict} by {case.decisions[-1].by}." if case.decisions else ""
        return (
            f"{self._link(case.case_id)} ({_plain(case.customer or 'no customer')}, {case.kind}) is "
            f"*{case.state.replace('_', ' ')}*, worth {case.amount:,.2f} {case.currency}, opened "
            f"{case.opened_on:%d %b %Y}.{posted}{last}\n>{_short(case.summary)}\n_From the case store._"
        )

    def _told_order(self, order: OrderOut) -> str:
        customer = self.erp.customer(order.customer_id)
        goods = ", ".join(f"{plain(line.quantity)} {line.uom} {line.sku}" for line in order.lines[:10])
        who = _plain(customer.name if customer is not None else order.customer_id)
        delivered = f", delivered {order.delivered_on}" if order.delivered_on else ", not delivered yet"
        return f"*{order.order_no}* of {who}, PO {_plain(order.customer_po)}{delivered}: {goods}\n_From the ERP._"

    def _link(self, case_id: str) -> str:
        return f"<{self.own_url.rstrip('/')}/cases/{case_id}|{case_id}>"


def _told_policy(said: CasePolicy, link: str) -> str:
    """The rows that ask for an approval or refuse a line; why a case goes where it goes."""
    told = [row for row in said.rows if row.asks or row.refuses]
    if not told:
        if said.policy_version:
            return (
                f"No row of the policy {said.policy_version} asks for an approval of {link}, or refuses a line of it."
            )
        return f"The policy has not been asked about {link} yet."
    rows = dict.fromkeys(
        f"• line {row.line}: {_plain(row.says)} ({row.row}, {'refused' if row.refuses else row.asks.replace('_', ' ')})"
        for row in told
    )
    return "\n".join([f"What the policy says of {link}:", *rows, f"_From the policy {said.policy_version}._"])


def is_question(text: str) -> bool:
    """A short sentence that asks, and asks for no return or credit; of a case it may ask who needs to do what."""
    said = text.strip()
    if not said or len(said) > 500 or not _ASKS.search(said):
        return False
    return not _CREDIT_WORDS.search(said) or bool(_ASKS_OF_CASE.search(said))


def _amount(text: str) -> Decimal | None:
    found = _ABOVE.search(text)
    return None if found is None else Decimal(found[1].replace(",", "")) * (1000 if found[2] else 1)


def _short(text: str, most: int = 160) -> str:
    words = " ".join(text.split())
    short = words if len(words) <= most else f"{words[: most - 2].rsplit(' ', 1)[0]} …"
    return _plain(short)


def _plain(text: str) -> str:
    """Somebody's words: they call nobody and link nowhere in Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
