"""Send: one letter of the outbox leaves, at most once as far as we can tell (see decisions/0006)."""

from dataclasses import dataclass

from assistant.domain.errors import OperatorMustAct
from assistant.domain.lifecycle import MessageEvent, MessageState
from assistant.domain.mail import Queued
from assistant.domain.person import program
from assistant.domain.ports import Post, Store, Unit

ACTOR = program("sender")
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Sender:
    store: Store
    post: Post

    def send(self, mail_id: str) -> str:
        """Answers the letter's state. A letter found half-sent is not sent again by itself."""
        with self.store.unit(ACTOR) as unit:
            letter = unit.outbox.take(mail_id)
            if letter is None:
                return self._left(unit, unit.outbox.get(mail_id))
        try:
            self.post.send(letter)
        except OperatorMustAct as error:
            with self.store.unit(ACTOR) as unit:
                if letter.attempts < _TRIES:
                    unit.outbox.put_back(mail_id, str(error))
                    return "waiting"
                unit.outbox.give_up(mail_id, str(error))
                unit.worklist.raise_trouble(
                    f"mail:{mail_id}", str(error), "The letter is kept.", "Mend the mail server, then send it again."
                )
                return "failed"
        with self.store.unit(ACTOR) as unit:
            note_sent(unit, letter)
        return "sent"

    def _left(self, unit: Unit, letter: Queued) -> str:
        """One that somebody died over: whether the customer has it nobody here can tell, so a person decides."""
        if letter.state == "sending":
            unit.worklist.raise_trouble(
                f"mail:{letter.id}",
                f"Backhaul was stopped while it handed over “{letter.letter.subject}” to {letter.letter.to}.",
                "The letter is kept; the customer may have it already.",
                "Look in the mail server's log; then send it again, or say that it arrived.",
            )
        return letter.state


def note_sent(unit: Unit, letter: Queued) -> None:
    """The letter is out; the message it answers is answered."""
    unit.outbox.sent(letter.id)
    message_id = letter.letter.message_id
    if message_id and letter.letter.kind != "questions":
        message = unit.messages.get(message_id)
        if message.state is MessageState.DRAFTED:
            unit.messages.move(message_id, MessageEvent.ANSWER, letter.letter.kind, letter.letter.case_id)
