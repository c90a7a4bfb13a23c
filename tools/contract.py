"""What a governed tool is, who calls it, and the four ways a call can end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict


class Effect(StrEnum):
    READ = "read"  # looks something up
    DRAFT = "draft"  # writes a draft of ours, that nobody acts on yet
    PROPOSE = "propose"  # puts something before people, or asks the sender
    COMMIT = "commit"  # changes the ERP: only with an approval bound to exactly this call


class Arguments(BaseModel):
    """Base of every tool's input: unknown fields are refused, values can't be changed after validation."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Result(BaseModel):
    """Base of every tool's output."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls. ``customer_id`` bounds what the caller may see (None: not bound to one customer).

    A model never commits, whatever scopes it is given.
    """

    kind: Literal["person", "program", "model"]
    id: str
    scopes: frozenset[str]
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What an approval is given to, beside the tool and its arguments. '' and 0 where there is no case."""

    case_id: str = ""
    revision: int = 0
    policy_version: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A wish to use a tool. ``key`` makes a commit repeatable: the same key never takes effect twice."""

    tool: str
    arguments: Mapping[str, Any]
    binding: Binding = field(default_factory=Binding)
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One entry of the catalog. ``run`` gets validated arguments, the call and its caller.

    ``owners`` names the customers whose records a result shows. A caller bound to one customer can use only tools that
    name them, and gets only what is that customer's: ``run`` keeps to it, and the gate looks again.
    """

    name: str
    version: str
    effect: Effect
    scope: str
    summary: str
    takes: type[Arguments]
    gives: type[Result]
    run: Callable[[Any, ToolCall, Caller], Result]
    owners: Callable[[Any], frozenset[str]] | None = None
    max_argument_bytes: int = 64_000
    max_result_bytes: int = 2_000_000
    max_calls_per_minute: int = 600


@dataclass(frozen=True, slots=True)
class Completed:
    result: Result


@dataclass(frozen=True, slots=True)
class Denied:
    """``reason`` is one of unknown_tool, bad_arguments, scope, data_scope, too_large, rate, refused."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class AwaitingApproval:
    """A commit that no approval covers. ``digest`` is what an approval would have to be bound to."""

    digest: str


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The tool was started and did not answer. Look the key up before anything is tried again."""

    key: str
    message: str


Outcome = Completed | Denied | AwaitingApproval | OutcomeUnknown


class Refused(Exception):
    """A tool says no, for a reason that people can read; nothing was written."""


class Unanswered(Exception):
    """A tool does not know whether what it asked for has happened."""


class AuditPort(Protocol):
    """Where the gate writes what was asked and how it ended; the store implements it."""

    def called(self, caller: Caller, call: ToolCall, digest: str) -> str:
        """Record the intent, durably; answers an id for the outcome."""
        ...

    def ended(self, call_id: str, caller: Caller, call: ToolCall, outcome: Outcome) -> None: ...
    def looked(self, caller: Caller, call: ToolCall, digest: str, outcome: Outcome) -> None:
        """Record intent and outcome together, durably, of what changes nothing."""
        ...


class ApprovalPort(Protocol):
    """Whether people approved exactly this; the store implements it."""

    def covers(self, digest: str, binding: Binding) -> bool:
        """True where an approval of the case's current revision is bound to that digest, and still stands."""
        ...
