"""DMARC policies (RFC 7489, 6.3): what a domain asks receivers to do with mail that nothing vouches for."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from assistant.trust.domains import organisation
from assistant.trust.names import Names

Wish = Literal["none", "quarantine", "reject"]
_TAG = re.compile(r"\s*(\w+)\s*=\s*([^;]*?)\s*(?:;|$)")


@dataclass(frozen=True, slots=True)
class Policy:
    """``strict``: a signature counts only where it is of that very domain."""

    wish: Wish = "none"
    strict: bool = False

    @property
    def refuses(self) -> bool:
        return self.wish != "none"


def policy_of(domain: str, names: Names) -> Policy | None:
    """The domain's own, else its organisation's; None where neither has one. Raises Unreachable."""
    whole = organisation(domain)
    for name in dict.fromkeys((domain, whole)):
        tags = [_tags(text) for text in names.texts(f"_dmarc.{name}") if text.strip().lower().startswith("v=dmarc1")]
        if len(tags) == 1:
            asked = tags[0].get("p", "none") if name == domain else tags[0].get("sp", tags[0].get("p", "none"))
            wish = asked if asked in ("none", "quarantine", "reject") else "none"
            return Policy(cast(Wish, wish), tags[0].get("adkim") == "s")
    return None


def _tags(text: str) -> dict[str, str]:
    return {name.lower(): value.lower() for name, value in _TAG.findall(text)}
