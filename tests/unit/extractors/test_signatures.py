"""Who writes is told apart from what is asked, and nothing that is asked is taken for it."""

import pytest

from extractors.html.reader import mail_html_blocks
from extractors.text.prose import mail_paragraphs


def signed(text: str, sender: str = "Tom Field") -> str:
    return "\n".join(block.text for block in mail_paragraphs(text, "Return", sender) if block.role == "signature")


@pytest.mark.parametrize(
    "signature",
    [
        "Tom Field\nReturns Coordinator\nAcme Inc.\nTel: +1 555 010 2345",
        "Tom Field, Acme",
        "T. Field\nAcme Pumps",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "This e-mail is confidential and intended only for the addressee; delete it if received in error.",
        "Diese E-Mail enthält vertrauliche Angaben und ist nur für den Empfänger bestimmt, sonst löschen.",
        "Acme Pumps GmbH\nTel. +49 7161 123456\nwww.acme.example",
    ],
)
def test_a_signature_without_a_delimiter_is_told(signature: str) -> None:
    assert signed(f"Please take three drums back.\n\n{signature}\n") == signature


@pytest.mark.parametrize(
    "closing",
    ["Kind regards,", "Thanks", "Mit freundlichen Grüßen", "Cordialement", "Saludos", "Cordiali saluti", "Groeten"],
)
def test_below_a_closing_stands_who_writes(closing: str) -> None:
    assert signed(f"Three drums, please.\n\n{closing}\nJo Park\nStores\n", "") == "Jo Park\nStores"


@pytest.mark.parametrize(
    "ending",
    [
        "Regards\nTom\nPO 4500123, three valves",
        "Regards\nTom\n\nP.S. two of them were from the other order",
        "Thanks\nTom Field\n\nPlease pick up at the back door",
        "Thanks\n12 valves, 3 pumps",
        "Thanks\nBV-34",
        "Sent from my desk, is much easier then my mobile phone.",
    ],
)
def test_what_may_be_of_the_request_stays_said(ending: str) -> None:
    assert signed(f"Please credit.\n\n{ending}\n") == ""


def test_a_name_alone_is_no_signature_of_nothing() -> None:
    assert signed("Tom Field\n") == ""


def test_a_mail_programs_signature_box_is_one() -> None:
    blocks = mail_html_blocks('<p>Two pumps.</p><div class="gmail_signature"><p>Jo</p><p>Lot 7</p></div>', "x")
    assert [block.role for block in blocks] == ["body", "signature", "signature"]
