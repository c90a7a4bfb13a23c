"""A provider's embeddings for the memory: OpenAI's over our bounded HTTP client, others by langchain's name."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from assistant.llm import wire
from assistant.llm.failures import Failed
from assistant.llm.settings import LlmSettings

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

_MOST_BYTES = 64_000_000  # an answer for 500 texts of 3,072 numbers each has 20 million
_LONGEST = 8_000  # characters of one text; what lies beyond tells no matter from another


def embedding_name(settings: LlmSettings) -> str:
    """Tells one embedding from every other: its name, and where it is not the provider's own server a mark of that."""
    mark = f"-{sha256(settings.base_url.encode()).hexdigest()[:8]}" if settings.base_url else ""
    return f"{settings.provider}-{settings.name}{mark}"


def embed_with(settings: LlmSettings) -> Callable[[Sequence[str]], list[list[float]]]:
    """Texts to vectors by ``settings.model``. Built by the first call, which raises Failed where it can't be."""
    built: list[Embeddings] = []

    def embed(texts: Sequence[str]) -> list[list[float]]:
        if not built:
            built.append(_built(settings))
        return built[0].embed_documents([text[:_LONGEST] or "-" for text in texts])  # none may be empty

    return embed


def _built(settings: LlmSettings) -> "Embeddings":
    if settings.provider != "openai":
        return _other(settings)
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    return OpenAIEmbeddings(
        model=settings.name,
        openai_api_base=settings.url,
        openai_api_key=SecretStr(settings.api_key or "none"),
        request_timeout=settings.timeout_seconds,
        max_retries=0,
        check_embedding_ctx_length=False,  # it would fetch a tokenizer, and other servers want words
        http_client=wire.client(_MOST_BYTES, settings.timeout_seconds),
    )


def _other(settings: LlmSettings) -> "Embeddings":
    from langchain.embeddings import init_embeddings

    key = {"api_key": settings.api_key} if settings.api_key else {}
    try:
        found: Embeddings = init_embeddings(settings.name, provider=settings.provider, **key)
        return found
    except ImportError as error:
        raise Failed(f"its package is missing: {error}") from None
    except ValueError as error:
        raise Failed(f"langchain knows no such embedding: {error}. Check BACKHAUL_EMBEDDINGS.") from None
