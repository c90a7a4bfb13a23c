"""users.* and team.*: who is here."""

from assistant.demo.slack import shapes
from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import HOME_TEAM, JSON
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.web.conversations import paged
from assistant.demo.slack.workspace import Workspace


def info(place: Workspace, asked: Asked) -> JSON:
    return {"user": _told(place, asked.needed("user"))}


def list_(place: Workspace, asked: Asked) -> JSON:
    page, cursor = paged([p.id for p in place.people.values() if p.team == HOME_TEAM], asked, 100, 1000)
    told = [_told(place, user) for user in page]
    return {"members": told, "cache_ts": int(place.clock()), "response_metadata": {"next_cursor": cursor}}


def lookup_by_email(place: Workspace, asked: Asked) -> JSON:
    """Whole members and guests of this workspace; neither leavers nor other companies' people."""
    email = asked.needed("email").casefold()
    for person in place.people.values():
        if person.email.casefold() == email and person.team == HOME_TEAM and not person.deleted:
            return {"user": _told(place, person.id)}
    raise Refused("users_not_found")


def bot(place: Workspace, asked: Asked) -> JSON:
    if asked.text("bot", place.app.bot_id) != place.app.bot_id:
        raise Refused("bot_not_found")
    return {"bot": shapes.bot_profile(place)}


def team(place: Workspace, asked: Asked) -> JSON:
    id_ = asked.text("team", HOME_TEAM)
    if id_ not in place.teams:
        raise Refused("team_not_found")
    return {"team": shapes.team(place, id_)}


def _told(place: Workspace, user: str) -> JSON:
    told = shapes.user(place, place.person(user))
    if "users:read.email" not in place.app.scopes:
        told["profile"].pop("email", None)
    return told
