"""What a mail wants: a request that is one is never lost; news, thanks, second thoughts and sales are none."""

# ruff: noqa: E501 - the mails stand as they are written

import pytest

from tests.unit.drafting_world import drafted

OURS = "\n\nOn Thu, Nov 12, 2026 at 1:20 PM Norlake Returns <returns@norlake.example> wrote:\n> RMA 22133 is open for 4 ball valves BV-34 from PO-77120. Label attached.\n"
THEIRS = "\n\nOn Thu, Nov 12, 2026 at 1:20 PM Pat <pat@acme.example> wrote:\n> We would like to return 4 BV-34 from PO-77120, unopened. Credit please.\n"

ASKED_AFTER = [
    "whats going on with the swap for the bad gear pump, PO-77120. you have had it since the 2nd and promised a new one",
    "We're still expecting the replacement pump you promised for PO-77120. Ship date?",
    "Nobody came for the valves, RMA 22133. Can you find out from XPO what happened?" + OURS,
    "Hello, the two pumps from PO-77120 were picked up by your driver on November 2. When can we expect the replacement?",
    "Any news on our claim from October about the 3 damaged BV-34, PO-77120?",
    "Our return of 10 BV-12 (PO-77120) was signed for at your dock on Nov 4. Where does the refund stand?",
    "You confirmed receipt of the 5 BV-34 (PO-77120) on October 30. We are still waiting for the credit note.",
    "Quand aurons-nous l'avoir pour les 3 BV-34 renvoyées le 2 novembre (PO-77120) ?",
    "You promised a call back about the 3 leaking drums of PO-77121. Still nothing. Please let me know what happens with our claim.",
    "As a follow-up to our return (PO-77120, 4 BV-34): the parcel got back to you on the 3rd per the carrier. Has a credit been raised?",
    "On October 2 we sent you one of the two gear pumps of PO-77120, it would not build pressure. Your Mr. Hale wrote that a new one would be sent within the week. Has it been shipped?",
    "Seit drei Wochen liegen die zwei Pumpen aus PO-77120 bei Ihnen (Ihre RMA 21876), die Gutschrift steht noch aus.",
]
NONE = [
    "Credit's in, thanks a million." + OURS,
    "Danke, Gutschrift ist da. Schönes Wochenende!" + OURS,
    "Scratch that, please. The crew will use every one of them." + THEIRS,
    "Bitte vergessen Sie meine Anfrage von gestern, wir behalten die Ventile doch." + THEIRS,
    "Olviden lo de ayer por favor, al final sí las vamos a usar." + THEIRS,
    "Please hold the order I phoned in an hour ago, 6 gear pumps. Wrong job number, sorry.",
    "Please send us 20 more BV-34, same price as PO-77120.",
    "New in our catalogue: ball valves BV-34 and BV-12 now 20 % off until Friday! Unsubscribe here.",
    "What are your conditions for returning unused BV-34? We might have some left at the end of the job.",
    "FYI the 3 BV-34 on PO-77120 that leaked were fixed by our fitter with new packing, no action needed.",
    "Bitte bieten Sie uns bis 24.11.2026 an: 40 St BV-34, 20 St GP22CC. Nehmen Sie nicht benötigte Stücke innerhalb von 60 Tagen gegen Gutschrift zurück, wenn sie ungeöffnet sind?",
    "Nous vous prions de nous communiquer votre meilleur prix et délai pour 40 vannes 3/4. Merci de préciser vos conditions de retour.",
]
STRANGERS = [
    "To our valued distributors: changes taking effect January 4. Ball valve brass 3/4 104.20. Returns of non-defective goods are accepted within 45 days, credits for short shipments have to be claimed within 5 business days.",
    "Zu Ihrer Reklamation 4471 über 12 Kugelhähne haben wir den Prüfbericht erstellt, wir senden sie Ihnen zurück.",
]
REQUESTS = [
    "We sent you two photos of the pump from PO-77120 yesterday. 1 GP22CC, it leaks. Can you replace it?",
    "Scratch that, make it 6 of the BV-34 please." + THEIRS,
    "Never mind the pump question. 3 BV-34 from PO-77120 leak, credit please.",
    "Your return policy says 30 days, so please take back 4 BV-34 from PO-77120.",
    "The replacement pump you promised for PO-77120 came, and it leaks too. 1 GP22CC.",
    "We had storms, nobody picked up the phone. On PO-77120 we'd like to send back 4 BV-34, surplus, for credit.",
    "I know you keep these on the shelf: MCB3P-60, SN410002 is dead out of the bag. What now?",
    "Merci beaucoup pour la livraison. Deux vannes BV-34 de PO-77120 fuient, pouvez-vous les remplacer ?",
]


@pytest.mark.parametrize("text", ASKED_AFTER)
def test_what_was_agreed_before_is_asked_after(text: str) -> None:
    assert drafted(text)[1].intent == "status_inquiry"


@pytest.mark.parametrize("text", NONE)
def test_what_wants_nothing_of_us(text: str) -> None:
    assert drafted(text)[1].intent == "not_a_request"


@pytest.mark.parametrize("text", STRANGERS)
def test_a_seller_writes_to_us_of_its_own_terms(text: str) -> None:
    assert drafted(text, sender="care@valveco.example")[1].intent == "not_a_request"


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_is_one_whatever_else_it_says(text: str) -> None:
    assert drafted(text)[1].intent == "return_request"


WANTED = [
    ("PO-77120: the rebuild is now a replacement, so 4 BV-34 are spare. A credit would be most welcome.", "credit"),
    ("3 BV-34 on PO-77120 leak, please take them off the bill.", "credit"),
    ("Tres válvulas BV-34 del pedido PO-77120 llegaron rotas, descuéntenmelas por favor.", "credit"),
    ("2 BV-34 from PO-77120 leak, can I get working ones?", "replacement"),
    ("Zwei BV-34 aus PO-77120 sind undicht, bitte tauschen.", "replacement"),
    ("2 BV-34 (PO-77120) to go back, ordered by mistake. Credit, swap, whatever is easiest.", "unspecified"),
    ("We prepared 4 BV-34 from PO-77120 for your truck, surplus, for credit. Please send the label.", "credit"),
]


@pytest.mark.parametrize(("text", "resolution"), WANTED)
def test_what_the_sender_wants_for_it(text: str, resolution: str) -> None:
    assert drafted(text)[1].resolution == resolution
