"""How people and their programs show who they are: sessions, keys of the API, accounts elsewhere that are theirs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Way = Literal["password", "oidc"]
LinkKind = Literal["slack", "email", "oidc"]


class KeyScope(StrEnum):
    """What a key of the API may be used for. There is none for deciding: people decide, signed in."""

    MESSAGES_WRITE = "messages.write"
    MESSAGES_READ = "messages.read"
    CASES_READ = "cases.read"
    TOOLS_READ = "tools.read"
    EVENTS_READ = "events.read"
    EVENTS_WRITE = "events.write"  # what warehouses and carriers report of cases
    WEBHOOKS_WRITE = "webhooks.write"
    EDI_WRITE = "edi.write"
    EDI_READ = "edi.read"
    EXPORTS_READ = "exports.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Signed in, until ``ends_at`` at the latest. ``token_hash`` is the SHA-256 of what the browser holds."""

    token_hash: str
    person_id: str
    way: Way
    address: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """``secret_hash`` is the SHA-256 of the secret half; the secret itself is shown once and kept nowhere."""

    id: str
    name: str
    person_id: str
    scopes: frozenset[KeyScope]
    secret_hash: str
    made_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    used_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An account elsewhere, proven to be a person's: ``value`` is its id there (Slack: ``team/user``)."""

    kind: LinkKind
    value: str
    person_id: str
    proof: str
    proven_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A one-time code on offer. ``value`` is the account it was sent to; '' where any account may bring it."""

    code_hash: str
    kind: LinkKind
    value: str
    person_id: str
    ends_at: datetime
