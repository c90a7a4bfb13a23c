"""A Dovecot of the tests' own: IMAP and LMTP on free loopback ports, in a folder of its own, as whoever runs the tests.

Every address is a user with the same password; mail is kept in Maildirs. Started as root, its programs run as the
users that Debian's package made, and mail belongs to nobody.
"""

import getpass
import grp
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "not-a-secret"  # of a server that lives for one test
needs_dovecot = pytest.mark.skipif(shutil.which("dovecot") is None, reason="Dovecot is not installed")

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
default_process_limit = 60
default_client_limit = 1000
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%Lu
mail_fsync = never
maildir_stat_dirs = yes
mail_max_userip_connections = 100
{extra}
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%Lu allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """Where it listens, and its folder; ``imaps_port`` is 0 without a certificate."""

    folder: Path
    imap_port: int
    imaps_port: int
    lmtp_port: int
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text() if path.exists() else ""

    def mails(self, user: str, folder: str = "") -> int:
        """How many mails stand in a user's folder; the inbox by default."""
        box = self.folder / "mail" / user / (f".{folder}" if folder else "")
        return sum(len(list((box / part).glob("*"))) for part in ("new", "cur"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def dovecot(
    folder: Path, *, certificate: tuple[Path, Path] | None = None, extra: str = "", imap_port: int = 0
) -> Iterator[Dovecot]:
    """Running until the block ends. ``certificate``: PEM files of the chain and its key."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir(exist_ok=True)
    root = os.getuid() == 0
    if root:
        _let_in(folder)
    user = getpass.getuser()
    uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
    if root:
        for name in ("mail", "home"):
            os.chown(folder / name, uid, gid)
    ports = {name: free_port() for name in ("imap", "imaps", "lmtp")}
    ports["imap"] = imap_port or ports["imap"]
    if certificate is None:
        ports["imaps"] = 0
    lines = f"ssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}" if certificate else ""
    config = folder / "dovecot.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            ssl="yes" if certificate else "no",
            certificate=lines,
            internal="dovecot" if root else user,
            group="dovecot" if root else grp.getgrgid(os.getgid()).gr_name,
            login="dovenull" if root else user,
            password=PASSWORD,
            extra=extra,
            uid=uid,
            gid=gid,
            **ports,
        )
    )
    with (folder / "start.log").open("ab") as said:
        process = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stdout=said, stderr=said)
    running = Dovecot(folder, ports["imap"], ports["imaps"], ports["lmtp"], process)
    try:
        _wait_for(running)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def _let_in(folder: Path) -> None:
    """The folders of a test belong to who runs it alone: others may pass through, on the way to their own."""
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)


def _wait_for(running: Dovecot) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            for port in (running.imap_port, running.lmtp_port):
                with socket.create_connection(("127.0.0.1", port), timeout=2) as server:
                    if not server.recv(100):
                        raise ConnectionError("closed")
        except OSError:
            if running.process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    said = (running.folder / "start.log").read_text()
    raise AssertionError(f"Dovecot did not start: {said}\n{running.log()}")
