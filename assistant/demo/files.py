"""Where the demo's files are."""

from importlib import resources
from pathlib import Path


def _folder() -> Path:
    return Path(str(resources.files("assistant.demo")))


def erp_file() -> Path:
    """Master data of an invented distributor, in the import format."""
    return _folder() / "erp.json"


def returns_policy() -> Path:
    """The distributor's returns policy in words."""
    return _folder() / "returns-policy.md"


def mailbox() -> tuple[Path, ...]:
    """The sample requests, in the order they came in."""
    return tuple(sorted((_folder() / "mailbox").glob("*.eml")))


def gold_file(mail: Path) -> Path:
    """What a careful clerk would put on the draft of that sample request."""
    return _folder() / "gold" / f"{mail.stem}.json"
