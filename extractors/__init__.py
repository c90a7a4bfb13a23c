"""Bytes in, Document out: readers of mail, HTML, PDF, Office files and sheets.

``extractors.registry.read`` reads any file, ``extractors.mail.reader.read_message`` a whole mail, and
``extractors.apart.isolated.Reader`` both in a process that may be ended. What cannot be read is a ``Failure`` on the
Document, never an exception. Reading libraries load when a file needs them, not on import.
"""
