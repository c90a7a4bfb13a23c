"""The chat model itself: OpenAI's over our bounded HTTP client, any other by langchain's name for its provider."""

import warnings
from typing import TYPE_CHECKING, Any

from assistant.llm import wire
from assistant.llm.failures import Failed
from assistant.llm.settings import LlmSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def built(settings: LlmSettings) -> "BaseChatModel":
    """Raises Failed where the provider's package is missing or the provider unknown."""
    if settings.provider != "openai":
        return _other(settings)
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # Said again as a refusal, and dealt with there.
    warnings.filterwarnings("ignore", "(This model does not support|Invalid schema for) OpenAI's")
    return ChatOpenAI(
        model=settings.name,
        base_url=settings.url,
        api_key=SecretStr(settings.api_key or "none"),
        timeout=settings.timeout_seconds,
        max_completion_tokens=settings.max_tokens,
        max_retries=0,
        use_responses_api=False,
        streaming=False,
        http_client=wire.client(settings.max_answer_bytes, settings.timeout_seconds),
    )


def _other(settings: LlmSettings) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    more: dict[str, Any] = {
        "timeout": settings.timeout_seconds,
        "max_tokens": settings.max_tokens,
        "max_retries": 0,
        **({"api_key": settings.api_key} if settings.api_key else {}),
    }
    try:
        chat: BaseChatModel = init_chat_model(settings.name, model_provider=settings.provider, **more)
        return chat
    except ImportError as error:
        raise Failed(f"its package is missing: {error}") from None
    except ValueError as error:
        raise Failed(f"langchain knows no such model: {error}. Check BACKHAUL_MODEL.") from None
