"""How Slack writes what a workspace holds.

Shapes after Slack's reference of objects (docs.slack.dev/reference/objects) and the samples of its SDKs.
"""

from typing import TYPE_CHECKING

from assistant.demo.slack.records import HOME_TEAM, JSON, Channel, Member, Message, Upload, View

if TYPE_CHECKING:
    from assistant.demo.slack.workspace import Workspace


def strange(place: "Workspace", person: Member) -> bool:
    """Of another workspace and in no conversation the app is in."""
    bot = place.app.bot_user
    shared = any(person.id in c.members and bot in c.members for c in place.channels.values())
    return person.team != HOME_TEAM and not shared


def user(place: "Workspace", person: Member) -> JSON:
    """Another workspace's person is told without an address."""
    outside = person.team != HOME_TEAM
    profile: JSON = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": person.real_name.split()[0] if person.real_name else "",
        "last_name": " ".join(person.real_name.split()[1:]),
        "title": "",
        "phone": "",
        "image_48": f"{place.base_url}/static/app.svg",
        "team": person.team,
    }
    if person.email and not outside:
        profile["email"] = person.email
    told: JSON = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": "Central Standard Time",
        "tz_offset": -21600,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.guest,
        "is_ultra_restricted": False,
        "is_bot": person.bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }
    if outside:
        told["is_stranger"] = strange(place, person)
    if person.bot:
        profile |= {"api_app_id": place.app.id, "bot_id": place.app.bot_id, "always_active": True}
    return told


def channel(place: "Workspace", each: Channel) -> JSON:
    bot = place.app.bot_user
    told: JSON = {
        "id": each.id,
        "created": 1_700_000_000,
        "is_archived": each.archived,
        "is_im": each.kind == "im",
        "is_org_shared": False,
        "context_team_id": HOME_TEAM,
        "updated": 1_700_000_000_000,
    }
    if each.kind == "im":
        other = next((m for m in each.members if m != bot), bot)
        return told | {"user": other, "is_user_deleted": place.people[other].deleted, "priority": 0}
    return told | {
        "name": each.name,
        "name_normalized": each.name,
        "is_channel": each.kind == "channel",
        "is_group": False,
        "is_mpim": False,
        "is_private": each.kind == "group",
        "is_general": False,
        "unlinked": 0,
        "is_shared": bool(each.teams),
        "is_ext_shared": bool(each.teams),
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "parent_conversation": None,
        "creator": bot,
        "shared_team_ids": [HOME_TEAM, *each.teams],
        "connected_team_ids": list(each.teams),
        "is_member": bot in each.members,
        "topic": {"value": each.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def file(place: "Workspace", upload: Upload) -> JSON:
    suffix = upload.name.rpartition(".")[2].lower() if "." in upload.name else ""
    where = f"{place.base_url}/files-pri/{HOME_TEAM}-{upload.id}"
    kinds = {c: place.channels[c].kind for c in upload.channels}
    return {
        "id": upload.id,
        "created": upload.created,
        "timestamp": upload.created,
        "name": upload.name,
        "title": upload.title or upload.name,
        "mimetype": upload.mimetype,
        "filetype": suffix or "binary",
        "pretty_type": suffix.upper() or "Binary",
        "user": upload.owner,
        "user_team": place.people[upload.owner].team,
        "editable": False,
        "size": len(upload.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": "channel" in kinds.values(),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{where}/{upload.name}",
        "url_private_download": f"{where}/download/{upload.name}",
        "media_display_type": "unknown",
        "permalink": f"{place.base_url}/files/{upload.owner}/{upload.id}/{upload.name}",
        "permalink_public": "",
        "channels": [c for c, kind in kinds.items() if kind == "channel"],
        "groups": [c for c, kind in kinds.items() if kind == "group"],
        "ims": [c for c, kind in kinds.items() if kind == "im"],
        "comments_count": 0,
        "has_rich_preview": False,
        "file_access": "visible",
    }


def hidden_file(upload: Upload) -> JSON:
    """What an event tells of a file in a channel shared with another company: that files.info has to be asked."""
    return {
        "id": upload.id,
        "mode": "file_access",
        "file_access": "check_file_info",
        "created": 0,
        "timestamp": 0,
        "user": "",
    }


def bot_profile(place: "Workspace") -> JSON:
    return {
        "id": place.app.bot_id,
        "app_id": place.app.id,
        "name": place.app.name,
        "user_id": place.app.bot_user,
        "icons": {"image_48": f"{place.base_url}/static/app.svg"},
        "deleted": False,
        "updated": 1_700_000_000,
        "team_id": HOME_TEAM,
    }


def message(place: "Workspace", each: Message) -> JSON:
    """As conversations.history and events have it, without the channel."""
    told: JSON = {"user": each.user, "type": "message", "ts": each.ts, "text": each.text}
    if each.client_id:
        told["client_msg_id"] = each.client_id
    if each.by_app:
        told |= {"bot_id": place.app.bot_id, "app_id": place.app.id, "bot_profile": bot_profile(place)}
    if not each.files or each.by_app:  # a person's file_share names no team (slack-api-specs, issue 62)
        told["team"] = place.people[each.user].team
    for name, value in (
        ("blocks", each.blocks),
        ("attachments", each.attachments),
        ("edited", each.edited),
        ("metadata", each.metadata),
    ):
        if value:
            told[name] = value
    if each.subtype:
        told["subtype"] = each.subtype
    if each.files:
        told |= {"files": [file(place, place.files[f]) for f in each.files], "upload": False, "display_as_bot": False}
    if each.reactions:
        told["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in each.reactions.items()]
    return told | (_threading(place, each) if not each.to else {})


def _threading(place: "Workspace", each: Message) -> JSON:
    replies = place.replies_to(each.channel, each.ts)
    if replies:
        people = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": each.ts,
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "latest_reply": replies[-1].ts,
            "reply_users": people,
            "is_locked": False,
            "subscribed": each.user == place.app.bot_user,
        }
    if each.thread_ts and each.thread_ts != each.ts:
        parent = next((m.user for m in place.said(each.channel) if m.ts == each.thread_ts), "")
        return {"thread_ts": each.thread_ts, "parent_user_id": parent}
    return {}


def view(place: "Workspace", each: View) -> JSON:
    given = each.given
    return {
        "id": each.id,
        "team_id": HOME_TEAM,
        "type": each.type,
        "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "blocks": given.get("blocks", []),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "external_id": given.get("external_id", ""),
        "state": {"values": each.values},
        "hash": each.hash,
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "root_view_id": each.root or each.id,
        "previous_view_id": each.previous or None,
        "app_id": place.app.id,
        "app_installed_team_id": HOME_TEAM,
        "bot_id": place.app.bot_id,
    }


def team(place: "Workspace", id_: str = HOME_TEAM) -> JSON:
    name = place.teams[id_]
    return {
        "id": id_,
        "name": name,
        "domain": name.lower().replace(" ", "-"),
        "email_domain": "",
        "icon": {"image_default": True},
    }
