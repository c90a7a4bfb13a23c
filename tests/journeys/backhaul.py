"""A real `backhaul serve --demo` on free ports, driven over SMTP and HTTP."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Served:
    """A running Backhaul: where its pages and its mail listener are, its data folder and process."""

    base: str
    smtp_port: int
    data: Path
    process: subprocess.Popen[bytes]
    env: dict[str, str]

    @property
    def slack(self) -> str:
        """The page of its stand-in for Slack."""
        return f"http://127.0.0.1:{self.env['BACKHAUL_SLACK_DEMO_PORT']}"

    def health(self) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"{self.base}/healthz", timeout=20).json()
        return answer

    def mail(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as server:
            server.send_message(mail)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "assistant", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60, check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(data: Path, **more: str) -> Iterator[Served]:
    port, smtp_port = free_port(), free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BACKHAUL_", "OPENAI_"))}
    env |= {"BACKHAUL_DATA": str(data), "BACKHAUL_PORT": str(port), "BACKHAUL_SMTP_PORT": str(smtp_port)}
    env |= {"BACKHAUL_SLACK_DEMO_PORT": str(free_port())}
    env |= {"BACKHAUL_TODAY": "2026-11-20", **more}
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "assistant", "serve", "--demo"]
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        running = Served(f"http://127.0.0.1:{port}", smtp_port, data, process, env)
        try:
            until(lambda: _up(running), seconds=150)
            yield running
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(timeout=10)


def _up(running: Served) -> bool:
    if running.process.poll() is not None:
        raise AssertionError((running.data / "serve.log").read_text())
    try:
        return bool(running.health()["status"] == "ok")
    except httpx.HTTPError:
        return False


def until(found: Callable[[], Value], seconds: float = 30) -> Value:
    """Look until something is found; the last look's value."""
    end, pause = time.monotonic() + seconds, 0.01
    while not (value := found()):
        if time.monotonic() > end:
            raise AssertionError(f"not seen within {seconds} s")
        time.sleep(pause)
        pause = min(2 * pause, 0.1)
    return value


class Visitor:
    """A browser without a screen: cookies, forms and their tokens."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._cookies = httpx.Cookies()

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path, {})

    def post(self, path: str, data: dict[str, str]) -> httpx.Response:
        return self._ask("POST", path, data)

    def _ask(self, method: str, path: str, data: dict[str, str]) -> httpx.Response:
        with httpx.Client(base_url=self._base, cookies=self._cookies, follow_redirects=True, timeout=20) as client:
            answer = client.request(method, path, data=data or None)
            self._cookies = client.cookies
        return answer

    def sign_in(self, person: str, password: str) -> httpx.Response:
        page = self.get("/sign-in").text
        return self.post("/sign-in", data={"token": token_in(page), "person": person, "password": password})

    def decide(self, case_id: str, action: str, **fields: str) -> httpx.Response:
        """Send a form of the case page, with what the page holds."""
        page = self.get(f"/cases/{case_id}").text
        revision = hidden(page, "revision")
        data = {"token": token_in(page), "revision": revision, "digests": hidden(page, "digests"), **fields}
        return self.post(f"/cases/{case_id}/{action}", data=data)


def token_in(page: str) -> str:
    return hidden(page, "token")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""
