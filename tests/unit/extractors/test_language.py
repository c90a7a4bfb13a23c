"""The language of a text by its small words."""

import pytest

from extractors.language import language_of
from extractors.mail.reader import read_message
from tests.samples.documents import mail

SENTENCES = [
    ("en", "Got a dead one. It won't power up, the display is dark. Want a new one sent."),
    ("en", "Please credit what didn't come, don't ship it later, we borrowed from the other building."),
    ("de", "Bei der Prüfung sind Teile aufgefallen, die wir so nicht verbauen können."),
    ("de", "Bitte um Gutschrift für die zwei Ventile, die zu viel geliefert wurden."),
    ("es", "Nos gustaría devolver dos válvulas del pedido porque llegaron rotas."),
    ("es", "Adjunto las fotos de la caja dañada. Por favor envíen un abono."),
    ("fr", "Nous souhaitons retourner deux vannes de la commande, elles sont défectueuses."),
    ("fr", "Veuillez trouver ci-joint la photo. Merci de nous faire un avoir."),
    ("it", "Vorremmo restituire due valvole dell'ordine perché sono difettose, grazie."),
    ("nl", "Wij willen graag twee kleppen retourneren, ze zijn kapot aangekomen."),
    ("pt", "Gostaríamos de devolver duas válvulas do pedido, não são as certas."),
    ("pl", "Prosimy o zwrot dwóch zaworów z zamówienia, są uszkodzone."),
]


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_a_sentence_tells_its_language(language: str, sentence: str) -> None:
    assert language_of(sentence) == language


@pytest.mark.parametrize("text", ["", "ok", "PO 4711 BV-34 12", "BV-34 UCP208 GP22CC MCB3P-100 VFD480-10HP"])
def test_too_little_tells_none(text: str) -> None:
    assert language_of(text) == ""


def test_a_bodys_language_is_that_of_its_newest_words() -> None:
    text = "Wir möchten die Ware nicht behalten.\n\nOn Monday last week, B wrote:\n> " + "Thank you for the order. " * 9
    assert read_message(mail(text + "\n", subject="Re: order")).documents[0].language == "de"
