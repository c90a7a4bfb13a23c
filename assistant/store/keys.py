"""Keys of the API."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.identity import ApiKey, KeyScope
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.audit_rows import key_digest
from assistant.store.tables import api_keys
from assistant.store.times import from_text, to_text

STREAM = "people"


class SqlKeys:
    """Implements assistant.domain.identity_ports.Keys."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def add(self, key: ApiKey) -> None:
        values: dict[str, str] = {
            "id": key.id,
            "name": key.name,
            "person_id": key.person_id,
            "scopes": " ".join(sorted(key.scopes)),
            "secret_hash": key.secret_hash,
            "made_at": to_text(key.made_at),
            "ends_at": to_text(key.ends_at),
        }
        self._c.execute(insert(api_keys).values(ended_at="", used_on="", **values))
        told = {"key": key.id, "name": key.name, "person": key.person_id, "after": values["scopes"]}
        self._audit.append(STREAM, "key.made", told | {"ends": values["ends_at"], "sha256": key_digest(values)})

    def get(self, key_id: str) -> ApiKey | None:
        row = self._c.execute(select(api_keys).where(api_keys.c.id == key_id, api_keys.c.ended_at == "")).first()
        return None if row is None else _key(row)

    def used(self, key_id: str) -> None:
        today = self._clock.now().date().isoformat()
        self._c.execute(
            update(api_keys).where(api_keys.c.id == key_id, api_keys.c.used_on != today).values(used_on=today)
        )

    def end(self, key_id: str) -> None:
        ending = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.ended_at == "")
        row = self._c.execute(ending.values(ended_at=to_text(self._clock.now())).returning(api_keys)).first()
        if row is None:
            raise NotFound(f"There is no key {key_id} that still stands. Nothing was changed.")
        self._audit.append(STREAM, "key.ended", {"key": key_id, "name": row.name, "person": row.person_id})

    def list(self) -> tuple[ApiKey, ...]:
        return tuple(_key(row) for row in self._c.execute(select(api_keys).order_by(api_keys.c.made_at, api_keys.c.id)))


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        person_id=row.person_id,
        scopes=frozenset(KeyScope(scope) for scope in row.scopes.split()),
        secret_hash=row.secret_hash,
        made_at=from_text(row.made_at),
        ends_at=from_text(row.ends_at),
        ended_at=from_text(row.ended_at) if row.ended_at else None,
        used_on=row.used_on,
    )
