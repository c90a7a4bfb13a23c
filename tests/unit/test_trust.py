"""Who wrote a mail: whose results are believed, what is verified here, and what looks like somebody else."""

import base64
from collections.abc import Mapping
from functools import cache

import dkim  # type: ignore[import-untyped] # it has no types
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.authentication import Authentication
from assistant.trust.domains import look_alike
from assistant.trust.names import Names, NoNames, Unreachable
from assistant.trust.results import NAMELESS, Receivers
from assistant.trust.sender import Trust
from extractors.mail.reader import read_message

OURS = Receivers(own_domain="norlake.example")
PASS = "spf=pass smtp.mailfrom=acme.example; dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example"
GMAIL = (
    "mx.google.com; dkim=pass header.i=@acme.example header.s=20230601 header.b=abc; spf=pass (google.com: domain of "
    "joe@acme.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=joe@acme.example; "
    "dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=acme.example"
)
MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.example; dkim=pass (signature was verified) "
    "header.d=acme.example;dmarc=pass action=none header.from=acme.example;compauth=pass reason=100"
)


class Published:
    """Implements Names over what is given; a name under ``silent.example`` is not to be reached."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def texts(self, name: str) -> tuple[str, ...]:
        if name.endswith("silent.example"):
            raise Unreachable(name)
        return (self._texts[name],) if name in self._texts else ()


def mail(*results: str, sender: str = "Joe <joe@acme.example>", text: str = "Three valves come back.") -> bytes:
    head = [*(f"Authentication-Results: {result}" for result in results), f"From: {sender}", "Subject: valves"]
    return ("\r\n".join(head) + "\r\n\r\n" + text + "\r\n").encode()


def verdict(raw: bytes, receivers: Receivers = OURS, names: Names | None = None) -> Authentication:
    return Trust(receivers, names or NoNames()).verdict(read_message(raw), raw)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (PASS, "pass"),
        ("dmarc=fail header.from=acme.example; spf=pass smtp.mailfrom=bulk.example", "fail"),
        ("dmarc=none header.from=acme.example; spf=pass smtp.mailfrom=mail.acme.example", "pass"),
        ("spf=pass smtp.mailfrom=joe@acme.example", "pass"),
        ("spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example", "none"),
        ("dmarc=pass header.from=evil.example", "none"),
        ("dkim=pass header.d=acme.example.evil.example", "none"),
        ("dkim=fail header.d=acme.example", "fail"),
        ("spf=fail smtp.mailfrom=acme.example", "fail"),
        ("spf=softfail smtp.mailfrom=acme.example", "none"),
        ("spf=fail smtp.mailfrom=list.example; dkim=pass header.d=acme.example", "pass"),
        ("dmarc=fail header.from=acme.example; dkim=pass header.d=acme.example", "fail"),
        ("none", "none"),
        ("dmarc=pass header.from", "none"),
        ('dmarc=pass reason="dmarc=fail" header.from=acme.example', "pass"),
        ('spf=none reason="dmarc=pass header.from=acme.example"', "none"),
        ("spf=none (dmarc=pass header.from=acme.example) smtp.mailfrom=acme.example", "none"),
    ],
)
def test_the_trusted_receivers_results_give_the_verdict(results: str, expected: str) -> None:
    assert verdict(mail(f"mx.norlake.example; {results}")).verdict == expected


def test_the_word_of_others_is_not_taken() -> None:
    assert verdict(mail(f"mx.acme.example; {PASS}")).verdict == "none"
    assert verdict(mail("mx.acme.example; dmarc=fail header.from=acme.example")).verdict == "none"
    assert verdict(mail(f"norlake.example.evil.example; {PASS}")).verdict == "none"
    assert verdict(mail(f"mx.norlake.example; {PASS}"), Receivers()).verdict == "none"
    assert verdict(mail(f"mx.norlake.example; {PASS}"), Receivers(("mx.google.com",), "norlake.example")).verdict == (
        "none"
    )


def test_only_the_topmost_field_of_the_trusted_receiver_counts() -> None:
    real, forged = "mx.norlake.example; spf=none smtp.mailfrom=acme.example", f"mx.norlake.example; {PASS}"
    assert verdict(mail(real, forged)).verdict == "none"
    assert verdict(mail("filter.other.example; spf=none", forged)).verdict == "pass"


def test_results_as_large_providers_write_them() -> None:
    assert verdict(mail(GMAIL), Receivers(("mx.google.com",))).verdict == "pass"
    assert verdict(mail(MICROSOFT), Receivers((NAMELESS,))).verdict == "pass"
    assert verdict(mail("mx.other.example; spf=none", MICROSOFT), Receivers((NAMELESS,))).verdict == "none"
    assert verdict(mail(MICROSOFT)).verdict == "none"


def test_a_mail_with_two_authors_is_nobodys() -> None:
    raw = mail(f"mx.norlake.example; {PASS}").replace(b"Subject:", b"From: eve@evil.example\r\nSubject:")
    assert verdict(raw).verdict == "fail"
    assert "several From fields" in verdict(raw).reason


@cache
def key() -> tuple[bytes, str]:
    """(private key in PEM, record of the public one)."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem, "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


def signed(raw: bytes, domain: str = "acme.example", **more: object) -> bytes:
    how = {"canonicalize": (b"relaxed", b"relaxed"), "include_headers": [b"from", b"subject"], **more}
    return bytes(dkim.DKIM(raw).sign(b"s1", domain.encode(), key()[0], **how)) + raw


def published(domain: str = "acme.example", dmarc: str = "") -> Published:
    policy = {f"_dmarc.{domain}": dmarc} if dmarc else {}
    return Published({f"s1._domainkey.{domain}": key()[1], **policy})


def test_a_signature_of_the_senders_own_domain_is_verified_here() -> None:
    assert verdict(signed(mail()), names=published()).verdict == "pass"
    assert verdict(signed(mail(), "mail.acme.example"), names=published("mail.acme.example")).verdict == "pass"
    forwarded = "mx.norlake.example; spf=fail smtp.mailfrom=acme.example; dmarc=fail header.from=acme.example"
    raw = f"Authentication-Results: {forwarded}\r\n".encode() + signed(mail())
    assert verdict(raw, names=published()).verdict == "pass"
    assert verdict(raw).verdict == "fail"


def test_a_signature_over_blanks_is_verified_in_every_form() -> None:
    text = "a \t  b   \r\n\r\n  c" + " " * 5_000 + "d\r\n\r\n\r\n"
    for form in ((b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple"), (b"simple", b"relaxed")):
        assert verdict(signed(mail(text=text), canonicalize=form), names=published()).verdict == "pass"


def test_what_does_not_vouch() -> None:
    names = published()
    assert verdict(signed(mail()).replace(b"Three", b"Seven"), names=names).verdict == "none"
    assert verdict(signed(mail(sender="eve@evil.example")).replace(b"eve@evil", b"joe@acme"), names=names).verdict == (
        "none"
    )
    assert verdict(signed(mail(), "evil.example"), names=published("evil.example")).verdict == "none"
    assert verdict(signed(mail(), length=True) + b"And forty pumps.\r\n", names=names).verdict == "none"
    assert verdict(signed(mail(), signature_algorithm=b"rsa-sha1"), names=names).verdict == "none"


def test_where_nobody_can_be_asked_the_verdict_is_none() -> None:
    raw = signed(mail(sender="joe@silent.example"), "silent.example")
    assert verdict(raw, names=Published({})).verdict == "none"
    assert verdict(raw, names=NoNames()).verdict == "none"


def test_a_domain_that_asks_for_it_is_taken_at_its_word() -> None:
    reject = published(dmarc="v=DMARC1; p=reject; rua=mailto:d@acme.example")
    assert verdict(mail(), names=reject).verdict == "fail"
    assert verdict(signed(mail()), names=reject).verdict == "pass"
    assert verdict(signed(mail()).replace(b"Three", b"Seven"), names=reject).verdict == "fail"
    assert verdict(mail(), names=published(dmarc="v=DMARC1; p=none")).verdict == "none"
    sub = mail(sender="joe@eu.acme.example")
    assert verdict(sub, names=published(dmarc="v=DMARC1; p=none; sp=quarantine")).verdict == "fail"
    strict = {**{"s1._domainkey.mail.acme.example": key()[1]}, "_dmarc.acme.example": "v=DMARC1; p=reject; adkim=s"}
    assert verdict(signed(mail(), "mail.acme.example"), names=Published(strict)).verdict == "fail"


@pytest.mark.parametrize(
    ("channel", "expected"),
    [("api", "pass"), ("edi", "pass"), ("slack", "pass"), ("portal", "fail"), ("email", "fail"), ("file", "fail")],
)
def test_who_sent_it_is_shown_by_the_channel_where_it_proves_somebody(channel: str, expected: str) -> None:
    """What a channel made of parts bears no signature, and its domain may ask to reject such mail."""
    trust = Trust(OURS, published(dmarc="v=DMARC1; p=reject"))
    found = trust.verdict(read_message(mail()), mail(), channel)
    assert (found.verdict, bool(found.reason)) == (expected, True)


def test_no_line_that_came_over_the_public_form_vouches_for_anybody() -> None:
    raw = mail(f"mx.norlake.example; {PASS}")
    assert Trust(OURS, NoNames()).verdict(read_message(raw), raw, "portal").verdict == "fail"


@given(st.binary(max_size=400), st.text(max_size=80))
def test_no_mail_breaks_the_verdict(noise: bytes, result: str) -> None:
    head = b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from; bh=AAAA; b=" + noise
    raw = b"Authentication-Results: mx.norlake.example; " + result.encode("utf-8", "replace") + b"\r\n" + head
    raw += b"\r\nFrom: joe@acme.example\r\n\r\ntext" + noise
    assert verdict(raw, names=published()).verdict in {"none", "fail"}


@pytest.mark.parametrize(
    ("domain", "other"),
    [
        ("fennirnoreplumbing.example", "fennimoreplumbing.example"),
        ("fennimoreplumbing.test", "fennimoreplumbing.example"),
        ("fennimore-plumbing.example", "fennimoreplumbing.example"),
        ("fennimoreplumbing-billing.example", "fennimoreplumbing.example"),
        ("fenimoreplumbing.example", "fennimoreplumbing.example"),
        ("fennimoreplumbign.example", "fennimoreplumbing.example"),
        ("mail.fennimoreplumbing.example", ""),
        ("fennimoreplumbing.example", ""),
        ("fеnnimoreplumbing.example", "fennimoreplumbing.example"),
        ("xn--fnnimoreplumbing-hsj.example", ""),
        ("quarrysons.example", ""),
        ("abd.example", ""),
        ("", ""),
    ],
)
def test_domains_that_look_like_known_ones(domain: str, other: str) -> None:
    known = ["fennimoreplumbing.example", "abc.example", "norlake.example"]
    assert look_alike(domain, known) == other
