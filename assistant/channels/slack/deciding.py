"""Deciding in Slack: exactly steps.review.Review, for the person the clicking account is proven to be.

What a message shows proves nothing: role, duties, revision and what would be posted are looked at when it is clicked.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.channels.slack import forms
from assistant.channels.slack.answers import Answers
from assistant.channels.slack.linked import Accounts
from assistant.domain.approval import rejected_lines
from assistant.domain.case import Case
from assistant.domain.errors import BackhaulError, NotAllowedNow, ReviewerMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, acting, program
from assistant.domain.ports import Store
from assistant.steps.edit import edited
from assistant.steps.review import EDITORS, Review

ACTOR = program("slack")


@dataclass(frozen=True, slots=True)
class Deciding:
    """``look_again`` has the messages about a case brought up to date."""

    store: Store
    review: Review
    accounts: Accounts
    answers: Answers
    look_again: Callable[[], None]

    def clicked(self, delivery_id: str, body: Mapping[str, Any]) -> None:
        """Raises NotLinked and ReviewerMustAct, in words for who clicked."""
        action = body["actions"][0]
        seen = _seen(str(action.get("value")))
        person = self.accounts.person(account_of(body))
        if self._done_before(delivery_id, seen.case_id):
            return
        if action["action_id"] == "approve":
            case = self.review.approve(person, seen.case_id, seen.revision, seen.digests)
        else:
            case = self.review.submit(person, seen.case_id, seen.revision)
        self._note(person, body, delivery_id, seen, str(action["action_id"]))
        if action["action_id"] == "approve":
            self._tell_what_is_open(body, case)
        self.look_again()

    def submitted(self, delivery_id: str, body: Mapping[str, Any]) -> None:
        """A form that decides or edits. Raises NotLinked and ReviewerMustAct."""
        view = body["view"]
        told, typed = forms.metadata(view), forms.typed_in(view)
        digests = tuple(str(each) for each in told.get("digests", ()))
        seen = Seen(str(told.get("case", "")), int(told.get("revision", 0)), digests)
        person = self.accounts.person(account_of(body))
        if self._done_before(delivery_id, seen.case_id):
            return
        what = view["callback_id"]
        if what == "reject_reason":
            self.review.reject(person, seen.case_id, seen.revision, typed.get("reason", ""))
        elif what == "choose_lines":
            out, reason = forms.left_out(view)[0], typed.get("reason", "")
            case = self.review.approve_without(person, seen.case_id, seen.revision, out, reason, seen.digests)
            self._tell_what_is_open(body, case)
        elif what == "early_credit":
            self.review.credit_early(person, seen.case_id, seen.revision, typed.get("reason", ""))
        else:
            with self.store.unit(ACTOR) as unit:
                draft = unit.cases.get(seen.case_id).draft
            changed = edited(draft, forms.edited_fields(view))
            self.review.revise(person, seen.case_id, seen.revision, changed, typed.get("why", ""))
        self._note(person, body, delivery_id, seen, str(view["callback_id"]))
        self.look_again()

    def form_for(self, body: Mapping[str, Any], link: Callable[[str], str]) -> dict[str, Any]:
        """The form a click opens. Raises NotLinked and ReviewerMustAct: who may not edit sees no case."""
        action = body["actions"][0]
        seen = _seen(str(action.get("value")))
        person = self.accounts.person(account_of(body))
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(seen.case_id)
            rejected = rejected_lines(unit.cases.decisions(case.id), case.revision.number)
        if case.revision.number != seen.revision:
            raise ReviewerMustAct(
                f"{case.id} is at revision {case.revision.number}; you saw {seen.revision}. Look again."
            )
        if case.state is not CaseState.IN_REVIEW:
            raise NotAllowedNow(f"{case.id} is {case.state.value.replace('_', ' ')}. Nothing was changed.")
        if action["action_id"] == "reject":
            return forms.rejection(case.id, seen.revision, channel_of(body))
        if action["action_id"] == "choose_lines":
            return forms.choose_lines(case, rejected, seen.digests, channel_of(body), link(case.id))
        if not person.roles & EDITORS:
            raise ReviewerMustAct("Cases are edited by agents and reviewers. Nothing was changed.")
        if action["action_id"] == "early_credit":
            return forms.early_credit(case.id, seen.revision, channel_of(body))
        return forms.edit(case, channel_of(body), link(case.id))

    def faults(self, body: Mapping[str, Any]) -> dict[str, str]:
        """What does not fit in a form, by its field: shown in the form, which stays open."""
        view = body["view"]
        typed, told = forms.typed_in(view), forms.metadata(view)
        given = bool(typed.get("reason", "").strip())
        if view["callback_id"] == "reject_reason":
            return {} if given else {"reason": "A rejection needs a reason."}
        if view["callback_id"] == "choose_lines":
            out, any_left = forms.left_out(view)
            if not any_left:
                return {"reason": "No line would be left: reject the whole case instead."}
            return {} if given or not out else {"reason": "What is left out needs a reason: the customer reads it."}
        if view["callback_id"] == "early_credit":
            return {} if given else {"reason": "Say why the credit can't wait for the goods."}
        if view["callback_id"] != "edit_lines":
            return {}
        if not typed.get("why", "").strip():
            return {"why": "Say why you changed it: the next reviewer reads that."}
        try:
            with self.store.unit(ACTOR) as unit:
                draft = unit.cases.get(str(told.get("case", ""))).draft
            edited(draft, forms.edited_fields(view))
        except BackhaulError as error:
            return {"why": str(error)}
        return {}

    def tell(self, body: Mapping[str, Any], text: str) -> None:
        """To who clicked, where they did, for their eyes alone."""
        account = account_of(body)
        team, _, user = account.partition("/")
        self.answers.to_one(team, channel_of(body), user, text, thread_of(body))

    def _tell_what_is_open(self, body: Mapping[str, Any], case: Case) -> None:
        if case.state is CaseState.IN_REVIEW:
            self.tell(body, f"Your step of {case.id} is given; another one is still open.")

    def _done_before(self, delivery_id: str, case_id: str) -> bool:
        """Whether somebody died between deciding and saying so."""
        with self.store.unit(ACTOR) as unit:
            return any(
                row.event == "slack.decided" and row.details.get("delivery") == delivery_id
                for row in unit.audit.rows(case_id)
            )

    def _note(self, person: Person, body: Mapping[str, Any], delivery_id: str, seen: "Seen", what: str) -> None:
        told = {"account": account_of(body), "delivery": delivery_id, "action": what, "revision": seen.revision}
        with self.store.unit(acting(person)) as unit:
            unit.audit.append(seen.case_id, "slack.decided", told)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the message showed when it was clicked."""

    case_id: str
    revision: int
    digests: tuple[str, ...]


def _seen(value: str) -> Seen:
    try:
        told = json.loads(value)
        return Seen(str(told["case"]), int(told["revision"]), tuple(str(each) for each in told.get("digests", ())))
    except (ValueError, KeyError, TypeError) as error:
        raise ReviewerMustAct("That button is none of ours any more. Open the case in the workbench.") from error


def account_of(body: Mapping[str, Any]) -> str:
    team = (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or body.get("team_id")
    user = body.get("user")
    return f"{team}/{user.get('id') if isinstance(user, dict) else body.get('user_id')}"


def channel_of(body: Mapping[str, Any]) -> str:
    container = body.get("container") or {}
    if (view := body.get("view")) is not None and not container.get("channel_id"):
        return str(forms.metadata(view).get("channel") or "")
    return str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")


def thread_of(body: Mapping[str, Any]) -> str:
    return str((body.get("container") or {}).get("thread_ts") or (body.get("message") or {}).get("thread_ts") or "")
