"""How mail comes in: what listens, and which mailboxes are read. Secrets come from the environment or from files."""

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from assistant.domain.errors import OperatorMustAct

After = Literal["move", "flag"]
Transport = Literal["ssl", "starttls", "none"]
_PORTS: Mapping[Transport, int] = {"ssl": 993, "starttls": 143, "none": 143}
_NOTHING = "Nothing was started."


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What takes mail from other servers, by SMTP and, where ``lmtp_port`` is not 0, by LMTP (RFC 2033).

    ``relays`` are networks of our own servers, which have checked what they hand over: no rate holds for them, and
    what they wrote on top is believed. ``recipients`` are addresses and domains; () takes mail for anybody.
    ``certificate`` is a PEM chain, offered by STARTTLS.
    """

    host: str = "127.0.0.1"
    lmtp_port: int = 0
    certificate: Path | None = None
    private_key: Path | None = None
    require_tls: bool = False
    relays: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    recipients: tuple[str, ...] = ()
    mails_per_minute: int = 60
    connections: int = 20
    connections_per_peer: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Where access tokens come from (RFC 6749). Without a refresh token the client asks in its own name."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One IMAP account. What is recorded is moved to the folder ``done``, or flagged with the keyword ``done``.

    ``authority`` is a PEM file of whoever signed the server's certificate, where that is none the system knows.
    """

    name: str
    host: str
    user: str
    port: int = 993
    transport: Transport = "ssl"
    authority: Path | None = None
    password: str = field(default="", repr=False)
    oauth: OAuth | None = None
    folders: tuple[str, ...] = ("INBOX",)
    after: After = "move"
    done: str = "Recorded"
    poll_seconds: int = 60
    idle_seconds: int = 240


def mailboxes_in(path: Path, env: Mapping[str, str]) -> tuple[Mailbox, ...]:
    """The mailboxes of a TOML file, ``[mailbox.NAME]`` each. Raises OperatorMustAct naming what does not fit."""
    try:
        told = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorMustAct(f"{path} can't be read as a list of mailboxes: {error}. {_NOTHING}") from error
    tables = told.pop("mailbox", {})
    if told or not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise OperatorMustAct(f"{path} holds something else than tables [mailbox.NAME]. {_NOTHING}")
    return tuple(_mailbox(_Table(f"mailbox.{name}", dict(table), path, env), name) for name, table in tables.items())


def networks(text: str, name: str) -> tuple[str, ...]:
    """Networks like 10.0.0.0/8, separated by commas. Raises OperatorMustAct."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for each in found:
        try:
            ipaddress.ip_network(each)
        except ValueError as error:
            raise OperatorMustAct(f"{name} is {text!r}: {error}. {_NOTHING}") from error
    return found


class _Table:
    """A table of the file, taken apart key by key, so that what nobody asked for is an error."""

    def __init__(self, name: str, values: dict[str, Any], path: Path, env: Mapping[str, str]) -> None:
        self._name, self._values, self._path, self._env = name, values, path, env

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.pop(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.fault(f"{key} must be a text")
        return value

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        value = self._values.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.fault(f"{key} must be a whole number from {least} to {most:,}")
        return value

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self._values.pop(key, list(default))
        if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
            raise self.fault(f"{key} must be a list of texts")
        return tuple(value)

    def secret(self, key: str) -> str:
        """``env:NAME`` or ``file:PATH``, '' where there is none; a secret itself has no place in the file."""
        kind, _, where = self.text(key, "").partition(":")
        if not kind:
            return ""
        if kind == "env" and self._env.get(where):
            return self._env[where]
        if kind == "file":
            try:
                return (self._path.parent / where).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise self.fault(f"the file that {key} names can't be read: {error}") from error
        if kind == "env":
            raise self.fault(f"the variable {where} that {key} names is not set")
        raise self.fault(f'{key} must be "env:NAME" or "file:PATH", never the secret itself')

    def below(self, key: str) -> "_Table | None":
        value = self._values.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.fault(f"{key} must be a table")
        return _Table(f"{self._name}.{key}", dict(value), self._path, self._env)

    def end(self) -> None:
        if self._values:
            raise self.fault(f"nobody knows {', '.join(sorted(self._values))}")

    def fault(self, words: str) -> OperatorMustAct:
        return OperatorMustAct(f"{self._path}, {self._name}: {words}. {_NOTHING}")


def _mailbox(table: _Table, name: str) -> Mailbox:
    transport, after = table.text("tls", "ssl"), table.text("after", "move")
    if transport not in _PORTS:
        raise table.fault('tls must be "ssl", "starttls" or "none"')
    if after not in ("move", "flag"):
        raise table.fault('after must be "move" or "flag"')
    authority = table.text("authority", "")
    box = Mailbox(
        name=name,
        host=table.text("host"),
        user=table.text("user"),
        port=table.whole("port", _PORTS[cast(Transport, transport)], 1, 65_535),
        transport=cast(Transport, transport),
        authority=Path(authority) if authority else None,
        password=table.secret("password"),
        oauth=_oauth(table.below("oauth")),
        folders=table.texts("folders", ("INBOX",)),
        after=cast(After, after),
        done=table.text("done", "Recorded" if after == "move" else "$BackhaulRecorded"),
        poll_seconds=table.whole("poll_seconds", 60, 1, 86_400),
        idle_seconds=table.whole("idle_seconds", 240, 1, 1_700),  # RFC 2177: anew within 29 minutes
    )
    table.end()
    if bool(box.password) == (box.oauth is not None):
        raise table.fault("it needs either a password or a table oauth")
    if box.transport == "none" and not _is_here(box.host):
        raise table.fault(f'tls = "none" would show the password to the network between here and {box.host}')
    if box.after == "move" and box.done in box.folders:
        raise table.fault(f"{box.done} is read itself: what is moved there would be moved for ever")
    return box


def _oauth(table: _Table | None) -> OAuth | None:
    if table is None:
        return None
    found = OAuth(
        token_url=table.text("token_url"),
        client_id=table.text("client_id"),
        client_secret=table.secret("client_secret"),
        refresh_token=table.secret("refresh_token"),
        scope=table.text("scope", ""),
    )
    table.end()
    if not (found.client_secret or found.refresh_token):
        raise table.fault("it needs a refresh_token, a client_secret, or both")
    host = found.token_url.partition("://")[2].partition("/")[0].rpartition(":")[0]
    if not found.token_url.startswith("https://") and not _is_here(host):
        raise table.fault("token_url must begin with https://")
    return found


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
