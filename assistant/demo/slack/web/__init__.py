"""Slack's Web API methods by noun: each takes the workspace and what was asked, and gives the answer's fields."""
