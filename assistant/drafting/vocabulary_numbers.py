"""Numbers as words in English, German, Spanish, French, Italian and Dutch, and the words for dozens and parts. Data."""

from itertools import product

_EN_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_EN_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_DE_UNITS = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
_DE_TEENS = [
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
]
_DE_TENS = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_NL_UNITS = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"]
_NL_TEENS = [
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
]
_NL_TENS = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
_ES_UNITS = ["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
_ES_TEENS = [
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
]
_ES_TWENTIES = [
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_ES_TENS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_FR_UNITS = ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
_FR_TEENS = ["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]
_FR_TENS = ["vingt", "trente", "quarante", "cinquante", "soixante"]
_IT_UNITS = ["uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"]
_IT_TEENS = [
    "dieci",
    "undici",
    "dodici",
    "tredici",
    "quattordici",
    "quindici",
    "sedici",
    "diciassette",
    "diciotto",
    "diciannove",
]
_IT_TENS = ["venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"]


def _counted(words: list[str], first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * index for index, word in enumerate(words)}


def _english() -> dict[str, int]:
    tens = _counted(_EN_TENS, 20, 10)
    both = {
        f"{ten}{mark}{unit}": tens[ten] + index
        for ten, mark in product(tens, "- ")
        for index, unit in enumerate(_EN_UNITS, 1)
    }
    return _counted(_EN_UNITS, 1) | _counted([*_EN_TEENS, "nineteen"], 10) | tens | both


def _hundreds() -> dict[str, int]:
    """`three hundred`, `dreihundert`, `trois cents`, `trescientos`."""
    spanish = ["dos", "tres", "cuatro", "quin", "seis", "sete", "ocho", "nove"]
    named = [
        *(f"{unit} hundred" for unit in _EN_UNITS[1:]),
        *(f"{unit}hundert" for unit in _DE_UNITS[1:]),
        *(f"{unit} cents" for unit in _FR_UNITS[1:]),
        *(f"{stem}{'ientos' if stem == 'quin' else 'cientos'}" for stem in spanish),
        *(f"{unit}cento" for unit in _IT_UNITS[1:]),
        *(f"{unit}honderd" for unit in _NL_UNITS[1:]),
    ]
    return {word: 200 + 100 * (index % 8) for index, word in enumerate(named)}


def _inverted(units: list[str], joint: str, tens: list[str]) -> dict[str, int]:
    """`fünfundzwanzig`, `vijfentwintig`: the unit stands first."""
    values = _counted(tens, 20, 10)
    return {f"{unit}{joint}{ten}": values[ten] + index for ten in values for index, unit in enumerate(units, 1)}


def _romance() -> dict[str, int]:
    spanish = {
        f"{ten} y {unit}": 30 + 10 * row + index
        for row, ten in enumerate(_ES_TENS)
        for index, unit in enumerate(_ES_UNITS, 1)
    }
    french = {
        f"{ten}-{unit}": 20 + 10 * row + index
        for row, ten in enumerate(_FR_TENS)
        for index, unit in enumerate(_FR_UNITS, 1)
    }
    italian = {
        f"{ten}{unit}": 20 + 10 * row + index
        for row, ten in enumerate(_IT_TENS)
        for index, unit in enumerate(_IT_UNITS, 1)
    }
    return (
        spanish
        | french
        | italian
        | _counted(_ES_UNITS, 1)
        | _counted(_ES_TEENS, 10)
        | _counted(_ES_TWENTIES, 20)
        | _counted(_ES_TENS, 30, 10)
        | _counted(_FR_UNITS, 1)
        | _counted(_FR_TEENS, 10)
        | _counted(_FR_TENS, 20, 10)
        | _counted(_IT_UNITS, 1)
        | _counted(_IT_TEENS, 10)
        | _counted(_IT_TENS, 20, 10)
        | {"soixante-dix": 70, "quatre-vingt": 80, "quatre-vingts": 80, "quatre-vingt-dix": 90}
    )


def _words() -> dict[str, int]:
    words = {
        **_romance(),
        **_counted(_NL_UNITS, 1),
        **_counted(_NL_TEENS, 10),
        **_counted(_NL_TENS, 20, 10),
        **_inverted(_NL_UNITS, "en", _NL_TENS),
        **_inverted([*_NL_UNITS[:1], "twee", "drie"], "ën", _NL_TENS),
        **_counted(_DE_UNITS, 1),
        **_counted(_DE_TEENS, 10),
        **_counted(_DE_TENS, 20, 10),
        **_inverted(_DE_UNITS, "und", _DE_TENS),
        **_english(),
        **_hundreds(),
        "hundred": 100,
        "a hundred": 100,
        "one hundred": 100,
        "hundert": 100,
        "einhundert": 100,
        "cien": 100,
        "cent": 100,
        "cento": 100,
        "honderd": 100,
        "eins": 1,
        "eine": 1,
        "einen": 1,
        "einem": 1,
        "einer": 1,
        "una": 1,
        "une": 1,
        "één": 1,
    }
    # An article, German's "be" and English's "amount due", far more often than numbers.
    del words["un"], words["sei"], words["due"]
    return words


WORDS: dict[str, int] = _words()
# Words that are articles or pronouns as well: a number only where a thing follows at once.
ARTICLES = frozenset({"one", "ein", "eine", "einen", "einem", "einer", "una", "une", "uno", "een", "tre"})
DOZEN = r"(?:dozen|doz\b\.?|dutzend|docenas?|douzaines?|dozzin[ae]|dozijn)"
PAIR = r"(?:pairs?|couple|paar|pares?|paires?)"
