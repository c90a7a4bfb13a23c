"""auth.*, oauth.v2.*, apps.*: whose token it is, and how it is come by."""

import base64

from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import HOME_TEAM, JSON
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.workspace import Workspace


def test(place: Workspace, asked: Asked) -> JSON:  # noqa: ARG001 - it asks nothing
    app = place.app
    return {
        "url": f"{place.base_url}/",
        "team": place.teams[HOME_TEAM],
        "user": app.name.lower(),
        "team_id": HOME_TEAM,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(place: Workspace, asked: Asked) -> JSON:  # noqa: ARG001 - it needs no workspace
    if error := asked.text("error"):
        raise Refused(error)
    return {"args": {name: value for name, value in asked.arguments.items() if name != "token"}}


def access(place: Workspace, asked: Asked) -> JSON:
    """A code of this workspace's consent page for the bot's token; a code is good once."""
    app = place.app
    sent = asked.text("client_id"), asked.text("client_secret")
    authorization = asked.headers.get("authorization", "")
    if authorization.startswith("Basic "):
        try:
            name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        except ValueError:
            raise Refused("bad_client_secret") from None
        sent = name, secret
    if sent[0] != app.client_id:
        raise Refused("invalid_client_id")
    if sent[1] != app.client_secret:
        raise Refused("bad_client_secret")
    code = asked.needed("code")
    if code not in place.codes:
        raise Refused("invalid_code")
    user = place.codes.pop(code)
    place.installed = True
    return {
        "access_token": app.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(app.scopes)),
        "bot_user_id": app.bot_user,
        "app_id": app.id,
        "team": {"name": place.teams[HOME_TEAM], "id": HOME_TEAM},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": user},
    }


def revoke(place: Workspace, asked: Asked) -> JSON:
    if not asked.yes("test"):
        place.installed = False
    return {"revoked": not asked.yes("test")}


def open_connection(place: Workspace, asked: Asked) -> JSON:  # noqa: ARG001 - it asks nothing
    """An address for one Socket Mode connection."""
    return {"url": place.new_link()}
