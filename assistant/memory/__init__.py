"""The only room that knows chromadb. Importing it does not load it."""

from assistant.memory.chroma import ChromaMemory

__all__ = ["ChromaMemory"]
