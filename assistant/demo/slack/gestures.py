"""What people do in Slack, and what the app is told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.demo.slack import answers, happened, payloads, shapes
from assistant.demo.slack.deliveries import Deliveries
from assistant.demo.slack.elements import action_of, filled, missing, pieces
from assistant.demo.slack.lines import Acknowledged
from assistant.demo.slack.records import HOME_TEAM, JSON, Channel, Message, Thread, View
from assistant.demo.slack.typed import rich_text, typed
from assistant.demo.slack.web import uploads
from assistant.demo.slack.workspace import Workspace


class Impossible(Exception):
    """Slack's own client would not let a person do that; the message says why."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file a person shares; its type is told by its name where none is given."""

    name: str
    content: bytes
    mimetype: str = ""


def _context(channel: str) -> JSON:
    return {"channel_id": channel, "team_id": HOME_TEAM, "enterprise_id": None} if channel else {}


class Gestures:
    """Each takes who does it first. What the app answers to at once comes back; what goes wrong is on the answer."""

    def __init__(self, place: Workspace, deliveries: Deliveries) -> None:
        self._place = place
        self._deliveries = deliveries

    def say(
        self, user: str, channel: str, text: str, *, thread_ts: str = "", files: Iterable[Attached] = ()
    ) -> Message:
        """Words as typed: Slack escapes them and makes links of addresses. A channel's id; mentions as <@U1>."""
        place = self._place
        with place.lock:
            where = self._where(user, channel)
            shared = []
            for file in files:
                upload = uploads.new(place, file.name, user)
                upload.content, upload.sent = file.content, True
                upload.mimetype = file.mimetype or upload.mimetype
                shared.append(upload)
            if not text and not shared:
                raise Impossible("There is nothing to send.")
            shown = typed(text)
            message = Message(
                ts=place.ts(),
                channel=where.id,
                user=user,
                text=shown,
                blocks=rich_text(shown, place.id("")[:5]),
                files=[upload.id for upload in shared],
                thread_ts=thread_ts,
                subtype="file_share" if shared else "",
                client_id=place.id("").lower(),
            )
            place.post(message)
            for upload in shared:
                for event in happened.file_shared(place, upload, where.id):
                    place.tell(event)
        return message

    def change(self, user: str, message: Message, text: str) -> Message:
        if message.user != user:
            raise Impossible("Only one's own messages can be edited.")
        shown = typed(text)
        edited = {"user": user, "ts": self._place.ts()}
        return self._place.edit(message, text=shown, blocks=rich_text(shown, "e"), edited=edited)

    def delete(self, user: str, message: Message) -> None:
        if message.user != user and message.to != user:
            raise Impossible("Only one's own messages can be deleted.")
        self._place.delete(message)

    def click(
        self, user: str, on: Message | View, action_id: str, value: Any = None, *, block_id: str = ""
    ) -> Acknowledged:
        """A button, or a choice of a menu: ``value`` is an option's value (a list of them where several are taken)."""
        place = self._place
        with place.lock:
            blocks = on.given["blocks"] if isinstance(on, View) else on.blocks
            self._sees(user, on)
            for block, piece in pieces(blocks):
                if piece.get("action_id") == action_id and block_id in {"", block["block_id"]}:
                    break
            else:
                raise Impossible(f"There is nothing here with the action_id {action_id!r}.")
            action = action_of(block, piece, value, place.ts())
            if piece["type"] != "button":
                held = on.values if isinstance(on, View) else place.states.setdefault((on.ts, user), {})
                held.setdefault(block["block_id"], {})[action_id] = filled(piece, value)
            if isinstance(on, View):
                told = payloads.view_action(place, user, on, action)
            else:
                told = payloads.message_action(place, user, on, action)
            place.changed()
        return self._deliveries.line.send("interactive", told)

    def submit(self, user: str, view: View, values: JSON) -> Acknowledged:
        """``values``: what stands in each input, by its action_id. A file input takes Attached."""
        place = self._place
        with place.lock:
            self._sees(user, view)
            for block, piece in pieces(view.given["blocks"]):
                action_id = piece.get("action_id")
                if action_id in values and piece["type"] != "button":
                    value = values[action_id]
                    if piece["type"] == "file_input":
                        value = [self._uploaded(user, each) for each in value]
                    view.values.setdefault(block["block_id"], {})[action_id] = filled(piece, value)
            if unknown := set(values) - {p.get("action_id") for _, p in pieces(view.given["blocks"])}:
                raise Impossible(f"The form has no input with the action_id {sorted(unknown)}.")
            if empty := missing(view):
                view.errors = empty
                place.changed()
                raise Impossible("; ".join(f"{label}" for label in empty.values()))
            view.errors = {}
            told = payloads.submission(place, user, view)
        answer = self._deliveries.line.send("interactive", told)
        if answer.ok:
            with place.lock:
                answers.submitted(place, view, answer)
        return answer

    def _uploaded(self, user: str, file: Attached) -> JSON:
        upload = uploads.new(self._place, file.name, user)
        upload.content, upload.sent, upload.complete = file.content, True, True
        upload.mimetype = file.mimetype or upload.mimetype
        upload.channels.append(self._place.direct(user).id)
        return shapes.file(self._place, upload)

    def dismiss(self, user: str, view: View) -> Acknowledged | None:
        """Cancel. The app hears of it where the view asked for that."""
        with self._place.lock:
            self._sees(user, view)
            answers.close(self._place, view)
            told = payloads.closed(self._place, user, view, cleared=False)
        if not view.given.get("notify_on_close"):
            return None
        return self._deliveries.line.send("interactive", told)

    def slash(self, user: str, command: str, text: str, channel: str) -> Acknowledged:
        place = self._place
        if command not in place.app.commands:
            raise Impossible(f"{command} is not a valid command.")
        with place.lock:
            said = typed(text) if place.app.escapes_commands else text
            told = payloads.command(place, user, self._where(user, channel), command, said)
            address = place.replies[told["response_url"].removeprefix(f"{place.base_url}/")]
        answer = self._deliveries.line.send("slash_commands", told)
        if answer.ok:
            with place.lock:
                answers.commanded(place, address, answer)
        return answer

    def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Acknowledged:
        place = self._place
        with place.lock:
            if message is None:
                told = payloads.shortcut(place, user, callback_id)
            else:
                self._sees(user, message)
                told = payloads.message_shortcut(place, user, callback_id, message)
        return self._deliveries.line.send("interactive", told)

    def open_home(self, user: str, tab: str = "home") -> None:
        place = self._place
        with place.lock:
            for event in happened.home_opened(place, user, tab, place.direct(user).id):
                place.tell(event)

    def open_assistant_thread(self, user: str, channel: str = "") -> Thread:
        """Begin a conversation beside what one looks at, in the app's direct messages."""
        place = self._place
        with place.lock:
            direct = place.direct(user)
            root = Message(
                ts=place.ts(),
                channel=direct.id,
                user=place.app.bot_user,
                text="New conversation",
                by_app=True,
                subtype="assistant_app_thread",
            )
            place.said(direct.id).append(root)
            thread = Thread(channel=direct.id, ts=root.ts, user=user)
            place.threads[(direct.id, root.ts)] = thread
            place.changed()
            for event in happened.thread_started(place, thread, _context(channel)):
                place.tell(event)
        return thread

    def look_at(self, thread: Thread, channel: str) -> None:
        """Go to another channel with the conversation open beside it."""
        with self._place.lock:
            for event in happened.thread_context_changed(self._place, thread, _context(channel)):
                self._place.tell(event)

    def consent(self, user: str, scopes: set[str]) -> str:
        """Allow the app in the workspace; the code that its OAuth flow comes back with."""
        with self._place.lock:
            if lacking := scopes - self._place.app.scopes:
                raise Impossible(f"The app's settings do not have these scopes: {sorted(lacking)}.")
            code = self._place.id("code-")
            self._place.codes[code] = user
        return code

    def uninstall(self) -> None:
        """Take the app away: its token is no good from now on, and it is told so."""
        with self._place.lock:
            for event in happened.uninstalled(self._place):
                self._place.tell(event)
            self._place.installed = False

    def _where(self, user: str, channel: str) -> Channel:
        place = self._place
        named = channel.removeprefix("#")
        found = place.channels.get(channel) or next((c for c in place.channels.values() if c.name == named), None)
        if found is None or user not in found.members:
            raise Impossible(f"{place.people[user].real_name} is not in {channel}.")
        return found

    def _sees(self, user: str, on: Message | View) -> None:
        if isinstance(on, View):
            shown: Sequence[View] = (self._place.views.get(user) or [])[-1:]
            if on not in shown and on is not self._place.homes.get(user):
                raise Impossible("That view is not on this person's screen.")
        elif (on.to and on.to != user) or user not in self._place.channels[on.channel].members:
            raise Impossible("This person does not see that message.")
