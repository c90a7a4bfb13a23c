"""What `make run` shows without accounts: an invented distributor's master data, its people, and a sample mailbox."""
