"""Reads PDFs with other programs, in their own environment: `python peers.py`, then `NAME PATH` a line on stdin.

Answers each line with the CPU seconds that reading took and what was read, as JSON; seconds are null for a file it
fails on. The first line it writes names what it can read with.
Stands alone: that environment has nothing of ours.
"""

import importlib
import importlib.machinery
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

Read = Callable[[bytes], object]


def markitdown() -> Read:
    package: Any = importlib.import_module("markitdown")
    converter = package.MarkItDown()
    return lambda data: converter.convert_stream(io.BytesIO(data), file_extension=".pdf")


def kreuzberg() -> Read:
    package: Any = importlib.import_module("kreuzberg")
    # It keeps what it read on disk, and would answer the second round from there.
    config = package.ExtractionConfig(use_cache=False)
    return lambda data: package.extract_bytes_sync(data, "application/pdf", config=config)


def unstructured_fast() -> Read:
    sys.meta_path.insert(0, _Unused())
    package: Any = importlib.import_module("unstructured.partition.pdf")
    _without_download()

    def elements(data: bytes) -> object:
        found = package.partition_pdf(file=io.BytesIO(data), strategy="fast")
        if not found:
            # It swallows what goes wrong (a model or a package that is missing) and is done in no time.
            raise ValueError("nothing was read")
        return found

    return elements


def _without_download() -> None:
    """Where its language model is not installed, a blank one stands for it: it fetches its own from the network.

    That one only divides sentences and words, so that the time taken is less than with its own.
    """
    spacy: Any = importlib.import_module("spacy")
    if spacy.util.is_package("en_core_web_sm"):
        return
    sys.stderr.write("unstructured_fast goes without its language model, which makes it quicker.\n")
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    tokenize: Any = importlib.import_module("unstructured.nlp.tokenize")
    tokenize._load_spacy_model = lambda: blank


class _Unused:
    """Stands for unstructured_inference (and the gigabytes of torch below it), which the fast strategy only imports."""

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] != "unstructured_inference":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type] # a loader by shape

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        made: Any = MagicMock(name=spec.name)
        made.__path__, made.__spec__ = [], spec
        held: ModuleType = made
        return held

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


PEERS: dict[str, Callable[[], Read]] = {
    "markitdown": markitdown,
    "kreuzberg": kreuzberg,
    "unstructured_fast": unstructured_fast,
}


def main() -> None:
    # What they print of themselves goes to stderr: stdout is for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    readers: dict[str, Read] = {}
    for name, make in PEERS.items():
        try:
            readers[name] = make()
        except Exception as problem:  # noqa: BLE001 - a peer that does not load is left out, and told
            sys.stderr.write(f"{name} did not load: {problem!r}\n")
    answers.write(" ".join(readers) + "\n")
    answers.flush()
    for line in sys.stdin:
        name, _, path = line.rstrip("\n").partition(" ")
        data = Path(path).read_bytes()
        started = time.process_time()
        try:
            said = readers[name](data)
            spent: float | None = time.process_time() - started
        except Exception as problem:  # noqa: BLE001 - told to the one who asks
            said, spent = type(problem).__name__, None
        answers.write(json.dumps([spent, str(getattr(said, "text_content", ""))]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
