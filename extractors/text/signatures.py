"""Which of a mail's last own lines only say who writes: names, titles, phones, disclaimers, a phone's own line.

A line that may hold a word of the request is never one of them: an order, a quantity or a wish below the name stays
what the sender says.
"""

import re
from collections.abc import Sequence

from extractors.document import Role

_SENT_FROM = re.compile(
    r"^\s*(sent (from|via|with)|get outlook for|von meinem .{2,40} gesendet|gesendet (von|mit)|envoyé (de|depuis)"
    r"|envoyé à partir|enviado (desde|do)|inviato da|verzonden (vanaf|met|vanuit)"
    r"|verstuurd vanaf|télécharger outlook|outlook für)\b",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\b(iphone|ipad|android|blackberry|samsung|galaxy|mobile|handy|smartphone|phone|outlook|yahoo|gmail|mail app|mail"
    r"|windows|huawei|xiaomi|pixel|motorola|tablet|móvil|mobil|telefoon|teléfono)\b",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\bconfidential\w*|intended (only|solely|recipient)|intended for the|privileged|received this .{0,30}\bin error"
    r"|disclosed to third parties|public records|consider the environment|before printing|virus.?free|scanned (by|for)"
    r"|\bvertraulich|irrtümlich erhalten|nicht der (richtige|beabsichtigte) adressat|confidentiel|destinataire"
    r"|confidencial|destinatario|riservat[aoie]|vertrouwelijk|geadresseerde|please do not print",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|listinfo|abbestellen|désabonner|darse de baja", re.IGNORECASE)
_RULE = re.compile(r"^\s*[_=-]{10,}\s*$")
_CLOSING = re.compile(
    r"^\s*(((many |with )?(thanks|thank you|thx|ty)( (very|so) much| a lot| in advance|,? and \w+ regards| again)?"
    r"|cheers|(with )?(best|kind|warm|kindest|warmest)?( \w+)? ?(regards|wishes)|best|rgds|br|sincerely( yours)?"
    r"|yours (truly|sincerely|faithfully)|respectfully|cordially"
    r"|mit (freundlichen?|besten?|herzlichen?) gr(ü|ue)(ß|ss)en?"
    r"|(viele|beste|liebe|freundliche|schöne) gr(ü|ue)(ß|ss)e|mfg|vg|danke|vielen dank"
    r"|(bien )?cordialement|(meilleures )?salutations( distinguées)?|bien à vous|merci( d'avance| beaucoup)?"
    r"|(un )?(cordial(es)?|atentos?|muchos)? ?saludos?( cordiales)?|atentamente|(muchas )?gracias"
    r"|(cordiali|distinti|tanti) saluti|cordialmente|grazie( mille)?"
    r"|(met )?(vriendelijke|hartelijke) groet(en)?|m\.?v\.?g\.?|groeten|(alvast )?(dank|bedankt)"
    r"|atenciosamente|obrigad[oa]|pozdrawiam|z poważaniem)[\s,.!–-]*)$",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?:\b(?:tel|phone|fon|fax|mob\w*|cell|office|direct|t|m|p|f|d|o)\b\s*[.:]*\s*)?"
    r"\(?\+?\d{1,4}\)?(?:[ ()./-]{1,3}\d{2,6}){1,5}"
    r"|\b(?:tel|telefon|phone|fon|fax|mob\w*|cell)\b\s*[.:]*\s*\+?\d{4,15}",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,100}|\bhttps?://\S{1,300}|\bwww\.\S{1,200}", re.IGNORECASE)
_REGISTERED = re.compile(
    r"\b(HRB|HRA|USt|VAT|TVA|NIF|CIF|SIRET|SIREN|KvK|BTW|P\.? ?IVA|IBAN|BIC"
    r"|Amtsgericht|Handelsregister|Reg(istered|\.)? no)\b.*",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(inc|llc|ltd|limited|corp|co|gmbh|ag|kg|sarl|sas|s\.?a|s\.?l|srl|s\.?p\.?a|b\.?v|n\.?v|plc|pty|department|dept|abteilung"
    r"|geschäftsführer|manager|director|coordinator|buyer|purchasing|receiving|supervisor|engineer|sales|leiter|einkauf)\b",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"#\s?\d|\d\s*[x×]\s|\b\d{6,}|\b\d{1,5} [a-zäöüéñ]{3,}"
    r"|\b(po|so|rma|inv|invoice|order|bestell\w*|auftrag\w*|rechnung|commande|facture|pedido|factura|ordine|fattura|lots?"
    r"|charge|lote|batch|serials?|s/n|sn|qty|quantity|menge|stück|pcs|pieces?|sku|items?|parts?|artikel)\b"
    r"[\s.:#-]{0,4}((no|nr|number|nummer)\b[\s.:#-]{0,4})?\w{0,20}\d",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w-])(?=[A-Z0-9/-]{0,30}\d)(?=[A-Z0-9/-]{0,30}[A-Z])[A-Z0-9][A-Z0-9/-]{3,40}(?![\w-])")
_WISH = re.compile(
    r"\b(please|pls|pick ?up|collect|return(ed|ing)?|credit|replace\w*|refund\w*|ship to|need|want|attached|p\.?s\.?"
    r"|exchange|keep|send|bitte|gutschrift|ersatz\w*|abhol\w*|rücksend\w*|zurück\w*|avoir|rembours\w*|retour\w*|échange\w*|devol\w*|abono"
    r"|cambi\w*|recog\w*|reso|rimborso|sostitu\w*|terug\w*|creditnota|vervang\w*)\b",
    re.IGNORECASE,
)
_DASHED_NAME = re.compile(r"^\s*[-–~]{1,2} ?[A-ZÀ-Ý][\w.'-]*(?: [A-ZÀ-Ý][\w.'-]*){0,2}\s*$")
_LONGEST_LINE = 90
_LONGEST_DISCLAIMER = 3_000
_MOST_LINES = 10
_MOST_WORDS = 9


def is_sent_from(line: str) -> bool:
    """Whether a mail program, not the sender, wrote the line (``Sent from my iPhone``)."""
    if len(line) > _LONGEST_LINE or not _SENT_FROM.match(line):
        return False
    words = len(line.split())
    return "," not in line and words <= _MOST_WORDS and (not line.rstrip().endswith(".") or bool(_DEVICE.search(line)))


def label_signatures(lines: Sequence[str], roles: list[Role], sender: str = "") -> None:
    """Turn ``body`` into ``signature`` where own lines end in one. ``sender`` is the From field's name."""
    end = 0
    while end < len(lines):
        start = end
        while end < len(lines) and roles[end] == roles[start]:
            end += 1
        if roles[start] == "body":
            for number in _signed(lines, start, end, sender):
                roles[number] = "signature"


def _signed(lines: Sequence[str], start: int, end: int, sender: str) -> list[int]:
    """The numbers of the lines at the end of this stretch that are signature."""
    found: list[int] = []
    last = _without_blanks(lines, start, end)
    while last > start:
        first = last
        while first > start and lines[first - 1].strip():
            first -= 1
        paragraph = lines[first:last]
        if not _is_boilerplate(paragraph):
            break
        found += range(first, last)
        last = _without_blanks(lines, start, first)
    return [*found, *_contact(lines, start, last, sender)]


def _without_blanks(lines: Sequence[str], start: int, end: int) -> int:
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _is_boilerplate(paragraph: Sequence[str]) -> bool:
    if len(paragraph) == 1 and is_sent_from(paragraph[0]):
        return True
    text = " ".join(paragraph)
    if len(text) > _LONGEST_DISCLAIMER or _holds_fact(text):
        return False
    if _RULE.match(paragraph[0]) and _LIST_FOOTER.search(text):
        return True
    return bool(_DISCLAIMER.search(text)) and len(text.split()) >= _MOST_WORDS and not re.search(r"\bI\b", text)


def _contact(lines: Sequence[str], start: int, end: int, sender: str) -> list[int]:
    """Lines below a closing ('Kind regards') or from the sender's name on, where all of them only say who writes."""
    kept = 0
    number = end
    anchor = None
    while number > start and kept <= _MOST_LINES:
        number -= 1
        line = lines[number]
        if not line.strip():
            continue
        kept += 1
        if _CLOSING.match(line[:_LONGEST_LINE]):
            return [n for n in range(number + 1, end) if lines[n].strip()]
        if not _says_who(line):
            break
        alone = number == start or not lines[number - 1].strip()
        if _names(line, sender) or (alone and _DASHED_NAME.match(line)):
            anchor = number
    if anchor is not None and any(line.strip() for line in lines[start:anchor]):
        return [n for n in range(anchor, end) if lines[n].strip()]
    return _card(lines, start, end)


def _card(lines: Sequence[str], start: int, end: int) -> list[int]:
    """A last paragraph of contact data without a name that is known."""
    first = end
    while first > start and lines[first - 1].strip():
        first -= 1
    paragraph = lines[first:end]
    if not 2 <= len(paragraph) <= _MOST_LINES or first == start or not all(map(_says_who, paragraph)):
        return []
    telling = sum(bool(_PHONE.search(line) or _ADDRESS.search(line) or _COMPANY.search(line)) for line in paragraph)
    reachable = any(_PHONE.search(line) or _ADDRESS.search(line) for line in paragraph)
    return list(range(first, end)) if telling >= 2 and reachable else []


def _names(line: str, sender: str) -> bool:
    """Whether the line is the sender's name, or the first or last of it with an initial or a comma behind."""
    wanted = set(re.findall(r"\w{2,}", sender.lower()))
    said = re.findall(r"\w+", line.lower().split(",")[0])
    told = [word for word in said if len(word) > 1]
    return 1 <= len(said) <= 4 and bool(told) and all(word in wanted for word in told)


def _says_who(line: str) -> bool:
    """Whether a line may stand in a signature: short, no sentence, nothing of a request in it."""
    words = len(line.split())
    sentence = words > _MOST_WORDS or (words >= 5 and line.rstrip().endswith((".", "!", "?")))
    wish = _WISH.search(line) and not _COMPANY.search(line)
    bare = line.strip()
    if len(line) > _LONGEST_LINE or bare.startswith((">", "•", "* ")) or bare.endswith((":", "?")) or wish:
        return False
    return not (sentence and not _COMPANY.search(line)) and not _holds_fact(line)


def _holds_fact(text: str) -> bool:
    """Whether an order, a code or a count stands in the text, apart from phones, addresses and register numbers."""
    bare = _REGISTERED.sub(" ", _PHONE.sub(" ", _ADDRESS.sub(" ", text)))
    return bool(_FACT.search(bare) or _CODE.search(bare))
