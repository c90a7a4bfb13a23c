"""The words printed on a picture, by RapidOCR's PP-OCR models on onnxruntime; the models ship in its wheel."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.float64]

# One reading at a time, on two threads: a service that reads a scan goes on answering.
_ONE_AT_A_TIME = threading.Lock()
_THREADS = 2
# Lines are looked for on a page made this small (pixels of its longer side): memory grows with the square. They are
# read at full size.
_SEEN_AT = 1600
# Lines read together; each takes memory for every letter of the model's 18,000 at every place.
_LINES_AT_ONCE = 2
# A detected shape this many times taller than wide may be a letter that stands, or a line that runs up the page.
_TALL = 1.5
# A line of print is no longer than this many of its heights; what is, is a rule or an edge, and takes much memory.
_WIDEST = 90


@dataclass(frozen=True, slots=True)
class Inked:
    """A word as the model read it: its four corners (from the top left, clockwise, in pixels) and confidence (0..1)."""

    text: str
    corners: "Points"
    confidence: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A run of words on one line as the detector found it."""

    words: tuple[Inked, ...]
    corners: "Points"

    @property
    def confidence(self) -> float:
        """The mean over the letters, 0 without any."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters if letters else 0.0


@cache
def _engine() -> Any:
    """The models, loaded once a process. Nothing is fetched: a model that is missing is an error."""
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(_THREADS)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_vertical_padding": False,
            "Global.return_word_box": True,
            # Sizes are seen to before: see scan_pixels.
            "Global.use_preprocess_img": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": _SEEN_AT,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Rec.rec_batch_num": _LINES_AT_ONCE,
        }
    )


def strips_on(picture: "Pixels") -> "list[Points]":
    """Where lines of text lie on an RGB picture: four corners each, from the top left of the text's box clockwise."""
    import numpy as np
    from rapidocr.main import RapidOCRError

    with _ONE_AT_A_TIME:
        try:
            _, found = _engine().detect_and_crop(picture[:, :, ::-1].copy(), {})
        except RapidOCRError:
            return []
    return [np.asarray(corners, dtype=np.float64) for corners in found.boxes]


def words_of(picture: "Pixels", strips: "Sequence[Points]") -> list[Strip]:
    """What the strips of an RGB picture say; those without a letter are left out."""
    return [strip for strip in _read(picture, strips) if strip.words]


def _read(picture: "Pixels", strips: "Sequence[Points]") -> list[Strip]:
    turned = [_turns(corners) for corners in strips]
    tried = [(number, way) for number, ways in enumerate(turned) for way in ways]
    read = _recognised(picture, [way for _, way in tried])
    best: dict[int, Strip] = {}
    for (number, _), strip in zip(tried, read, strict=True):
        if number not in best or strip.confidence > best[number].confidence:
            best[number] = strip
    return [best[number] for number in range(len(strips))]


def _turns(corners: "Points") -> "list[Points]":
    """The ways a strip may be read; a tall one as it stands, and from either side."""
    import numpy as np

    if height(corners) < _TALL * width(corners):
        return [corners]
    # Corners named anew from another one on turn the strip: its head to the left, or to the right.
    sides = [np.roll(corners, -1, axis=0), np.roll(corners, 1, axis=0)]
    return [corners, *sides] if height(corners) < 3 * width(corners) else sides


def _recognised(picture: "Pixels", strips: "Sequence[Points]") -> list[Strip]:
    if not strips:
        return []
    crops = [_crop(picture, corners) for corners in strips]
    with _ONE_AT_A_TIME:
        told = _engine().recognize_txt(crops)
    return [
        Strip(tuple(_words(text, shape, corners)), corners)
        for text, shape, corners in zip(told.txts, told.word_results, strips, strict=True)
    ]


def _crop(picture: "Pixels", corners: "Points") -> "Pixels":
    """The strip, upright, in the channel order the models were trained on (BGR)."""
    import cv2
    import numpy as np

    wide, high = max(round(width(corners)), 4), max(round(height(corners)), 4)
    wide = min(wide, _WIDEST * high)
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    move = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    cut = cv2.warpPerspective(picture, move, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(cut[:, :, ::-1], dtype=np.uint8)


def _words(text: str, shape: Any, corners: "Points") -> list[Inked]:
    """The letters parted at blanks, each word with the part of the strip that it covers.

    ``shape`` tells for each letter the column of the model's output it was read from, and for each sign (blanks
    too) a confidence.
    """
    places = [(column + 0.5) / shape.line_txt_len for columns in shape.word_cols or () for column in columns]
    signs = [(place, letter) for place, letter in enumerate(text) if not letter.isspace()]
    if len(places) != len(signs) or not signs:
        return []
    half = _half_letter(places, corners)
    words: list[Inked] = []
    held: list[int] = []
    for number, (place, _) in enumerate(signs):
        if held and place != signs[held[-1]][0] + 1:
            words.append(_word(held, signs, places, half, shape.confs, corners))
            held = []
        held.append(number)
    words.append(_word(held, signs, places, half, shape.confs, corners))
    return words


def _half_letter(places: Sequence[float], corners: "Points") -> float:
    """Half a letter's width as a share of the strip: of the narrower half of steps, since blanks make wide ones."""
    steps = sorted(right - left for left, right in pairwise(places))
    usual = 0.3 * height(corners) / max(width(corners), 1.0)
    return min(steps[len(steps) // 2] / 2 if steps else usual, 2 * usual)


def _word(
    held: Sequence[int],
    signs: Sequence[tuple[int, str]],
    places: Sequence[float],
    half: float,
    confidences: Sequence[float],
    corners: "Points",
) -> Inked:
    import numpy as np

    start, end = max(places[held[0]] - half, 0.0), min(places[held[-1]] + half, 1.0)
    top, bottom = corners[1] - corners[0], corners[2] - corners[3]
    around = np.array(
        [corners[0] + start * top, corners[0] + end * top, corners[3] + end * bottom, corners[3] + start * bottom]
    )
    sure = [confidences[signs[number][0]] for number in held]
    return Inked("".join(signs[number][1] for number in held), around, round(sum(sure) / len(sure), 4))


def width(corners: "Points") -> float:
    """The longer of the upper and lower side."""
    import numpy as np

    return float(max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])))


def height(corners: "Points") -> float:
    """The longer of the left and right side."""
    import numpy as np

    return float(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))
