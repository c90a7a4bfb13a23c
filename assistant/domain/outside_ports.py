"""What the rooms above the ground ask of the store and the world about other programs: receipts, events, webhooks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.edi import Outgoing, OutKind, Received, Unanswered
from assistant.domain.event import Delivery, DeliveryState, Event, Webhook


class Receipts(Protocol):
    """What came of requests that named a key of their own (Idempotency-Key), so that a repeated one does nothing."""

    def find(self, person_id: str, key: str, request_sha256: str) -> str | None:
        """What an earlier request of this key was about; None for a new key, which this unit now holds.

        Raises SenderMustAct where that request was another one.
        """
        ...

    def keep(self, person_id: str, key: str, request_sha256: str, subject: str) -> None: ...


class Events(Protocol):
    """What happened, for other programs. Written in the transaction of what it tells of."""

    def add(self, kind: str, case_id: str, data: Mapping[str, Any]) -> Event:
        """Keep it, and queue it for every webhook that asked for its type."""
        ...

    def get(self, event_id: str) -> Event: ...
    def list(
        self,
        types: Iterable[str] = (),
        case_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        after: int = 0,
    ) -> tuple[Event, ...]:
        """Oldest first, from number ``after`` on; those from ``since`` and before ``until``."""
        ...


class Webhooks(Protocol):
    def add(self, webhook: Webhook, sealed: str) -> None: ...
    def get(self, webhook_id: str) -> Webhook: ...
    def sealed(self, webhook_id: str) -> str:
        """The secret as it is kept: encrypted."""
        ...

    def reseal(self, webhook_id: str, sealed: str) -> None: ...
    def end(self, webhook_id: str, why: str) -> None:
        """Nothing goes there any more; what waits is dropped."""
        ...

    def list(self) -> tuple[Webhook, ...]:
        """Those that stand."""
        ...

    def due(self, limit: int = 200) -> tuple[Delivery, ...]:
        """Deliveries whose time has come, and those somebody died over; oldest first."""
        ...

    def take(self, delivery_id: str) -> Delivery | None:
        """Count the attempt; None where there is nothing to do any more. One found half-sent is taken again."""
        ...

    def delivered(self, delivery_id: str, note: str) -> None: ...
    def put_back(self, delivery_id: str, note: str, due_at: datetime) -> None: ...
    def give_up(self, delivery_id: str, note: str) -> None: ...
    def send_again(self, delivery_id: str) -> None:
        """Queue one that was given up, with its attempts counted anew."""
        ...

    def replay(self, webhook_id: str, events: Iterable[Event]) -> int:
        """Queue these events for the webhook (again); answers how many."""
        ...

    def forget_delivered(self, moment: datetime) -> int:
        """Remove what was last tried before it and was delivered or dropped; answers how many. The events stay."""
        ...

    def deliveries(
        self, webhook_id: str, states: Iterable[DeliveryState] = (), limit: int = 100, after: int = 0
    ) -> tuple[Delivery, ...]:
        """Oldest first."""
        ...


class Sealer(Protocol):
    """Keeps a secret so that the store alone does not tell it. ``name`` says what of: it opens under no other."""

    def close(self, text: str, name: str) -> str: ...
    def open(self, sealed: str, name: str) -> str:
        """Raises OperatorMustAct where the key is another one."""
        ...


class Courier(Protocol):
    def check(self, url: str) -> None:
        """Raises ReviewerMustAct where nothing may be sent to such an address."""
        ...

    def carry(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The receiver's status. Raises OperatorMustAct where there was no answer, or none may be asked for."""
        ...

    def signature(self, secret: str, message_id: str, at: datetime, body: bytes) -> str: ...


class Edi(Protocol):
    def interchange_known(self, partner_id: str, control: str) -> str | None:
        """The message that an interchange of this number was kept as."""
        ...

    def message_known(self, message_id: str) -> bool:
        """Whether this message was taken as an interchange."""
        ...

    def took(self, partner_id: str, control: str, message_id: str) -> None: ...
    def keep(self, received: Received) -> bool:
        """False where the partner sent this transaction before."""
        ...

    def partner_of(self, message_id: str) -> str | None:
        """Whose transaction this request was made of; None for what came otherwise."""
        ...

    def cases_called(self, partner_id: str, reference: str) -> tuple[str, ...]:
        """The cases of this partner's requests of that reference."""
        ...

    def next_control(self, partner_id: str) -> int:
        """The partner's next number; given back where this unit is rolled back, so that there are no gaps."""
        ...

    def send(
        self, partner_id: str, kind: OutKind, control: int, body: str, key: str, message_id: str = "", case_id: str = ""
    ) -> Outgoing: ...
    def sent(self, key: str) -> Outgoing | None:
        """What went out under this key."""
        ...

    def answers_to(self, message_id: str) -> tuple[Outgoing, ...]: ...
    def get(self, outgoing_id: int) -> Outgoing: ...
    def outgoing(self, *, unfetched: bool = False, limit: int = 100, after: int = 0) -> tuple[Outgoing, ...]:
        """Oldest first."""
        ...

    def fetched(self, outgoing_id: int) -> None: ...
    def unanswered(self, limit: int = 100) -> tuple[Unanswered, ...]:
        """Transactions whose case was decided, posted, or decided anew since they were answered."""
        ...

    def answered(self, unanswered: Unanswered) -> None: ...
