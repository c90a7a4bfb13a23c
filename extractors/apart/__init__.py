"""Reading in processes of its own, that may be ended."""
