"""What came of requests that named a key of their own. Only hashes and ids: what they said is kept elsewhere."""

from sqlalchemy import Connection, insert, select

from assistant.domain.errors import SenderMustAct
from assistant.domain.ports import Clock
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables_outside import receipts
from assistant.store.times import to_text


class SqlReceipts:
    """Implements assistant.domain.ports.Receipts."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._c = connection
        self._clock = clock

    def find(self, person_id: str, key: str, request_sha256: str) -> str | None:
        wait_turn(self._c, Turn.RECEIPT, f"{person_id} {key}")
        r = receipts.c
        known = self._c.execute(select(receipts).where(r.person_id == person_id, r.key == key)).first()
        if known is None:
            return None
        if known.request_sha256 != request_sha256:
            raise SenderMustAct(
                f"The key {key} was used on {known.made_at[:10]} for another request. "
                "Use another key, or send what you sent then. Nothing was kept."
            )
        return str(known.subject)

    def keep(self, person_id: str, key: str, request_sha256: str, subject: str) -> None:
        made_at = to_text(self._clock.now())
        told = {"person_id": person_id, "key": key, "request_sha256": request_sha256, "subject": subject}
        self._c.execute(insert(receipts).values(made_at=made_at, **told))
