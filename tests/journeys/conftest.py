from tests.slack_fixtures import by_http, ended, no_proxy, slack, there

__all__ = ["by_http", "ended", "no_proxy", "slack", "there"]
