"""HTML that Outlook keeps inside rich text ([MS-OXRTFEX] 2.1): the way most of its mails are stored."""

from extractors.office.rtf_tokens import characters, codepage, joined, point, tokens

_HEADS = {"fonttbl", "colortbl", "stylesheet", "info", "generator", "pntext", "listtable", "listoverridetable"}
_MARKS = {
    "par": "\r\n", "line": "\r\n", "tab": "\t", "lquote": "&lsquo;", "rquote": "&rsquo;", "ldblquote": "&ldquo;",
    "rdblquote": "&rdquo;", "bullet": "&bull;", "endash": "&ndash;", "emdash": "&mdash;",
}  # fmt: skip
_LOOK_AHEAD = 400


def holds_html(rich: bytes) -> bool:
    """Whether rich text is HTML in disguise."""
    return b"\\fromhtml" in rich[:_LOOK_AHEAD]


def html_of(rich: bytes, most: int) -> str:
    """The HTML as it was, at most about ``most`` characters of it."""
    pieces: list[str] = []
    said = skip = 0
    encoding, skipped = "cp1252", 1
    raw = b""
    # For each group: whether its words are left out, and whether it is a tag.
    stack: list[tuple[bool, bool]] = []
    silent = in_tag = muted = starred = False
    for token in tokens(rich):
        if token.kind == "bytes":
            data = token.data[skip:]
            skip = max(skip - len(token.data), 0)
            if not silent and (in_tag or not muted):
                raw += data
            continue
        if raw:
            pieces.append(characters(raw, encoding))
            said += len(pieces[-1])
            raw = b""
            if said > most:
                break
        if token.kind == "open":
            stack.append((silent, in_tag))
            skip = 0
        elif token.kind == "close":
            silent, in_tag = stack.pop() if stack else (False, False)
            skip = 0
        elif token.kind == "symbol":
            starred = token.word == "*"
            if not silent and (in_tag or not muted) and token.word in "{}\\~_":
                pieces.append({"~": "&nbsp;", "_": "&shy;"}.get(token.word, token.word))
        else:
            word, number = token.word, token.number
            if word == "htmltag":
                silent, in_tag = False, True
            elif starred or word in _HEADS:
                silent = True
            elif word == "htmlrtf":
                muted = number != 0
            elif word == "ansicpg":
                encoding = codepage(number)
            elif word == "uc":
                skipped = min(max(number or 0, 0), 8)
            elif word == "u" and number is not None:
                skip = skipped
                if not silent and (in_tag or not muted):
                    pieces.append(point(number))
            elif word in _MARKS and not silent and (in_tag or not muted):
                pieces.append(_MARKS[word])
            starred = False
    if raw:
        pieces.append(characters(raw, encoding))
    return joined("".join(pieces))
