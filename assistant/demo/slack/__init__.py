"""A stand-in for Slack on this machine: for tests, and for the demo where nobody has a Slack account.

It speaks the Web API methods we use, Socket Mode and signed requests, with Slack's own error codes and limits.
"""
