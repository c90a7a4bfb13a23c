"""A worker killed without warning loses nothing and posts nothing twice."""

from pathlib import Path

from tests.journeys.backhaul import served, until
from tests.journeys.test_one_request import request_mail, with_subject


def test_mail_recorded_before_a_kill_is_drafted_once_after_it(tmp_path: Path) -> None:
    with served(tmp_path / "data") as first:
        for number in range(5):
            mail = with_subject(request_mail(f"<k{number}@fennimoreplumbing.example>", 1), f"before the kill {number}")
            first.mail(mail)
        first.process.kill()
        first.process.wait(timeout=10)
    with served(tmp_path / "data") as second:
        settled = {"drafted", "answered", "parked"}
        until(lambda: set(second.health()["messages"]) <= settled and sum(second.health()["messages"].values()) == 22)
        assert sum(second.health()["cases"].values()) == 14 + 5
        verified = second.command("audit", "verify")
        assert verified.returncode == 0, verified.stderr
