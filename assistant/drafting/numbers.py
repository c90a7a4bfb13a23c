"""Quantities as people write them: digits, words, dozens and pairs, in six languages."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from assistant.drafting.vocabulary_numbers import ARTICLES, DOZEN, WORDS

_ALTERNATIVES = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True))
_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|ene|abr|ago|janv|févr|avr|juin|juil"
    r"|août|déc)"
)
_MEASURES = (
    r"(?:\"|”|″|'|%|°|po\b(?!\s*[#:.\d])|mm\b|cm\b|m\b|mil\b|inch|in\b(?!\s+(?:the|an?|our|each|that|this|my|your|their|his|total|all|quarantine|stock|hand|use|transit|good|bad"
    r"|damaged|broken|box(?:es)?|cartons?|cases?|here|there|one|two|every|sealed|original|unopened|perfect|new))|ft\b|foot|feet\b|kg\b|g\b"
    r"|lbs?\b|oz\b"
    r"|amps?\b|a\b|ah\b|v\b|vac|vdc|volts?\b|w\b|watts?\b|hp\b|k\b|ccm?\b|rpm\b|btu\b|microns?\b|ml\b|l\b|µl|lit(?:er|re)s?\b|litros?\b|liter\b|psi"
    r"|bar\b|hz\b|pole\b|phase|gauge|awg)"
)
_TIMES = (
    r"(?:days?|weeks?|hours?|hrs?|minutes?|mins?|months?|years?|tage?n?|wochen?|stunden?|monate?n?|jahre?n?|días?"
    r"|semanas?|horas?|meses|años?|jours?|semaines?|heures?|mois|ans?|uur|dagen|weken|am|pm|uhr|usd|eur|dollars?"
    r"|euros?|th|st|nd|rd)\b"
)
# A number that is not part of a code, a size, a price, a date or a time.
_NUMBER = re.compile(
    rf"(?<![\w$€£.,/:#\-+(@])(?P<n>\d{{1,3}}(?:[,.]\d{{3}})+(?![\d,.]\d)|\d{{1,6}}(?:[.,]\d{{1,2}}(?!\d))?)"
    rf"(?=$|[\s),;:.!?\-–—x×]|[a-z]{{2,6}}\b)"
    rf"|(?:(?<=\()|(?<=\bx)|(?<=[×*]))(?P<p>\d{{1,6}})(?=\)|\s|$|[,.;](?!\d))"
    rf"|(?<![\w\-])(?P<w>{_ALTERNATIVES})\b(?!-\w)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"\s*-?\s*{_MEASURES}|\s*{_TIMES}|\s*{_MONTHS}|\s*(?:of\s+)?{_MONTHS}|\.\s*{_MONTHS}|[./:\-]\d|\.\d|\s\d{{3,}}\b(?![.,]\d)"
    r"|\s+(?:thing|question|more thing|last|day|time|assistante?|colleague|kollege?|kollegin(?:nen)?|persona"
    r"|personne|technician|nurse|doctor|team|site|count|tr(?:y|ie)|attempt|check|crew|week|way|guy|man|people|man\b|other)s?\b"
    r"|\s*[$€£]|\s*\.-|\s+of\s+(?:us|you|our guys)\b"
    r"|-(?!ea\b|count|ct\b|pc|piece|box|case|pack|carton|stk|st\b|off\b|unit)[^\W\d_]{2,}",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(_AFTER.pattern.replace(r"|\s\d{3,}\b(?![.,]\d)", ""), re.IGNORECASE)
_COUNTED = re.compile(r"\s*(?:pcs?|pieces?|ea|each|stk|stück|units?|boxes|cases|pzas?|pièces|st)\b", re.IGNORECASE)
_DOZEN_AFTER = re.compile(rf"\s+{DOZEN}", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"(?:#|\bno\.?|\bnr\.?|\bn[°º]|\bline|\bpage|\bpg\.?|\bdock|\bbuilding|\bbay|\bitem|\bpos\.?|\bposition"
    r"|\bplant|\bsite|\bhall|\bwerk|\bhalle|\bstoreroom|\bstore|\bunit|\blab|\bward|\bgate|\bstation|\bzone|\baisle|\blot|\bsize|\bbox|\bcarton|\bskid|\bpallet|\bpiece"
    r"|\bgr(?:öße|\.)|\btaille|\btalla|\bpo|\border|\bjob|\bgrade|\btype|\bunit|\bsuite|\bext\.?|\btel\.?"
    r"|\bphone|\broom"
    r"|\bconveyor|\bmachine|\bboiler|\bpress|\bmill|\btower|\bfurnace|\boven|\bcell|\btank|\bchiller|\bcompressor|\bkiln|\bcrusher"
    r"|\bturbine|\bgenerator|\bcrew|\bshift|\bvan|\btrailer|\bphase|\barea|\bsector|\bhouse|\bbarn|\bpit|\bshaft|\blift|\belevator|\bdoor|\bmaschine|\banlage"
    r"|\blinie|\blínea|\bligne|\bwo|\bunidad|\bbus|\btruck|\bcoach|\bvehicle|\beinheit|\bcage|\bbin|\brack|\bshelf|\bro|\bticket"
    r"|\bcase no|\bissue|\bq|\bkw|\bwk|\bweek|\bnumber|\bstep|\bversion|\brev\.?|\bclass|\bap|\bfl\.?|\bfloor"
    r"|\bin|\bmodel"
    r"|\b(?:jan|febr)uary|\bmarch|\bapril|\bjune|\bjuly|\baugust|\b(?:septem|octo|novem|decem)ber|\bsheet"
    r"|\bblatt|\bblad"
    r"|\b(?:box(?:es)?|cases?|packs?|bags?|cartons?|sets?|kits?|reels?|rolls?|trays?|boîtes?|caisses?|sachets?|paquets?"
    r"|cajas?|bolsas?|paquetes?|kartons?|packung(?:en)?|beutel|doz(?:en|ijn)?|scatol[ae]|confezion[ei]) (?:of|de"
    r"|à|di|da|zu"
    r"|von|mit|van|con)"
    rf"|\b{_MONTHS}\.?|\bon the|\bthe (?=\d+(?:st|nd|rd|th))|[$€£]|\busd|\beur|\bam|\bvom|\bdel|\ble|\bel)\s*:?\s*$",
    re.IGNORECASE,
)
_GOODS = re.compile(r"\s*[x×]?\s*[^\W\d_]{3,}")  # `a second skid: 6 boxes`
_RUN = re.compile(r"(?:^|[\s(+])\d[\d\-]*[ \-]$")  # a phone number in groups
_OF = re.compile(
    r"(?:\bof(?: the| those| these| our| your| all| a| my| its| their| his)?(?: original| total)?"
    r"|\bout of(?: the)?|\bfrom the"
    r"|\bvon(?: den| insgesamt)?"
    r"|\bvan de|\bde (?:los|las|les|nos|sus|tus|mis)|\bdes|\bder|\bdei|\bdegli|\bdelle|\bsur(?: les)?|\bsu)\s*$"
    r"|(?<=\d)\s*/\s*$",
    re.IGNORECASE,
)
_DOZEN_ALONE = re.compile(
    rf"\b(?:(?P<half>half|halbes|media|une demi-?)[ -])?(?:an?|one|all|the|whole|una|la|une|eine?|das|die"
    rf"|een|het|de)?\s*(?:full |whole |entire |good )?(?P<h2>half[ -])?(?P<d>{DOZEN})",
    re.IGNORECASE,
)
_PAIR_ALONE = re.compile(
    r"\b(?:a pair of|un par(?= de\b|\W)|un paio|une paire|the pair|the couple|both|beide[nrs]?|ambos|ambas"
    r"|les deux|entramb[ie])\b(?! (?:of us|sides|ends))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity in a text and where its words stand. ``of``: the second number of `40 of the 100`."""

    value: Decimal
    start: int
    end: int
    of: Decimal | None = None


@lru_cache(maxsize=256)
def numbers(text: str) -> tuple[Number, ...]:
    """Every number that may be a quantity; of `40 of the 100` the first only."""
    found: list[Number] = []
    alone = [
        *(
            Number(Decimal(6 if m["half"] or m["h2"] else 12), m.start(), m.end())
            for m in _DOZEN_ALONE.finditer(text)
            if text[m.start() : m.start("d")].strip()
        ),
        *(Number(Decimal(2), m.start(), m.end()) for m in _PAIR_ALONE.finditer(text)),
    ]
    taken = {at for number in alone for at in range(number.start, number.end)}
    skipped = -100
    alone = [_less(text, each) for each in alone]
    taken |= {at for number in alone for at in range(number.start, number.end)}
    for match in _NUMBER.finditer(text):
        if match.start() in taken or (found and match.start() < found[-1].end):
            continue
        among = next((each for each in alone if 0 < each.start - match.end() < 10), None)
        if among is not None and _OF.search(text[match.end() : among.start]) and (read := _value(match)) is not None:
            alone.remove(among)  # `one of both`, `four of the dozen`
            found.append(Number(read, match.start(), match.end(), among.value))
            continue
        read = _value(match)
        if read is None:
            continue
        value, end = read, match.end()
        if (dozen := _DOZEN_AFTER.match(text, end)) is not None:
            value, end = value * 12, dozen.end()
        lead = max(0, match.start() - 60)
        before = text[lead : match.start()]
        joint = _OF.search(before)
        if joint is not None and 0 <= joint.start() + lead - skipped < 4:
            continue  # `box 3 of 7`
        measured = (_AFTER_WORD if match["w"] else _AFTER).match(text, end)
        if found and joint is not None and joint.start() + lead - found[-1].end < 24 and not measured:
            if found[-1].of is None and found[-1].value <= value:
                found[-1] = Number(found[-1].value, found[-1].start, found[-1].end, value)
            continue
        if (
            match["n"]
            and text[end : end + 1] in (")", ".")
            and not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        ):
            continue  # the number of a list's point
        numbered = _NOT_BEFORE.search(before) and not (before.rstrip().endswith(":") and _GOODS.match(text, end))
        if measured or numbered or _RUN.search(before):
            skipped = end
            continue
        if match["n"] and re.search(r"[.,]\d\d$", match["n"]) and not _COUNTED.match(text, end):
            continue  # money
        if value >= 1000 and match["n"] and "," not in match["n"] and not _COUNTED.match(text, end):
            continue  # a code, a year, a mileage
        found.append(_less(text, Number(value, match.start(), end)))
    return tuple(sorted([*found, *alone], key=lambda number: number.start))


# `eine der vier Pipetten`: one, however the article reads.
_OF_SEVERAL = re.compile(
    rf" (?:of|von|der|des|de|du|d'|dei|delle|degli|van)(?: (?:the|our|my|your|den|unseren|los|las|les|nos|mis"
    rf"|nuestr[oa]s|de|onze))*"
    rf" (?:\d|both\b|beiden\b|(?:{_ALTERNATIVES})\b)",
    re.IGNORECASE,
)


# `we only used one.`
_STANDS_ALONE = re.compile(r"\s*(?:[.,;!)]|$)")
_COUNTED_BY = re.compile(
    r"\b(?:us(?:e|ed|ing)|need(?:ed)?|keep(?:ing)?|kept|sold|got|received|ordered|want(?:ed)?|only|just|short"
    r"|missing) $",
    re.IGNORECASE,
)


_LESS = re.compile(
    rf"\s(?:\w+ ){{0,3}}?(?:minus|less|weniger|abzüglich|menos|moins|meno|min)\s(?:the |los |las |les |die |der )?"
    rf"(?P<n>\d{{1,5}}|{_ALTERNATIVES})\b",
    re.IGNORECASE,
)


def _less(text: str, number: Number) -> Number:
    """`24 cases minus the one we opened`."""
    found = _LESS.match(text, number.end)
    less = None if found is None else number_of(found["n"]) or Decimal(WORDS.get(found["n"].lower(), 0))
    if found is None or not less or less >= number.value:
        return number
    return Number(number.value - less, number.start, found.end("n"))


def _value(match: re.Match[str]) -> Decimal | None:
    word = match["w"]
    if word is None:
        return number_of(match["n"] or match["p"])
    after = match.string[match.end() : match.end() + 30]
    before = match.string[max(0, match.start() - 16) : match.start()]
    if word.lower() == "one" and _STANDS_ALONE.match(after) and _COUNTED_BY.search(before):
        return Decimal(1)
    if (
        word.lower() in ARTICLES
        and not _OF_SEVERAL.match(after)
        and not re.match(
            r"(?: (?:of (?:the|them|these|those)|came|was|is|has|arrived|failed|won'?t|wont|does|doesn|did|dead"
            r"|bad|broken"
            r"|damaged|defective|short|missing|unit|only|each|box|bx|case|cs|pc|piece|pcs|extra|more|too many|carton"
            r"|drum|pack)\b"
            r"|[,.]? ?(?:dead|short|missing))",
            after,
            re.IGNORECASE,
        )
    ):
        return None
    return Decimal(WORDS[word.lower()])


def number_of(text: str) -> Decimal | None:
    """`1,200`, `1.200`, `2,5`, `88,000` (three decimals of a stock list count as thousands) as a number."""
    text = text.strip().replace("−", "-").replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"[+\-]?\d{1,3}([,.]\d{3})+", text):
        text = text.replace(",", "").replace(".", "")
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


_CELL = re.compile(
    r"\s*(?:qty:?\s*)?([+\-−]?\s?\d[\d,.]*)\s*(?:[x×]|[^\W\d_]{1,12}\.?)?\s*(?:\([^)]*\))?\s*", re.IGNORECASE
)


def cell_number(text: str) -> Decimal | None:
    """The number that a table's cell holds alone or with its unit (`12`, `12 EA`, `-6`, `1 of 2`), else None."""
    match = _CELL.fullmatch(text)
    if match is not None and not _DOZEN_AFTER.search(text):
        return number_of(match[1].replace(" ", ""))
    if len(text) > 40:
        return None
    said = numbers(text)
    return said[0].value if len(said) == 1 and (said[0].of is not None or said[0].start == 0) else None
