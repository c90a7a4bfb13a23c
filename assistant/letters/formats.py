"""Dates, numbers and money the way a language writes them."""

from datetime import date
from decimal import Decimal

from assistant.domain.money import from_minor, minor, plain
from assistant.letters.contents import Language

_MONTHS: dict[Language, str] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
# Between thousands, before decimals. A no-break space keeps a number on one line.
_MARKS: dict[Language, tuple[str, str]] = {"en": (",", "."), "de": (".", ","), "es": (".", ","), "fr": ("\u202f", ",")}
_AND: dict[Language, str] = {"en": "and", "de": "und", "es": "y", "fr": "et"}


def day(when: date, language: Language) -> str:
    month = _MONTHS[language].split()[when.month - 1]
    if language == "en":
        return f"{month} {when.day}, {when.year}"
    if language == "de":
        return f"{when.day}. {month} {when.year}"
    if language == "es":
        return f"{when.day} de {month} de {when.year}"
    return f"{'1er' if when.day == 1 else when.day} {month} {when.year}"


def number(value: Decimal, language: Language) -> str:
    """``1200.50`` is ``1,200.5`` in English, ``1.200,5`` in German."""
    whole, _, decimals = plain(abs(value)).partition(".")
    thousands, point = _MARKS[language]
    sign = "-" if value < 0 else ""
    return f"{sign}{int(whole):,}".replace(",", thousands) + (point + decimals if decimals else "")


def money(amount: Decimal, currency: str, language: Language) -> str:
    """With all digits of the currency's smallest unit (ISO 4217)."""
    exact = from_minor(minor(amount, currency), currency)
    whole, _, decimals = f"{abs(exact):f}".partition(".")
    thousands, point = _MARKS[language]
    sign = "-" if exact < 0 else ""
    digits = f"{sign}{int(whole):,}".replace(",", thousands) + (point + decimals if decimals else "")
    return f"{currency}\u00a0{digits}" if language == "en" else f"{digits}\u00a0{currency}"


def listed(words: tuple[str, ...], language: Language) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {_AND[language]} {words[-1]}"
