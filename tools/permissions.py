"""Which scopes our own callers hold. A scope that is not listed here is held by nobody."""

from tools.contract import Caller

ERP_READ = "erp.read"
CASE_DRAFT = "case.draft"
CASE_PROPOSE = "case.propose"
ERP_POST = "erp.post"

WORKER = Caller(kind="program", id="worker", scopes=frozenset({ERP_READ, CASE_DRAFT, CASE_PROPOSE}))
POSTING = Caller(kind="program", id="posting", scopes=frozenset({ERP_POST}))
MODEL_SCOPES = frozenset({ERP_READ})


def model_for(customer_id: str) -> Caller:
    """A model working on one customer's request: it reads that customer's records, and no more."""
    return Caller(kind="model", id="model", scopes=MODEL_SCOPES, customer_id=customer_id)
