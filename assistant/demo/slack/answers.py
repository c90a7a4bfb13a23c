"""What becomes of an app's answers: to a gesture at once, or later at its response_url."""

from typing import Any

from assistant.demo.slack.lines import Acknowledged
from assistant.demo.slack.records import JSON, Message, ReplyAddress, View
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.web import chat, views
from assistant.demo.slack.workspace import REPLY_USES, Workspace


def submitted(place: Workspace, view: View, answer: Acknowledged) -> None:
    """A view_submission's answer: nothing closes the view; or errors, update, push, clear."""
    stack = place.views.get(view.user, [])
    said = answer.payload if isinstance(answer.payload, dict) else {}
    match said.get("response_action"):
        case None:
            close(place, view)
        case "clear":
            stack.clear()
        case "errors":
            inputs = {b["block_id"] for b in view.given["blocks"] if b["type"] == "input"}
            errors = said.get("errors") or {}
            if not errors or not set(errors) <= inputs:
                place.faults.append(
                    f"view_submission: errors for what is no input block: {sorted(set(errors) - inputs)}"
                )
            view.errors = {str(block): str(text) for block, text in errors.items()}
        case "update" | "push" as action:
            try:
                given = views.checked(said.get("view"), "modal")
                if action == "update":
                    views.replaced(place, view, given)
                else:
                    views.pushed(place, given, view.user)
            except Refused as refused:
                place.faults.append(f"view_submission: {action} with a view Slack does not take: {refused.more}")
        case other:
            place.faults.append(f"view_submission: no such response_action: {other}")
    place.changed()


def close(place: Workspace, view: View) -> None:
    stack = place.views.get(view.user, [])
    if view in stack:
        stack.remove(view)
    place.changed()


def commanded(place: Workspace, address: ReplyAddress, answer: Acknowledged) -> None:
    """A slash command's answer is a message to the one who typed it, or to the channel."""
    if not answer.payload:
        return
    said: JSON = {"text": answer.payload} if isinstance(answer.payload, str) else answer.payload
    try:
        _post(place, address, said)
    except Refused as refused:
        place.faults.append(f"slash command answered with what Slack does not take: {refused.code} {refused.more}")


def replied(place: Workspace, key: str, said: Any) -> tuple[int, str]:
    """A post to a response_url: five within half an hour. The HTTP status and text that go back."""
    address = place.replies.get(key)
    if address is None:
        return 404, "no_such_url"
    if place.clock() > address.until:
        return 404, "expired_url"
    if address.uses >= REPLY_USES:
        return 404, "used_url"
    if not isinstance(said, dict):
        return 400, "invalid_payload"
    address.uses += 1
    try:
        if said.get("delete_original"):
            place.delete(_original(place, address))
        elif said.get("replace_original"):
            place.edit(_original(place, address), **_content(said))
        else:
            _post(place, address, said)
    except Refused as refused:
        place.faults.append(f"response_url: {refused.code} {refused.more}")
        return 400, refused.code
    return 200, "ok"


def _original(place: Workspace, address: ReplyAddress) -> Message:
    if not address.ts:
        raise Refused("no_original_message")
    return place.shown(address.channel, address.ts)


def _post(place: Workspace, address: ReplyAddress, said: JSON) -> None:
    everyone = said.get("response_type") == "in_channel"
    message = Message(
        ts=place.ts(),
        channel=address.channel,
        user=place.app.bot_user,
        by_app=True,
        to="" if everyone else address.user,
        thread_ts=str(said.get("thread_ts") or address.thread_ts),
        **_content(said),
    )
    if everyone:
        place.post(message)
    else:
        place.whisper(message)


def _content(said: JSON) -> dict[str, Any]:
    return chat.checked(
        text=str(said.get("text") or ""),
        markdown="",
        blocks=said.get("blocks"),
        attachments=said.get("attachments") or [],
        metadata=said.get("metadata"),
    )
