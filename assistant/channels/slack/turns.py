"""What somebody says to us: a code that links them, a question, or a turn of a conversation about a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.channels.slack.answers import Answers, Once
from assistant.channels.slack.clients import Workspaces
from assistant.channels.slack.files import Cabinet
from assistant.channels.slack.linked import Accounts, code_in
from assistant.channels.slack.receive import thread_of
from assistant.channels.slack.said import plain_words
from assistant.domain.lifecycle import CaseState
from assistant.domain.message import Arrival
from assistant.domain.person import Person, program
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.slack import CHANNEL, Conversation, Turn, conversation_key
from assistant.steps.ask_about import AskAbout, is_question
from assistant.steps.spoken import SharedFile, files_in, mail_of
from tools.erp import ErpReader

ACTOR = program("slack")
NO_CONVERSATION = "no conversation"
_GOES_ON = timedelta(minutes=30)  # in direct messages without threads: a later word begins something new
_WORDS_CHARACTERS = 20_000
_MOST_SAID = 200
_STREAMED_CHARACTERS = 200  # answers that one reads while they come; links of ours are not Markdown, and whole


class Parked(Exception):
    """It waits: ``why`` says for what."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message, and where an answer to it goes."""

    team: str
    channel: str
    ts: str
    thread: str
    account: str
    text: str
    files: Sequence[Mapping[str, Any]] = ()

    @property
    def user(self) -> str:
        return self.account.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Turns:
    store: Store
    erp: ErpReader
    clock: Clock
    workspaces: Workspaces
    accounts: Accounts
    answers: Answers
    cabinet: Cabinet
    asking: AskAbout

    def heard(self, team: str, user: str, event: Mapping[str, Any], *, again: bool = False) -> None:
        """A message event or a mention; ``again`` where it was worked on before.

        Raises NotLinked, Parked, and what the channel raises for people.
        """
        said = self._said(team, user, event)
        direct = event.get("channel_type") in ("im", "app_home") or said.channel.startswith("D")
        if direct and (code := code_in(said.text)) is not None:
            person = self.accounts.link(said.account, code)
            self.answers.in_thread(team, said.channel, "", f"You are {person.name} here from now on. What can I do?")
            return
        if not direct and event.get("type") == "message" and not self._known(said):
            raise Parked(NO_CONVERSATION)
        person = self.accounts.person(said.account)
        asks = not said.files and is_question(said.text)
        if asks and (answer := self._answer(person, said)) is not None:
            self._tell(said, answer, again=again)
            return
        said = self._placed(said, event) if direct else said
        earlier = [] if direct or self._known(said) else self._thread_before(said)
        self.take([*earlier, said], person)

    def whole_thread(self, team: str, user: str, channel: str, thread: str) -> int:
        """Make a case of a thread and its files, for who asked; answers how many messages were taken."""
        person = self.accounts.person(f"{team}/{user}")
        all_of_it = self._thread(team, channel, thread)
        if all_of_it:
            self.take(all_of_it, person)
        return len(all_of_it)

    def take(self, said: Sequence[Said], person: Person) -> None:
        """Record what is new of a conversation as a mail of all that was said; ``person`` vouches for it."""
        last = said[-1]
        self._progress(last, "is reading what you sent …")
        with self.store.unit(ACTOR) as unit:
            conversation = unit.slack.begin(last.team, last.channel, last.thread, person.id)
            before = self._files_before(unit, conversation)
        if conversation.mails == 0 and last.channel.startswith("D") and last.thread != last.ts and last.text:
            self.answers.title(last.team, last.channel, last.thread, last.text)
        known = frozenset(file.id for file in before)
        lost: list[str] = []
        new: dict[str, SharedFile] = {}
        for each in said:
            fetched = self.cabinet.fetch(each.team, each.files, known | frozenset(new))
            new |= {file.id: file for file in fetched.files}
            lost += fetched.lost
        with self.store.unit(ACTOR) as unit:
            fresh = [unit.slack.say(conversation, Turn(ts=e.ts, person_id=person.id, text=e.text)) for e in said]
            if any(fresh) or new:
                self._record(unit, conversation, [*self._files_before(unit, conversation), *new.values()], person)
            unit.slack.unpark(order=conversation.key)
        if lost:
            told = "\n".join(lost)
            self.answers.to_one(last.team, last.channel, last.user, f"I could not take:\n{told}", last.thread)

    def _record(self, unit: Unit, conversation: Conversation, files: Sequence[SharedFile], person: Person) -> None:
        """In one transaction with what was said, so that neither is without the other."""
        once = {file.id: file for file in files}
        mail = mail_of(conversation, unit.slack.turns(conversation), list(once.values()), person, self.erp.company())
        arrival = Arrival(channel=CHANNEL, raw=mail.raw)
        message, _ = unit.messages.record(arrival, mail.internet_id, mail.sender, mail.subject)
        unit.slack.add_mail(conversation, message.id)

    def _files_before(self, unit: Unit, conversation: Conversation) -> tuple[SharedFile, ...]:
        latest = unit.slack.latest_mail(conversation)
        return () if latest is None else files_in(unit.messages.raw(latest))

    def _answer(self, person: Person, said: Said) -> str | None:
        with self.store.unit(ACTOR) as unit:
            talk = unit.slack.conversation(conversation_key(said.team, said.channel, said.thread))
        self._progress(said, "is looking it up …")
        return self.asking.answer(said.text, person, talk.case_id if talk is not None else None)

    def _progress(self, said: Said, what: str) -> None:
        if said.thread != said.ts:  # a status stands in a thread
            self.answers.status(said.team, said.channel, said.thread, what)

    def _tell(self, said: Said, answer: str, *, again: bool) -> None:
        """In the thread where only our own people read it, else to who asked alone."""
        if said.channel.startswith("D") and len(answer) > _STREAMED_CHARACTERS and "<" not in answer:
            self.answers.streamed((said.team, said.user), said.channel, said.thread, answer)
        elif self.workspaces.closed(said.team, said.channel):
            once = Once(f"answer {said.ts}", datetime.fromtimestamp(float(said.ts), UTC) if again else None)
            self.answers.in_thread(said.team, said.channel, said.thread, answer, once=once)
        else:
            self.answers.to_one(said.team, said.channel, said.user, answer, said.thread)

    def _known(self, said: Said) -> bool:
        with self.store.unit(ACTOR) as unit:
            return unit.slack.conversation(conversation_key(said.team, said.channel, said.thread)) is not None

    def _placed(self, said: Said, event: Mapping[str, Any]) -> Said:
        """In direct messages a word without a thread goes on with what is still open."""
        if event.get("thread_ts"):
            return said
        with self.store.unit(ACTOR) as unit:
            last = unit.slack.latest_in(said.team, said.channel, self.clock.now() - _GOES_ON)
            if last is None:
                return said
            if last.case_id is not None:
                state = unit.cases.get(last.case_id).state
                if state not in (CaseState.DRAFT, CaseState.NEEDS_INFO):
                    return said
        return replace(said, thread=last.thread)

    def _thread_before(self, said: Said) -> list[Said]:
        """What stood in the thread before we were called into it."""
        if said.thread == said.ts:
            return []
        return [each for each in self._thread(said.team, said.channel, said.thread) if each.ts != said.ts]

    def _thread(self, team: str, channel: str, thread: str) -> list[Said]:
        told = self.workspaces.client(team).conversations_replies(channel=channel, ts=thread, limit=_MOST_SAID)
        found = []
        for message in told.get("messages") or []:
            if message.get("bot_id") or not message.get("user"):
                continue
            found.append(self._said(team, str(message["user"]), {**message, "channel": channel, "thread_ts": thread}))
        return found

    def _said(self, team: str, user: str, event: Mapping[str, Any]) -> Said:
        bot = self.workspaces.bot_user(team)
        return Said(
            team=team,
            channel=str(event.get("channel")),
            ts=str(event.get("ts")),
            thread=thread_of(event),
            account=f"{team}/{user}",
            text=plain_words(str(event.get("text") or ""), bot)[:_WORDS_CHARACTERS],
            files=tuple(event.get("files") or ()),
        )
