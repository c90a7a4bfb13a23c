"""Link an account elsewhere to a person by proof: a one-time code that only who holds both carries over.

A display name, an address in a From line or a Slack profile proves nothing and links nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from assistant.domain.errors import NotAllowedToYou
from assistant.domain.identity import Code, Link, LinkKind
from assistant.domain.person import Person, acting, program
from assistant.domain.ports import Clock, Store

ACTOR = program("link")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
_LENGTH = 10  # 49 bits, ten minutes, few tries
_STANDS = timedelta(minutes=10)
_FREE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Linker:
    """Slack: the person sees the code signed in, and sends it to us from Slack. Email: the code goes to the address
    (``value``), and the person types it signed in."""

    store: Store
    clock: Clock

    def offer(self, person: Person, kind: LinkKind, value: str = "") -> str:
        """A code; the one before it is void."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        offered = Code(
            code_hash=_hash(kind, code),
            kind=kind,
            value=value,
            person_id=person.id,
            ends_at=self.clock.now() + _STANDS,
        )
        with self.store.unit(acting(person)) as unit:
            unit.links.offer(offered)
        return code

    def redeem(self, kind: LinkKind, value: str, code: str, signed_in: Person | None = None) -> Person:
        """Link ``value`` to whom the code was offered. ``signed_in``: who types it; only their own code counts.

        Raises NotAllowedToYou where it is no code that stands, and after too many tries from that account.
        """
        tries = f"code {kind} {value}"
        with self.store.unit(ACTOR) as unit:
            if unit.brakes.held_until(tries) is not None:
                raise NotAllowedToYou("Too many tries from this account; wait some minutes. Nothing was linked.")
            taken = unit.links.take(_hash(kind, code))
            fits = taken is not None and self.clock.now() < taken.ends_at and taken.value in ("", value)
            person = unit.people.get(taken.person_id) if taken is not None and fits else None
            if person is not None and (signed_in is None or signed_in.id == person.id):
                proven_at = self.clock.now()
                unit.links.add(
                    Link(kind=kind, value=value, person_id=person.id, proof="one-time code", proven_at=proven_at)
                )
                unit.brakes.cleared(tries)
                return person
            unit.brakes.failed(tries, _FREE_TRIES, f"codes from the {kind} account {value}")
        raise NotAllowedToYou("That is no code that stands. Ask for a new one; nothing was linked.")


def _hash(kind: str, code: str) -> str:
    return hashlib.sha256(f"{kind} {code.strip().upper()}".encode("utf-8", "replace")).hexdigest()
