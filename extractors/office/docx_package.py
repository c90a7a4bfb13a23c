"""The parts of a Word file that are read, as the package that python-docx opens.

It refuses macros, templates and ISO's strict form, and raises for a relation that leads nowhere; and it would unpack
pictures and parse settings, themes and what lies behind them. So it is given a package of these parts alone, stored.
"""

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from extractors.markup import relations, repacked, tree

_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_READ = ("styles", "header", "footer", "comments", "footnotes", "endnotes")
_MAIN = "word/document.xml"


def plain_package(held: Mapping[str, bytes]) -> bytes:
    """Of the XML parts of a Word file by name. Raises KeyError where none is the document."""
    main = next((name for kind, name in dict(relations("", held)).values() if kind == "officeDocument"), "")
    main = main if main in held else _MAIN
    told = {identity: (kind, name) for identity, (kind, name) in relations(main, held) if kind in _READ}
    named: dict[str, tuple[str, str]] = {}
    for kind, name in told.values():
        if name in held and name != main:
            named.setdefault(name, (kind, f"word/{kind}{len(named)}.xml"))
    types = [_override(_MAIN, "document.main"), *(_override(ours, kind) for kind, ours in named.values())]
    links = [
        _relation(identity, named[name][0], f"/{named[name][1]}")
        for identity, (_, name) in told.items()
        if name in named
    ]
    return repacked(
        [
            ("[Content_Types].xml", _content_types(types)),
            ("_rels/.rels", _relations([_relation("rId1", "officeDocument", _MAIN)])),
            (_MAIN, _without_comments(held[main])),
            ("word/_rels/document.xml.rels", _relations(links)),
            *((ours, _without_comments(held[name])) for name, (_, ours) in named.items()),
        ]
    )


def _without_comments(xml: bytes) -> bytes:
    """Remarks of XML, which no program writes, part words in two."""
    if b"<!--" not in xml:
        return xml
    from lxml import etree

    return etree.tostring(tree(xml))


def _override(name: str, kind: str) -> str:
    return f'<Override PartName="/{name}" ContentType="{_TYPES}.{kind}+xml"/>'


def _relation(identity: str, kind: str, target: str) -> str:
    return f'<Relationship Id={quoteattr(identity)} Type="{_RELATIONS}/{kind}" Target="{target}"/>'


def _content_types(overrides: list[str]) -> bytes:
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    inner = rels + "".join(overrides)
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{inner}</Types>'.encode()


def _relations(links: list[str]) -> bytes:
    inner = "".join(links)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inner}</Relationships>'.encode()
