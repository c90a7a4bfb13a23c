"""Seal: the log's head is signed by itself, once a day and when a worker stops; where heads go is the operator's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.domain.audit import Head, Signer
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store

ACTOR = program("sealer")
EVERY = timedelta(days=1)


@dataclass(slots=True)
class Sealer:
    """``signer`` is asked for when it is needed: a key is made with the first head, not by looking."""

    store: Store
    signer: Callable[[], Signer]
    clock: Clock
    _sealed_at: datetime | None = field(default=None)

    def seal_daily(self) -> Head | None:
        """The new head where the last is a day old; None where it is not. Safe to call as often as one likes."""
        now = self.clock.now()
        if self._sealed_at is None:
            with self.store.unit(ACTOR) as unit:
                self._sealed_at = unit.audit.sealed_at()
        if self._sealed_at is not None and now - self._sealed_at < EVERY:
            return None
        return self.seal()

    def seal(self) -> Head:
        """Nothing new since the last head: that one again."""
        with self.store.unit(ACTOR) as unit:
            head = unit.audit.seal(self.signer())
        self._sealed_at = self.clock.now()
        return head
