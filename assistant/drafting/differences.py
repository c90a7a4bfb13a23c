"""What is missing or too many, worked out: what the papers say against what was counted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.drafting.quantities import Quantity, clause, sentence
from assistant.drafting.vocabulary_lines import CONTAINERS, any_of, vocabulary

Side = Literal["sent", "came", ""]
_WORDS = vocabulary("words_of_lines.json")["sides"]
_NEED = re.compile(r"\b(?:need|want|us[ei]|brauch|benötig|necesit|ocup|besoin|nodig|serv)\w*", re.IGNORECASE)
_BESIDE = 12  # characters
_RIGHT_BESIDE = 9
_PRICE = re.compile(r"\d[.,]\d\d(?!\d)|[$€£]|\d (?:each|apiece|ea)\b", re.IGNORECASE)
_STAYS = re.compile(
    r"\b(?:keep\w*|kept|us(?:e|es|ed|ing)|sold|installed|stay\w*|behalten|verbraucht|eingebaut|gard(?:e|ons|é)|utilis\w+"
    r"|qued\w+|usamos|vendi\w+|houden|gebruikt|tenia?mo|usat\w)\b",
    re.IGNORECASE,
)
_SIDE_OF: dict[str, Side] = {"whole": "sent", "book": "sent", "counted": "came"}
_SENT, _CAME = any_of(_WORDS["sent"]), any_of(_WORDS["came"])


@dataclass(frozen=True, slots=True)
class Told:
    """A number of a text, on whose side it stands."""

    quantity: Quantity
    text: str

    @property
    def side(self) -> Side:
        """By the nearest word of its own clause, else of its sentence, that says where it was read or counted."""
        begin, end = clause(self.text, self.quantity.start, self.quantity.end)
        return (self._nearest(begin, end) or self._nearest(*sentence(self.text, self.quantity.start)) or (0, ""))[1]

    def side_of(self, shipped: Decimal) -> Side:
        """What was shipped is the papers' number where no word right beside it says otherwise."""
        if self.quantity.meaning in _SIDE_OF:
            return _SIDE_OF[self.quantity.meaning]
        begin, end = clause(self.text, self.quantity.start, self.quantity.end)
        near = self._nearest(begin, end)
        if self.quantity.value == shipped and (near is None or near[0] > _BESIDE):
            return "sent"
        return self.side

    @property
    def stays(self) -> bool:
        return self.quantity.meaning == "kept" or bool(
            _STAYS.search(self.text, *clause(self.text, self.quantity.start, self.quantity.end))
        )

    def _nearest(self, begin: int, end: int) -> tuple[int, Side] | None:
        nearest: list[tuple[int, Side]] = []
        sides: tuple[tuple[Side, re.Pattern[str]], ...] = (("sent", _SENT), ("came", _CAME))
        for side, pattern in sides:
            for found in pattern.finditer(self.text, begin, end):
                if _NEED.search(self.text, max(begin, found.start() - 28), found.start()):
                    continue  # `we need only three`
                apart = max(found.start() - self.quantity.end, self.quantity.start - found.end(), 0)
                nearest.append((apart, side))
        return min(nearest, default=None)


@dataclass(frozen=True, slots=True)
class Difference:
    """``value``: what was sent less what came, negative where more came; or, where ``kept``, less what stays.

    ``of``: the numbers it is made of.
    """

    value: Decimal
    of: tuple[Told, ...]
    kept: bool = False


def difference(said: Sequence[Told], shipped: Decimal) -> Difference | None:
    """None where the numbers do not tell both sides, or tell the same. ``shipped``: by our records, 0 if unknown.

    A number that is just what was shipped is the papers' side where nothing says otherwise.
    """
    exact = [each for each in said if each.quantity.kind == "exact" and each.quantity.role not in ("claimed", "kept")]
    if any(_PRICE.search(each.text, each.quantity.start, each.quantity.end + 6) for each in exact):
        return None
    sides = [each.side_of(shipped) for each in exact]
    sent = [each for each, side in zip(exact, sides, strict=True) if side == "sent"]
    came = [each for each, side in zip(exact, sides, strict=True) if side == "came"]
    kept = [each for each in said if each.quantity.kind == "exact" and each.quantity.role == "kept" and each.stays]
    if len({each.quantity.value for each in sent}) == len({each.quantity.value for each in kept}) == 1 and not came:
        left = sent[0].quantity.value - kept[0].quantity.value
        return Difference(left, (sent[0], kept[0]), kept=True) if left > 0 else None
    if len({each.quantity.value for each in sent}) != 1 or len({each.quantity.value for each in came}) != 1:
        return None
    if _in_containers(came[0]) and not _in_containers(sent[0]):
        return None  # `two drives`, `one carton`
    apart = sent[0].quantity.value - came[0].quantity.value
    return Difference(apart, (sent[0], came[0])) if apart else None


def _in_containers(told: Told) -> bool:
    return bool(CONTAINERS.match(told.text, told.quantity.end))


def plainly_apart(said: Sequence[Told]) -> Difference | None:
    """`I count 57 where the slip has 60`: two numbers, each right beside the word that says whose it is, whatever else
    they were taken for."""
    sides: dict[Side, list[Told]] = {"sent": [], "came": []}
    for each in said:
        if each.quantity.kind != "exact":
            continue
        near = each._nearest(*clause(each.text, each.quantity.start, each.quantity.end))
        if near is not None and near[0] <= _RIGHT_BESIDE and near[1]:
            sides[near[1]].append(each)
    sent, came = sides["sent"], sides["came"]
    if len({each.quantity.value for each in sent}) != 1 or len({each.quantity.value for each in came}) != 1:
        return None
    apart = sent[0].quantity.value - came[0].quantity.value
    return Difference(apart, (sent[0], came[0])) if apart else None
