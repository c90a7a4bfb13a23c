"""Mail in files: .eml, .msg, folders of them, mbox and Maildir."""

import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every mail of an .eml or .msg file, a folder of them, an mbox or a Maildir."""
    if path.is_dir():
        if (path / "cur").is_dir():
            box: Any = mailbox.Maildir(path, create=False)
            yield from ((f"{path}:{key}", box.get_bytes(key)) for key in sorted(box.keys()))
            return
        for file in sorted(found for found in path.rglob("*") if found.suffix.lower() in (".eml", ".msg")):
            yield str(file), file.read_bytes()
        return
    raw = path.read_bytes()
    if raw.startswith(b"From ") and path.suffix != ".eml":
        box = mailbox.mbox(path, create=False)
        yield from ((f"{path}:{key}", box.get_bytes(key)) for key in box.keys())  # noqa: SIM118 - an mbox iterates messages
        return
    yield str(path), raw
