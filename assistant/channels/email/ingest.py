"""Mail that stands in files is recorded, one mail at a time, with the progress shown."""

from dataclasses import dataclass, field
from pathlib import Path

import click

from assistant.channels.email.recording import record
from assistant.channels.files import Unread, count_in, mails_in
from assistant.domain.message import Arrival
from assistant.domain.ports import Store


@dataclass
class Ingested:
    """How many mails were new and known, and (name, cause) of those that could not be read."""

    new: int = 0
    known: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)


def ingest(store: Store, path: Path, size_bytes: int) -> Ingested:
    """Raises OSError where ``path`` itself can't be read."""
    told = Ingested()
    with click.progressbar(mails_in(path, size_bytes), length=count_in(path), label="Recording mail") as bar:
        for name, mail in bar:
            if isinstance(mail, Unread):
                told.unread.append((name, mail.cause))
            elif record(store, Arrival(channel="file", raw=mail))[1]:
                told.new += 1
            else:
                told.known += 1
    return told
