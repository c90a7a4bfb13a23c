"""The verdict on a sender: the channel's own proof, the trusted receiver's word, then what we can verify ourselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.domain.authentication import Authentication
from assistant.trust.channels import BY_CHANNEL
from assistant.trust.domains import domain_of, same_organisation
from assistant.trust.names import Names, NoNames, Unreachable
from assistant.trust.policy import Policy, policy_of
from assistant.trust.results import Receivers, Result, believed, results_of
from assistant.trust.signatures import Signed, signed_by
from extractors.kinds import OLE_MARK
from extractors.mail.headers import Fields
from extractors.mail.parts import HEAD_BYTES, head_of
from extractors.message import Message as Mail


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose results are believed, and where published keys and policies are looked up."""

    receivers: Receivers = field(default_factory=Receivers)
    names: Names = field(default_factory=NoNames)

    def verdict(self, mail: Mail, raw: bytes = b"", channel: str = "email") -> Authentication:
        """Never raises for what the mail holds. Where ``raw`` is b"" nothing is verified, for want of the bytes."""
        if (proof := BY_CHANNEL.get(channel)) is not None:
            return proof
        domain = domain_of(mail.sender_address)
        fields = None if not raw or raw.startswith(OLE_MARK) else Fields(head_of(raw[:HEAD_BYTES].lstrip(b"\r\n")))
        if fields is not None and len(fields.all("from")) > 1:
            return Authentication(
                verdict="fail", reason="the mail has several From fields: nobody can tell who wrote it"
            )
        if not domain:
            return Authentication(reason="the mail names no sender")
        told = fields.all("authentication-results") if fields is not None else (mail.authentication_results,)
        results = believed(told, self.receivers)
        if (vouched := _vouched(results or (), domain)) is not None:
            return vouched
        signed, policy = self._verified(raw, domain, signed=fields is not None and bool(fields.all("dkim-signature")))
        if signed == "good":
            return Authentication(verdict="pass", reason=f"{domain} signed it, and the signature holds")
        if results is not None and (refused := _refused(results)) is not None:
            return refused
        if policy is not None and policy.refuses and signed != "unknown":
            why = "its signature does not hold" if signed == "broken" else "nothing vouches for it"
            return Authentication(verdict="fail", reason=f"{domain} asks to {policy.wish} such mail: {why}")
        return Authentication(reason=f"nothing that can be checked vouches for {domain}")

    def _verified(self, raw: bytes, domain: str, *, signed: bool) -> tuple[Signed, Policy | None]:
        """Whether it is signed, and the domain's policy; an unknown one asks for nothing."""
        try:
            policy = policy_of(domain, self.names)
        except Unreachable:
            policy = None
        found: Signed = "not"
        if signed:
            found = signed_by(raw, domain, self.names, strict=policy is not None and policy.strict)
        return found, policy


def _vouched(results: Sequence[Result], domain: str) -> Authentication | None:
    """A pass that is about this sender: DMARC, else DKIM or SPF in alignment (RFC 7489, 3.1)."""
    if any(each.result == "fail" for each in results_of(results, "dmarc")):
        return None
    for method in ("dmarc", "dkim", "spf"):
        for each in results_of(results, method):
            if each.result == "pass" and any(same_organisation(name, domain) for name in each.domains):
                return Authentication(verdict="pass", reason=f"our mail server found {method}=pass for {domain}")
    return None


def _refused(results: Sequence[Result]) -> Authentication | None:
    """What speaks against the sender, where nothing speaks for it."""
    for method in ("dmarc", "dkim", "spf"):
        if any(each.result == "fail" for each in results_of(results, method)):
            return Authentication(verdict="fail", reason=f"our mail server found {method}=fail")
    return None
