"""Slack's records, as one part of a unit."""

from assistant.store.slack_deliveries import SqlDeliveries
from assistant.store.slack_posts import SqlPosts
from assistant.store.slack_talks import SqlTalks


class SqlSlack(SqlDeliveries, SqlTalks, SqlPosts):
    """Implements assistant.domain.slack_ports.SlackRecords."""
