"""Plain text as a person reads it: whose words each line holds, typed tables, invitations."""
