"""Phrases: what a language says, one file each. A phrase with two forms is chosen by its ``n``."""

import json
import string
from collections.abc import Mapping
from functools import cache
from importlib import resources

from assistant.domain.errors import OurFault
from assistant.letters.contents import Language

Phrase = str | Mapping[str, str]


@cache
def phrases(language: Language) -> Mapping[str, Phrase]:
    file = resources.files("assistant.letters").joinpath("phrases").joinpath(f"{language}.json")
    told: Mapping[str, Phrase] = json.loads(file.read_text("utf-8"))
    return told


def form_of(name: str, language: Language, n: object = None) -> str:
    """The phrase, in the form for so many (CLDR: French takes its first form for 0 too). Raises OurFault."""
    known = phrases(language).get(name)
    if known is None:
        raise OurFault(f"There is no phrase {name} in {language}.")
    if isinstance(known, str):
        return known
    if not isinstance(n, int):
        raise OurFault(f"The phrase {name} needs a number n.")
    one = n == 1 or (language == "fr" and n == 0)
    return known["one" if one else "other"]


def variables(form: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(form) if name is not None)


def filled(name: str, language: Language, values: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """(the form, its values). Raises OurFault on a value that is missing or that the phrase does not know."""
    form = form_of(name, language, values.get("n"))
    wanted = variables(form)
    if missing := sorted(wanted - values.keys()):
        raise OurFault(f"The phrase {name} in {language} needs {', '.join(missing)}.")
    if unknown := sorted(values.keys() - wanted - {"n"}):
        raise OurFault(f"The phrase {name} in {language} knows no {', '.join(unknown)}.")
    return form, values
