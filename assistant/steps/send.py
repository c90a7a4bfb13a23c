"""Send: one letter of the outbox leaves, at most once as far as we can tell (see decisions/0006)."""

from dataclasses import dataclass
from datetime import timedelta

from assistant.domain.errors import LetterNotTaken, LetterUnconfirmed, OperatorMustAct
from assistant.domain.lifecycle import MessageEvent, MessageState
from assistant.domain.mail import DECISIONS, Queued
from assistant.domain.person import program
from assistant.domain.ports import Clock, Post, Store, Unit
from assistant.domain.redaction import redacted

ACTOR = program("sender")
# After each try that failed: a server that puts off strangers (greylisting) or is down for a night takes it later.
_WAITS = tuple(timedelta(minutes=m) for m in (0.5, 2, 10, 30, 120, 360, 720))


@dataclass(frozen=True, slots=True)
class Sender:
    store: Store
    post: Post
    clock: Clock

    def send(self, mail_id: str) -> str:
        """Answers the letter's state. A letter found half-sent is not sent again by itself."""
        with self.store.unit(ACTOR) as unit:
            letter = unit.outbox.take(mail_id)
            if letter is None:
                return self._left(unit, unit.outbox.get(mail_id))
        try:
            self.post.send(letter)
        except LetterUnconfirmed as error:
            with self.store.unit(ACTOR) as unit:
                _ask_whether_it_arrived(unit, letter, str(error))
            return "sending"
        except OperatorMustAct as error:
            return self._put_off(letter, error)
        with self.store.unit(ACTOR) as unit:
            note_sent(unit, letter)
        return "sent"

    def _put_off(self, letter: Queued, error: OperatorMustAct) -> str:
        lasting = isinstance(error, LetterNotTaken) and error.lasting
        told = redacted(str(error))
        with self.store.unit(ACTOR) as unit:
            if not lasting and letter.attempts <= len(_WAITS):
                unit.outbox.put_back(letter.id, told, self.clock.now() + _WAITS[letter.attempts - 1])
                return "waiting"
            unit.outbox.give_up(letter.id, told)
            unit.worklist.raise_trouble(
                f"mail:{letter.id}",
                told,
                "The letter is kept.",
                "Mend the address or the mail server, then send it again; or say that it was answered another way.",
            )
            return "failed"

    def _left(self, unit: Unit, letter: Queued) -> str:
        """One that somebody died over: whether the customer has it nobody here can tell, so a person decides."""
        if letter.state == "sending":
            told = f"Backhaul was stopped while it handed over “{letter.letter.subject}” to {letter.letter.to}."
            _ask_whether_it_arrived(unit, letter, told)
        return letter.state


def _ask_whether_it_arrived(unit: Unit, letter: Queued, told: str) -> None:
    unit.worklist.raise_trouble(
        f"mail:{letter.id}",
        told,
        f"The letter about {letter.letter.case_id or 'our own work'} is kept; the customer may have it already.",
        "Look in the mail server's log; then send it again, or say that it arrived.",
    )


def note_sent(unit: Unit, letter: Queued) -> None:
    """The letter is out; the messages that it decides on are answered."""
    unit.outbox.sent(letter.id)
    case_id = letter.letter.case_id
    if case_id and letter.letter.kind in DECISIONS:
        for message in unit.messages.of_case(case_id):
            if message.state is MessageState.DRAFTED:
                unit.messages.move(message.id, MessageEvent.ANSWER, letter.letter.kind, case_id)


def hold_back(unit: Unit, letter: Queued, why: str) -> None:
    """Queued, and not sent before a person says so."""
    if letter.state != "waiting":
        return
    unit.outbox.give_up(letter.id, f"held back: {why}")
    unit.worklist.raise_trouble(
        f"mail:{letter.id}",
        f"“{letter.letter.subject}” was not sent to {letter.letter.to}: {why}.",
        "The case is posted; the letter is kept.",
        "Call the customer or add the contact in the ERP; then send it, or say that it was answered another way.",
    )
