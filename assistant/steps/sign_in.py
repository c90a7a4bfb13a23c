"""Sign in: argon2 passwords, and a brake on guessing them."""

import secrets
import threading
import time
from collections import deque

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assistant.domain.errors import NotAllowedToYou
from assistant.domain.person import Person, program
from assistant.domain.ports import Store

ACTOR = program("sign-in")
_FAILURES, _WINDOW_SECONDS = 5, 60.0
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    return _hasher.hash(password)


class Doorman:
    """Signs people in; after five failures in a minute it waits, whoever asks for that person."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()
        self._nobody = hashed(secrets.token_hex(8))

    def sign_in(self, person_id: str, password: str) -> Person | None:
        person_id = person_id.strip().lower()
        with self._lock:
            recent = self._failures.setdefault(person_id, deque())
            while recent and time.monotonic() - recent[0] > _WINDOW_SECONDS:
                recent.popleft()
            if len(recent) >= _FAILURES:
                raise NotAllowedToYou("Too many tries for this person; wait a minute and try again.")
        with self._store.unit(ACTOR) as unit:
            person, kept = unit.people.get(person_id), unit.people.password_hash(person_id)
        try:
            _hasher.verify(kept or self._nobody, password)
        except (VerifyMismatchError, InvalidHashError):
            person = None
        if person is None:
            with self._lock:
                self._failures[person_id].append(time.monotonic())
        return person
