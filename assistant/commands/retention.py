"""`backhaul retention`: what the retention policy says, and its run."""

import click

from assistant.commands.opened import opened


@click.group()
def retention() -> None:
    """How long what people wrote is kept."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
def run(dry_run: bool) -> None:
    """Erase what the policy's days are over for; hashes, decisions and the audit chain stay."""
    from assistant import bootstrap
    from assistant.bootstrap import SystemClock
    from assistant.steps.retention import Retention
    from assistant.workflow import forget_finished

    policy = bootstrap.retention_policy()
    with opened() as (settings, store):
        step = Retention(store, SystemClock(), policy)
        if dry_run:
            due = step.due()
            click.echo(f"Due by {policy.version}: {_named(due.cases, 'cases')}; {_named(due.messages, 'messages')}.")
            return
        erased = step.run()
        flows = forget_finished(settings.workflow_url, policy.finished_workflow_days)
    click.echo(
        f"Erased by {policy.version}: {len(erased.cases)} cases, {len(erased.messages)} messages; forgotten: "
        f"{erased.sessions} sessions, {erased.deliveries} deliveries of events, {flows} finished workflows."
    )


@retention.command("show")
def show() -> None:
    """Print the policy in force, and what becomes of every column that holds something personal."""
    from dataclasses import asdict

    from assistant import bootstrap
    from assistant.store.personal import PERSONAL, Personal

    for name, value in asdict(bootstrap.retention_policy()).items():
        click.echo(f"{name}: {value}")
    for table, columns in PERSONAL.items():
        for column, kind in columns.items():
            if kind is not Personal.NONE:
                click.echo(f"{table}.{column}: {kind.value}")


def _named(ids: tuple[str, ...], kind: str) -> str:
    return f"{len(ids)} {kind} ({', '.join(ids[:5])}{' ...' if len(ids) > 5 else ''})" if ids else f"no {kind}"
