"""Lines out of running text: which goods, how many, in every way that people say it."""

# ruff: noqa: E501 - the requests stand as they are written

import pytest

from assistant.domain.draft import Reason
from tests.unit.drafting_world import drafted

CASES = [
    (
        "SO-500100: please take back 12 BV-34, not needed.",
        "BV-34:12",
    ),
    (
        "On SO-500100 we ordered 40 of the BV-34 and received 40, 3 came broken. Please replace.",
        "BV-34:3",
    ),
    (
        "We are returning 40 of the 100 half inch ball valves from SO-500100.",
        "BV-12:40",
    ),
    (
        "PO-77121: les demi-masques HMR/M sont en trop, 4 pairs of respirators HMR/M to return please.",
        "HMR/M:4",
    ),
    (
        "PO-77120: all of the BV-34 valves except two can go back, we overbought. Credit please.",
        "BV-34:38",
    ),
    (
        "PO-77120 : reprenez toutes les vannes BV-34 sauf deux, la ligne ferme.",
        "BV-34:38",
    ),
    (
        "We want to return 12 BV-12 (PO-77120), no longer needed - correction, 15, Joe found three more.",
        "BV-12:15",
    ),
    (
        "PO-77120, please change the 10 BV-12 in my list to 14. All unopened and surplus.",
        "BV-12:14",
    ),
    (
        "We ordered 40 BV-34 on PO-77120 and then 100 of BV-12. The 100 are ok. From the 40 we want to return 12, the customer changed his mind.",
        "BV-34:12",
    ),
    (
        "Of the 12 cases of gloves from PO-77121 one was soaked through, and two drums of degreaser have dented lids but they don't leak so we'll keep those.",
        "NG6-L:1",
    ),
    (
        "The two drums of degreaser I told you about yesterday turned out to be three. PO-77121. All leaking at the bung.",
        "SDG-20L:3",
    ),
    (
        "SO-500200: 12 cases gloves - 2 with torn boxes. 50 masks - 4 with broken straps - please replace all of those.",
        "NG6-L:2;HMR/M:4",
    ),
    (
        "Four cases NG6-L from PO-77121 are a total loss, one maybe usable, we'd rather send all 5 back.",
        "NG6-L:5",
    ),
    (
        "PO-77121. Masks: 50. Used: 35. Lost: 1. To return: 14.",
        "HMR/M:14",
    ),
    (
        "We'd like to send back a case of the nitrile gloves and 3 of the half masks from PO-77121, surplus.",
        "NG6-L:1;HMR/M:3",
    ),
    (
        "We have received order PO-77120 (40 x BV-34, 100 x BV-12, 6 x GP22CC). Unfortunately, 3 of the BV-34 are defective. The rest is perfect. Please replace these 3.",
        "BV-34:3",
    ),
    (
        "Goods to go back from PO-77120:\n\nBV-34     40 bought    6 back   (unopened)\nBV-12    100 bought   20 back   (unopened)\nGP22CC     6 bought    0 back\n\nJob is finished.",
        "BV-34:6;BV-12:20",
    ),
    (
        "From PO-77121 we do not need\n\n   three cases of the size L gloves, which were for the night shift that has ended\n   5 half masks, unopened",
        "NG6-L:3;HMR/M:5",
    ),
    (
        "Surplus from PO-77120, with two changes: of the BV-34 it is 5 pieces and not 8 (three were opened since), and the gear pump stays here. Credit please.",
        "BV-34:5",
    ),
    (
        "SO-500100 - need to return 200 screws, they don't fit.",
        "HCS8-1420-Z:2",
    ),
    (
        "Please pick up 2 boxes of hex cap screws (lot K11111) from PO-77120, surplus.",
        "HCS8-1420-Z:2",
    ),
    (
        "PO-77120. Ordered 20 boxes of cap screws, only 18 came. Credit the difference.",
        "HCS8-1420-Z:2",
    ),
    (
        "PO-77120: all but five of the 3/4 valves can go back, we overbought. Credit please.",
        "BV-34:35",
    ),
    (
        "Hi, order SO-500100. One MCB3P-60 is dead out of the box, serial SN410002. Need a new one.",
        "MCB3P-60:1",
    ),
    (
        "Both breakers, SN410001 and SN410003, on SO-500100 won't close. Send replacements.",
        "MCB3P-60:2",
    ),
    (
        "We want to return the gear pumps x2 and 10 x BV-12 from SO-500100. Ordered in error.",
        "GP22CC:2;BV-12:10",
    ),
    (
        "SO-500100\n\nItem: GP22CC\nQty: 3\nReason: ordered wrong size\n",
        "GP22CC:3",
    ),
    (
        "SO-500100\nBV-34 - 4\nBV-12 - 6\nGP22CC - 1\nAll wrong, please credit and pick up.",
        "BV-34:4;BV-12:6;GP22CC:1",
    ),
    (
        "Return for SO-500100:\n- 4 x BV-34\n- 6 x BV-12\nWe keep the pumps.",
        "BV-34:4;BV-12:6",
    ),
    (
        "SO-500100: the whole lot of BV-34 is corroded, send them back for credit.",
        "BV-34:40",
    ),
    (
        "Half of the BV-12 on SO-500100 can come back, never used.",
        "BV-12:50",
    ),
    (
        "SO-500200: two dozen of the half masks arrived crushed, photos to follow. The gloves are fine.",
        "HMR/M:24",
    ),
    (
        "Please credit us for 3 drums of degreaser missing from SO-500200.",
        "SDG-20L:3",
    ),
    (
        "Zu Bestellung PO-77120: 12 Kugelhähne 3/4 Zoll sind beschädigt angekommen, bitte um Ersatz.",
        "BV-34:12",
    ),
    (
        "PO-77121: drei Fass Entfetter sind undicht, bitte um Gutschrift.",
        "SDG-20L:3",
    ),
    (
        "Pedido PO-77121: llegaron rotas 5 mascarillas, queremos reposición.",
        "HMR/M:5",
    ),
    (
        "Commande PO-77121 : il manque deux cartons de gants nitrile. Merci d'établir un avoir.",
        "NG6-L:2",
    ),
    (
        "Please return 5 cs NG6-L lot A25001, 2 dr SDG-20L lot C26001 off SO-500200, overstocked.",
        "NG6-L:5;SDG-20L:2",
    ),
    (
        "SO-500200 6308 bearings: qty 15 rusty. Want credit, we scrapped them.",
        "6308-2RS-C3:15",
    ),
    (
        "I'd like to send back four of those gear pumps (SO-500100). No damage, just not needed anymore.",
        "GP22CC:4",
    ),
    (
        "Correction to my mail: make that 6 pumps, not 4, on SO-500100 going back.",
        "GP22CC:6",
    ),
    (
        "We received 38 BV-34 on SO-500100, invoice says 40. Please credit 2.",
        "BV-34:2",
    ),
    (
        "Short 2 BV-34 on SO-500100.",
        "BV-34:2",
    ),
    (
        "SO-500100 line 1 BV-34: shipped 40, received 36.",
        "BV-34:4",
    ),
    (
        "5 BV-34 from SO-500100 are defective; the other 35 are fine and installed.",
        "BV-34:5",
    ),
    (
        "Can I return a gear pump from SO-500100? Ordered one too many.",
        "GP22CC:1",
    ),
    (
        "Please issue an RMA for SO-500100: BV-34 (7), BV-12 (9). Thank you",
        "BV-34:7;BV-12:9",
    ),
    (
        "RMA request SO-500100 / BV-34 / 7 pcs / wrong size ordered",
        "BV-34:7",
    ),
    (
        "BV34 qty 7 on so500100 pls credit, ordered by mistake",
        "BV-34:7",
    ),
    (
        "SO-500100. Return 1 each of BV-34 and BV-12, not needed.",
        "BV-34:1;BV-12:1",
    ),
    (
        "SO-500100: 3 of the 6 pumps leak. Want replacements.",
        "GP22CC:3",
    ),
    (
        "A pair of pumps from SO-500100 is leaking from day one.",
        "GP22CC:2",
    ),
    (
        "We are sending back some BV-34 from SO-500100.",
        "BV-34:None",
    ),
    (
        "SO-500100: HCS8-1420-Z lot K11111 3 boxes and lot K22222 2 boxes rusty, please credit",
        "HCS8-1420-Z:3;HCS8-1420-Z:2",
    ),
    (
        "Screws on SO-500100: 150 pieces... actually let's say 3 boxes are rusty. Take back.",
        "HCS8-1420-Z:3",
    ),
    (
        "The breaker on SO-500100 with serial SN410001 trips immediately, please swap it. The others work.",
        "MCB3P-60:1",
    ),
    (
        "Our PO-77120. Price on the BV-34 is wrong: billed 40 @ 22.00, quoted 20.00. Please credit 80.00.",
        "BV-34:40",
    ),
    (
        "You shipped us 10 extra BV-12 on SO-500100, we only ordered 100 and got 110. Come get them.",
        "BV-12:10",
    ),
    (
        'PO-77120 arrived too late, job is done. Sending back all 40 3/4" valves and all 6 pumps.',
        "BV-34:40;GP22CC:6",
    ),
    (
        "The 20 L degreaser, 4 drums of 10 on SO-500200, expired before we got it.",
        "SDG-20L:4",
    ),
    (
        "Hi - we need to return 2 cases gloves. PO 77121.",
        "NG6-L:2",
    ),
    (
        "need rma 3ea BV-12 so-500100 threads bad",
        "BV-12:3",
    ),
    (
        "From SO-500100 we'd return: twenty-five BV-12, and three gear pumps. Keep the screws.",
        "BV-12:25;GP22CC:3",
    ),
    (
        "SO-500100 BV-34 QTY RETURNED: 8 REASON: DAMAGED",
        "BV-34:8",
    ),
    (
        "8 pieces of BV-34 (order SO-500100) have cracked bodies, of which we opened 2. 40 were delivered.",
        "BV-34:8",
    ),
    (
        "Please arrange return of the epoxy, all four, from SO-500200. Changed our minds.",
        "EPX2-1K:4",
    ),
    (
        "SO-500100 PO-77120 dated 10/20/2026, 3 boxes HCS8-1420-Z, delivered Nov 5, tracking 5583916500, damaged corner.",
        "HCS8-1420-Z:3",
    ),
    (
        "Order SO-500100\n1) BV-34, qty 5, damaged\n2) GP22CC, qty 2, not needed",
        "BV-34:5;GP22CC:2",
    ),
    (
        "Return request\nOrder: SO-500100\nPart No: BV-34\nDescription: ball valve\nQuantity: 5\nReason: damaged in shipping\n\nPart No: GP22CC\nQuantity: 2\nReason: ordered in error",
        "BV-34:5;GP22CC:2",
    ),
    (
        "SO-500100 returns:\nBV-34    5 ea    wrong size\nGP22CC   2 ea    not needed",
        "BV-34:5;GP22CC:2",
    ),
    (
        "SO-500100\nPART: BV-34  QTY: 5  REASON: defective\nPART: BV-12  QTY: 7  REASON: surplus",
        "BV-34:5;BV-12:7",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_goods_and_quantities(text: str, expected: str) -> None:
    _, draft = drafted(text)
    found = [f"{line.sku}:{'None' if line.quantity is None else format(line.quantity, 'f')}" for line in draft.lines]
    assert sorted(found) == sorted(expected.split(";"))


def test_what_never_came_is_of_no_lot_where_only_money_is_asked() -> None:
    _, missing = drafted("Order SO-500200: 3 cases of NG6-L, lot A25001 on your slip, never came. Please credit us.")
    _, back = drafted("Order SO-500200: we return 3 cases of NG6-L, lot A25001, ordered too many. Please credit us.")
    assert [(line.reason_code, str(line.quantity), line.lot) for line in missing.lines] == [
        (Reason.SHORT_SHIPMENT, "3", None)
    ]
    assert [(str(line.quantity), line.lot) for line in back.lines] == [("3", "A25001")]
