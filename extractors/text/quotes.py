"""Which lines of a mail are the sender's own words, and which are quoted, a forward's header or a signature."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.document import Role
from extractors.text.signatures import is_sent_from, label_signatures

_ATTRIBUTION = re.compile(
    r"^(on\b.{6,200}\bwrote|am\b.{6,200}\bschrieb.{0,80}|.{0,120}\bschrieb am\b.{0,80}|le\b.{6,200}\ba écrit"
    r"|el\b.{6,200}\bescribi(ó|o)|il\b.{6,200}\bha scritto|op\b.{6,200}\b(schreef|geschreven).{0,80}"
    r"|(em|a|no dia)\b.{6,200}\bescreveu|(w dniu|dnia)\b.{6,200}\bnapisał.{0,20}|den\b.{6,200}\bskrev.{0,80}"
    r"|.{0,20}\d{1,4}[./-]\d{1,2}.{0,200}\b"
    r"(wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał|написал)\w{0,2}"
    r"|.{0,80}\d{4}.{0,80}<[^<>\s]+@[^<>\s]+>)\s?:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_OPENING = re.compile(r"^\s*(on|am|le|el|il|op|em|no dia|w dniu|dnia|den)\b", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^[\s*_-]*-{2,}\s*(original message|original appointment|reply message|ursprüngliche nachricht|originalnachricht"
    r"|original-nachricht|message d'origine|message original|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht|mensagem original|wiadomość oryginalna)\s*-{2,}[\s*_-]*$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^\s*(-{2,}\s*(forwarded (message|by\b.{0,120}|.{0,60}message)|weitergeleitete nachricht"
    r"|weitergeleitet von\b.{0,120}|message transféré|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht"
    r"|mensagem encaminhada)\s*-{2,}|begin forwarded message\s?:|anfang der weitergeleiteten nachricht\s?:"
    r"|début du (message transféré|message réexpédié)\s?:|inicio del mensaje reenviado\s?:"
    r"|inizio messaggio inoltrato\s?:|begin doorgestuurd bericht\s?:)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(from|von|de|da|van|od|från|fra|от)\s?:\*?\s*\S", re.IGNORECASE)
_HEADER = re.compile(
    r"^\s*\*?(from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments?|von|gesendet|datum|an|kopie|betreff|de"
    r"|antwort an|envoyé( le)?|date|à|objet|para|enviado( el)?|fecha|asunto|da|inviato|data|a|oggetto|van|verzonden"
    r"|aan|onderwerp|bijlagen?|anlagen?|pièces jointes|enviad[ao]( em)?|assunto|od|wysłano|do|temat|från|skickat|till"
    r"|ämne|fra|sendt|til|emne|от|отправлено|кому|тема|wichtigkeit|priorität)\s?:\*?(\s|$)",
    re.IGNORECASE,
)
_SENT_OR_SUBJECT = re.compile(
    r"^\s*\*?(sent|subject|gesendet|betreff|envoyé( le)?|objet|enviad[ao]( el| em)?|asunto|inviato|oggetto|verzonden"
    r"|onderwerp|assunto|wysłano|temat|skickat|ämne|sendt|emne|отправлено|тема)\s?:",
    re.IGNORECASE,
)
_DATE = re.compile(r"^\s*\*?(date|datum|fecha|data)\s?:", re.IGNORECASE)
_MARKED = re.compile(r"^\s*>")
_ONCE_MARKED = re.compile(r"^\s*>(?!\s*>)")
_DELIMITER = re.compile(r"^(--|—)\s*$")
_FORWARD_SUBJECT = re.compile(r"^\s*((re|aw)\s*:\s*)?(fwd?|wg|tr|rv|i|enc|doorst|pd)\s*:", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"^\s*(re|aw|antw|sv|ré|r)\s*:", re.IGNORECASE)

_RULE = re.compile(r"^\s*(_{10,}|-{10,}|={10,})\s*$")

# A mail whose own words are no more than this beside what it forwards is the forward ("please handle, thanks").
FORWARD_OWN_WORDS = 60
UNMARKED_OWN_WORDS = 4
SIGNATURE_LINES = 12
# No mail of a person is longer; the lines beyond have the role of the last one.
MOST_LINES = 10_000
# What divides mails is short; on longer lines no pattern is tried.
LONGEST_DIVIDER = 400


@dataclass(slots=True)
class _Reading:
    """The lines, and the roles found so far."""

    lines: Sequence[str]
    inset: Sequence[bool]
    attributions: Sequence[int]
    subject: str
    roles: list[Role] = field(default_factory=list)

    def own_words(self, since: int) -> int:
        return sum(
            len(line.split())
            for line, role in zip(self.lines[since:], self.roles[since:], strict=False)
            if role == "body"
        )


def roles_of(lines: Sequence[str], inset: Sequence[bool] = (), subject: str = "", sender: str = "") -> list[Role]:
    """One role for each line. ``inset`` tells which lines the mail's own structure quotes (a blockquote).

    ``sender`` is the name in the From field, by which a signature without a delimiter is known.
    """
    if len(lines) > MOST_LINES:
        found = roles_of(lines[:MOST_LINES], inset[:MOST_LINES], subject, sender)
        return found + found[-1:] * (len(lines) - MOST_LINES)
    roles = _divided([line[:LONGEST_DIVIDER] for line in lines], inset, subject)
    label_signatures(lines, roles, sender)
    return roles


def _divided(lines: Sequence[str], inset: Sequence[bool], subject: str) -> list[Role]:
    marked = [
        bool(_MARKED.match(line)) or flag for line, flag in zip(lines, inset or [False] * len(lines), strict=True)
    ]
    attributions = [_attribution_lines(lines, place) for place in range(len(lines))]
    quoted = _truly_quoted(lines, marked, inset, attributions, subject)
    reading = _Reading(lines=lines, inset=quoted, attributions=attributions, subject=subject)
    last_inset = max((number for number, flag in enumerate(reading.inset) if flag), default=-1)
    place = segment = 0
    while place < len(lines):
        header = _header_end(lines, place)
        if header is not None and not reading.inset[place]:
            forwarded = _is_forward(reading, place, segment)
            role: Role = "forwarded_header" if forwarded else "quoted"
            reading.roles += [role] * (header - place)
            if not forwarded:
                reading.roles += ["quoted"] * (len(lines) - header)
                break
            place = segment = header
            continue
        attribution = 0 if reading.inset[place] else attributions[place]
        if attribution:
            unmarked = place + attribution > last_inset
            forwarded = unmarked and _is_forward(reading, place, segment)
            reading.roles += ["forwarded_header" if forwarded else "quoted"] * attribution
            place += attribution
            if forwarded:
                segment = place
            elif unmarked:
                reading.roles += ["quoted"] * (len(lines) - place)
                break
            continue
        if not reading.inset[place] and _signs_off(reading, place):
            end = _signature_end(reading, place)
            reading.roles += ["signature"] * (end - place)
            place = end
            continue
        reading.roles.append("quoted" if reading.inset[place] else "body")
        place += 1
    return reading.roles


def is_field(line: str) -> bool:
    """Whether a line reads like one of a header block (``Sent: Monday``)."""
    return bool(_HEADER.match(line))


def _truly_quoted(
    lines: Sequence[str], marked: Sequence[bool], inset: Sequence[bool], attributions: Sequence[int], subject: str
) -> Sequence[bool]:
    """No line, where the marks quote nobody: a lone '>>' aside, or a mail that is nothing but marked lines."""
    attributed = {place + more for place, count in enumerate(attributions) for more in range(count)}
    if not attributed and not any(inset) and not any(_ONCE_MARKED.match(line) for line in lines):
        return [False] * len(lines)
    own = sum(len(line.split()) for n, line in enumerate(lines) if not marked[n] and n not in attributed)
    return [False] * len(lines) if _is_little(own, subject) else marked


def _is_little(own_words: int, subject: str) -> bool:
    """Whether a mail with so many words of its own is about the text it carries along."""
    if _FORWARD_SUBJECT.match(subject):
        return own_words <= FORWARD_OWN_WORDS
    return own_words <= UNMARKED_OWN_WORDS and not _REPLY_SUBJECT.match(subject)


def _header_end(lines: Sequence[str], place: int) -> int | None:
    """Where the header block that starts here ends: a marker line, From/Sent/To/Subject lines, or both."""
    end = place
    marker = bool(_ORIGINAL.match(lines[end]) or _FORWARD.match(lines[end]))
    if marker or _RULE.match(lines[end]):
        end = _skip_blank(lines, end + 1)
    if end >= len(lines) or not _HEADER.match(lines[end]):
        return place + 1 if marker else None
    first = end
    while end < len(lines) and lines[end].strip() and end - first < 10:
        if end > first and not _HEADER.match(lines[end]) and not lines[end].startswith((" ", "\t")):
            break
        end += 1
    return end if marker or _is_header(lines[first:end]) else None


def _is_header(fields: Sequence[str]) -> bool:
    """A sender and a subject or sending time; a date alone, as on a form, tells a header only beside an address."""
    sender = next((line for line in fields if _FROM.match(line)), None)
    if sender is None or (sender != fields[0] and "@" not in sender):
        return False
    return any(_SENT_OR_SUBJECT.match(line) or ("@" in sender and _DATE.match(line)) for line in fields)


def _skip_blank(lines: Sequence[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip():
        place += 1
    return place


def _is_forward(reading: _Reading, place: int, segment: int) -> bool:
    """Whether the text behind this header is what the mail is about, not what it answers."""
    own = reading.own_words(segment)
    if _FORWARD.match(reading.lines[place]):
        return own <= FORWARD_OWN_WORDS
    return _is_little(own, reading.subject if segment == 0 else "")


def _attribution_lines(lines: Sequence[str], place: int) -> int:
    """How many lines from here are 'On ..., ... wrote:', which mail programs wrap over up to three."""
    if not lines[place].strip() or _MARKED.match(lines[place]):
        return 0
    for count in (1, 2, 3):
        taken = lines[place : place + count]
        if len(taken) < count or not taken[-1].strip():
            return 0
        if not taken[-1].rstrip().endswith(":"):
            continue
        # Words above a line that is whole without them are the sender's own.
        whole_later = any(_attributes(taken[later:]) for later in range(1, count)) and not _OPENING.match(lines[place])
        if not whole_later and _attributes(taken):
            return count
    return 0


def _attributes(lines: Sequence[str]) -> bool:
    return bool(_ATTRIBUTION.match(" ".join(line.strip() for line in lines)))


def _signs_off(reading: _Reading, place: int) -> bool:
    line = reading.lines[place]
    return bool(_DELIMITER.match(line)) or is_sent_from(line)


def _signature_end(reading: _Reading, place: int) -> int:
    """The line after the signature; a delimiter above much more text only divides the mail, and is one line long."""
    if is_sent_from(reading.lines[place]):
        return place + 1
    end = place + 1
    held = 0
    while end < len(reading.lines) and held <= SIGNATURE_LINES:
        if reading.inset[end] or _header_end(reading.lines, end) is not None or reading.attributions[end]:
            break
        held += bool(reading.lines[end].strip())
        end += 1
    return end if held <= SIGNATURE_LINES else place + 1
