"""What a reply in a known thread says beside values: thanks, a cancellation, a correction, a yes. English, German,
Spanish and French; what these words do not tell goes to a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from msgspec.structs import replace as block_with

from extractors.document import Block
from extractors.message import Message as Mail

ReplyKind = Literal["thanks", "cancellation", "words"]

_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Tone:
    """``corrects``: it takes back what was said before; ``agrees``: it begins with a yes."""

    corrects: bool = False
    agrees: bool = False


_MOST_THANKS_WORDS = 25
_THANKS = re.compile(
    r"\b(?:thanks?|thank you|thx|ty|cheers|appreciate|danke\w*|dank|gracias|agradec\w+|merci|remerci\w+)\b", _I
)
# Words after which a thank-you is no mere thank-you.
_WANTS = re.compile(
    r"[?]|\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|zwei|drei|vier|fünf|sechs|sieben|acht"
    r"|neun|zehn|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|deux|trois|quatre|cinq|sept|huit|neuf|dix"
    r"|but|however|please|pls|still|wrong|not|n't|never|when|where|why|how|cancel\w*|aber|bitte|noch|falsch|nicht"
    r"|wann|warum|wo|storn\w+|pero|por favor|todav[ií]a|no|cu[aá]ndo|d[oó]nde|anul\w+|mais|veuillez|svp|encore|pas"
    r"|quand|o[uù]|annul\w+)\b|n't\b",
    _I,
)
_CANCELS = re.compile(
    r"\bcancel(?!led order)\w*|\bdisregard\b|\bwithdraw\w*|\bnever ?mind\b|\bforget (?:it|about|the return|this)\b"
    r"|\b(?:we|i)(?:'ll| will|'re going to|(?:'ve| have)? decided to| want to)? keep(?:ing)?"
    r" (?:the|them|it|all|every|these)"
    r"|\bno (?:return|rma) (?:is )?needed\b|\bdon'?t need (?:the|this|a) (?:return|rma)\b"
    r"|\bstorn(?:o|ier)\w*|\bziehen? .{0,40}zurück\b|\bzurückziehen\b|\bhat sich erledigt\b"
    r"|\bbehalten (?:die|wir|sie|alles)"
    r"|\bwir behalten\b|\bcancel(?:ar|en|e|amos)\b|\banul(?:ar|en|e|amos)\b|\bnos (?:lo|los|la|las)? ?quedamos\b"
    r"|\bannul\w+|\bnous (?:les? |la )?gardons\b|\bgardons (?:le|la|les|tout)\b",
    _I,
)
_NOT_CANCELS = re.compile(
    r"(?:\b(?:don'?t|do not|not|never|nicht|kein\w*|no|ne|without|was|were|been|got|wurde)\b[^.!?\n]{0,20})$", _I
)
_CORRECTS = re.compile(
    r"\b(?:sorry|correct(?:ion|ed|ing)?|should (?:be|read|say)|instead of|meant|mistake|mistyped|typo|wrong|actually"
    r"|rather"
    r"|korrektur|korrigier\w*|berichtig\w*|statt|gemeint|meinte|falsch|irrtum|versehen|sondern|vertippt"
    r"|correcci[oó]n|corrij\w*|en vez de|en lugar de|equivoc\w*|me equivoqu[eé]|quise decir|quer[ií]a decir"
    r"|rectif\w*|au lieu de|erreur|tromp\w*|en fait|plut[oô]t|voulais dire)\b",
    _I,
)
_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|correct|right|that'?s (?:it|right|correct)|exactly|confirmed|i confirm|we confirm|ja|genau"
    r"|richtig"
    r"|stimmt|s[ií]|correcto|exacto|as[ií] es|oui|exact\w*|c'est (?:ça|bien ça|exact))\b",
    _I,
)


def as_reply(mail: Mail) -> Mail:
    """The mail read as what it is known to be: an answer, whose lines behind `>` are ours or earlier."""
    if not mail.documents:
        return mail
    body = mail.documents[0]
    blocks = tuple(block_with(b, role="quoted") if b.role == "body" and _is_quote(b.text) else b for b in body.blocks)
    return replace(mail, documents=(replace(body, blocks=blocks), *mail.documents[1:]))


def _is_quote(text: str) -> bool:
    return all(line.lstrip().startswith(">") for line in text.splitlines() if line.strip())


def newest(mail: Mail) -> str:
    """What the sender wrote now: without quotes, signature, subject, and what nobody sees."""
    return "\n".join(block.text for block in said_blocks(mail)).strip()


def said_blocks(mail: Mail) -> Iterator[Block]:
    body = mail.documents[0] if mail.documents else None
    for block in body.blocks if body is not None else ():
        if block.role == "body" and not block.hidden and block.label != "subject":
            yield block


def kind_of(mail: Mail) -> ReplyKind:
    said = newest(mail)
    if _cancels(said):
        return "cancellation"
    files = len(mail.documents) > 1
    words = said.split()
    if not files and 0 < len(words) <= _MOST_THANKS_WORDS and _THANKS.search(said) and not _WANTS.search(said):
        return "thanks"
    return "words"


def tone_of(mail: Mail) -> Tone:
    said = newest(mail)
    return Tone(corrects=bool(_CORRECTS.search(said)), agrees=bool(_YES.match(said)))


def _cancels(said: str) -> bool:
    return any(not _NOT_CANCELS.search(said[max(0, m.start() - 40) : m.start()]) for m in _CANCELS.finditer(said))
