"""Thread: which case a mail belongs to, and how we know."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.domain.ports import Unit
from assistant.domain.thread_key import ThreadKey
from extractors.message import Message as Mail

By = Literal["", "reference", "address", "subject", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """``case_id`` None: no case of ours. ``by`` says what led there.

    ``forged``: cases of ours that it names with a token we did
    not make, where nothing genuine led anywhere (another house that works with Backhaul marks its letters alike)."""

    case_id: str | None = None
    by: By = ""
    forged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threads:
    key: ThreadKey

    def of(self, unit: Unit, mail: Mail) -> Thread:
        """By what it answers; else by the token in the address it was sent to, the subject, or the text it quotes."""
        forged: dict[str, None] = {}
        found: tuple[str, By] | None = None
        for by, texts in _places(mail):
            marks = self.key.marks_in(texts)
            forged |= dict.fromkeys(marks.forged)
            if found is None and marks.genuine and (known := _existing(unit, marks.genuine)) is not None:
                found = known, by
        answered = _answered(unit, mail)
        if answered is not None:
            found = answered, "reference"
        if found is None:
            return Thread(forged=tuple(case_id for case_id in forged if unit.cases.find(case_id) is not None))
        return Thread(case_id=found[0], by=found[1])


def _places(mail: Mail) -> Iterator[tuple[By, tuple[str, ...]]]:
    yield "address", (*mail.to, *mail.cc)
    yield "subject", (mail.subject,)
    yield "text", tuple(document.text for document in mail.documents[:1])


def _existing(unit: Unit, case_ids: tuple[str, ...]) -> str | None:
    return next((case_id for case_id in case_ids if unit.cases.find(case_id) is not None), None)


def _answered(unit: Unit, mail: Mail) -> str | None:
    """The case of the letter of ours, or the message, that this mail answers."""
    for reference in dict.fromkeys((mail.in_reply_to, *reversed(mail.references))):
        if not reference:
            continue
        if (letter := unit.outbox.with_internet_id(reference)) is not None and letter.letter.case_id:
            return letter.letter.case_id
        for message in unit.messages.with_internet_id(reference):
            if message.case_id:
                return message.case_id
    return None
