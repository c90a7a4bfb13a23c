"""Whether a person would see an HTML element's text: the tricks that hide words from readers but not from programs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from extractors.html.styles import Styles

_LENGTH = re.compile(r"^(-?\d{0,6}(?:\.\d{0,6})?)(px|pt|em|rem|ex|ch|cm|mm|in|%|vw|vh)?$")
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 1.33,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
    "ch": 8.0,
    "cm": 37.8,
    "mm": 3.78,
    "in": 96.0,
}
_NAMED = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00",
    "gray": "808080", "grey": "808080", "silver": "c0c0c0", "navy": "000080", "snow": "fffafa", "ivory": "fffff0",
    "whitesmoke": "f5f5f5", "ghostwhite": "f8f8ff", "floralwhite": "fffaf0", "azure": "f0ffff", "mintcream": "f5fffa",
    "seashell": "fff5ee", "honeydew": "f0fff0", "aliceblue": "f0f8ff", "lightyellow": "ffffe0", "maroon": "800000",
}  # fmt: skip
_SMALLEST_FONT = 1.4
_FAR_AWAY = -900.0
# WCAG's contrast ratio (1 to 21): grey that is still read has 1.5 and more.
_LEAST_CONTRAST = 1.2
_PLAIN_PAGE = "ffffff"


@dataclass(frozen=True, slots=True)
class Look:
    """What an element inherits.

    ``gone``: nothing inside can be seen; ``tiny``, ``veiled``: too small or made invisible, which an element inside may
    undo; its text colour and its background as six hexadecimal digits ('' where not set, '?' a picture).
    """

    gone: bool = False
    tiny: bool = False
    veiled: bool = False
    colour: str = ""
    background: str = _PLAIN_PAGE

    @property
    def hidden(self) -> bool:
        """Whether text here is not seen."""
        return self.gone or self.tiny or self.veiled or _alike(self.colour, self.background)


def look_of(element: HtmlElement, around: Look, styles: Styles) -> Look:
    """How the element's text looks, given how its parent's does."""
    style = styles.of(element)
    if not style and not element.attrib:
        return around
    painted = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    background = around.background
    if painted and painted not in ("none", "transparent", "inherit", "initial"):
        background = colour_of(painted, background) or _first_colour(painted, background) or "?"
    if style.get("background-image", "none") != "none" or element.get("background"):
        background = "?"
    written = style.get("color") or element.get("color") or (element.get("text") if element.tag == "body" else "") or ""
    # A colour that lets all through is the background's own.
    return Look(
        gone=around.gone or _is_gone(element, style),
        tiny=_is_tiny(style, inherited=around.tiny),
        veiled=_is_veiled(style, inherited=around.veiled),
        colour=colour_of(written, background) or around.colour,
        background=background,
    )


def _is_gone(element: HtmlElement, style: Mapping[str, str]) -> bool:
    if element.get("hidden") is not None or style.get("display") == "none" or style.get("mso-hide") == "all":
        return True
    opacity = _pixels(style.get("opacity", "1"))
    if (opacity is not None and opacity < 0.05) or "opacity(0" in style.get("filter", ""):
        return True
    far = [
        _pixels(style.get("text-indent", "")),
        _pixels(style.get("margin-left", "")),
        _pixels(style.get("margin-top", "")),
    ]
    if style.get("position") in ("absolute", "fixed", "relative"):
        far += [_pixels(style.get(side, "")) for side in ("left", "right", "top", "bottom")]
    if any(place is not None and place <= _FAR_AWAY for place in far):
        return True
    if re.match(r"scale[xy]?\(\s*0?\.?0*\s*[,)]", style.get("transform", "")):
        return True
    return _is_clipped(style)


def _is_clipped(style: Mapping[str, str]) -> bool:
    """Cut down to nothing: by a clip, or by a box without height or width that shows nothing beyond its edge."""
    clip = style.get("clip", "")
    if clip.startswith("rect(") and not any(int(number) > 1 for number in re.findall(r"\d{1,6}", clip)):
        return True
    inset = re.match(r"inset\(\s*(\d{1,3})", style.get("clip-path", ""))
    if inset and int(inset.group(1)) >= 50:
        return True
    sizes = [_pixels(style.get(name, "")) for name in ("max-height", "height", "max-width", "width", "line-height")]
    return style.get("overflow") == "hidden" and any(size is not None and size <= 1 for size in sizes[:4])


def _is_tiny(style: Mapping[str, str], *, inherited: bool) -> bool:
    size = style.get("font-size") or next(
        iter(re.findall(r"(?<![\w.])[\d.]{1,6}(?:px|pt|em|%)?(?=/|\s)", style.get("font", ""))), ""
    )
    if not size:
        return inherited
    if size.endswith("%"):
        return (_pixels(size[:-1]) or 0) < 10
    pixels = _pixels(size)
    return inherited if pixels is None and size == "inherit" else pixels is not None and pixels < _SMALLEST_FONT


def _is_veiled(style: Mapping[str, str], *, inherited: bool) -> bool:
    visibility = style.get("visibility", "")
    return inherited if visibility in ("", "inherit") else visibility in ("hidden", "collapse")


def _pixels(value: str) -> float | None:
    """A CSS length in pixels, a plain number as it is; None for what is none."""
    found = _LENGTH.match(value)
    if found is None or found.group(1) in ("", "-", ".", "-."):
        return None
    return float(found.group(1)) * _PIXELS.get(found.group(2) or "", 1.0)


def colour_of(value: str, behind: str = _PLAIN_PAGE) -> str:
    """Six hexadecimal digits for the ways to write a colour, '' for the others; a see-through one is ``behind``."""
    plain = value.strip().lower()
    if plain == "transparent":
        return behind
    if plain in _NAMED:
        return _NAMED[plain]
    if re.fullmatch(r"#?[0-9a-f]{3}", plain):
        return "".join(digit * 2 for digit in plain[-3:])
    if re.fullmatch(r"#?[0-9a-f]{6}", plain):
        return plain[-6:]
    if re.fullmatch(r"#[0-9a-f]{8}", plain):
        return behind if int(plain[7:], 16) < 13 else plain[1:7]
    parts = re.fullmatch(r"rgba?\(\s*(\d{1,4})[ ,]+(\d{1,4})[ ,]+(\d{1,4})(?:\s*[,/]\s*([\d.]{1,8}%?))?\s*\)", plain)
    if parts is None:
        return ""
    if parts.group(4) and (_pixels(parts.group(4).rstrip("%")) or 0) < 0.05:
        return behind
    return "".join(f"{min(int(number), 255):02x}" for number in parts.groups()[:3])


def _first_colour(painted: str, behind: str) -> str:
    """The colour in a ``background`` that says more than a colour; '' beside a picture."""
    if "url(" in painted or "gradient" in painted:
        return ""
    return next((colour for word in painted.split() if (colour := colour_of(word, behind))), "")


def _alike(colour: str, background: str) -> bool:
    if len(colour) != 6 or len(background) != 6:
        return False
    lighter, darker = sorted((_luminance(colour), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05) < _LEAST_CONTRAST and _distance(colour, background) < 64


def _distance(one: str, other: str) -> int:
    """The largest difference of a channel: red on green may be as light and is still seen."""
    return max(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) for at in (0, 2, 4))


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 (black) to 1 (white)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
