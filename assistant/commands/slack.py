"""`backhaul slack`: Slack in a process of its own."""

import click


@click.group()
def slack() -> None:
    """Slack: run it alone, print the app's manifest."""


@slack.command("manifest")
@click.option("--url", required=True, help="Where Slack reaches us: https://…")
@click.option("--socket", is_flag=True, help="For Socket Mode: no address is needed from outside.")
def manifest(url: str, socket: bool) -> None:
    """Print the manifest to make the Slack app from."""
    import json

    from assistant.channels.slack.app import manifest_for

    click.echo(json.dumps(manifest_for(url, socket=socket), indent=2))
