"""Labelled requests on disk: a folder each, with its mail and its label, below a folder with the set's master data."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from assistant import bootstrap
from assistant.domain.request import Request
from assistant.steps.read import read
from tools.adapters.file_erp import FileErp
from tools.erp import Order

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Labelled:
    """One labelled request; ``erp_path`` is the set's master data, the nearest ``erp.json`` above the request."""

    folder: Path
    erp_path: Path

    @property
    def raw(self) -> bytes:
        return (self.folder / "message.eml").read_bytes()

    @cached_property
    def gold(self) -> Mapping[str, Any]:
        gold: Mapping[str, Any] = json.loads((self.folder / "gold.json").read_text())
        return gold

    @property
    def name(self) -> str:
        """Its place from its set on (``volt/held/e02``): ids may recur from set to set."""
        return f"{self.erp_path.parent.name}/{self.folder.resolve().relative_to(self.erp_path.parent.resolve())}"

    @property
    def erp(self) -> FileErp:
        return erp_of(self.erp_path)

    @cached_property
    def request(self) -> Request:
        """The mail, read on the day our sets are read on."""
        return self.request_on(TODAY)

    def request_on(self, today: date) -> Request:
        return read(self.raw, today, trust=bootstrap.trust_in((), self.erp.company()))[1]

    def traits(self) -> tuple[str, ...]:
        """What sorts of request it belongs to, for figures by trait."""
        gold = self.gold
        count = len(gold["lines"])
        lines = "no lines" if not count else "one line" if count == 1 else "2 to 5 lines" if count < 6 else "6 or more"
        kinds = sorted({_kind(part) for part in message_from_bytes(self.raw, policy=policy.default).walk()} - {""})
        return (gold["intent"], lines, *(kinds or ["no attachment"]), *gold["problems"])


def _kind(part: Any) -> str:
    if part.is_multipart() and part.get_content_type() != "message/rfc822":
        return ""
    if part.get_content_type() == "message/rfc822":
        return "attached mail"
    name = part.get_filename() or ""
    ending = Path(name).suffix.lower().lstrip(".")
    picture = part.get_content_maintype() == "image"
    return "picture" if picture else f"attached {ending}" if ending else ""


def labelled_in(paths: Iterable[Path], erp: Path | None = None) -> Iterator[Labelled]:
    """Every labelled request in or below the folders, in order. Raises FileNotFoundError where no ERP is near one."""
    for path in paths:
        for gold in sorted(path.rglob("gold.json")):
            yield Labelled(gold.parent, erp or _erp_of(gold.parent))


@cache
def erp_of(path: Path) -> FileErp:
    return FileErp(bootstrap.erp_file(path))


@cache
def orders_in(path: Path) -> tuple[Order, ...]:
    """Every order of an ERP file, which no look-up lists."""
    erp = erp_of(path)
    numbers = [each["order_no"] for each in json.loads(path.read_text())["orders"]]
    return tuple(order for number in numbers if (order := erp.order(number)) is not None)


def _erp_of(folder: Path) -> Path:
    for above in folder.parents:
        if (above / "erp.json").is_file():
            return above / "erp.json"
    raise FileNotFoundError(f"no erp.json stands above {folder}: name one with --erp")
