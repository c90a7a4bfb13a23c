"""The installation's secret: a random text in a file that only its owner reads, made once."""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

_NAME = "session-secret"


def secret_at(folder: Path) -> str:
    """The one in this folder; whole, whoever makes it at the same time."""
    path = folder / _NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=folder, prefix=f".{_NAME}-")  # its owner's alone
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(made, path)
        except FileExistsError:
            pass  # another process was quicker
        finally:
            Path(made).unlink()
    return path.read_text().strip()


def derived(secret: str, purpose: str) -> bytes:
    """A key of its own for one purpose: who learns it learns nothing of the others."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
