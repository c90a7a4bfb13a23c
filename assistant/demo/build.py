"""Writes the demo's master data and sample mailbox: ``python -m assistant.demo.build [FOLDER]``.

The files it writes are kept beside it, and running the demo reads only those; this is for whoever changes the demo.
It needs reportlab, which only the development environment has.
"""

import json
import sys
from pathlib import Path

from assistant.demo import letters_goods, letters_other
from assistant.demo.catalog import COMPANY, customers, items
from assistant.demo.envelope import as_bytes
from assistant.demo.trade import records


def build(folder: Path) -> None:
    """``folder/erp.json`` and ``folder/mailbox/*.eml``, written over what is there."""
    erp = {"company": COMPANY, "customers": customers(), "items": items(), **records()}
    (folder / "mailbox").mkdir(parents=True, exist_ok=True)
    (folder / "erp.json").write_bytes(json.dumps(erp, indent=1, ensure_ascii=False).encode() + b"\n")
    for letter in (*letters_goods.letters(), *letters_other.letters()):
        (folder / "mailbox" / f"{letter.name}.eml").write_bytes(as_bytes(letter))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
