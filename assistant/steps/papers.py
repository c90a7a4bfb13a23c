"""Papers: the documents of a case, by the paths its evidence names them: the request's own, then those of replies."""

from assistant.domain.case import Case
from assistant.domain.lifecycle import MessageState
from assistant.domain.ports import Unit
from assistant.domain.slack import CHANNEL as SPOKEN
from assistant.steps.answer import belonging_to
from extractors.document import Document
from extractors.message import Message as Mail
from extractors.wire import from_json

_COUNT = {MessageState.DRAFTED, MessageState.ANSWERED}


def read_of(unit: Unit, message_id: str) -> Mail | None:
    """What was read of a message when it was worked; no page reads a stranger's file itself."""
    kept = unit.messages.reading(message_id)
    return None if kept is None else from_json(kept)


def drafted_from(unit: Unit, case: Case) -> str:
    """The message whose words a case's draft quotes: of a conversation the latest mail that went into it."""
    if unit.slack.of_case(case.id) is None:
        return case.message_id
    worked = [m.id for m in unit.messages.of_case(case.id) if m.state in _COUNT and m.channel == SPOKEN]
    return worked[-1] if worked else case.message_id


def papers_of(unit: Unit, case: Case) -> tuple[Document, ...]:
    """The replies are those that made a revision; others are an agent's to read. A conversation's mails repeat."""
    first = drafted_from(unit, case)
    opened, channel = read_of(unit, first), unit.messages.get(first).channel
    papers = [*(opened.documents if opened is not None else ())]
    for message in unit.messages.of_case(case.id):
        repeated = message.id in (first, case.message_id) or (message.channel == channel == SPOKEN)
        if repeated or message.state not in _COUNT:
            continue
        reply = read_of(unit, message.id)
        papers += belonging_to(message.id, reply.documents) if reply is not None else ()
    return tuple(papers)
