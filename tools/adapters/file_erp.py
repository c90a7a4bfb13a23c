"""An ERP to look things up in, held in memory from a file in the import format; nothing can be posted to it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tools.adapters.import_file import addresses_of, codes_of, master_data, references_of, words_of
from tools.adapters.names import named
from tools.erp import Company, Customer, Found, Item, Order, ReferenceKind, spelled


class FileErp:
    """Implements tools.erp.ErpReader. Raises ValueError or KeyError where the data do not fit the format."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        known = master_data(data)
        self._company = known.company
        self._customers = {customer.id: customer for customer in known.customers}
        self._items = {item.sku: item for item in known.items}
        self._orders = {spelled(order.order_no): order for order in known.orders}
        self._addresses: dict[str, list[Customer]] = defaultdict(list)
        self._codes: dict[str, list[tuple[str | None, Item]]] = defaultdict(list)
        self._words: dict[str, list[str]] = defaultdict(list)
        self._references: dict[str, list[Found]] = defaultdict(list)
        self._orders_of: dict[str, list[Order]] = defaultdict(list)
        for customer in sorted(known.customers, key=lambda c: c.id):
            for address in addresses_of(customer):
                self._addresses[address].append(customer)
        for item in sorted(known.items, key=lambda i: i.sku):
            for code, only in codes_of(item):
                self._codes[spelled(code)].append((only, item))
            for word in words_of(item.description):
                self._words[word].append(item.sku)
        for order in sorted(known.orders, key=lambda o: (o.ordered_on, o.order_no)):
            self._orders_of[order.customer_id].append(order)
            for reference, found in references_of(order):
                self._references[spelled(reference)].append(found)

    def company(self) -> Company:
        return self._company

    def customer(self, customer_id: str) -> Customer | None:
        return self._customers.get(customer_id)

    def customers_by_email(self, address: str) -> tuple[Customer, ...]:
        address = address.strip().lower()
        found = self._addresses.get(address) or self._addresses.get("@" + address.rpartition("@")[2])
        return tuple(found or ())

    def customers_named(self, words: str) -> tuple[Customer, ...]:
        return named(words, self._customers.values())

    def mail_domains(self) -> frozenset[str]:
        owned = (key[1:] for key in self._addresses if key.startswith("@"))
        return frozenset((*owned, self._company.domain))

    def order(self, order_no: str) -> Order | None:
        return self._orders.get(spelled(order_no))

    def find(self, reference: str, kinds: Sequence[ReferenceKind] = ()) -> tuple[Found, ...]:
        found = self._references.get(spelled(reference), ())
        return tuple(hit for hit in found if not kinds or hit.kind in kinds)

    def orders_of(self, customer_id: str, limit: int = 50) -> tuple[Order, ...]:
        return tuple(reversed(self._orders_of.get(customer_id, [])))[:limit]

    def item(self, sku: str) -> Item | None:
        return self._items.get(sku)

    def items_by_code(self, code: str, customer_id: str | None = None) -> tuple[Item, ...]:
        found = self._codes.get(spelled(code), ())
        return tuple(dict.fromkeys(item for only, item in found if only is None or only == customer_id))

    def items_like(self, words: str, limit: int = 10) -> tuple[Item, ...]:
        shared = Counter(sku for word in words_of(words) for sku in self._words.get(word, ()))
        best = sorted(shared, key=lambda sku: (-shared[sku], sku))
        return tuple(self._items[sku] for sku in best[:limit])

    def returned(self, order_no: str, sku: str) -> Decimal:
        """Nothing: nobody posts here."""
        del order_no, sku
        return Decimal(0)

    def credited(self, order_no: str, sku: str) -> Decimal:
        """Nothing: nobody posts here."""
        del order_no, sku
        return Decimal(0)
