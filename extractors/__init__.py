"""Bytes in, Document out: readers of mail, HTML, PDF, Office files and sheets.

``extractors.registry.read`` reads any file, ``extractors.mail.read_message`` a whole mail. What cannot be read is a
``Failure`` on the Document, never an exception. Reading libraries load when a file needs them, not on import.
"""
