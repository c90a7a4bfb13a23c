"""Files that people shared, fetched with the bot's token from Slack alone, and no more of them than a mail may hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from assistant.channels.slack.clients import Workspaces
from assistant.steps.spoken import SharedFile

_TIMEOUT_SECONDS = 20.0
_MOST_FILES = 30
_HOSTS = (".slack.com", ".slack-files.com")


@dataclass(frozen=True, slots=True)
class Fetched:
    """``lost`` says what could not be had and why, for people."""

    files: tuple[SharedFile, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cabinet:
    """``most_bytes`` bounds what is fetched for one turn."""

    workspaces: Workspaces
    most_bytes: int

    def fetch(self, team: str, shared: Iterable[Mapping[str, Any]], known: frozenset[str]) -> Fetched:
        """Those not ``known`` yet. Raises httpx2.TransportError where Slack does not answer: it is tried again."""
        files: list[SharedFile] = []
        lost: list[str] = []
        left = self.most_bytes
        for number, told in enumerate(shared):
            file_id, name = str(told.get("id", "")), str(told.get("name") or told.get("title") or "file")
            if not file_id or file_id in known:
                continue
            if number >= _MOST_FILES:
                lost.append(f"{name}: only {_MOST_FILES} files are taken at once")
                continue
            if told.get("file_access") == "check_file_info" or "url_private" not in told:
                told = self.workspaces.client(team).files_info(file=file_id)["file"]
            data, why = self._bytes(team, told, left)
            if data is None:
                lost.append(f"{name}: {why}")
                continue
            left -= len(data)
            files.append(SharedFile(id=file_id, name=name, media_type=str(told.get("mimetype") or ""), data=data))
        return Fetched(tuple(files), tuple(lost))

    def _bytes(self, team: str, told: Mapping[str, Any], most: int) -> tuple[bytes | None, str]:
        url = str(told.get("url_private_download") or told.get("url_private") or "")
        if told.get("mode") in ("tombstone", "hidden_by_limit", "external"):
            return None, "Slack does not hold it"
        if not self._is_slack(url):
            return None, "it lies outside Slack, where our token does not go"
        token = self.workspaces.client(team).token
        taken = bytearray()
        with httpx2.stream(
            "GET", url, headers={"Authorization": f"Bearer {token}"}, timeout=_TIMEOUT_SECONDS, follow_redirects=False
        ) as answer:
            kind = answer.headers.get("content-type", "")
            if answer.status_code >= 500 or answer.status_code == 429:
                raise httpx2.TransportError(f"Slack answered {answer.status_code} for a file")
            if answer.status_code != 200 or (kind.startswith("text/html") and "html" not in str(told.get("mimetype"))):
                return None, "Slack did not give it out"  # to who may not read it Slack shows its page to sign in
            for piece in answer.iter_bytes():
                taken += piece
                if len(taken) > most:
                    return None, "it is too large"
        return bytes(taken), ""

    def _is_slack(self, url: str) -> bool:
        asked, own = urlsplit(url), urlsplit(self.workspaces.api_url)
        if (asked.scheme, asked.netloc) == (own.scheme, own.netloc):
            return True
        return asked.scheme == "https" and f".{asked.hostname or ''}".endswith(_HOSTS)
