"""Every letter in every language: it renders with all it may hold, says it all, and leaves no mark unfilled."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from assistant.domain.errors import OurFault
from assistant.letters import formats
from assistant.letters.contents import (
    LANGUAGES,
    Acknowledgement,
    Asked,
    Authorised,
    Content,
    Credited,
    Decision,
    Expiring,
    Frame,
    Goods,
    Language,
    Questions,
    Refused,
)
from assistant.letters.phrases import filled, form_of, phrases, variables
from assistant.letters.render import render

FRAME = Frame(name="Joe", reference="BH-1001#k7f3q2m9x4a5b6c7", company="Kestrel & Sons")
GOODS = (
    Goods(sku="PRV-34", quantity=Decimal("1200.50"), uom="EA", order_no="KS-1", lot="L7", serials=("S1", "S2")),
    Goods(sku="TPV-12", quantity=Decimal(1), uom="CS", order_no="KS-2", serials=("S3",)),
    Goods(sku="<b>X</b>", quantity=Decimal(2), uom="EA", order_no="KS-3"),
)
WHOLE = Authorised(
    rma_no="RMA-10001",
    goods=GOODS,
    valid_until=date(2026, 12, 1),
    prepaid=True,
    papers=("SDS", "lot and expiry", "a paper of ours"),
    hazmat=("PRV-34", "TPV-12"),
    fee=Decimal("1234.5"),
    currency="USD",
    address=("Dock 4", "12 Mill Road"),
)
LEAST = Authorised(rma_no="RMA-10002", goods=GOODS[1:2], hazmat=("TPV-12",))
ITEM = ("item", "PRV-34")
EVERY_QUESTION = (
    Asked("ask_order"),
    Asked("ask_unknown_order", (("reference", "KS-9"),)),
    Asked("ask_unknown_order_near", (("reference", "KS-9"), ("near", "KS-99"))),
    Asked("ask_items"),
    Asked("ask_item", (ITEM,)),
    Asked("ask_quantity", (ITEM,)),
    Asked("ask_lot", (ITEM,)),
    Asked("ask_serials", (ITEM,)),
    Asked("ask_photos"),
    Asked("ask_file"),
    Asked("check_lot", (("lot", "L1"), ITEM)),
    Asked("check_serials", (("serials", "S9"), ITEM)),
    Asked("check_quantity", (ITEM,)),
    Asked("as_is", (("text", "Is it {this}?"),)),
)
LETTERS: dict[str, Content] = {
    "acknowledgement": Acknowledgement(known=True),
    "acknowledgement of one order": Acknowledgement(known=True, order_nos=("KS-1",)),
    "acknowledgement of two": Acknowledgement(known=True, order_nos=("KS-1", "KS-2")),
    "acknowledgement of a stranger": Acknowledgement(known=False),
    "one question": Questions(asked=EVERY_QUESTION[:1]),
    "every question": Questions(asked=EVERY_QUESTION),
    "all of a decision": Decision(
        authorised=(WHOLE, LEAST),
        credited=(Credited(memo_no="CM-1", total=Decimal("1234.50"), currency="EUR"),),
        refused=(Refused(sku="Y-1", reason="Past its window.\nSorry."),),
    ),
    "refused": Decision(refused=(Refused(sku="", reason="It was a <special> order."),)),
    "expiring": Expiring(rma_no="RMA-10001", valid_until=date(2027, 1, 3), days=7, goods=GOODS),
    "expiring tomorrow": Expiring(rma_no="RMA-10001", valid_until=date(2027, 1, 3), days=1, goods=GOODS),
    "expiring today": Expiring(rma_no="RMA-10001", valid_until=date(2027, 1, 3), days=0, goods=GOODS),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_renders_in_every_language(name: str, language: Language) -> None:
    for frame in (FRAME, replace(FRAME, name="")):
        made = render(LETTERS[name], frame, language)
        shown = " ".join(lxml_html.fromstring(made.html).text_content().split())
        for text in (made.subject, made.text, shown):
            assert text.strip()
            assert not re.search(r"\{\{|\}\}|\{%|Undefined|None\b|\{\w+\}(?<!\{this\})", text)
        for text in (made.text, shown):
            assert frame.reference in text
            assert frame.company in text
        assert f'<html lang="{language}">' in made.html
        assert "<b>X</b>" not in made.html
        assert not re.search(r"\n{3,}| +$", made.text, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_say_the_same_values(language: Language) -> None:
    made = render(LETTERS["all of a decision"], FRAME, language)
    shown = lxml_html.fromstring(made.html).text_content()
    values = ["RMA-10001", "RMA-10002", "PRV-34", "KS-1", "L7", "S1", "S3", "Dock 4", "a paper of ours", "CM-1", "Y-1"]
    values += ["Past its window.", formats.day(date(2026, 12, 1), language)]
    values += [formats.money(Decimal("1234.5"), currency, language) for currency in ("USD", "EUR")]
    values += [formats.number(Decimal("1200.5"), language)]
    for value in values:
        assert value in made.text
        assert value in shown


def test_the_languages_hold_the_same_phrases_with_the_same_values() -> None:
    for name, english in phrases("en").items():
        for language in LANGUAGES:
            other = phrases(language)[name]
            assert isinstance(other, str) is isinstance(english, str), (name, language)
            for n in (1, 2):
                told = variables(form_of(name, language, n)), variables(form_of(name, "en", n))
                assert told[0] - {"n"} == told[1] - {"n"}, (name, language)
    assert len({frozenset(phrases(language)) for language in LANGUAGES}) == 1


def test_no_two_languages_say_a_letter_in_the_same_words() -> None:
    same = {"as_is", "label_rma", "lot", "order", "hello_nobody"}
    for name in set(phrases("en")) - same:
        assert len({form_of(name, language, 2) for language in LANGUAGES}) == len(LANGUAGES), name


def test_a_stranger_reads_nothing_of_what_we_know() -> None:
    made = render(Acknowledgement(known=False, order_nos=("KS-1",)), replace(FRAME, name=""), "en")
    assert "KS-1" not in made.text + made.html
    assert "request" not in made.text.lower()


@pytest.mark.parametrize("values", [{}, {"item": "x", "more": "y"}])
def test_a_value_too_few_or_too_many_is_an_error(values: dict[str, object]) -> None:
    with pytest.raises(OurFault):
        filled("ask_quantity", "en", values)


@pytest.mark.parametrize(("language", "one", "none"), [("en", "One day", "0 days"), ("fr", "1 jour", "0 jour.")])
def test_plurals(language: Language, one: str, none: str) -> None:
    assert one in render(LETTERS["expiring tomorrow"], FRAME, language).text
    assert none in render(LETTERS["expiring today"], FRAME, language).text


@pytest.mark.parametrize(
    ("language", "day", "number", "money"),
    [
        ("en", "March 1, 2027", "1,234,567.5", "USD\u00a01,200.00"),
        ("de", "1. März 2027", "1.234.567,5", "1.200,00\u00a0USD"),
        ("es", "1 de marzo de 2027", "1.234.567,5", "1.200,00\u00a0USD"),
        ("fr", "1er mars 2027", "1\u202f234\u202f567,5", "1\u202f200,00\u00a0USD"),
    ],
)
def test_dates_numbers_and_money(language: Language, day: str, number: str, money: str) -> None:
    assert formats.day(date(2027, 3, 1), language) == day
    assert formats.number(Decimal("1234567.50"), language) == number
    assert formats.money(Decimal(1200), "USD", language) == money
    assert formats.money(Decimal(1200), "JPY", "en") == "JPY\u00a01,200"


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(LANGUAGES))
def test_a_number_reads_back_as_itself(value: Decimal, language: Language) -> None:
    thousands, point = {"en": (",", "."), "de": (".", ","), "es": (".", ","), "fr": ("\u202f", ",")}[language]
    assert Decimal(formats.number(value, language).replace(thousands, "").replace(point, ".")) == value
