"""A memory in chromadb: embedded in a folder, or on a Chroma server by its address."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from assistant.domain.draft import Reason, Resolution
from assistant.domain.memory import Alike, MemorySilent, Passage, Precedent

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

# Texts to vectors, all of one width.
Embed = Callable[[Sequence[str]], list[list[float]]]

_BATCH = 500
_LONGEST_NAME = 50  # chromadb takes 63 characters and more, older servers no more
_SECONDS = 5.0  # for one answer of a server


class ChromaMemory:
    """Implements assistant.domain.memory.Memory. chromadb is loaded by the first question, not before.

    ``place`` is a folder or an ``http(s)://`` address. Collections bear the embedding's name, so that vectors of two
    kinds never meet. One process at a time may use a folder; several need a server.
    """

    def __init__(self, place: str, embed: Embed, embedding: str) -> None:
        self._place = place
        self._embed = embed
        self._embedding = embedding
        self._client: ClientAPI | None = None
        self._lock = Lock()

    def close(self) -> None:
        with self._lock:
            client: Any = self._client  # its declared type lacks the method
            self._client = None
            if client is not None:
                client.close()
                if (session := _session_of(client)) is not None:
                    session.close()

    def remember(self, precedents: Sequence[Precedent]) -> None:
        for begin in range(0, len(precedents), _BATCH):
            some = precedents[begin : begin + _BATCH]
            with _answering():
                self._collection("cases").upsert(
                    ids=[each.case_id for each in some],
                    embeddings=self._embed([each.words for each in some]),  # type: ignore[arg-type] # lists of numbers are taken
                    metadatas=[{"body": json.dumps(asdict(each))} for each in some],
                )

    def known(self, case_ids: Sequence[str]) -> frozenset[str]:
        if not case_ids:
            return frozenset()
        with _answering():
            return frozenset(self._collection("cases").get(ids=list(case_ids), include=[])["ids"])

    def similar(self, words: str, limit: int = 3) -> tuple[Alike[Precedent], ...]:
        return tuple(Alike(_precedent(body), near) for body, near in self._nearest("cases", words, limit))

    def keep_policy(self, passages: Sequence[Passage]) -> None:
        bodies = [json.dumps(asdict(each)) for each in passages]
        ids = [hashlib.sha256(body.encode()).hexdigest() for body in bodies]
        with _answering():
            policy = self._collection("policy")
            kept = set(policy.get(include=[])["ids"])
            if old := sorted(kept - set(ids)):
                policy.delete(ids=old)
            new = [index for index, each in enumerate(ids) if each not in kept]
            if new:
                policy.upsert(
                    ids=[ids[index] for index in new],
                    embeddings=self._embed([f"{passages[i].heading}. {passages[i].text}" for i in new]),  # type: ignore[arg-type] # lists of numbers are taken
                    metadatas=[{"body": bodies[index]} for index in new],
                )

    def passages(self, words: str, limit: int = 3) -> tuple[Alike[Passage], ...]:
        return tuple(Alike(Passage(**json.loads(body)), near) for body, near in self._nearest("policy", words, limit))

    def _nearest(self, what: str, words: str, limit: int) -> list[tuple[str, float]]:
        """Bodies and likenesses, the most alike first."""
        if not words.strip():
            return []
        with _answering():
            collection = self._collection(what)
            if not (held := collection.count()):
                return []
            found: Any = collection.query(
                query_embeddings=self._embed([words]),  # type: ignore[arg-type] # lists of numbers are taken
                n_results=min(limit, held),
                include=["metadatas", "distances"],
            )
        pairs = zip(found["metadatas"][0], found["distances"][0], strict=True)
        return [(str(data["body"]), round(1 - float(distance), 4)) for data, distance in pairs]

    def _collection(self, what: str) -> "Collection":
        with self._lock:
            return self._chroma().get_or_create_collection(
                self._named(what), configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )

    def _named(self, what: str) -> str:
        kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in self._embedding)
        if len(kept) > _LONGEST_NAME:  # cut names could be alike, and their vectors of two widths
            kept = f"{kept[:30]}-{hashlib.sha256(self._embedding.encode()).hexdigest()[:16]}"
        return f"{what}-{kept}".strip("-")

    def _chroma(self) -> "ClientAPI":
        if self._client is None:
            import chromadb
            from chromadb.config import Settings

            quiet = Settings(anonymized_telemetry=False)
            if self._place.startswith(("http://", "https://")):
                with urlopen(f"{self._place.rstrip('/')}/api/v2/heartbeat", timeout=_SECONDS):  # noqa: S310 - http(s) only
                    pass  # chromadb itself would wait for ever
                parts = urlsplit(self._place)
                self._client = chromadb.HttpClient(
                    host=parts.hostname or "localhost",
                    port=parts.port or (443 if parts.scheme == "https" else 80),
                    ssl=parts.scheme == "https",
                    settings=quiet,
                )
                _session_of(self._client).timeout = _SECONDS
            else:
                self._client = chromadb.PersistentClient(path=self._place, settings=quiet)
        return self._client


def _session_of(client: Any) -> Any:
    """The connection pool of a server's client, which chromadb 1.5 gives no time limit and never closes."""
    return getattr(client._server, "_session", None)


@contextmanager
def _answering() -> Iterator[None]:
    """chromadb raises errors of many kinds, its own, its server's and its database's: to us they are all one."""
    try:
        yield
    except Exception as error:
        raise MemorySilent(f"the memory does not answer: {error}") from error


def _precedent(body: str) -> Precedent:
    data = json.loads(body)
    data["reasons"] = tuple(Reason(code) for code in data["reasons"])
    return Precedent(**{**data, "resolution": Resolution(data["resolution"])})
