"""Cases as the worker leaves them, without a workflow engine."""

from assistant.bootstrap import App
from assistant.channels.email import record
from assistant.domain.case import Case
from assistant.domain.message import Arrival
from assistant.domain.person import program
from assistant.drafting.offline import OfflineDrafter
from assistant.steps.post import Poster
from assistant.steps.work import Desk
from extractors.mail.reader import read_message


def worked(app: App, raw: bytes) -> Case:
    """A recorded mail, worked as far as review."""
    desk = Desk(app.store, OfflineDrafter(app.erp), app.review.gate, app.clock, read_message)
    message, _ = record(app.store, Arrival(channel="file", raw=raw))
    assert desk.claim(message.id)
    drafted = desk.draft(message.id)
    assert drafted is not None
    saved = desk.save(message.id, drafted)
    assert saved is not None
    desk.propose(*saved)
    return kept(app, saved[0])


def kept(app: App, case_id: str) -> Case:
    with app.store.unit(program("test")) as unit:
        return unit.cases.get(case_id)


def poster(app: App) -> Poster:
    return Poster(app.store, app.erp, app.review.gate, app.policy)
