"""The sandbox ERP's tables: records whole as JSON, and the index rows that lead to them."""

from sqlalchemy import Column, Index, MetaData, String, Table, Text

metadata = MetaData()

company = Table("company", metadata, Column("body", Text, nullable=False))
customers = Table("customers", metadata, Column("id", String, primary_key=True), Column("body", Text, nullable=False))
addresses = Table(
    "addresses",
    metadata,
    Column("address", String, primary_key=True),  # an address, or '@domain'
    Column("customer_id", String, primary_key=True),
)
items = Table("items", metadata, Column("sku", String, primary_key=True), Column("body", Text, nullable=False))
item_codes = Table(
    "item_codes",
    metadata,
    Column("key", String, nullable=False, index=True),
    Column("sku", String, nullable=False),
    Column("customer_id", String),
)
item_words = Table(
    "item_words", metadata, Column("word", String, primary_key=True), Column("sku", String, primary_key=True)
)
orders = Table(
    "orders",
    metadata,
    Column("key", String, primary_key=True),
    Column("order_no", String, nullable=False, unique=True),
    Column("customer_id", String, nullable=False),
    Column("ordered_on", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("orders_of_customer", "customer_id", "ordered_on"),
)
references = Table(
    "order_references",
    metadata,
    Column("key", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("order_no", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("sku", String),
    Column("ordered_on", String, nullable=False),
)
returns = Table(
    "returns",
    metadata,
    Column("key", String, nullable=False),
    Column("order_no", String, nullable=False),
    Column("sku", String, nullable=False),
    Column("quantity", String, nullable=False),
    Index("returns_of_line", "order_no", "sku"),
)
credits = Table(
    "credits",
    metadata,
    Column("key", String, nullable=False),
    Column("order_no", String, nullable=False),
    Column("sku", String, nullable=False),
    Column("amount", String, nullable=False),
    Index("credits_of_line", "order_no", "sku"),
)
documents = Table(
    "documents",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("number", String, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)

MASTER = (company, customers, addresses, items, item_codes, item_words, orders, references)
