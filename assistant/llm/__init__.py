"""The only room that knows langchain and openai. Importing it loads neither."""

from assistant.llm.chat import ChatModel
from assistant.llm.settings import Budget, LlmSettings

__all__ = ["Budget", "ChatModel", "LlmSettings"]
