"""`backhaul settings`: what is in force, with every secret left out."""

import click


@click.command()
def settings() -> None:
    """Print every setting in force; secrets are shown as set or not set."""
    from assistant.settings import from_environment, shown

    for name, value in shown(from_environment()).items():
        click.echo(f"{name}: {value}")
