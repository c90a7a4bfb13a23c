"""Keys of the API: made for a person, shown once, kept as a hash, scoped, and over after some days."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from assistant.domain.errors import NotFound, ReviewerMustAct
from assistant.domain.identity import ApiKey, KeyScope
from assistant.domain.person import Actor, Person, program
from assistant.domain.ports import Clock, Store

ACTOR = program("sign-in")
PREFIX = "bhk"
LONGEST_DAYS = 366
_SECRET_BYTES = 32  # so many that a plain hash is enough


@dataclass(frozen=True, slots=True)
class Keys:
    store: Store
    clock: Clock

    def make(self, name: str, person_id: str, scopes: Iterable[KeyScope], days: int, by: Actor) -> tuple[ApiKey, str]:
        """The key, and the words to use it by, which nobody can print again."""
        held = frozenset(scopes)
        if not name.strip() or not held or not 1 <= days <= LONGEST_DAYS:
            raise ReviewerMustAct(f"A key has a name, a scope and 1 to {LONGEST_DAYS} days. None was made.")
        secret, now = secrets.token_urlsafe(_SECRET_BYTES), self.clock.now()
        key = ApiKey(
            id=secrets.token_hex(6),
            name=name.strip(),
            person_id=person_id,
            scopes=held,
            secret_hash=_hash(secret),
            made_at=now,
            ends_at=now + timedelta(days=days),
        )
        with self.store.unit(by) as unit:
            if unit.people.get(person_id) is None:
                raise NotFound(f"There is nobody {person_id} who signs in. No key was made.")
            unit.keys.add(key)
        return key, f"{PREFIX}_{key.id}_{secret}"

    def holder(self, words: str) -> tuple[ApiKey, Person] | None:
        """Whose key this is, and what it may be used for; None for what is no key that stands today."""
        prefix, _, rest = words.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret or len(words) > 200:
            return None
        with self.store.unit(ACTOR) as unit:
            key = unit.keys.get(key_id)
            known = key.secret_hash if key is not None else _hash("")
            fits = hmac.compare_digest(known, _hash(secret))
            if key is None or not fits or self.clock.now() >= key.ends_at:
                return None
            person = unit.people.get(key.person_id)
            if person is None:
                return None
            if key.used_on != self.clock.now().date().isoformat():
                unit.keys.used(key.id)
            return key, person


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
