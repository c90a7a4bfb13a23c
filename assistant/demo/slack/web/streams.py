"""chat.startStream, appendStream, stopStream: a message that grows while a person looks on."""

from typing import Any

from assistant.demo.slack import blocks as kit
from assistant.demo.slack import shapes
from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON, Message
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.web.chat import MARKDOWN_LENGTH, in_thread, reachable
from assistant.demo.slack.workspace import Workspace

_CHUNKS = {"markdown_text", "task_update", "plan_update", "blocks"}


def start(place: Workspace, asked: Asked) -> JSON:
    channel = reachable(place, asked.needed("channel"))
    thread_ts = in_thread(place, channel, asked.needed("thread_ts"))
    if channel.kind != "im":
        for name in ("recipient_user_id", "recipient_team_id"):
            if not asked.text(name):
                raise Refused(f"missing_{name}")
        place.person(asked.text("recipient_user_id"))
    message = Message(
        ts=place.ts(),
        channel=channel.id,
        user=place.app.bot_user,
        text=_words(asked),
        thread_ts=thread_ts,
        by_app=True,
        streaming=True,
    )
    place.post(message)
    return {"channel": channel.id, "ts": message.ts}


def append(place: Workspace, asked: Asked) -> JSON:
    message = _streaming(place, asked)
    if not (more := _words(asked)):
        raise Refused("no_text")
    _grown(message, more)
    place.changed()
    return {"channel": message.channel, "ts": message.ts}


def stop(place: Workspace, asked: Asked) -> JSON:
    """The message is whole; its last blocks stand below its words."""
    message = _streaming(place, asked)
    blocks = asked.data("blocks") or []
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if found := kit.faults(blocks, "message"):
        raise Refused("invalid_blocks", *found, errors=found)
    _grown(message, _words(asked))
    words: list[JSON] = [{"type": "markdown", "text": message.text}] if message.text else []
    place.edit(message, streaming=False, blocks=kit.with_ids([*words, *blocks]), metadata=asked.data("metadata"))
    return {"channel": message.channel, "ts": message.ts, "message": shapes.message(place, message)}


def _streaming(place: Workspace, asked: Asked) -> Message:
    channel = place.channel(asked.needed("channel"))
    message = place.message(channel.id, asked.needed("ts"))
    if not message.by_app:
        raise Refused("message_not_owned_by_app")
    if not message.streaming:
        raise Refused("message_not_in_streaming_state")
    return message


def _grown(message: Message, more: str) -> None:
    if len(message.text) + len(more) > MARKDOWN_LENGTH:
        raise Refused("msg_too_long")
    message.text += more


def _words(asked: Asked) -> str:
    """The text of markdown_text or of chunks; not both."""
    text, chunks = asked.text("markdown_text"), asked.data("chunks")
    if not chunks:
        return text
    if text or not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    return "".join(_chunk(chunk) for chunk in chunks)


def _chunk(chunk: Any) -> str:
    if not isinstance(chunk, dict) or chunk.get("type") not in _CHUNKS:
        raise Refused("invalid_chunks")
    return str(chunk.get("text") or "") if chunk["type"] == "markdown_text" else ""
