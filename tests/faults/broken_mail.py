"""Mails broken in every way that the standard library's parser has a name for, and in some that it has none for."""

import email
from collections.abc import Callable, Mapping
from email import errors, policy

CLOSED = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nThree PRV-34 of KS-700121.\r\n--b--\r\n'
HEAD = b"From: Joe <joe@fennimoreplumbing.example>\r\nTo: returns@kestrelsupply.example\r\nSubject: valves\r\n"
TEXT = b"\r\nThree PRV-34 from order KS-700121 come back, we no longer need them.\r\n"


def _parts(number: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nThree PRV-34.\r\n"
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * number + b"--b--\r\n"


def _nested(depth: int) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(depth)
    )
    return HEAD + head + b"Content-Type: text/plain\r\n\r\nThree PRV-34.\r\n"


# One mail for each defect of email.errors, by the defect's name; a test holds the parser to it.
BY_DEFECT: Mapping[str, bytes] = {
    "NoBoundaryInMultipartDefect": HEAD + b"Content-Type: multipart/mixed\r\n" + TEXT,
    "StartBoundaryNotFoundDefect": HEAD + b'Content-Type: multipart/mixed; boundary="other"\r\n\r\n--b\r\n' + TEXT,
    "CloseBoundaryNotFoundDefect": HEAD + CLOSED.removesuffix(b"--b--\r\n"),
    "FirstHeaderLineIsContinuationDefect": b" a continuation of nothing\r\n" + HEAD + TEXT,
    "MisplacedEnvelopeHeaderDefect": b"X-First: 1\r\nFrom joe Thu Nov 26 10:00:00 2026\r\n" + HEAD + TEXT,
    "MissingHeaderBodySeparatorDefect": HEAD + b"this line is no header\r\n" + TEXT,
    "MultipartInvariantViolationDefect": HEAD + b'Content-Type: multipart/mixed; boundary="other"\r\n' + TEXT,
    "InvalidMultipartContentTransferEncodingDefect": HEAD + b"Content-Transfer-Encoding: base64\r\n" + CLOSED,
    "UndecodableBytesDefect": HEAD.replace(b"Joe <", b"=?utf-8?q?J=ff?= <") + TEXT,
    "InvalidBase64PaddingDefect": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nVGhyZWUgUFJWLTM0\r\nVA\r\n",
    "InvalidBase64CharactersDefect": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nVGhy*ZWUgU!FJWLTM0\r\n",
    "InvalidBase64LengthDefect": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nVGhyZ\r\n",
    "InvalidHeaderDefect": HEAD.replace(b"Joe <joe@fennimoreplumbing.example>", b"Joe <joe@@>>fennimore") + TEXT,
    "HeaderMissingRequiredValue": HEAD + b"Content-Type:\r\n" + TEXT,
    "NonPrintableDefect": HEAD.replace(b"Joe <", b"J\x01oe\x02 <") + TEXT,
    "ObsoleteHeaderDefect": HEAD.replace(b"Joe <joe@", b"Joe . Fennimore <joe @ ") + TEXT,
    "NonASCIILocalPartDefect": HEAD.replace(b"joe@", "jöe@".encode()) + TEXT,
    "InvalidDateDefect": HEAD + b"Date: the day before yesterday\r\n" + TEXT,
}

# What the parser takes without a word.
OTHERS: Mapping[str, Callable[[], bytes]] = {
    "nothing at all": lambda: b"",
    "only a line break": lambda: b"\r\n",
    "no Message-ID": lambda: HEAD + TEXT,
    "two From fields": lambda: b"From: Eve <eve@evil.example>\r\n" + HEAD + TEXT,
    "two Message-IDs": lambda: b"Message-ID: <1@f>\r\nMessage-ID: <2@f>\r\n" + HEAD + TEXT,
    "a Message-ID without brackets": lambda: b"Message-ID: 1 2 3\r\n" + HEAD + TEXT,
    "no From": lambda: HEAD.partition(b"\r\n")[2] + TEXT,
    "raw 8-bit headers": lambda: HEAD.replace(b"Joe", "Jöé".encode("latin-1")) + b"X: \x80\x81\r\n" + TEXT,
    "NUL bytes": lambda: HEAD.replace(b"valves", b"val\x00ves") + TEXT.replace(b"Three", b"Th\x00ree"),
    "bare line feeds": lambda: (HEAD + TEXT).replace(b"\r\n", b"\n"),
    "bare carriage returns": lambda: (HEAD + TEXT).replace(b"\r\n", b"\r"),
    "a date in the year 1": lambda: b"Date: Mon, 01 Jan 0001 00:00:00 +0000\r\n" + HEAD + TEXT,
    "a date in the year 9999": lambda: b"Date: Fri, 31 Dec 9999 23:59:59 -2359\r\n" + HEAD + TEXT,
    "a zone that is none": lambda: b"Date: Mon, 16 Nov 2026 10:00:00 +9999\r\n" + HEAD + TEXT,
    "a header of a megabyte": lambda: b"X-Long: " + b"a" * 1_000_000 + b"\r\n" + HEAD + TEXT,
    "a subject of a megabyte": lambda: HEAD.replace(b"valves", b"valves " * 150_000) + TEXT,
    "a From of a megabyte": lambda: HEAD.replace(b"Joe", b"Joe, " * 200_000) + TEXT,
    "a megabyte of References": lambda: b"References: " + b"<a@b>\r\n " * 120_000 + b"\r\n" + HEAD + TEXT,
    "a hundred thousand headers": lambda: b"X: 1\r\n" * 100_000 + HEAD + TEXT,
    "5,000 parts": lambda: _parts(5_000),
    "500 multiparts in one another": lambda: _nested(500),
    "a boundary that is another": lambda: HEAD + CLOSED.replace(b"--b", b"--c"),
    "a boundary with a quote in it": lambda: HEAD + CLOSED.replace(b'"b"', b'"b\\""'),
    "an encoding nobody knows": lambda: HEAD + b"Content-Transfer-Encoding: rot13\r\n" + TEXT,
    "a charset nobody knows": lambda: HEAD + b"Content-Type: text/plain; charset=klingon\r\n" + TEXT,
    "encoded words that end nowhere": lambda: HEAD.replace(b"valves", b"=?utf-8?q?=E4=F?= =?x?z?y") + TEXT,
    "a file name that climbs": lambda: (
        HEAD + CLOSED.replace(b"--b\r\n\r\n", b'--b\r\nContent-Disposition: attachment; filename="../../x"\r\n\r\n')
    ),
    "a form of 300,000 parameters": lambda: HEAD + b"Content-Type: text/plain" + b"; a=b" * 300_000 + b"\r\n" + TEXT,
    "noise": lambda: bytes(range(256)) * 400,
}


def defects(raw: bytes) -> set[str]:
    """What the standard library finds wrong, in the structure and in the headers."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    found = {type(defect).__name__ for part in mail.walk() for defect in part.defects}
    for part in mail.walk():
        for value in part.values():
            found |= {type(defect).__name__ for defect in getattr(value, "defects", ())}
        if not part.is_multipart():
            part.get_payload(decode=True)
            found |= {type(defect).__name__ for defect in part.defects}
    return found


def named() -> set[str]:
    """Every defect that the library can report."""
    every = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.MessageDefect)
    }
    return every - {"MessageDefect", "HeaderDefect", "MalformedHeaderDefect"}  # nobody raises these
