"""Mail in files: every kind of store, what can't be read said by name, and a second run that finds all known."""

import mailbox
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.channels.files import Unread, count_in, mails_in
from assistant.cli import main


def mail(number: int) -> bytes:
    return (
        f"From: joe@fennimoreplumbing.example\nSubject: valves {number}\n\nFrom KS-700121, {number} PRV-34.\n".encode()
    )


def maildir(folder: Path) -> Path:
    box = mailbox.Maildir(folder / "maildir")
    box.add(mail(1))
    box.add_folder("Returns").add(mail(2))
    return folder / "maildir"


def mbox(folder: Path) -> Path:
    box = mailbox.mbox(folder / "old-mail")
    for number in (1, 2, 3):
        box.add(mail(number))
    box.close()
    return folder / "old-mail"


def files(folder: Path) -> Path:
    for number, name in enumerate(("a.eml", "below/b.EML", "below/notes.txt")):
        path = folder / "mails" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mail(number))
    return folder / "mails"


def test_every_kind_of_store_is_counted_and_read(tmp_path: Path) -> None:
    for path, count in (
        (maildir(tmp_path), 2),
        (mbox(tmp_path), 3),
        (files(tmp_path), 2),
        (tmp_path / "mails/a.eml", 1),
    ):
        found = list(mails_in(path))
        assert len(found) == count_in(path) == count
        assert all(isinstance(raw, bytes) and raw.startswith(b"From: joe@") for _, raw in found)
    second = dict(mails_in(tmp_path / "old-mail"))[f"{tmp_path / 'old-mail'}:1"]
    assert second == mail(2).replace(b"\nFrom ", b"\n>From ")


def test_what_can_not_be_taken_is_named(tmp_path: Path) -> None:
    folder = files(tmp_path)
    (folder / "huge.eml").write_bytes(b"x" * 2_000)
    (folder / "gone.eml").symlink_to("nowhere.eml")
    told = {Path(name).name: raw for name, raw in mails_in(folder, 1_000)}
    assert told["huge.eml"] == Unread("is larger than 1,000 bytes and was not taken")
    assert "gone.eml" not in told
    with pytest.raises(OSError, match="nothing-here"):
        list(mails_in(tmp_path / "nothing-here"))


def ingested(folder: Path, path: Path, **env: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["ingest", str(path)], env={"BACKHAUL_DATA": str(folder / "data"), **env})
    return done.exit_code, done.output


def test_the_command_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    box = mbox(tmp_path)
    assert ingested(tmp_path, box)[1].endswith("3 recorded, 0 known already.\n")
    more = mailbox.mbox(box)
    more.add(mail(4))
    more.close()
    assert ingested(tmp_path, box)[1].endswith("1 recorded, 3 known already.\n")


def test_the_command_says_what_it_could_not_take(tmp_path: Path) -> None:
    folder = files(tmp_path)
    (folder / "huge.eml").write_bytes(b"x" * 2_000)
    code, output = ingested(tmp_path, folder, BACKHAUL_MESSAGE_BYTES="1000")
    assert code == 1
    assert "huge.eml is larger than 1,000 bytes and was not taken." in output
    assert "2 recorded" in output


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_file_nobody_may_read_is_named(tmp_path: Path) -> None:
    path = files(tmp_path) / "a.eml"
    path.chmod(0)
    assert dict(mails_in(path.parent))[str(path)] == Unread("could not be read: Permission denied")
