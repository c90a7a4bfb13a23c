"""Mail in files: .eml, .msg, folders of them, mbox and Maildir (with its subfolders). One mail is held at a time."""

import mailbox
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENDINGS = (".eml", ".msg")


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that could not be read from its file, in words for people."""

    cause: str


def mails_in(path: Path, size_bytes: int | None = None) -> Iterator[tuple[str, bytes | Unread]]:
    """(name, bytes) of every mail, or what stood in its way. Raises OSError where ``path`` itself can't be read.

    ``size_bytes`` bounds a mail.
    """
    if _is_maildir(path):
        for folder in _maildirs(path):
            yield from _of_box(mailbox.Maildir(folder, create=False), folder, size_bytes)
    elif path.is_dir():
        for file in _files(path):
            yield str(file), _read(file, size_bytes)
    elif _is_mbox(path):
        yield from _of_box(mailbox.mbox(path, create=False), path, size_bytes)
    else:
        with path.open("rb"):  # that it can't be read at all is the caller's to say
            pass
        yield str(path), _read(path, size_bytes)


def count_in(path: Path) -> int:
    """How many mails ``mails_in`` gives; looks at names, and at an mbox's lines, and holds no mail."""
    if _is_maildir(path):
        return sum(_count(mailbox.Maildir(folder, create=False)) for folder in _maildirs(path))
    if path.is_dir():
        return sum(1 for _ in _files(path))
    return _count(mailbox.mbox(path, create=False)) if _is_mbox(path) else 1


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir()


def _maildirs(path: Path) -> Iterator[Path]:
    """The Maildir, and its subfolders as Maildir++ keeps them."""
    yield path
    yield from sorted(below for below in path.glob(".*") if _is_maildir(below))


def _is_mbox(path: Path) -> bool:
    if path.suffix.lower() in _ENDINGS:
        return False
    with path.open("rb") as file:
        return file.read(5) == b"From "


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(found for found in folder.rglob("*") if found.suffix.lower() in _ENDINGS and found.is_file()))


def _of_box(box: Any, path: Path, size_bytes: int | None) -> Iterator[tuple[str, bytes | Unread]]:
    with closing(box):
        for key in sorted(box.keys()):
            name = f"{path}:{key}"
            try:
                with closing(box.get_file(key)) as file:
                    raw = file.read() if size_bytes is None else file.read(size_bytes + 1)
            except (OSError, KeyError) as error:
                yield name, _unread(error)
                continue
            if size_bytes is not None and len(raw) > size_bytes:
                yield name, _too_large(size_bytes)
            else:
                yield name, raw


def _count(box: Any) -> int:
    with closing(box):
        return len(box)


def _read(file: Path, size_bytes: int | None) -> bytes | Unread:
    try:
        if size_bytes is not None and file.stat().st_size > size_bytes:
            return _too_large(size_bytes)
        return file.read_bytes()
    except OSError as error:
        return _unread(error)


def _unread(error: Exception) -> Unread:
    return Unread(f"could not be read: {getattr(error, 'strerror', None) or error}")


def _too_large(size_bytes: int) -> Unread:
    return Unread(f"is larger than {size_bytes:,} bytes and was not taken")
