"""Slack: our people talk to Backhaul there, and decide there. See docs/slack.md."""
