"""What the documents show is there: commands and options, make targets, variables, paths, links."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from assistant.cli import main as command
from extractors.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")))
_CODE = re.compile(r"`([^`\n]+)`")
_VARIABLE = re.compile(r"\b(?:BACKHAUL|OPENAI)_[A-Z_]+\b")
_ROOMS = "assistant|extractors|prompts|tools|evals|tests|docs|deploy"
# Set by hand for tests and tools alone; nobody who runs Backhaul needs them.
_NOT_FOR_OPERATORS = {"BACKHAUL_TEST_DATABASE_URL", "BACKHAUL_SCREENSHOTS"}


def main() -> int:
    faults = [fault for name in DOCUMENTS for fault in _faults(name)]
    text = "\n".join((ROOT / name).read_text() for name in DOCUMENTS)
    settings = (ROOT / "assistant" / "settings.py").read_text()
    read = {v for v in _VARIABLE.findall(settings) if not v.endswith("_")} | _limits()
    quiet = read - set(_VARIABLE.findall(text)) - _NOT_FOR_OPERATORS
    faults += [f"{variable} is a setting that no document names" for variable in sorted(quiet)]
    for fault in faults:
        sys.stderr.write(fault + "\n")
    sys.stdout.write(f"{len(DOCUMENTS)} documents checked, {len(faults)} faults\n")
    return 1 if faults else 0


def _faults(name: str) -> Iterator[str]:
    text = (ROOT / name).read_text()
    shown = [*_CODE.findall(text), *(line.strip() for line in text.splitlines() if line.startswith("    "))]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = _known_variables()
    for words in shown:
        if words.startswith("backhaul "):
            yield from (f"{name}: `{words}`: {fault}" for fault in _command_faults(words))
        elif (made := re.match(r"make ([a-z-]+)", words)) and made[1] not in targets:
            yield f"{name}: `{words}`: there is no such target"
        elif re.match(rf"(?:{_ROOMS})/[\w./-]*$", words) and not (ROOT / words).exists():
            yield f"{name}: {words} does not exist"
    for variable in sorted(set(_VARIABLE.findall(text)) - known):
        yield f"{name}: nothing reads {variable}"
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        if not (ROOT / name).parent.joinpath(target).exists():
            yield f"{name}: the link to {target} leads nowhere"


def _known_variables() -> set[str]:
    files = subprocess.run(["git", "ls-files", "*.py", ".ci/run"], cwd=ROOT, capture_output=True, text=True, check=True)
    own = str(Path(__file__).relative_to(ROOT))
    read = {v for file in files.stdout.split() if file != own for v in _VARIABLE.findall((ROOT / file).read_text())}
    return read | _limits()


def _limits() -> set[str]:
    return {f"BACKHAUL_LIMIT_{bound.name.upper()}" for bound in fields(Limits)}


def _command_faults(words: str) -> Iterator[str]:
    entry: click.Command = command
    context = click.Context(command)
    for word in words.split()[1:]:
        if isinstance(entry, click.Group):
            if (below := entry.get_command(context, word)) is None:
                yield f"there is no command {word}"
                return
            entry = below
        elif (option := re.match(r"\[?(--[a-z-]+)", word)) and not any(option[1] in p.opts for p in entry.params):
            yield f"it has no option {option[1]}"


if __name__ == "__main__":
    sys.exit(main())
