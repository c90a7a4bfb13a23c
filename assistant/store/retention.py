"""Erase what people wrote, and keep that it was there: hashes, numbers, decisions and the whole audit chain stay."""

import hashlib
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, select, update

from assistant.domain.draft import CaseLine, Draft
from assistant.domain.mail import Letter
from assistant.domain.ports import Clock
from assistant.domain.retention import FINISHED, IDLE
from assistant.store.audit import SqlAudit
from assistant.store.audit_kept import letter_digest
from assistant.store.connection import is_postgres
from assistant.store.tables import (
    blobs,
    cases,
    inquiries,
    messages,
    outbox,
    readings,
    revisions,
    slack_mails,
    slack_turns,
    troubles,
)
from assistant.store.times import to_text

ERASED = "(erased)"
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)


class SqlRetention:
    """Implements assistant.domain.ports.Retention."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def due_cases(self, before: datetime, limit: int = 100) -> tuple[str, ...]:
        wanted = select(cases.c.id).where(
            cases.c.state.in_([state.value for state in FINISHED]),
            cases.c.changed_at < to_text(before),
            cases.c.erased_at == "",
        )
        return tuple(self._c.execute(wanted.order_by(cases.c.number).limit(limit)).scalars())

    def due_messages(self, before: datetime, limit: int = 100) -> tuple[str, ...]:
        """Of no case: a case's messages go with it."""
        wanted = select(messages.c.id).where(
            messages.c.state.in_([state.value for state in IDLE]),
            messages.c.received_at < to_text(before),
            messages.c.case_id.is_(None),
            messages.c.erased_at == "",
        )
        return tuple(self._c.execute(wanted.order_by(messages.c.received_at).limit(limit)).scalars())

    def erase_case(self, case_id: str, policy_version: str) -> tuple[str, ...]:
        """Answers the messages that went with it."""
        self._overwrite_freed_pages()
        row = self._c.execute(select(cases).where(cases.c.id == case_id).with_for_update()).one()
        gone = {"party_name": "", "party_address": "", "subject": ERASED, "erased_at": to_text(self._clock.now())}
        self._c.execute(update(cases).where(cases.c.id == case_id).values(**gone))
        drafts = {}
        for revision in self._c.execute(select(revisions).where(revisions.c.case_id == case_id)).all():
            body = _DRAFT.dump_json(without_words(_DRAFT.validate_json(revision.draft))).decode()
            mine = (revisions.c.case_id == case_id) & (revisions.c.number == revision.number)
            self._c.execute(update(revisions).where(mine).values(draft=body))
            drafts[str(revision.number)] = hashlib.sha256(body.encode()).hexdigest()
        letters = self._erase_letters(case_id)
        self._c.execute(update(inquiries).where(inquiries.c.case_id == case_id).values(text=ERASED, draft=""))
        self._erase_trouble(f"case:{case_id}")
        self._erase_trouble(f"rma:{case_id}")
        mine = (messages.c.case_id == case_id) | (messages.c.id == row.message_id)
        belonging = tuple(self._c.execute(select(messages.c.id).where(mine, messages.c.erased_at == "")).scalars())
        for message_id in belonging:
            self.erase_message(message_id, policy_version)
        told = {"policy": policy_version, "drafts_after": drafts, "letters_after": letters, "messages": list(belonging)}
        self._audit.append(case_id, "case.erased", told)
        return belonging

    def erase_message(self, message_id: str, policy_version: str) -> None:
        self._overwrite_freed_pages()
        row = self._c.execute(select(messages).where(messages.c.id == message_id).with_for_update()).one()
        words = dict.fromkeys(("sender", "subject", "internet_id", "envelope_from"), "")
        gone = words | {"reason": ERASED if row.reason else "", "erased_at": to_text(self._clock.now())}
        self._c.execute(update(messages).where(messages.c.id == message_id).values(**gone))
        self._c.execute(update(blobs).where(blobs.c.sha256 == row.sha256).values(bytes=b""))
        self._c.execute(delete(readings).where(readings.c.message_id == message_id))
        self._c.execute(update(inquiries).where(inquiries.c.message_id == message_id).values(text=ERASED, draft=""))
        self._erase_trouble(f"message:{message_id}")
        said_in = select(slack_mails.c.conversation).where(slack_mails.c.message_id == message_id)
        self._c.execute(update(slack_turns).where(slack_turns.c.conversation.in_(said_in)).values(text=""))
        told = {"policy": policy_version, "sha256": row.sha256, "size": row.size}
        self._audit.append(message_id, "message.erased", told)

    def _erase_letters(self, case_id: str) -> dict[str, str]:
        """Answers each letter's hash as it is now."""
        found: list[Row[tuple[int, str]]] = list(
            self._c.execute(select(outbox.c.id, outbox.c.letter).where(outbox.c.case_id == case_id))
        )
        after: dict[str, str] = {}
        for row in found:
            letter = replace(_LETTER.validate_json(row.letter), to="", subject=ERASED, text=ERASED, html="")
            blank = replace(letter, in_reply_to="", references=(), reply_to="")
            body = _LETTER.dump_json(blank).decode()
            self._c.execute(update(outbox).where(outbox.c.id == row.id).values(letter=body, note=ERASED, recipient=""))
            self._erase_trouble(f"mail:{row.id}")
            after[str(row.id)] = letter_digest(body)
        return after

    def _erase_trouble(self, subject: str) -> None:
        blank = {"cause": ERASED, "kept": "", "next_step": ""}
        self._c.execute(update(troubles).where(troubles.c.subject == subject).values(**blank))

    def _overwrite_freed_pages(self) -> None:
        """SQLite would leave what is erased in the file until the place is used again."""
        if not is_postgres(self._c):
            self._c.exec_driver_sql("PRAGMA secure_delete=ON")


def without_words(draft: Draft) -> Draft:
    """The values of a draft, that figures and later claims stand on, without a word of what anybody wrote."""
    return replace(
        draft,
        summary=ERASED,
        lines=tuple(_line_without_words(line) for line in draft.lines),
        findings=tuple(replace(finding, message=ERASED) for finding in draft.findings),
        questions=(),
        evidence={},
        drafter=replace(draft.drafter, note=""),
    )


def _line_without_words(line: CaseLine) -> CaseLine:
    return replace(line, evidence={}, received=None)
