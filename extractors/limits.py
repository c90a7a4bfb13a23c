"""How much is read of what strangers send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds; what lies beyond becomes a ``too_large`` failure. Sizes in bytes, the rest in counts.

    Readers hold the first group; the second is held over the process that reads (``apart.isolated``), whatever the
    readers do. ``pixels`` bounds each picture by its header, before it is unpacked. ``wall_seconds`` and
    ``cpu_seconds`` are for one file or one mail's own text, ``message_seconds`` for a mail with all it carries; a file
    in an archive counts as one file. ``characters`` is for one document, ``characters_in_all`` for a mail or an archive
    with all it carries. ``seconds_outside`` is how long a program of another maker may read one file.
    """

    bytes_per_document: int = 25_000_000
    bytes_per_message: int = 120_000_000
    bytes_unpacked: int = 150_000_000
    pages: int = 200
    pixels: int = 50_000_000
    pages_pictured: int = 20
    sheets: int = 40
    rows: int = 20_000
    cells: int = 200_000
    characters: int = 1_000_000
    characters_in_all: int = 4_000_000
    mail_depth: int = 5
    archive_depth: int = 3
    archive_ratio: int = 400
    archive_members: int = 200
    parts: int = 200
    seconds_outside: float = 20.0

    memory_bytes: int = 1_000_000_000
    output_bytes: int = 100_000_000
    cpu_seconds: int = 120
    wall_seconds: float = 60.0
    message_seconds: float = 300.0
