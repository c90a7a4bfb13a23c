"""Archives: where their files come out, and what holds them in bounds."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document
from extractors.limits import Limits
from extractors.registry import read
from tests.samples import documents as samples

LIST = b"Item;Qty;Lot\nA-1;1;L1\nB-2;2;L2\n"


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name or "x", data)
    return out.getvalue()


def told(documents: tuple[Document, ...]) -> dict[str, list[str]]:
    return {document.path: [failure.kind for failure in document.failures] for document in documents}


def test_files_are_read_below_the_archive_as_if_attached() -> None:
    mail = b"From: a@b.example\r\nMessage-ID: <1@b>\r\nSubject: x\r\n\r\nInner mail\r\n"
    documents = read(
        zipped(("returns/list.csv", LIST), ("slip.docx", samples.docx_form()), ("m.eml", mail)), "docs.zip"
    )
    assert list(told(documents)) == [
        "docs.zip",
        "docs.zip/returns/list.csv",
        "docs.zip/slip.docx",
        "docs.zip/m.eml/body",
    ]
    assert documents[1].blocks[1].cells[0].header == "Item"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/passwd", "docs.zip/etc/passwd"),
        ("/etc/passwd", "docs.zip/etc/passwd"),
        ("C:\\files\\list.txt", "docs.zip/files/list.txt"),
        ("..", "docs.zip/file"),
        ("a\x00b\u202etxt.exe", "docs.zip/a"),
        ("x" * 400, "docs.zip/" + "x" * 200),
    ],
)
def test_no_name_leads_out_of_the_archive(name: str, path: str) -> None:
    assert read(zipped((name, b"words")), "docs.zip")[1].path == path


# Python itself can't write a name that starts with NUL.
@given(st.lists(st.text(max_size=30).filter(lambda name: not name.startswith("\x00")), max_size=6))
def test_every_path_stands_below_the_archive_and_once(names: list[str]) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the writer warns of names used twice
        data = zipped(*((name.encode("utf-8", "ignore").decode() or "x", b"words") for name in names))
    paths = [document.path for document in read(data, "docs.zip")]
    assert len({path.lower() for path in paths}) == len(paths)
    assert all(path.startswith("docs.zip/") and ".." not in path.split("/") for path in paths[1:])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_two_documents() -> None:
    assert list(told(read(zipped(("a.txt", b"one"), ("A.txt", b"two")), "d.zip"))) == [
        "d.zip",
        "d.zip/a.txt",
        "d.zip/A-2.txt",
    ]


def test_bombs_are_not_unpacked() -> None:
    documents = read(zipped(("bomb.txt", b"0" * 30_000_000), ("list.csv", LIST)), "d.zip")
    assert told(documents) == {"d.zip": [], "d.zip/bomb.txt": ["too_large"], "d.zip/list.csv": []}


def test_all_archives_inside_share_one_allowance() -> None:
    inner = zipped(*((f"{n}.txt", bytes([65 + n]) * 40_000) for n in range(5)))
    data = zipped(("a.zip", inner), ("b.zip", inner))
    documents = read(data, "d.zip", limits=Limits(bytes_unpacked=250_000))
    assert sum(len(document.text) for document in documents) <= 250_000
    assert "too_large" in [failure.kind for document in documents for failure in document.failures]


def test_archives_nest_only_so_deep() -> None:
    data = zipped(("a.txt", b"deep"))
    for _ in range(8):
        data = zipped(("in.zip", data))
    assert list(told(read(data, "d.zip")).values()) == [[], [], [], ["too_large"]]


def test_many_files_end_at_the_limit() -> None:
    documents = read(zipped(*((f"{n}.txt", b"words") for n in range(30))), "d.zip", limits=Limits(archive_members=10))
    assert len(documents) == 11
    assert [failure.kind for failure in documents[0].failures] == ["too_large"]


def test_a_locked_file_is_encrypted_and_a_link_is_passed_over() -> None:
    data = bytearray(zipped(("a.txt", b"words")))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    assert told(read(bytes(data), "d.zip")) == {"d.zip": [], "d.zip/a.txt": ["encrypted"]}
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    (document,) = read(out.getvalue(), "d.zip")
    assert "link" in document.warnings[0]


def test_tapes_and_single_packed_files_are_opened() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tape:
        entry = tarfile.TarInfo("../list.csv")
        entry.size = len(LIST)
        tape.addfile(entry, io.BytesIO(LIST))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tape.addfile(link)
    assert list(told(read(gzip.compress(out.getvalue()), "d.tgz"))) == ["d.tgz", "d.tgz/d.tar", "d.tgz/d.tar/list.csv"]
    for pack, ending in ((gzip.compress, "gz"), (bz2.compress, "bz2"), (lzma.compress, "xz")):
        assert told(read(pack(LIST), f"list.csv.{ending}"))[f"list.csv.{ending}/list.csv"] == []
        assert told(read(pack(b"0" * 30_000_000), f"a.txt.{ending}"))[f"a.txt.{ending}/a.txt"] == ["too_large"]


@pytest.mark.parametrize("data", [b"7z\xbc\xaf\x27\x1c" + b"x" * 50, b"Rar!\x1a\x07\x00" + b"x" * 50])
def test_other_archives_are_refused_with_what_to_do(data: bytes) -> None:
    (document,) = read(data, "d.bin")
    assert document.failures[0].kind == "unsupported"
    assert "Ask for a ZIP" in document.failures[0].message


@given(st.integers(0, 300), st.binary(min_size=1, max_size=20))
def test_a_damaged_archive_never_raises(place: int, noise: bytes) -> None:
    data = bytearray(zipped(("a.csv", LIST), ("b.txt", b"words")))
    data[place : place + len(noise)] = noise
    assert read(bytes(data), "d.zip")


def test_what_an_archive_holds_beyond_all_text_that_is_taken_is_told_by_name() -> None:
    inner = zipped(("c.csv", LIST), ("d.csv", LIST))
    documents = read(
        zipped(("a.csv", LIST), ("b.csv", LIST), ("in.zip", inner)), "x.zip", limits=Limits(characters_in_all=120)
    )
    assert told(documents) == {
        "x.zip": [],
        "x.zip/a.csv": [],
        "x.zip/b.csv": ["too_large"],
        "x.zip/in.zip": [],
        "x.zip/in.zip/c.csv": ["too_large"],
        "x.zip/in.zip/d.csv": ["too_large"],
    }
    assert sum(len(document.text) for document in documents) <= 120
