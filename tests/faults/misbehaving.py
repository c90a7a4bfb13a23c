"""A process that reads, with a reader of plain files that does what their first word says: for tests of isolation."""

import ctypes
import json
import os
import sys
import time
from pathlib import Path

import extractors.mail.reader
from extractors import registry
from extractors.apart import process as reading_process
from extractors.document import Block, Document, assemble
from extractors.limits import Limits
from extractors.mail.bodies import body_blocks
from extractors.pieces import block

_AS_IT_IS = body_blocks


def read_as_told(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    word = data.split()[0].decode()
    if word == "LOOP":
        while True:
            pass
    if word == "SLEEP":
        time.sleep(60)
    if word == "NAP":
        time.sleep(0.6)
    if word == "CRASH":
        ctypes.string_at(0)
    if word == "EXIT":
        os._exit(0)
    if word == "EAT":
        held = []
        while True:
            held.append(b"x" * 10_000_000)
    if word == "GULP":
        len(b"x" * 20_000_000_000)
    if word == "TALK":
        print("x" * 1_000_000)
        os.write(1, b"R" * 1_000_000)
        os.write(2, b"R" * 1_000_000)
    if word == "WRITE":
        Path(data.split()[1].decode()).write_bytes(b"x" * (limits.bytes_unpacked + 1))
    text = "x\n" * 2_000_000 if word == "LONG" else " ".join(sorted(os.environ)) if word == "ENV" else word
    return (assemble(path, "text/plain", [block(text)]),)


def body_as_told(texts: object, subject: str, limits: Limits) -> list[Block]:
    if "LOOP" in subject:
        while True:
            pass
    if "RAISE" in subject:
        raise RuntimeError("a fault of ours")
    return _AS_IT_IS(texts, subject, limits)  # type: ignore[arg-type] # what the mail reader gives


if __name__ == "__main__":
    registry.READERS["plain"] = "tests.faults.misbehaving:read_as_told"
    vars(extractors.mail.reader)["body_blocks"] = body_as_told
    told = json.loads(sys.argv[1])
    reading_process.main(Limits(**told["limits"]), told["idle_seconds"])
