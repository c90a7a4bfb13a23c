"""Programs of other makers that read one file and print it: apart from us, for a bounded time, with bounded output."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

_CHUNK = 65_536


def found(program: str) -> str | None:
    """Where the program is installed, or None."""
    return shutil.which(program)


def printed(command: Sequence[str], data: bytes, *, seconds: float, most_bytes: int) -> bytes | None:
    """What the command prints about a file of that content, whose name ends the command.

    None where it fails, takes longer than ``seconds``, or prints more than ``most_bytes``; it is killed then, with
    all it started. It sees no environment but a plain one.
    """
    with tempfile.TemporaryDirectory(prefix="backhaul-") as folder:
        file = Path(folder) / "file"
        file.write_bytes(data)
        plain = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        process = subprocess.Popen(  # noqa: S603 - the program is ours to name, the file's name too
            [*command, str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=plain,
            cwd=folder,
            start_new_session=True,
        )
        late = threading.Timer(seconds, _kill, [process])
        late.start()
        try:
            return _collected(process, most_bytes)
        finally:
            late.cancel()
            _kill(process)
            process.wait()


def _collected(process: "subprocess.Popen[bytes]", most_bytes: int) -> bytes | None:
    out = b""
    with process.stdout as source:  # type: ignore[union-attr] # it is piped
        while piece := source.read(_CHUNK):
            out += piece
            if len(out) > most_bytes:
                return None
    return out if process.wait() == 0 else None


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
