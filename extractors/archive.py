"""Archives: each file in them is read as if it had been attached, at ``docs.zip/a.pdf``."""

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, cast

from extractors.document import Document, Failure
from extractors.kinds import MEDIA_TYPES, kind_of
from extractors.limits import Limits
from extractors.markup import unpacked_bytes
from extractors.pieces import clean, refusal

_CHUNK = 1_000_000
_RATIO_COUNTS_FROM_BYTES = 1_000_000
_LONGEST_NAME = 200
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in an archive; ``opened`` gives its bytes as they unpack."""

    name: str
    packed: int
    opened: Callable[[], IO[bytes]]
    locked: bool = False
    link: bool = False


@dataclass(slots=True)
class _Allowance:
    """What may still be unpacked and read, over the archive and all archives in it."""

    limits: Limits
    bytes_left: int
    members_left: int
    characters_left: int
    used: set[str] = field(default_factory=set)

    def path(self, folder: str, name: str) -> str:
        """A path below ``folder``, whatever the name tries, used once."""
        parts = [part for part in clean(name).replace("\\", "/").replace("\n", " ").split("/") if part.strip(" .")]
        plain = re.sub(r"^[A-Za-z]:$", "", parts[0]) if parts else ""
        safe = "/".join([plain, *parts[1:]] if plain else parts[1:])[-_LONGEST_NAME:].strip("/ ") or "file"
        stem, dot, ending = safe.rpartition(".")
        path = f"{folder}/{safe}"
        number = 1
        while path.lower() in self.used:
            number += 1
            path = f"{folder}/{stem}-{number}{dot}{ending}" if stem else f"{folder}/{safe}-{number}"
        self.used.add(path.lower())
        return path


def read_zip(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The archive itself as a document without text, then the documents of its files."""
    return _opened(data, path, "zip", limits.archive_depth, _allowance(limits))


def read_tar(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """As ``read_zip``."""
    return _opened(data, path, "tar", limits.archive_depth, _allowance(limits))


def read_packed(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """One file packed by gzip, bzip2 or xz; a tape archive in it is opened."""
    return _opened(data, path, "packed", limits.archive_depth, _allowance(limits))


def _allowance(limits: Limits) -> _Allowance:
    return _Allowance(limits, limits.bytes_unpacked, limits.archive_members, limits.characters_in_all)


def _opened(data: bytes, path: str, kind: str, depth: int, allowance: _Allowance) -> tuple[Document, ...]:
    media_type = MEDIA_TYPES[kind]
    if depth <= 0:
        message = f"{path} is an archive inside too many others and was not opened."
        return (refusal(path, media_type, "too_large", message),)
    whole = Document(path=path, media_type=media_type, text="")
    failures: list[Failure] = []
    warnings: list[str] = []
    documents: list[Document] = []
    try:
        for member in _members(data, path, kind):
            if _LITTER.search(member.name):
                continue
            if member.link:
                warnings.append(
                    f"{path}: {member.name[:_LONGEST_NAME]!r} is a link to another file and was passed over."
                )
                continue
            if allowance.members_left <= 0:
                message = f"{path} holds more than {allowance.limits.archive_members} files; the rest was not read."
                failures.append(Failure(document=path, kind="too_large", message=message))
                break
            allowance.members_left -= 1
            documents += _file(member, allowance.path(path, member.name), depth, allowance)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        ValueError,
        NotImplementedError,
        OSError,
        zlib.error,
    ) as problem:
        message = f"{path} is damaged; only {len(documents)} of its files could be read ({type(problem).__name__})."
        failures.append(Failure(document=path, kind="corrupt", message=message))
    if not documents and not failures:
        warnings.append(f"{path} is an archive without files.")
    return (replace(whole, failures=tuple(failures), warnings=tuple(warnings)), *documents)


def _members(data: bytes, path: str, kind: str) -> Iterator[_Member]:
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for told in archive.infolist():
                if not told.is_dir():
                    yield _Member(
                        told.filename,
                        told.compress_size,
                        lambda told=told: archive.open(told),  # type: ignore[misc] # bound to this round's member
                        locked=bool(told.flag_bits & 1),
                        link=stat.S_ISLNK(told.external_attr >> 16),
                    )
    elif kind == "tar":
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tape:
            for entry in tape:
                if entry.isfile():
                    yield _Member(entry.name, entry.size, lambda entry=entry: tape.extractfile(entry) or io.BytesIO())  # type: ignore[misc] # bound to this round's member
                elif not entry.isdir():
                    yield _Member(entry.name, 0, io.BytesIO, link=True)
    else:
        name = re.sub(r"\.(gz|bz2|xz)$", "", path.rpartition("/")[2], flags=re.IGNORECASE)
        name = re.sub(r"\.(tgz|tbz2?|txz)$", ".tar", name, flags=re.IGNORECASE)
        yield _Member(name, len(data), lambda: _packed(data))


def _packed(data: bytes) -> IO[bytes]:
    if data.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=io.BytesIO(data)))
    return bz2.BZ2File(io.BytesIO(data)) if data.startswith(b"BZh") else lzma.LZMAFile(io.BytesIO(data))


def _file(member: _Member, path: str, depth: int, allowance: _Allowance) -> tuple[Document, ...]:
    from extractors.registry import read

    if member.locked:
        message = f"{path} is locked with a password. Ask for it without one."
        return (refusal(path, "application/octet-stream", "encrypted", message),)
    limits = allowance.limits
    most = min(limits.bytes_per_document, allowance.bytes_left)
    try:
        data = _unpacked(member, most, limits.archive_ratio)
    except Exception as problem:  # noqa: BLE001 - every packing fails in its own ways
        message = f"{path} is damaged and could not be unpacked ({type(problem).__name__})."
        return (refusal(path, "application/octet-stream", "corrupt", message),)
    if data is None:
        allowance.bytes_left -= most
        message = f"{path} unpacks to more than may be read here and was not read."
        return (refusal(path, "application/octet-stream", "too_large", message),)
    allowance.bytes_left -= len(data)
    kind, _ = kind_of(data, path)
    if kind in ("zip", "tar", "packed"):
        return _opened(data, path, kind, depth - 1, allowance)
    inner = replace(
        limits,
        bytes_unpacked=max(allowance.bytes_left, 0),
        archive_depth=depth - 1,
        characters_in_all=allowance.characters_left,
    )
    allowance.bytes_left -= _unpacks_to(data)
    documents = read(data, path, "", inner)
    allowance.characters_left -= sum(len(document.text) for document in documents)
    return documents


def _unpacks_to(data: bytes) -> int:
    """What a file that is itself packed (an office document) takes of the allowance when it is read."""
    try:
        return unpacked_bytes(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return 0


def _unpacked(member: _Member, most: int, ratio: int) -> bytes | None:
    """The file's bytes, or None for more than ``most`` of them, or where they are ``ratio`` times the packed ones."""
    pieces: list[bytes] = []
    size = 0
    with member.opened() as source:
        while piece := source.read(_CHUNK):
            size += len(piece)
            if size > most or (size > _RATIO_COUNTS_FROM_BYTES and size > member.packed * ratio):
                return None
            pieces.append(piece)
    return b"".join(pieces)
