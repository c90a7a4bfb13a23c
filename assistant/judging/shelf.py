"""Which policy holds on a day: those adopted or approved, read from the store, compiled once a version."""

import threading
from collections.abc import Mapping
from datetime import date
from importlib import resources

from assistant.domain.errors import OperatorMustAct
from assistant.domain.person import program
from assistant.domain.policy import PolicyVersion
from assistant.domain.ports import Store, Unit
from assistant.judging.book import Book, book_of

ACTOR = program("policy")
SHIPPED = "returns-2026.2"


def shipped_files() -> Mapping[str, str]:
    """The policy that comes with the program."""
    folder = resources.files("assistant.policies").joinpath(SHIPPED)
    return {each.name: each.read_text() for each in folder.iterdir() if each.name.endswith(".json")}


class Shelf:
    """Implements assistant.domain.ports.Rules."""

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}
        self._lock = threading.Lock()

    def in_force(self, unit: Unit, on: date) -> Book:
        kept = unit.policies.in_force(on)
        if kept is None:
            raise OperatorMustAct(f"No policy is in force on {on}: nothing can be approved. Propose one.")
        return self.book(kept)

    def book(self, kept: PolicyVersion) -> Book:
        with self._lock:
            if (known := self._books.get(kept.digest)) is None:
                known = book_of(kept.files)
                if known.digest != kept.digest:
                    raise OperatorMustAct(f"Policy {kept.version} is not the text that was approved; nothing was done.")
                self._books[kept.digest] = known
            return known


def adopt(store: Store, files: Mapping[str, str]) -> None:
    """Take in the policy that came with the program; raises OperatorMustAct where it was tampered with."""
    book = book_of(files)
    with store.unit(ACTOR) as unit:
        unit.policies.adopt(as_version(book, "adopted", ACTOR.id))


def as_version(book: Book, state: str, by: str) -> PolicyVersion:
    return PolicyVersion(
        version=book.version,
        digest=book.digest,
        effective_from=book.effective_from,
        owner=book.owner,
        files=book.files,
        state="adopted" if state == "adopted" else "proposed",
        proposed_by=by,
        why=book.head.why,
    )
