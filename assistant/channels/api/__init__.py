"""The REST API: requests in, cases out, decisions made; for systems that are no mailbox."""
