"""files.*: what people shared, and the three steps in which an app shares a file."""

import mimetypes
import secrets

from assistant.demo.slack import happened, shapes
from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON, Channel, Message, Upload
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.workspace import Workspace

LARGEST = 1_000_000_000


def info(place: Workspace, asked: Asked) -> JSON:
    upload = seen(place, asked.needed("file"))
    return {"file": shapes.file(place, upload), "comments": [], "response_metadata": {"next_cursor": ""}}


def seen(place: Workspace, file_id: str) -> Upload:
    """A file the app may see: its own, one in a public channel, or one where it is a member."""
    upload = place.files.get(file_id)
    if upload is None or not upload.complete:
        raise Refused("file_not_found")
    if upload.deleted:
        raise Refused("file_deleted")
    bot = place.app.bot_user
    places = [place.channels[c] for c in upload.channels]
    if upload.owner == bot or any(c.kind == "channel" or bot in c.members for c in places):
        return upload
    raise Refused("file_not_found")


def get_upload_url(place: Workspace, asked: Asked) -> JSON:
    name, length = asked.needed("filename"), asked.whole("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", "length must be more than 0")
    if length > LARGEST:
        raise Refused("file_upload_size_restricted")
    upload = new(place, name, place.app.bot_user)
    upload.length, upload.key = length, secrets.token_urlsafe(24)
    return {"upload_url": f"{place.base_url}/upload/v1/{upload.key}", "file_id": upload.id}


def receive(place: Workspace, key: str, content: bytes) -> bool:
    """The second step: bytes to the address. Whether there is such an address."""
    for upload in place.files.values():
        if upload.key and upload.key == key and not upload.complete:
            upload.content, upload.sent = content, True
            return True
    return False


def complete_upload(place: Workspace, asked: Asked) -> JSON:
    asked.needed("files")
    listed = asked.data("files")
    if not isinstance(listed, list) or not listed or not all(isinstance(f, dict) and f.get("id") for f in listed):
        raise Refused("invalid_arguments", "files must be an array of objects with an id")
    uploads = []
    for each in listed:
        upload = place.files.get(each["id"])
        if upload is None or not upload.sent or upload.complete:
            raise Refused("file_not_found")
        if len(upload.content) != upload.length:
            raise Refused("file_update_failed", f"announced {upload.length} bytes, received {len(upload.content)}")
        upload.title = str(each.get("title") or upload.name)
        uploads.append(upload)
    named = [*asked.text("channels").split(","), asked.text("channel_id")]
    channels = [_shared_with(place, each) for each in named if each]
    for upload in uploads:
        upload.complete = True
    for channel in channels:
        _share(place, channel, uploads, asked.text("initial_comment"), asked.text("thread_ts"))
    place.changed()
    return {"files": [shapes.file(place, upload) for upload in uploads]}


def new(place: Workspace, name: str, owner: str) -> Upload:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    upload = Upload(id=place.id("F"), name=name, owner=owner, mimetype=kind, created=int(place.clock()))
    place.files[upload.id] = upload
    return upload


def _shared_with(place: Workspace, target: str) -> Channel:
    if target in place.people:
        return place.direct(target)
    channel = place.channel(target)
    if place.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _share(place: Workspace, channel: Channel, uploads: list[Upload], comment: str, thread_ts: str) -> None:
    message = Message(
        ts=place.ts(),
        channel=channel.id,
        user=place.app.bot_user,
        text=comment,
        files=[upload.id for upload in uploads],
        thread_ts=thread_ts,
        by_app=True,
        subtype="file_share",
    )
    place.post(message)
    for upload in uploads:
        for event in happened.file_shared(place, upload, channel.id):
            place.tell(event)
