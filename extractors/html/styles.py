"""The rules of an HTML page's ``<style>`` elements, as far as they bear on whether text can be seen."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

Declarations = Mapping[str, str]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# One selector of the simple kind: a tag, a class, an id, or a tag with either.
_SELECTOR = re.compile(r"^([a-z][a-z0-9]*)?([.#][\w-]+)?$")
_LONGEST = 200_000
_MOST_RULES = 2_000


@dataclass(frozen=True, slots=True)
class Styles:
    """Declarations by selector (``p``, ``.note``, ``p.note``, ``#top``), in the order in which they win."""

    rules: Mapping[str, Declarations] = field(default_factory=dict)

    def of(self, element: HtmlElement) -> dict[str, str]:
        """What the page's rules and then the element's own attribute declare for it."""
        own = declarations(element.get("style") or "")
        if not self.rules:
            return own
        found: dict[str, str] = {}
        for selector in _selectors(element):
            found.update(self.rules.get(selector, {}))
        return {**found, **own}


def styles_of(root: HtmlElement) -> Styles:
    """The rules of all ``<style>`` elements; those for other media than the screen a person reads are left out."""
    text = "\n".join(
        str(element.text or "") for element in root.iter("style") if "print" not in (element.get("media") or "")
    )
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in _rules(text[:_LONGEST]):
        declared = declarations(body)
        for selector in selectors.lower().split(","):
            if _SELECTOR.match(selector.strip()) and declared:
                rules.setdefault(selector.strip(), {}).update(declared)
        if len(rules) > _MOST_RULES:
            break
    return Styles(rules)


def declarations(style: str) -> dict[str, str]:
    """``name: value`` pairs in lower case."""
    pairs = (piece.partition(":") for piece in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of each rule outside ``@`` blocks."""
    plain = _COMMENT.sub("", text).replace("<!--", "").replace("-->", "")
    depth = 0
    start = opened = 0
    for found in re.finditer(r"[{}]", plain):
        if found.group() == "{":
            if depth == 0:
                opened = found.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                head = plain[start:opened].rpartition(";")[2].strip()
                if not head.startswith("@"):
                    yield head, plain[opened + 1 : found.start()]
                start = found.end()


def _selectors(element: HtmlElement) -> Iterator[str]:
    tag = str(element.tag)
    classes = (element.get("class") or "").lower().split()[:20]
    yield tag
    for name in classes:
        yield f".{name}"
    for name in classes:
        yield f"{tag}.{name}"
    if own := element.get("id"):
        yield f"#{own.lower()}"
        yield f"{tag}#{own.lower()}"
