"""The sample mails in which goods come back, written by hand."""

from assistant.demo import papers, pictures
from assistant.demo.envelope import Enclosure, Letter

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def letters() -> tuple[Letter, ...]:
    """In the order they came in, within their kind."""
    return (_plain(), _chatty(), _html_table(), _slip(), _form(), _list(), _warranty(), _no_quantity(), _german())


def _plain() -> Letter:
    return Letter(
        name="01-plain-return",
        sender="Ana Ruiz <ana@harborkitchens.example>",
        sent="Mon, 09 Nov 2026 09:41:07 -0500",
        subject="Return from order KS-700100",
        message_id="<7c1e0b52-88d4-4f0e-9a55-3d0c1be6a7f1@harborkitchens.example>",
        relay="mail.harborkitchens.example (mail.harborkitchens.example [192.0.2.14])",
        text="""\
Hello,

we would like to return 5 cases of FSK-0440 from order KS-700100. We ordered too many and they are unopened.
Please credit our account.

Thanks
Ana Ruiz
Harbor Street Kitchens
+1-555-0120
""",
    )


def _chatty() -> Letter:
    return Letter(
        name="02-chatty-fill-valves",
        sender="Joe Fennimore <joe@fennimoreplumbing.example>",
        sent="Tue, 10 Nov 2026 19:12:44 -0500",
        subject="Re: lunch next week",
        message_id="<CAF5vQm3Zt9-joe=2026111019@mail.fennimoreplumbing.example>",
        relay="mail-yw1-f41.bigmail.example (mail-yw1-f41.bigmail.example [203.0.113.41])",
        headers=(
            "In-Reply-To: <20261109140211.1187.maya@kestrelsupply.example>",
            "References: <20261109140211.1187.maya@kestrelsupply.example>",
        ),
        text="""\
Hi Maya,

thanks again for the tickets, my brother in law still talks about the third inning. Weather here is finally turning, \
so the outdoor jobs are done until March and the truck gets its new clutch. Connie says hello, she has the office to \
herself this week and claims that it has never been so tidy.

You asked about the Lakeview bid. We lost it by a hair, somebody from two counties over came in under cost, good \
luck to them.

One thing, since the Miller job was cancelled we don't need the toilet fill valves, so on FP-5521 I'd send back \
twenty of the fifty, they never left the bag, just put the money back on the account.

Thursday works for me, the usual place at noon.

See you at the counter
Joe

On Mon, Nov 9, 2026 at 9:02 AM Maya Cole <maya@kestrelsupply.example> wrote:
> Hi Joe, did you hear anything about Lakeview yet? And lunch next week, my
> treat this time: Tuesday or Thursday?
> Maya
""",
    )


def _html_table() -> Letter:
    return Letter(
        name="03-html-damaged-no-photo",
        sender="Priya Nair <priya@mapleash.example>",
        sent="Wed, 11 Nov 2026 08:05:31 -0600",
        subject="Damaged delivery",
        message_id="<DM6PR11MB3021A7C0@DM6PR11MB3021.mail.mapleash.example>",
        relay="out7.mapleash.example (out7.mapleash.example [198.51.100.7])",
        headers=("X-Priority: 1 (Highest)", "Importance: high", "Thread-Topic: Damaged delivery"),
        boundary="_004_DM6PR11MB3021_",
        html="""\
<html><body style="font-family:Calibri,sans-serif;font-size:11pt">
<p>Good morning,</p>
<p>the freight on order <b>KS-700114</b> came in with a crushed pallet. Please replace what is damaged:</p>
<table border="1" cellpadding="4" style="border-collapse:collapse">
<tr style="background:#eee"><th>Item</th><th>Qty delivered</th><th>Qty damaged</th><th>Lot</th></tr>
<tr><td>CUP-12Z</td><td align="right">10</td><td align="right">4</td><td>T6140</td></tr>
<tr><td>IMX-5KW</td><td align="right">4</td><td align="right">0</td><td>&nbsp;</td></tr>
</table>
<p>The driver signed for it, the rest went to the kitchen.</p>
<p>Priya Nair<br>Purchasing, Maple &amp; Ash Hotels<br>
<img src="cid:letterhead@mapleash" width="120" height="40" alt="Maple &amp; Ash"></p>
</body></html>
""",
        enclosures=(
            Enclosure(
                name="image001.png", media_type="image/png", data=pictures.logo(), content_id="letterhead@mapleash"
            ),
        ),
    )


def _slip() -> Letter:
    return Letter(
        name="04-pdf-slip",
        sender="Bo Larsen <bo@tildenschools.example>",
        sent="Wed, 11 Nov 2026 14:20:09 -0600",
        subject="Return slip TUS-2026-114",
        message_id="<20261111202009.4B1C.blarsen@tildenschools.example>",
        relay="smtp2.tildenschools.example (smtp2.tildenschools.example [192.0.2.77])",
        headers=("X-Mailer: DocuDesk 7.2",),
        boundary="----=_Part_4417_20261111",
        text="""\
Please see the attached slip.

Bo Larsen
Tilden Unified Schools

This message and its attachments may be public records.
""",
        enclosures=(Enclosure(name="return-slip.pdf", media_type="application/pdf", data=papers.return_slip()),),
    )


def _form() -> Letter:
    return Letter(
        name="05-docx-form",
        sender="Sam Okoro <sam@cedarpointclinic.example>",
        sent="Thu, 12 Nov 2026 10:33:50 -0500",
        subject="Return form",
        message_id="<3f9d2a10c7@cedarpointclinic.example>",
        relay="mail.cedarpointclinic.example (mail.cedarpointclinic.example [192.0.2.90])",
        headers=("Cc: Lin Hathaway <receiving@cedarpointclinic.example>",),
        boundary="000000000000c0ffee0612",
        text="""\
Hi, form attached, please send an RMA.

Sam Okoro

Sent from my phone
""",
        enclosures=(Enclosure(name="return form.docx", media_type=_WORD, data=papers.return_form()),),
    )


def _list() -> Letter:
    return Letter(
        name="06-xlsx-leftovers",
        sender='"Rook, Dee" <dee@rookelectric.example>',
        sent="Thu, 12 Nov 2026 17:48:02 -0600",
        subject="Leftovers from the annex job",
        message_id="<004b01dc54f2$9a1e6c40$ce5b44c0$@rookelectric.example>",
        relay="mail.rookelectric.example (mail.rookelectric.example [198.51.100.119])",
        headers=("X-Mailer: Microsoft Outlook 16.0", "Content-Language: en-us"),
        boundary="----=_NextPart_000_004C_01DC54C8",
        text="""\
Surplus from the annex job is in the sheet. We'd like to return it for credit.

Dee Rook
""",
        enclosures=(Enclosure(name="leftovers.xlsx", media_type=_EXCEL, data=papers.leftovers()),),
    )


def _warranty() -> Letter:
    return Letter(
        name="08-warranty-vacuum",
        sender="Leo Grant <leo@brightwayclean.example>",
        sent="Fri, 13 Nov 2026 22:10:18 -0500",
        subject="Vacuum quit",
        message_id="<B81E2C44-5D19-4E7A-9F30-77A1D0C3E5B2@brightwayclean.example>",
        relay="mail.brightwayclean.example (mail.brightwayclean.example [192.0.2.131])",
        headers=("X-Mailer: iPhone Mail (24A335)",),
        text="""\
Hello,

the HEP-VAC12 serial HK472731 from order KS-700156 stopped working after two weeks, motor hums and nothing turns. \
Filter and hose are fine, we tried another battery. It is still under warranty. We need a replacement for the 1 \
unit, the night crew is one machine short.

Leo Grant
Brightway Cleaning
""",
    )


def _no_quantity() -> Letter:
    return Letter(
        name="09-missing-quantity",
        sender="Mona Petit <mona@lakesidecare.example>",
        sent="Sat, 14 Nov 2026 11:27:36 -0500",
        subject="mops",
        message_id="<20261114162736.mona.0007@lakesidecare.example>",
        relay="mail.lakesidecare.example (mail.lakesidecare.example [192.0.2.148])",
        text="""\
Hi, some of the MOP-24W on order KS-700149 are the wrong size for our frames, we'd like to return them for credit.

Mona
""",
    )


def _german() -> Letter:
    return Letter(
        name="10-damaged-with-photo",
        sender="Katrin Vogel <katrin@ostwind.example>",
        sent="Mon, 16 Nov 2026 12:02:55 +0100",
        subject="=?iso-8859-1?Q?Transportschaden_BE-44710_-_Lieferung_f=FCr_K=FCche_2?=",
        message_id="<e0a4f3d8-6b7c-4d51-b0a2-19c7f2d3a455@ostwind.example>",
        relay="mx-out.ostwind.example (mx-out.ostwind.example [198.51.100.44])",
        headers=("User-Agent: Mozilla Thunderbird", "Content-Language: de-DE"),
        boundary="------------0d5Yk2vRr8m1",
        charset="iso-8859-1",
        text="""\
Guten Tag,

von unserer Bestellung BE-44710 sind 2 Stück CHF-2218 beschädigt angekommen, die Schalen sind an einer Seite \
eingedrückt. Foto anbei. Die übrigen zehn sind in Ordnung.
Wir bitten um Gutschrift.

Mit freundlichen Grüßen
Katrin Vogel
Ostwind Gastro GmbH
""",
        enclosures=(Enclosure(name="IMG_2041.jpg", media_type="image/jpeg", data=pictures.photo()),),
    )
