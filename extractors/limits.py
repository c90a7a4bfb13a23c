"""How much is read of what strangers send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds; what lies beyond becomes a ``too_large`` failure. Sizes in bytes, the rest in counts."""

    bytes_per_document: int = 25_000_000
    bytes_per_message: int = 120_000_000
    bytes_unpacked: int = 150_000_000
    pages: int = 200
    pages_pictured: int = 20
    sheets: int = 40
    rows: int = 20_000
    cells: int = 200_000
    characters: int = 1_000_000
    mail_depth: int = 5
    parts: int = 200
