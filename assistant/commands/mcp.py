"""`backhaul mcp`: the governed tools for a program that starts us and talks over standard input and output."""

import click


@click.command()
def mcp() -> None:
    """Serve the tools by MCP over stdio, under the key in BACKHAUL_MCP_KEY (scope tools.read)."""
    from assistant import bootstrap
    from assistant.channels.mcp import over_stdio
    from assistant.channels.outgoing import post_for
    from assistant.domain.redaction import redact_logs
    from assistant.settings import from_environment

    redact_logs()
    settings = from_environment()
    app = bootstrap.app(settings, post_for)
    try:
        over_stdio(app.review.gate, app.keys, settings.mcp_key).run("stdio")
    finally:
        app.close()
