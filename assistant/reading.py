"""``backhaul read``: what a file or mail says, printed for people or as JSON, and drawn where it was read."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from assistant.settings import limits_from
from extractors import show
from extractors.apart.isolated import Reader
from extractors.document import Document
from extractors.kinds import kind_of
from extractors.limits import Limits
from extractors.mail import headers
from extractors.mail.parts import leaves, parsed
from extractors.message import Message


def read_files(names: tuple[str, ...], *, as_lines: bool, pictures: Path | None) -> bool:
    """Print every document of every file, and draw its pages into ``pictures``; whether all files could be opened."""
    every = True
    with Reader(limits_from(os.environ)) as reader:
        for name in names:
            try:
                data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            except OSError as error:
                every = False
                said = f"could not be read: {error.strerror or error}"
                _say(json.dumps({"source": name, "error": said}) if as_lines else f"{name} {said}\n")
                continue
            for document in _documents(reader, data, name):
                _say(_line(name, document) if as_lines else f"{show.readable(document)}\n")
                for path in _drawn(document, data, name, pictures) if pictures is not None else ():
                    click.echo(f"{path} drawn", err=True)
    return every


def _documents(reader: Reader, data: bytes, name: str) -> tuple[Document, ...]:
    """A mail's own text first, named ``body``, then what is attached; of any other file, the file itself."""
    path = Path(name).name if name != "-" else "stdin"
    if kind_of(data, path)[0] not in ("mail", "msg"):
        return reader.read(data, path)
    return _with_own_failures(reader.read_message(data))


def _with_own_failures(message: Message) -> tuple[Document, ...]:
    """The documents; failures of the mail itself stand on its first."""
    if not message.documents:
        return ()
    first, *rest = message.documents
    own = tuple(failure for failure in message.failures if failure not in first.failures)
    return (replace(first, failures=(*first.failures, *own)), *rest)


def _line(source: str, document: Document) -> str:
    return json.dumps({"source": source, **show.as_json(document)}, ensure_ascii=False)


def _say(text: str) -> None:
    click.echo(text.encode("utf-8", "replace"))


def _drawn(document: Document, data: bytes, name: str, folder: Path) -> Iterator[Path]:
    """The pictures written: one PNG a page, of the file itself or of what is attached to a mail."""
    held = _held(data, name).get(document.path)
    if held is None:
        return
    from extractors.drawing import drawn_pages

    folder.mkdir(parents=True, exist_ok=True)
    stem = "".join(
        letter if letter.isalnum() or letter in "-_." else "_" for letter in f"{Path(name).stem}-{document.path}"
    )
    try:
        for page, picture in drawn_pages(held, document):
            target = folder / f"{stem[-120:]}-{page}.png"
            picture.save(target)
            yield target
    except Exception as problem:  # noqa: BLE001 - what strangers send makes the drawing library raise all sorts of things
        click.echo(f"{document.path} could not be drawn: {problem}", err=True)


def _held(data: bytes, name: str) -> dict[str, bytes]:
    """Bytes by document path: the file itself, or a mail's named attachments."""
    path = Path(name).name if name != "-" else "stdin"
    if kind_of(data, path)[0] != "mail":
        return {path: data}
    found = leaves(parsed(data)[0], Limits().parts)
    return {headers.filename(leaf.part): leaf.data() for leaf in found if headers.filename(leaf.part)}
