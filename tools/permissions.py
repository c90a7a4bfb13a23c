"""Which scopes our own callers hold. A scope that is not listed here is held by nobody."""

from tools.contract import Caller

ERP_READ = "erp.read"
POLICY_READ = "policy.read"
CASE_READ = "case.read"
CASE_DRAFT = "case.draft"
CASE_PROPOSE = "case.propose"
ERP_POST = "erp.post"

WORKER = Caller(kind="program", id="worker", scopes=frozenset({ERP_READ, CASE_DRAFT, CASE_PROPOSE}))
POSTING = Caller(kind="program", id="posting", scopes=frozenset({ERP_POST}))
MODEL_SCOPES = frozenset({ERP_READ, POLICY_READ, CASE_READ})


def model_for(customer_id: str) -> Caller:
    """A model working on one customer's request: it reads that customer's records, and no more."""
    return Caller(kind="model", id="model", scopes=MODEL_SCOPES, customer_id=customer_id)


def assistant_of(person_id: str, *, cases: bool = True) -> Caller:
    """A program or model that works for one of our people over REST, MCP or in Slack: it reads, and no more.

    Without ``cases`` it sees none: a key holds that right apart.
    """
    scopes = MODEL_SCOPES if cases else MODEL_SCOPES - {CASE_READ}
    return Caller(kind="model", id=f"for {person_id}", scopes=scopes)
