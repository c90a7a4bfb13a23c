"""chat.*: messages, ephemeral messages, links to them."""

from typing import Any

from assistant.demo.slack import blocks as kit
from assistant.demo.slack import shapes
from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON, Channel, Message
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.workspace import Workspace

TEXT_LENGTH = 40_000
MARKDOWN_LENGTH = 12_000


def post_message(place: Workspace, asked: Asked) -> JSON:
    channel = reachable(place, asked.needed("channel"))
    thread_ts = in_thread(place, channel, asked.text("thread_ts"))
    message = Message(
        ts=place.ts(),
        channel=channel.id,
        user=place.app.bot_user,
        thread_ts=thread_ts,
        by_app=True,
        **content(asked),
    )
    place.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": shapes.message(place, message)}


def post_ephemeral(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    user = place.person(asked.needed("user"))
    _must_be_in(place, channel)
    if user.id not in channel.members:
        raise Refused("user_not_in_channel")
    message = Message(
        ts=place.ts(),
        channel=channel.id,
        user=place.app.bot_user,
        by_app=True,
        to=user.id,
        thread_ts=in_thread(place, channel, asked.text("thread_ts")),
        **content(asked),
    )
    place.whisper(message)
    return {"message_ts": message.ts}


def update(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    message = place.message(channel.id, asked.needed("ts"))
    if not message.by_app:
        raise Refused("cant_update_message")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    given = content(asked)
    if "blocks" not in asked.arguments and "attachments" not in asked.arguments and asked.text("text"):
        given["blocks"] = []  # text alone takes the blocks away
    if not asked.text("text") and not asked.text("markdown_text"):
        given.pop("text", None)
    place.edit(message, **given)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": shapes.message(place, message),
    }


def delete(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    message = place.message(channel.id, asked.needed("ts"))
    if not message.by_app:
        raise Refused("cant_delete_message")
    place.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    message = place.message(channel.id, asked.needed("message_ts"))
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    link = f"{place.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}{thread}"
    return {"channel": channel.id, "permalink": link}


def content(asked: Asked) -> dict[str, Any]:
    """What a message says, checked; raises Refused with Slack's code."""
    return checked(
        text=asked.text("text"),
        markdown=asked.text("markdown_text"),
        blocks=asked.data("blocks"),
        attachments=asked.data("attachments") or [],
        metadata=asked.data("metadata"),
    )


def checked(*, text: str, markdown: str, blocks: Any, attachments: list[JSON], metadata: JSON | None) -> dict[str, Any]:
    if markdown and (text or blocks):
        raise Refused("markdown_text_conflict")
    if len(markdown) > MARKDOWN_LENGTH or len(text) > TEXT_LENGTH:
        raise Refused("msg_too_long")
    if not text and not markdown and not blocks and not attachments:
        raise Refused("no_text")
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if blocks and (found := kit.faults(blocks, "message")):
        raise Refused("invalid_blocks", *found, errors=found)
    written = sum(len(block["text"]) for block in blocks or [] if block["type"] == "markdown")
    if written > MARKDOWN_LENGTH:
        raise Refused("msg_blocks_too_long")
    if len(attachments) > 100:
        raise Refused("too_many_attachments")
    if metadata is not None and not {"event_type", "event_payload"} <= set(metadata):
        raise Refused("invalid_metadata_format")
    kept = kit.with_ids(blocks or [])
    if markdown:
        kept = [{"type": "markdown", "block_id": "b0", "text": markdown}]
    return {"text": text or markdown, "blocks": kept, "attachments": attachments, "metadata": metadata}


def reachable(place: Workspace, target: str) -> Channel:
    """A channel, or a person: then the app's direct messages with them."""
    if target in place.people:
        return place.direct(target)
    channel = place.channel(target)
    _must_be_in(place, channel)
    return channel


def _must_be_in(place: Workspace, channel: Channel) -> None:
    if channel.archived:
        raise Refused("is_archived")
    if place.app.bot_user not in channel.members:
        raise Refused("not_in_channel")


def in_thread(place: Workspace, channel: Channel, thread_ts: str) -> str:
    """The ts of a thread's parent. A reply's own is taken as its parent's; that of no message is refused."""
    if not thread_ts:
        return ""
    for message in place.said(channel.id):
        if message.ts == thread_ts:
            return message.thread_ts or message.ts
    if any(thread.ts == thread_ts and thread.channel == channel.id for thread in place.threads.values()):
        return thread_ts
    raise Refused("invalid_thread_ts")
