"""Who wrote a mail: what the trusted receiver found, what we can verify ourselves, which names look like others."""
