"""Whether who wrote a mail is who it says, and why we think so."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "fail", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """``none``: nothing vouches for the sender's domain, and nothing speaks against it. ``reason`` is for reviewers."""

    verdict: Verdict = "none"
    reason: str = ""
