"""Groups of the `backhaul` command that have a file of their own. What they need is imported when they run."""
