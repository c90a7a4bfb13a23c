"""Numbers as a sheet shows them: leading zeros, decimals, groups, percent, currency (ECMA-376 part 1, 18.8.31)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from extractors.pieces import one_line

# The formats a workbook may use by number alone; dates and times are known to the reader of the cells.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0", 42: '"$"#,##0', 43: "#,##0.00", 44: '"$"#,##0.00',
}  # fmt: skip

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<digit>[0#?])|(?P<sign>[.,%])|(?P<word>E[+-]|General|AM/PM|A/P|[a-zA-Z@/])|(?P<literal>.)",
    re.DOTALL,
)
_COMMON = re.compile(r'(?:"([^"%]*)")?(?:(#,##)0|(0+))(?:\.(0+))?(%)?')
_COLOURS = {"black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the sections for positive, negative and zero: literals (kind '=') and placeholders in order."""

    tokens: tuple[tuple[str, str], ...]
    decimals: int
    least_decimals: int
    grouped: bool
    scale: int


def is_shown(code: str) -> bool:
    """Whether the format changes how a number looks in a way that ``shown`` can follow."""
    return _sections(code) is not None


def shown(value: float | Decimal, code: str) -> str | None:
    """The number under that format, on one line; None for a format we can't follow (dates, fractions, General)."""
    common = _common(code)
    if common is not None and -1e15 < value < 1e15:
        return common(value)
    sections = _sections(code)
    if sections is None:
        return None
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** 15:
        return None
    if exact < 0 and len(sections) > 1:
        return one_line(_filled(sections[1], -exact))
    if exact == 0 and len(sections) > 2:
        return one_line(_filled(sections[2], exact))
    text = one_line(_filled(sections[0], abs(exact)))
    return f"-{text}" if exact < 0 and any(digit in text for digit in "123456789") else text


@lru_cache(maxsize=256)
def _common(code: str) -> Callable[[float | Decimal], str] | None:
    """The short way for the formats that most sheets use and no others."""
    found = _COMMON.fullmatch(code)
    if found is None:
        return None
    before, groups, zeros, decimals, percent = (part or "" for part in found.groups())
    before = one_line(f"{before}0")[:-1]
    step = Decimal(1).scaleb(-len(decimals))
    width = len(zeros) + (1 + len(decimals) if decimals else 0)
    form = f"{'' if groups else f'0{width}'}{',' if groups else ''}f"
    places = len(decimals)
    quick, short = not percent, f"{form[:-1]}.{places}f"

    def text(value: float | Decimal) -> str:
        if quick and 0 < value < 1e9 and round(value, places) == value and isinstance(value, float):
            return f"{before}{value:{short}}"  # nothing to round, so no need of exact figures
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        rounded = abs(exact.scaleb(2) if percent else exact).quantize(step, rounding=ROUND_HALF_UP)
        return f"{'-' if exact < 0 and rounded else ''}{before}{rounded:{form}}{percent}"

    return text


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[_Part, ...] | None:
    if not code or len(code) > _LONGEST or code in ("General", "@"):
        return None
    parts = [_part(section) for section in _cut(code)[:3]]
    found = tuple(part for part in parts if part is not None)
    return found if len(found) == len(parts) and any(kind == "#" for kind, _ in found[0].tokens) else None


def _cut(code: str) -> list[str]:
    sections = [""]
    for token in _TOKEN.finditer(code):
        if token.group("literal") == ";":
            sections.append("")
        else:
            sections[-1] += token.group()
    return sections


def _part(section: str) -> _Part | None:
    tokens: list[tuple[str, str]] = []
    scale = 0
    grouped = False
    after_point: int | None = None
    commas = 0
    for found in _TOKEN.finditer(section):
        kind, text = found.lastgroup, found.group()
        if kind == "digit":
            grouped = grouped or (commas > 0 and after_point is None)
            commas = 0
            tokens.append(("#", text))
        elif text == ".":
            if after_point is not None:
                return None
            after_point = len(tokens)
            tokens.append((".", text))
        elif text == ",":
            commas += 1
        elif kind == "word" or (kind == "bracket" and text[1:-1].lower() not in _COLOURS):
            return None
        else:
            scale += 2 if text == "%" and kind == "sign" else 0
            tokens.append(("=", _literal(found)))
    places = [text for kind, text in (tokens[after_point:] if after_point is not None else []) if kind == "#"]
    least = sum(text == "0" for text in places)
    return _Part(tuple(tokens), len(places), least, grouped, scale - 3 * commas)


def _literal(found: "re.Match[str]") -> str:
    kind = found.lastgroup
    if kind in ("quoted", "escaped", "currency", "literal"):
        return found.group(kind) or ""
    return "%" if kind == "sign" else " " if found.group().startswith("_") else ""


def _filled(part: _Part, value: Decimal) -> str:
    """The section with the digits of a number that is not negative."""
    step = Decimal(1).scaleb(-part.decimals)
    digits = format(value.scaleb(part.scale).quantize(step, rounding=ROUND_HALF_UP), "f")
    whole, _, fraction = digits.partition(".")
    while len(fraction) > part.least_decimals and fraction.endswith("0"):
        fraction = fraction[:-1]
    point = next((n for n, (kind, _) in enumerate(part.tokens) if kind == "."), len(part.tokens))
    head = _whole(part, part.tokens[:point], "" if whole == "0" else whole)
    tail = ""
    for kind, text in part.tokens[point:]:
        if kind == "#":
            tail += fraction[:1]
            fraction = fraction[1:]
        elif kind == ".":
            tail += "." if fraction else ""
        else:
            tail += text
    return head + tail


def _whole(part: _Part, tokens: tuple[tuple[str, str], ...], whole: str) -> str:
    """Digits go in from the right; the first placeholder, or with groups the last, takes all that are left."""
    zeros = sum(text == "0" for kind, text in tokens if kind == "#")
    left = f"{int(whole):,}" if part.grouped and len(whole) >= max(zeros, 1) else whole.zfill(zeros)
    count = sum(kind == "#" for kind, _ in tokens)
    pieces: list[str] = []
    for kind, text in reversed(tokens):
        if kind == "#":
            count -= 1
            text = left if count == 0 or part.grouped else left[-1:]
            left = left[: len(left) - len(text)]
        pieces.append(text)
    return "".join(reversed(pieces))
