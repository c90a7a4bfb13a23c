"""Word documents, old and new, and rich text."""
