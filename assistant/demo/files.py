"""Where the demo's files are."""

from pathlib import Path

_HERE = Path(__file__).parent


def erp_file() -> Path:
    """Master data of an invented distributor, in the import format."""
    return _HERE / "erp.json"


def mailbox() -> tuple[Path, ...]:
    """The sample requests, in the order they came in."""
    return tuple(sorted((_HERE / "mailbox").glob("*.eml")))
