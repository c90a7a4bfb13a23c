"""Picture files of every kind end as text or as a failure that has a name."""

import numpy as np
import pytest
from PIL import Image

from extractors.document import Document
from extractors.limits import Limits
from extractors.registry import read
from tests.samples import documents, scans


def only(data: bytes, **limits: int) -> Document:
    (document,) = read(data, "a.jpg", limits=Limits(**limits))
    return document


@pytest.mark.parametrize(
    "data",
    [
        scans.saved(scans.line(), "PNG"),
        scans.saved(scans.line("CMYK"), "JPEG"),
        scans.saved(scans.line("I;16"), "PNG"),
        scans.saved(scans.line("RGBA"), "WEBP"),
        scans.saved(scans.line("P"), "PNG"),
        scans.saved(scans.line(), "GIF", save_all=True, append_images=[Image.new("RGB", (420, 80), "red")]),
        scans.saved(scans.line(), "BMP"),
        scans.sideways(),
        scans.odd_exif(),
    ],
    ids=["png", "cmyk", "16 bit", "transparent", "palette", "animated", "bmp", "exif", "odd exif"],
)
def test_every_kind_of_picture_is_read(data: bytes) -> None:
    document = only(data)
    assert document.text == scans.LINE
    assert document.failures == ()
    assert document.has_picture


def test_a_photo_of_a_phone_in_heic_is_read() -> None:
    document = only(scans.HEIC.read_bytes())
    assert (document.text, document.media_type) == ("Lot K24339", "image/heic")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (scans.saved(scans.line(), "JPEG")[:3000], "corrupt"),
        (scans.saved(scans.line(), "PNG")[:700], "corrupt"),
        (scans.saved(scans.line(), "PNG")[:33] + bytes(4000), "corrupt"),
        (scans.saved(scans.line(), "JPEG")[:20] + bytes(4000), "corrupt"),
        (scans.tiff(2)[:300], "corrupt"),
        (scans.HEIC.read_bytes()[:900], "corrupt"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "corrupt"),
        (scans.claims(60_000, 60_000), "too_large"),
        (scans.claims(9_000, 9_000), "too_large"),
        (scans.claims(3_000, 3_000), "corrupt"),
    ],
)
def test_a_hostile_picture_is_a_failure_with_a_name(data: bytes, kind: str) -> None:
    document = only(data)
    assert [failure.kind for failure in document.failures] == [kind]
    assert document.failures[0].message.startswith("a.jpg ")
    assert document.text == ""


@pytest.mark.parametrize("size", [(1, 1), (3_000, 20), (5, 6_000), (31, 31)])
def test_a_picture_of_an_odd_shape_is_read_and_holds_nothing(size: tuple[int, int]) -> None:
    document = only(scans.saved(Image.new("RGB", size, "grey"), "PNG"))
    assert (document.text, document.failures) == ("", ())
    assert document.has_picture == (max(size) >= 32)


def test_noise_is_read_as_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    assert only(scans.saved(Image.fromarray(noise), "PNG")).text == ""


def test_a_photo_without_words_is_a_picture_and_no_failure() -> None:
    document = only(documents.png(padding=30_000))
    assert (document.text, document.failures, document.has_picture) == ("", (), True)


def test_the_pages_of_a_tiff_are_numbered_and_counted() -> None:
    document = only(scans.tiff(3), pages=2)
    assert [block.at.page for block in document.blocks] == [1, 2]
    assert [failure.kind for failure in document.failures] == ["too_large"]


def test_the_pixels_that_are_read_are_bounded() -> None:
    document = only(scans.saved(scans.line(), "PNG"), pixels=10_000)
    assert [failure.kind for failure in document.failures] == ["too_large"]
    assert document.has_picture
