"""The workspace on disk, so that the demo goes on where it stopped. One JSON file, replaced whole."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from assistant.demo.slack.records import Channel, Message, ReplyAddress, Thread, Upload, View
from assistant.demo.slack.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Kept:
    """Everything but people and the app, who are the demo's own at every start."""

    channels: list[Channel] = field(default_factory=list)
    messages: dict[str, list[Message]] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    files: list[Upload] = field(default_factory=list)
    homes: list[View] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    replies: dict[str, ReplyAddress] = field(default_factory=dict)


def save(place: Workspace, path: Path) -> None:
    with place.lock:
        raw = msgspec.json.encode(
            Kept(
                channels=list(place.channels.values()),
                messages=place.messages,
                ephemerals=place.ephemerals,
                files=list(place.files.values()),
                homes=list(place.homes.values()),
                threads=list(place.threads.values()),
                replies=place.replies,
            )
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(raw)
    new.replace(path)


def load(place: Workspace, path: Path) -> bool:
    """Whether there was something. A file of another version is left where it is and begun anew."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.MsgspecError):
        return False
    with place.lock:
        place.channels |= {channel.id: channel for channel in kept.channels}
        place.messages, place.ephemerals, place.replies = kept.messages, kept.ephemerals, kept.replies
        place.files = {upload.id: upload for upload in kept.files}
        place.homes = {view.user: view for view in kept.homes}
        place.threads = {(thread.channel, thread.ts): thread for thread in kept.threads}
        place.changed()
    return True
