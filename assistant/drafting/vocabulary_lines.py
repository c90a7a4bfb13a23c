"""Words by which lines are told from background: what is claimed, kept or merely told; headings; units.

The words are data: `words_of_lines.json` holds regular expressions by what they tell, in English, German, Spanish,
French, Italian and Dutch.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

_LOOSE = {
    **{letter: f"[{letter}{plain}]" for letter, plain in zip("éèêëáàâíîïóôúûùñç", "eeeeaaaiiioouuunc", strict=True)},
    **{"ä": "(?:ä|ae|a)", "ö": "(?:ö|oe|o)", "ü": "(?:ü|ue|u)", "ß": "(?:ß|ss)", "å": "[åa]"},
}


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these patterns, in any case; accents may be left out, as people do on a phone."""
    return re.compile("".join(_LOOSE.get(char, char) for char in "|".join(words)), re.IGNORECASE)


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """A file of words of this folder."""
    data: dict[str, Any] = json.loads(resources.files("assistant.drafting").joinpath(name).read_text("utf-8"))
    return data


_WORDS = vocabulary("words_of_lines.json")
# Said of a quantity: it is what the request is about; it stays; it only tells how the matter came about.
CLAIMED = any_of(_WORDS["claimed"])
KEPT = any_of(_WORDS["kept"])
TOLD = any_of(_WORDS["told"])
# A sentence that asks for something makes its goods a claim even where no quantity is said.
ASKED = any_of(_WORDS["asked"])
WHOLE = any_of(_WORDS["whole"])
ALL_BUT = any_of(_WORDS["all_but"])
# `all of the valves except two`: the goods stand between.
ALL_BUT_GOODS = any_of(_WORDS["all_but_goods"])
HALF = any_of(_WORDS["half"])
ONLY_CAME = any_of(_WORDS["only_came"])
# Words for an amount that say no number.
VAGUE = any_of(_WORDS["vague"])
# What was said of the goods before holds of these, too.
ALSO = any_of(_WORDS["also"])
# The newest mail leans on the one it quotes.
REFERS_BACK = any_of(_WORDS["refers_back"])
# Papers that we send, and papers that customers make for a return.
OWN_PAPER = any_of(_WORDS["own_paper"])
RETURN_PAPER = any_of(_WORDS["return_paper"])
TOTAL_ROW = any_of(_WORDS["total_row"])
LEFT_ROW = any_of(_WORDS["left_row"])
# Units that are the goods themselves, and what goods come in.
PIECES = re.compile(
    r"\s*(?:pcs?|pieces?|pces|stk|stücke?|st|piezas|pzas?|pièces|pezzi|pz|stuks|individual\w*|loose|singles"
    r"|latas|cans"
    r"|pairs?|prs?|paar|pares|paires?|lamps|tubes|sticks)\b\.?",
    re.IGNORECASE,
)
CONTAINERS = re.compile(
    r"\s*(?:x\s+)?(?:\w+ )?(?:box(?:es)?|bxs?|cases?|cs|cartons?|ctns?|packs?|pks?|pkgs?|packages?|bags?|reels?|rls?"
    r"|rolls?|spools?|drums?|drs?|bottles?|btl|cajas?|bolsas?|paquetes?|boîtes?|boites?|caisses?|sachets?|bidons?"
    r"|kartons?|karton|kt|kisten?|packung(?:en)?|pakete?|beutel|flaschen?|dosen?|rollen?|kanister|ve|dozen|doos|dozen"
    r"|zakken|rollen|scatol[ae]|confezion[ei]|sacchett[oi]|flacons?|garrafas?|bidones)\b",
    re.IGNORECASE,
)
_COLUMNS = tuple((role, any_of(words)) for role, words in _WORDS["columns"].items())


@cache
def column_of(header: str) -> str:
    """What a heading says its column holds; '' where it does not say."""
    text = header.strip().replace("_", " ")
    return next((role for role, pattern in _COLUMNS if pattern.search(text) or pattern.search(header)), "")


OF_THEM = re.compile(
    r"\s*(?:of (?:them|these|those|which)|davon|von (?:ihnen|denen)|de (?:ell[oa]s|est[oa]s|es[oa]s)"
    r"|d'entre (?:eux|elles)"
    r"|di (?:essi|esse|queste|quest)|ervan|hiervan|daarvan)\b",
    re.IGNORECASE,
)
