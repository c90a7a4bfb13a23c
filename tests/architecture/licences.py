"""Every installed dependency's licence is permissive or weak copyleft; GPL and AGPL are refused."""

import json
import re
import subprocess
import sys

_REFUSED = re.compile(r"\bA?GPL|GNU (?:Affero )?General Public", re.IGNORECASE)
_WEAK = re.compile(r"LGPL|Lesser|exception|\bOR\b|;", re.IGNORECASE)
# Used to check the code, never imported by it nor shipped with it.
_TOOLS_ONLY = {"pylint"}


def main() -> int:
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    refused = [
        f"{entry['Name']} {entry['Version']}: {entry['License']}"
        for entry in listed
        if _REFUSED.search(entry["License"]) and not _WEAK.search(entry["License"]) and entry["Name"] not in _TOOLS_ONLY
    ]
    for line in refused:
        sys.stderr.write(f"licence refused: {line}\n")
    sys.stdout.write(f"{len(listed)} licences looked at, {len(refused)} refused\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
