"""Sign in and stay signed in: argon2 passwords, brakes on guessing by account and by address, sessions that end."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.identity import Session, Way
from assistant.domain.person import Person, acting, program
from assistant.domain.ports import Clock, Store

ACTOR = program("sign-in")
FREE_TRIES_ACCOUNT, FREE_TRIES_ADDRESS = 5, 30
SHORTEST_PASSWORD = 12
_LONGEST_PASSWORD = 1_000  # argon2 takes any length, and time with it
_SEEN_EVERY = timedelta(minutes=1)
_TURNS = 64
_hasher = PasswordHasher()
_nobody = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """A session ends when it was not used for ``idle``, and at the latest after ``longest``."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)


def hashed(password: str) -> str:
    return _hasher.hash(password)


def require_good_password(password: str, person_id: str) -> None:
    """Length counts, not kinds of characters (NIST SP 800-63B). Raises ReviewerMustAct."""
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise ReviewerMustAct(
            f"A password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD:,} characters. Nothing was kept."
        )
    if password.lower() in person_id.lower() or len(set(password)) < SHORTEST_PASSWORD // 3:
        raise ReviewerMustAct("That password is guessed too easily. Nothing was kept.")


@dataclass(frozen=True, slots=True)
class Doorman:
    """Signs people in. One try an account at a time, so that guesses made at once count as well."""

    store: Store
    clock: Clock
    rules: SessionRules = field(default_factory=SessionRules)
    passwords: bool = True
    _turns: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(_TURNS)))

    def sign_in(self, person_id: str, password: str, address: str = "") -> Person | None:
        """None where they do not go together. Raises NotAllowedToYou while a brake holds, whoever asks."""
        if not self.passwords:
            raise NotAllowedToYou("Nobody signs in by a password here; use the company's sign-in.")
        person_id, password = _storable(person_id).strip().lower(), _storable(password)
        with self._turns[int(_hash(person_id), 16) % _TURNS]:
            return self._tried(person_id, password[: _LONGEST_PASSWORD + 1], address)

    def _tried(self, person_id: str, password: str, address: str) -> Person | None:
        account, origin = f"account {person_id}", f"address {address}"
        with self.store.unit(ACTOR) as unit:
            for name in (account, origin) if address else (account,):
                if (until := unit.brakes.held_until(name)) is not None:
                    raise NotAllowedToYou(f"Too many tries; wait until {until:%H:%M} UTC and try again.")
            person, kept = unit.people.get(person_id), unit.people.password_hash(person_id)
        try:
            _hasher.verify(kept or _hash_of_nobody(), password)
            fits = person is not None and bool(kept)
        except (VerifyMismatchError, InvalidHashError):
            fits = False
        with self.store.unit(ACTOR) as unit:
            if fits and kept:
                unit.brakes.cleared(account)
                if _hasher.check_needs_rehash(kept):
                    unit.people.rehash(person_id, hashed(password))
                return person
            if person is not None:
                unit.audit.append("sign-in", "sign_in.failed", {"person": person_id, "address": address})
            unit.brakes.failed(account, FREE_TRIES_ACCOUNT, f"tries for {person_id if person else 'nobody we know'}")
            if address:
                unit.brakes.failed(origin, FREE_TRIES_ADDRESS, f"tries from {address}")
            return None

    # -- sessions

    def start(self, person: Person, way: Way, address: str = "") -> str:
        """A new session; answers its token, that only the browser keeps."""
        token, now = secrets.token_urlsafe(32), self.clock.now()
        session = Session(
            token_hash=_hash(token),
            person_id=person.id,
            way=way,
            address=address,
            started_at=now,
            seen_at=now,
            ends_at=now + self.rules.longest,
        )
        with self.store.unit(acting(person)) as unit:
            unit.sessions.forget_before(now - timedelta(days=30))
            unit.sessions.start(session)
        return token

    def who(self, token: str) -> Person | None:
        """The person of this session, as the store knows them now; None once it ended, for whatever reason."""
        if not token:
            return None
        now = self.clock.now()
        with self.store.unit(ACTOR) as unit:
            session = unit.sessions.get(_hash(token))
            if session is None:
                return None
            if now >= session.ends_at or now - session.seen_at > self.rules.idle:
                unit.sessions.end(session.token_hash, "its time was over")
                return None
            if now - session.seen_at > _SEEN_EVERY:
                unit.sessions.seen(session.token_hash)
            return unit.people.get(session.person_id)

    def end(self, token: str, why: str = "signed out") -> None:
        with self.store.unit(ACTOR) as unit:
            unit.sessions.end(_hash(token), why)


def _storable(typed: str) -> str:
    """Without what no database and no hash takes."""
    return typed.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _hash_of_nobody() -> str:
    """What a stranger's password is held against: as slow as a known person's."""
    global _nobody
    _nobody = _nobody or hashed(secrets.token_hex(8))
    return _nobody
