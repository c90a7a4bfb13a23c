"""What the rooms above the ground ask of the case store and of the world; adapters implement it.

A unit of work is one transaction: it commits when its block ends, and rolls back when the block raises. Each method
that changes something also writes one audit row in the same transaction, under the unit's actor; there is no other
way to change the store. Changing methods raise ChangedMeanwhile where somebody else was quicker and NotFound where
there is nothing of that id.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from assistant.domain.absence import Absence
from assistant.domain.approval import Decision
from assistant.domain.audit import Head, Signer
from assistant.domain.case import Case, CaseKind, Revision
from assistant.domain.draft import Draft
from assistant.domain.identity_ports import Brakes, Keys, Links, People, Sessions
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.mail import AUTOMATIC, Letter, MailKind, Queued
from assistant.domain.message import Arrival, Message
from assistant.domain.outside_ports import Edi, Events, Receipts, Webhooks
from assistant.domain.party import Party
from assistant.domain.person import Actor
from assistant.domain.policy import Judgement, Policy, PolicyVersion
from assistant.domain.posting import CreditHold, Hold, PlannedCall, Posting
from assistant.domain.slack_ports import SlackRecords
from assistant.domain.worklist import AuditRow, Broken, Inquiry, InquiryKind, Trouble, Verified


class Clock(Protocol):
    def now(self) -> datetime: ...
    def today(self) -> date: ...


class Messages(Protocol):
    def record(
        self, arrival: Arrival, internet_id: str = "", sender: str = "", subject: str = ""
    ) -> tuple[Message, bool]:
        """Keep the bytes, once; answers the message and whether it is new."""
        ...

    def get(self, message_id: str) -> Message: ...
    def raw(self, message_id: str) -> bytes: ...
    def keep_reading(self, message_id: str, reading: bytes) -> None:
        """Keep what was read of it, in place of an earlier reading; once it has a case, its reading stays."""
        ...

    def reading(self, message_id: str) -> bytes | None:
        """None where it was not read yet."""
        ...

    def move(self, message_id: str, event: MessageEvent, reason: str = "", case_id: str | None = None) -> Message:
        """Step its state by MESSAGE_TRANSITIONS; RUN_AGAIN also counts ``attempt`` up."""
        ...

    def with_internet_id(self, internet_id: str) -> tuple[Message, ...]: ...
    def of_case(self, case_id: str) -> tuple[Message, ...]:
        """The message that opened it, and those that were found to belong to it; oldest first."""
        ...

    def list(self, states: Iterable[MessageState] = (), limit: int = 100, after: str = "") -> tuple[Message, ...]:
        """Newest first; of all states where none are named; those after a message where that is named."""
        ...

    def unfinished(self, limit: int = 500) -> tuple[Message, ...]:
        """Recorded or working, oldest first: what the sweep picks up."""
        ...

    def counts(self) -> Mapping[str, int]: ...


class Cases(Protocol):
    def open(self, kind: CaseKind, party: Party, message_id: str, subject: str, draft: Draft) -> Case:
        """A new case in state draft, revision 1. A message opens one case at most: a second call answers the first."""
        ...

    def get(self, case_id: str) -> Case: ...
    def find(self, case_id: str) -> Case | None: ...
    def lock(self, case_id: str) -> Case:
        """Read it and keep others from changing it until this unit ends."""
        ...

    def revise(self, case_id: str, expected_revision: int, draft: Draft, why: str = "") -> Case:
        """A new revision by the unit's actor, and the event REVISE. Raises ChangedMeanwhile on another revision."""
        ...

    def move(self, case_id: str, event: CaseEvent, expected_revision: int, note: str = "") -> Case: ...
    def revisions(self, case_id: str) -> tuple[Revision, ...]: ...
    def of_message(self, message_id: str) -> Case | None: ...
    def list(self, states: Iterable[CaseState] = (), limit: int = 200, after: str = "") -> tuple[Case, ...]:
        """Newest first; of all states where none are named; those after a case where that is named."""
        ...

    def customer_before(self, address: str) -> str | None:
        """The customer of this sender's cases that people approved; None where there are none, or several."""
        ...

    def counts(self) -> Mapping[str, int]: ...
    def decide(self, decision: Decision) -> None:
        """Record a decision. Raises ChangedMeanwhile unless it is on the case's current revision, and where the
        revision was rejected, or the step or the person approved the same planned calls already."""
        ...

    def decisions(self, case_id: str) -> tuple[Decision, ...]: ...


class Judgements(Protocol):
    """What the policy said of cases; kept, never changed."""

    def keep(self, case_id: str, revision: int, judgement: Judgement) -> None:
        """Nothing happens where the revision's latest one under that policy says the same."""
        ...

    def latest(self, case_id: str, revision: int, policy_version: str = "") -> Judgement | None:
        """The last one of a revision; under one policy where that is named."""
        ...

    def since(self, day: date, limit: int = 10_000) -> tuple[tuple[str, Judgement], ...]:
        """(case, its last judgement) of cases judged since a day, by case."""
        ...


class Policies(Protocol):
    """The versions of the policy. A version's files never change; another text is another version."""

    def adopt(self, version: PolicyVersion) -> None:
        """Take in the policy that came with the program, where none holds yet: an upgrade changes nobody's rules.

        Raises OperatorMustAct where the same version was taken in with another text.
        """
        ...

    def propose(self, version: PolicyVersion) -> None: ...
    def decide(self, version: str, approved: bool, by: str, reason: str = "") -> PolicyVersion:
        """Raises ChangedMeanwhile where it is not proposed any more."""
        ...

    def get(self, version: str) -> PolicyVersion: ...
    def list(self) -> tuple[PolicyVersion, ...]:
        """By the day they come into force, the latest last."""
        ...

    def in_force(self, on: date) -> PolicyVersion | None:
        """Of those adopted or approved, the one that came into force last."""
        ...


class Absences(Protocol):
    def add(self, absence: Absence) -> Absence: ...
    def remove(self, absence_id: int) -> None: ...
    def on(self, day: date) -> tuple[Absence, ...]: ...
    def ahead(self, day: date) -> tuple[Absence, ...]:
        """Those that day and later ones, the next first."""
        ...


class Postings(Protocol):
    def hold(self, holds: Sequence[Hold]) -> None:
        """Reserve quantities for an approved case, under lock_order."""
        ...

    def lock_order(self, order_no: str) -> None:
        """Keep others from holding or releasing quantities of this order until this unit ends."""
        ...

    def held(self, order_no: str, sku: str, other_than: str = "") -> Decimal:
        """What other cases hold and the ERP does not know of yet."""
        ...

    def hold_credit(self, holds: Sequence[CreditHold]) -> None:
        """Reserve money of an order's line for an approved case, under lock_order."""
        ...

    def credit_held(self, order_no: str, sku: str, other_than: str = "") -> Decimal:
        """What other cases credit and the ERP does not know of yet."""
        ...

    def hold_serials(self, case_id: str, order_no: str, sku: str, serials: Sequence[str]) -> None:
        """Raises NothingLeft naming the serial that another case takes, or took, back."""
        ...

    def serial_holder(self, order_no: str, sku: str, serial: str) -> str | None:
        """The case that takes, or took, a serial back."""
        ...

    def release(self, case_id: str) -> None:
        """The ERP knows of it now: quantities and money are free again, serials stay taken back."""
        ...

    def give_up(self, case_id: str) -> None:
        """The case will not be posted: all that it held is free again."""
        ...

    def plan(self, case_id: str, revision: int, calls: Sequence[PlannedCall]) -> None: ...
    def start(self, key: str) -> None: ...
    def finish(self, key: str, document_no: str) -> None: ...
    def refuse(self, key: str, note: str) -> None: ...
    def of_case(self, case_id: str) -> tuple[Posting, ...]: ...
    def with_document(self, number: str) -> str | None:
        """The case that led to the ERP document of that number, its letters and leading zeros left out."""
        ...


class Outbox(Protocol):
    def queue(self, letter: Letter, key: str) -> Queued:
        """At most once a key: a second call answers the first letter."""
        ...

    def get(self, mail_id: str) -> Queued: ...
    def take(self, mail_id: str) -> Queued | None:
        """Mark waiting -> sending and count the attempt; None where it is not waiting any more."""
        ...

    def sent(self, mail_id: str) -> None: ...
    def put_back(self, mail_id: str, note: str, next_try_at: datetime | None = None) -> None:
        """The server did not take it, or a person asks for it again: waiting, until then if that is given."""
        ...

    def give_up(self, mail_id: str, note: str) -> None: ...
    def bounced(self, mail_id: str, note: str) -> None:
        """It was sent, and a delivery report says that it did not arrive."""
        ...

    def waiting(self, limit: int = 500) -> tuple[Queued, ...]:
        """Those whose time has come."""
        ...

    def counted(
        self, since: datetime, kinds: Iterable[MailKind] = AUTOMATIC, *, case_id: str = "", recipient: str = ""
    ) -> int:
        """Letters of these kinds queued since then: of a case, to an address, or both."""
        ...

    def of_case(self, case_id: str) -> tuple[Queued, ...]: ...
    def with_internet_id(self, internet_id: str) -> Queued | None: ...


class Worklist(Protocol):
    def ask_agent(self, kind: InquiryKind, message_id: str, case_id: str | None, text: str, draft: str = "") -> Inquiry:
        """One open inquiry a message: a second call answers the first. ``draft``: JSON of a request of its own."""
        ...

    def close_inquiry(self, inquiry_id: int) -> None: ...
    def inquiries(self, limit: int = 200) -> tuple[Inquiry, ...]:
        """The open ones, oldest first."""
        ...

    def raise_trouble(self, subject: str, cause: str, kept: str, next_step: str) -> Trouble:
        """One open trouble a subject: a second call renews its cause."""
        ...

    def resolve_trouble(self, subject: str) -> None:
        """Nothing happens where none is open."""
        ...

    def latest_trouble(self, subject: str) -> Trouble | None:
        """The last one raised, open or resolved."""
        ...

    def troubles(self, limit: int = 200) -> tuple[Trouble, ...]: ...


class Retention(Protocol):
    def due_cases(self, before: datetime, limit: int = 100) -> tuple[str, ...]:
        """Finished, not changed since, and not erased yet."""
        ...

    def due_messages(self, before: datetime, limit: int = 100) -> tuple[str, ...]: ...
    def erase_case(self, case_id: str, policy_version: str) -> tuple[str, ...]:
        """What people wrote, in it and in its messages; answers those."""
        ...

    def erase_message(self, message_id: str, policy_version: str) -> None: ...


class Audit(Protocol):
    def append(self, stream: str, event: str, details: Mapping[str, Any]) -> AuditRow: ...
    def append_all(self, stream: str, told: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Events with their details, one after the other."""
        ...

    def rows(self, stream: str) -> tuple[AuditRow, ...]: ...
    def all_rows(self, stream: str = "") -> Iterator[AuditRow]:
        """Every row, or those of one stream, by stream and sequence, read as they are asked for."""
        ...

    def seal(self, signer: Signer) -> Head:
        """Sign where every stream stands. Where nothing was written since the last head: that one again."""
        ...

    def sealed_at(self) -> datetime | None:
        """When the last head was signed; None where none was."""
        ...

    def verify(self, trusted: frozenset[str] = frozenset(), against: Head | None = None) -> Verified | Broken:
        """``trusted`` are public keys; heads have to be signed by one of them. ``against`` was kept elsewhere."""
        ...


class Unit(Protocol):
    @property
    def messages(self) -> Messages: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def judgements(self) -> Judgements: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def postings(self) -> Postings: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def worklist(self) -> Worklist: ...
    @property
    def people(self) -> People: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def brakes(self) -> Brakes: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def links(self) -> Links: ...
    @property
    def slack(self) -> SlackRecords: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def events(self) -> Events: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def edi(self) -> Edi: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def audit(self) -> Audit: ...


class Store(Protocol):
    def unit(self, actor: Actor) -> AbstractContextManager[Unit]: ...


class Rules(Protocol):
    """Which policy holds on a day. Raises OperatorMustAct where none does: then nothing can be approved."""

    def in_force(self, unit: Unit, on: date) -> Policy: ...


class Post(Protocol):
    """Sends mail. Raises an OperatorMustAct where it could not be handed over: LetterNotTaken with whether trying again
    can help, LetterUnconfirmed where nobody here can tell whether it was."""

    def send(self, mail: Queued) -> None: ...
