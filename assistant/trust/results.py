"""Authentication-Results (RFC 8601): what the receiver that we trust found, and nobody else's word."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.trust.domains import domain_of, same_organisation

NAMELESS = "-"  # stands for a receiver that writes no authserv-id, as Microsoft 365 does
_NOT_OF_THE_GRAMMAR = re.compile(r"(?<=[\s;])action=[\w.-]+", re.IGNORECASE)
_LONGEST = 20_000


def own_id(domain: str) -> str:
    """The authserv-id of our own listener."""
    return f"backhaul.{domain}"


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result; ``domains`` are those it speaks about, in lower case."""

    method: str
    result: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receivers:
    """Whose results are believed: these authserv-ids, or, where none are set, those of ``own_domain``'s servers."""

    ids: tuple[str, ...] = ()
    own_domain: str = ""

    def trusts(self, authserv_id: str) -> bool:
        name = authserv_id.lower()
        if self.ids:
            return name in {own_id(self.own_domain), *(each.lower() for each in self.ids)}
        return name != NAMELESS and same_organisation(name, self.own_domain)


def believed(fields: Sequence[str], receivers: Receivers) -> tuple[Result, ...] | None:
    """The results of the topmost field that a trusted receiver wrote; None where there is none.

    Only that one: a field further down that bears the same name may be the sender's own.
    """
    for place, text in enumerate(fields):
        found = _parsed(text, topmost=place == 0)
        if found is not None and receivers.trusts(found[0]):
            return found[1]
    return None


def results_of(found: Iterable[Result], method: str) -> tuple[Result, ...]:
    return tuple(each for each in found if each.method == method)


def _parsed(text: str, *, topmost: bool) -> tuple[str, tuple[Result, ...]] | None:
    """(authserv-id, results); the id alone where the rest is broken, None where not even that can be read."""
    import authres  # type: ignore[import-untyped] # it has no types

    flat = _NOT_OF_THE_GRAMMAR.sub("", " ".join(text[:_LONGEST].split()))
    if topmost and re.match(r"(?:spf|dkim|dmarc)=\w+", flat):
        flat = f"{NAMELESS}; {flat}"
    name = re.match(r'"?([^\s;"]+)', flat)
    try:
        field = authres.AuthenticationResultsHeader.parse_value(flat)
    except Exception:  # noqa: BLE001 - authres raises its own SyntaxError, and others on what it never met
        return (name[1], ()) if name else None
    return str(field.authserv_id), tuple(_result(each) for each in field.results)


def _result(told: Any) -> Result:
    """Of an authres.core.AuthenticationResult, which has no types."""
    said = {f"{each.type}.{each.name}".lower(): str(each.value or "") for each in told.properties}
    names = [said[key] for key in ("header.from", "header.d", "header.i", "smtp.mailfrom") if said.get(key)]
    domains = tuple(dict.fromkeys(domain_of(name if "@" in name else f"@{name}") for name in names))
    return Result(str(told.method).lower(), str(told.result).lower(), domains)
