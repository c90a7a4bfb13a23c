"""What audit rows say of holds, letters, policies and absences, against what is kept of them.

A hold changed behind the log's back would let goods come back twice; a letter, somebody read what nobody wrote; a
policy, cases pass by tables that nobody approved; an absence, somebody decide for who is there.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from assistant.domain.worklist import Broken
from assistant.store.tables import absences, credit_holds, holds, outbox, policies, serial_holds

_Where = tuple[str, int]  # stream and sequence of the row that says so
_Place = tuple[str, ...]  # case, order, item, and the serial of one
_MAIL_STATES = {
    "mail.queued": "waiting",
    "mail.taken": "sending",
    "mail.sent": "sent",
    "mail.waiting": "waiting",
    "mail.failed": "failed",
}
_POLICY_STATES = {f"policy.{state}": state for state in ("adopted", "proposed", "approved", "rejected")}
_HOLDING = {"posting.held", "posting.credit_held", "posting.serials_held", "posting.released"}
_ABSENT = ("person", "first", "last", "stand_in", "limit_minor")
_TELLING = frozenset({*_MAIL_STATES, *_POLICY_STATES, *_HOLDING, "case.erased", "absence.added", "absence.removed"})
_GONE = "is not kept as it was written"


class Kept:
    """Fed with every row in order, then asked what differs."""

    def __init__(self) -> None:
        self._goods: dict[_Place, tuple[str, _Where]] = {}
        self._money: dict[_Place, tuple[str, _Where]] = {}
        self._serials: dict[_Place, _Where] = {}
        self._mails: dict[int, tuple[str, str, _Where]] = {}  # state, hash of the letter, where
        self._policies: dict[str, tuple[str, str, _Where]] = {}  # state, digest, where
        self._absences: dict[int, tuple[tuple[Any, ...], _Where]] = {}
        self._unread: Broken | None = None

    def see(self, row: Row[Any]) -> None:
        if row.event not in _TELLING:
            return
        try:
            self._note(row, json.loads(row.details))
        except (ValueError, KeyError, TypeError):
            self._unread = self._unread or Broken(row.stream, row.sequence, f"is no {row.event} as we write it")

    def _note(self, row: Row[Any], told: Mapping[str, Any]) -> None:
        where = row.stream, row.sequence
        if row.event in _MAIL_STATES:
            known = self._mails.get(told["mail"], ("", "", where))
            self._mails[told["mail"]] = _MAIL_STATES[row.event], told.get("letter_sha256", known[1]), where
        elif row.event in _POLICY_STATES:
            self._policies[told["version"]] = _POLICY_STATES[row.event], told["digest"], where
        elif row.event == "case.erased":
            for mail, digest in told.get("letters_after", {}).items():
                self._mails[int(mail)] = self._mails[int(mail)][0], digest, where
        elif row.event == "absence.added":
            self._absences[told["id"]] = tuple(told[name] for name in _ABSENT), where
        elif row.event == "absence.removed":
            self._absences.pop(told["id"], None)
        elif row.event == "posting.released":
            for gone in told["before"]:
                self._release(row.stream, gone)
        else:
            self._hold(row.event, (row.stream, told["order_no"], told["sku"]), told, where)

    def _hold(self, event: str, place: _Place, told: Mapping[str, Any], where: _Where) -> None:
        if event == "posting.held":
            self._goods[place] = told["after"], where
        elif event == "posting.credit_held":
            self._money[place] = told["amount"], where
        else:
            for serial in told["serials"]:
                self._serials[*place, serial] = where

    def _release(self, case_id: str, gone: Mapping[str, str]) -> None:
        place = case_id, gone["order_no"], gone["sku"]
        if "quantity" in gone:
            self._goods.pop(place, None)
        elif "amount" in gone:
            self._money.pop(place, None)
        else:
            self._serials.pop((*place, gone["serial"]), None)

    def differing(self, connection: Connection) -> Broken | None:
        return (
            self._unread
            or self._holds(connection)
            or self._letters(connection)
            or self._tables(connection)
            or self._away(connection)
        )

    def _holds(self, connection: Connection) -> Broken | None:
        for row in connection.execute(select(holds)):
            told = self._goods.pop((row.case_id, row.order_no, row.sku), None)
            if told is None or told[0] != row.quantity:
                return Broken(row.case_id, told[1][1] if told else 0, _held(row, row.quantity))
        for row in connection.execute(select(credit_holds)):
            told = self._money.pop((row.case_id, row.order_no, row.sku), None)
            if told is None or told[0] != row.amount:
                return Broken(row.case_id, told[1][1] if told else 0, _held(row, row.amount))
        for row in connection.execute(select(serial_holds)):
            if self._serials.pop((row.case_id, row.order_no, row.sku, row.serial), None) is None:
                return Broken(row.case_id, 0, _held(row, f"serial {row.serial}"))
        left = [where for _, where in (*self._goods.values(), *self._money.values())] + list(self._serials.values())
        return Broken(*left[0], "holds what is not held any more") if left else None

    def _letters(self, connection: Connection) -> Broken | None:
        for row in connection.execute(select(outbox.c.id, outbox.c.letter, outbox.c.state)):
            told = self._mails.pop(row.id, None)
            if told is None:
                return Broken("outbox", 0, f"has a letter {row.id} that no row speaks of")
            state, digest, where = told
            if digest and digest != letter_digest(row.letter):
                return Broken(*where, f"speaks of letter {row.id}, which says something else now")
            if state != row.state:
                return Broken(*where, f"left letter {row.id} {state}, and it is {row.state}")
        return Broken(*next(iter(self._mails.values()))[2], f"speaks of a letter that {_GONE}") if self._mails else None

    def _tables(self, connection: Connection) -> Broken | None:
        for row in connection.execute(select(policies)):
            told = self._policies.pop(row.version, None)
            if told is None:
                return Broken("policy", 0, f"has a version {row.version} that no row speaks of")
            state, digest, where = told
            if digest != row.digest or digest != _digest_of(row.files):
                return Broken(*where, f"speaks of policy {row.version}, whose files were changed")
            if state != row.state:
                return Broken(*where, f"left policy {row.version} {state}, and it is {row.state}")
        if self._policies:
            return Broken(*next(iter(self._policies.values()))[2], f"speaks of a policy that {_GONE}")
        return None

    def _away(self, connection: Connection) -> Broken | None:
        for row in connection.execute(select(absences)):
            told = self._absences.pop(row.id, None)
            if told is None or told[0] != tuple(row._mapping[name] for name in _ABSENT):
                return Broken("people", told[1][1] if told else 0, f"tells of no such absence of {row.person}")
        if self._absences:
            return Broken(*next(iter(self._absences.values()))[1], f"speaks of an absence that {_GONE}")
        return None


def letter_digest(letter: str) -> str:
    return hashlib.sha256(letter.encode()).hexdigest()


def _digest_of(files: str) -> str:
    """As the policy itself is digested; '' for what is no policy."""
    try:
        canonical = json.dumps(json.loads(files), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    except ValueError:
        return ""
    return hashlib.sha256(canonical.encode()).hexdigest()


def _held(row: Row[Any], what: str) -> str:
    return f"holds {what} of {row.sku} on {row.order_no}, and no row says so"
