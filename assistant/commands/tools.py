"""`backhaul tools`: the documentation of the governed tools, as docs/tools.md has it."""

import click


@click.command()
def tools() -> None:
    """Print what every governed tool takes and gives, and who may use it."""
    from assistant.bootstrap import catalog_without_world
    from tools.describe import described

    click.echo(described(catalog_without_world()), nl=False)
