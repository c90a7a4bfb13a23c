"""Whether a person would see an HTML element's text: the tricks that hide words from readers but not from programs."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

_ZERO = re.compile(r"^0*(\.0+)?(px|pt|em|rem|%)?$")
_TINY = re.compile(r"^(0?\.\d+|1)(px|pt)$")
_NAMED = {"white": "ffffff", "black": "000000", "transparent": ""}


@dataclass(frozen=True, slots=True)
class Look:
    """What an element inherits: whether it is hidden, its text colour and its background ('' where not set)."""

    hidden: bool = False
    colour: str = ""
    background: str = "ffffff"


def look_of(element: HtmlElement, around: Look) -> Look:
    """How the element's text looks, given how its parent's does."""
    style = _declarations(element.get("style") or "")
    if not style and not element.attrib:
        return around
    colour = _colour(style.get("color") or element.get("color") or "") or around.colour
    painted = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    background = _colour(painted) or ("?" if painted and painted not in ("none", "transparent") else around.background)
    hidden = around.hidden or _is_hidden(element, style) or (bool(colour) and colour == background)
    return Look(hidden=hidden, colour=colour, background=background)


def _declarations(style: str) -> dict[str, str]:
    pairs = (piece.partition(":") for piece in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}


def _is_hidden(element: HtmlElement, style: dict[str, str]) -> bool:
    if element.get("hidden") is not None or style.get("display") == "none" or style.get("mso-hide") == "all":
        return True
    if style.get("visibility") in ("hidden", "collapse") or _ZERO.match(style.get("opacity", "1")):
        return True
    size = style.get("font-size", "")
    if size and (_ZERO.match(size) or _TINY.match(size)):
        return True
    flat = any(_ZERO.match(style.get(name, "?")) for name in ("max-height", "height", "max-width", "width"))
    return flat and style.get("overflow") == "hidden"


def _colour(value: str) -> str:
    """Six hexadecimal digits for the ways to write a plain colour, '' for the others."""
    plain = value.strip().lower()
    if plain in _NAMED:
        return _NAMED[plain]
    if re.fullmatch(r"#[0-9a-f]{3}", plain):
        return "".join(digit * 2 for digit in plain[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", plain):
        return plain[1:]
    parts = re.fullmatch(r"rgba?\((\d+)[ ,]+(\d+)[ ,]+(\d+).*\)", plain)
    if parts:
        return "".join(f"{min(int(number), 255):02x}" for number in parts.groups())
    return ""
